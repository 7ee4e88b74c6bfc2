"""The chats that were open when a program was interrupted: an empty file each, or a stale lease.

A program that is ended by a signal creates the files. A killed program cannot, but its leases remain.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui.store import disk
from tui.store.files import create_private, remove_quietly
from tui.store.journal_lease import LEASE_STALE_SECONDS
from tui.store.lease import LeaseHeldError, acquire_lease, is_abandoned
from tui.store.optional import look_at, paths_in

SUFFIX = ".interrupted"


def note_interrupted(folder: Path, identities: Iterable[str]) -> None:
    """Record that conversations were open when this program was interrupted.

    Raises:
        OSError: the disk refuses.
    """
    for identity in identities:
        with contextlib.suppress(FileExistsError):
            create_private(folder / f"{identity}{SUFFIX}", b"")


def forget_interrupted(path: Path) -> None:
    """Stop offering a conversation, because it is open again."""
    remove_quietly(path.with_suffix(SUFFIX))


def take_interrupted(folder: Path) -> Iterator[Path]:
    """Yield the files of the interrupted conversations, each only to one process.

    Raises:
        OSError: the folder cannot be read.
    """
    found: dict[Path, None] = {}
    for path in paths_in(folder, f"*{SUFFIX}", "*.lease"):
        if _take(path):
            found[path.with_suffix(".jsonl")] = None
    yield from (path for path in found if look_at(path).is_file)


def _take(path: Path) -> bool:
    """Remove a note, or a stale lease; return whether it was removed by this call."""
    if path.suffix == SUFFIX:
        with contextlib.suppress(OSError):
            disk.unlink(path)
            return True
        return False
    if not is_abandoned(path):  # a program that is suspended, or runs on a sleeping machine, keeps its lease
        return False
    try:
        acquire_lease(path, LEASE_STALE_SECONDS).release()
    except (LeaseHeldError, OSError):  # another program was first, or the disk is read-only
        return False
    return True
