"""The few calls that change the disk, in one place.

Everything in ``store`` writes through these functions, so that a test can simulate a full, read-only,
lockless or stale disk at every single write. No rules here.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700


def open_file(path: Path, flags: int) -> int:
    """Open a file, made private from its first byte where ``flags`` create it."""
    return os.open(path, flags | os.O_CLOEXEC, PRIVATE_FILE)


def write(descriptor: int, data: bytes) -> int:
    """Write once; returns how many bytes were taken, which may be fewer."""
    return os.write(descriptor, data)


def fsync(descriptor: int) -> None:
    """Wait until the data is on the disk."""
    os.fsync(descriptor)


def flock(descriptor: int, operation: int) -> None:
    """Take or drop an advisory lock."""
    fcntl.flock(descriptor, operation)


def replace(source: Path, target: Path) -> None:
    """Rename, replacing the target in one step."""
    source.replace(target)


def link(source: Path, target: Path) -> None:
    """Give a file a second name; fails where the name is taken."""
    os.link(source, target)


def unlink(path: Path) -> None:
    """Remove a name."""
    path.unlink()


def make_directory(path: Path) -> None:
    """Make one private folder."""
    path.mkdir(PRIVATE_DIRECTORY)


def touch(path: Path) -> None:
    """Set a file's times to now, by the clock of the file server."""
    os.utime(path)


def make_private(descriptor: int) -> None:
    """Take away what others may do with an open file."""
    os.fchmod(descriptor, PRIVATE_FILE)


def truncate(descriptor: int, size: int) -> None:
    """Take away what stands behind the first ``size`` bytes of an open file."""
    os.ftruncate(descriptor, size)
