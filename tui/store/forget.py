"""``lmdeck forget``: removes keys, conversations or caches, and only files that lmdeck made."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.store import disk
from tui.store.errors import disk_error, reason_of, usage_error
from tui.store.journal_writer import LEASE_STALE_SECONDS
from tui.store.lease import holder_of
from tui.store.optional import look_at, paths_in
from tui.store.paths import Paths


def forget(paths: Paths, what: str) -> int:
    """Remove for good ``keys``, ``conversations`` or ``caches`` and return how many files that were.

    Conversations that another lmdeck has open stay. References to stored keys stay in the providers.

    Raises:
        LmdeckError: the word is none of the three, or the disk refuses; what was removed stays removed.
    """
    finders = {"keys": _keys, "conversations": _conversations, "caches": _caches}
    if what not in finders:
        raise usage_error("usage", reason=f"{what} is none of {', '.join(finders)}")
    count = 0
    for path in finders[what](paths):
        try:
            disk.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise disk_error(error, paths.shown(path)) from error
        count += 1
    return count


def _keys(paths: Paths) -> Iterator[Path]:
    """The file, where a link leads to it the file itself, and whatever was kept beside it."""
    file = paths.credentials_file
    yield from _matching(paths, file.parent, f"{file.name}.*", f".{file.name}.*")
    # Of a link the file is removed; a device or a folder that it leads to is not lmdeck's.
    if look_at(file).is_file:
        yield Path(os.path.realpath(file))
    elif look_at(file, follows_links=False).exists and not look_at(file).is_folder:
        yield file


def _conversations(paths: Paths) -> Iterator[Path]:
    for path in _matching(paths, paths.conversations_dir, "*.jsonl", "*.lease", ".*.tmp"):
        if holder_of(path.with_suffix(".lease"), LEASE_STALE_SECONDS) is None:
            yield path
    yield from _matching(paths, paths.trash_dir, "*.jsonl")
    # The list's cache holds titles.
    yield from _matching(paths, paths.cache_dir, paths.conversation_index_file.name)


def _caches(paths: Paths) -> Iterator[Path]:
    yield from _matching(paths, paths.cache_dir, "*", recursive=True)
    yield from _matching(paths, paths.state_dir, "*.json", "*.json.*", ".*.json.*", "*.log", "*.log.*")


def _matching(paths: Paths, folder: Path, *patterns: str, recursive: bool = False) -> list[Path]:
    """Return what is no folder; one that cannot be listed is told: what is in it would stay unseen."""
    sight = look_at(folder)
    if not sight.is_folder and (sight.refusal is None or sight.refusal.errno == errno.ELOOP):
        return []  # whatever has the folder's name holds nothing
    try:
        found = paths_in(folder, *patterns, recursive=recursive)
    except OSError as error:
        failure = explain("store-failed", path=paths.shown(folder), reason=reason_of(error))
        raise LmdeckError(failure) from error
    return [path for path in found if not look_at(path, follows_links=False).is_folder]
