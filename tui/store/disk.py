"""The system calls that change the disk, in one place.

Everything in ``store`` writes through these functions, so that a test can simulate a full, read-only,
lockless or stale disk at every single write. They contain no logic.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700


def open_file(path: Path, flags: int) -> int:
    """Open a file, which is private from its first byte if ``flags`` create it."""
    return os.open(path, flags | os.O_CLOEXEC, PRIVATE_FILE)


def write(descriptor: int, data: bytes) -> int:
    """Write once; return how many bytes were written, possibly fewer."""
    return os.write(descriptor, data)


def fsync(descriptor: int) -> None:
    """Wait until the data is on the disk."""
    os.fsync(descriptor)


def flock(descriptor: int, operation: int) -> None:
    """Acquire or release an advisory lock."""
    fcntl.flock(descriptor, operation)


def replace(source: Path, target: Path) -> None:
    """Rename atomically, replacing the target."""
    source.replace(target)


def link(source: Path, target: Path) -> None:
    """Create a hard link; fails if the name exists."""
    os.link(source, target)


def unlink(path: Path) -> None:
    """Remove a file."""
    path.unlink()


def make_directory(path: Path) -> None:
    """Create one private folder."""
    path.mkdir(PRIVATE_DIRECTORY)


def touch(path: Path) -> None:
    """Set a file's times to now, by the clock of the file server."""
    os.utime(path)


def make_private(descriptor: int) -> None:
    """Remove all permissions of others for an open file."""
    os.fchmod(descriptor, PRIVATE_FILE)


def truncate(descriptor: int, size: int) -> None:
    """Truncate an open file to ``size`` bytes."""
    os.ftruncate(descriptor, size)
