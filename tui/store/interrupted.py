"""The chats that were open when a program was interrupted: an empty file each, or a lease left behind.

A program that a signal ends notes them. A killed program notes nothing; its leases show them.
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
    """Note that conversations were open when this program was cut off.

    Raises:
        OSError: the disk refuses.
    """
    for identity in identities:
        with contextlib.suppress(FileExistsError):
            create_private(folder / f"{identity}{SUFFIX}", b"")


def forget_interrupted(path: Path) -> None:
    """Offer a conversation no more: it is open again."""
    remove_quietly(path.with_suffix(SUFFIX))


def take_interrupted(folder: Path) -> Iterator[Path]:
    """Yield the files of the interrupted conversations, each once: only one process gets it.

    Raises:
        OSError: the folder cannot be read.
    """
    found: dict[Path, None] = {}
    for path in paths_in(folder, f"*{SUFFIX}", "*.lease"):
        if _take(path):
            found[path.with_suffix(".jsonl")] = None
    yield from (path for path in found if look_at(path).is_file)


def _take(path: Path) -> bool:
    """Remove a note, or a lease that a dead program left; return whether this was the one to do so."""
    if path.suffix == SUFFIX:
        with contextlib.suppress(OSError):
            disk.unlink(path)
            return True
        return False
    if not is_abandoned(path):  # a program that is only stopped, or sleeps elsewhere, keeps its own
        return False
    try:
        acquire_lease(path, LEASE_STALE_SECONDS).release()
    except (LeaseHeldError, OSError):  # another program was first, or nobody can write here
        return False
    return True
