"""``lmdeck forget``: removes keys, conversations or caches, and only files that lmdeck made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui.store import disk
from tui.store.errors import disk_error, usage_error
from tui.store.journal_writer import LEASE_STALE_SECONDS
from tui.store.lease import holder_of
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
    yield from _matching(file.parent, f"{file.name}.*", f".{file.name}.*")
    if file.is_symlink():
        yield file.resolve()
    elif file.exists():
        yield file


def _conversations(paths: Paths) -> Iterator[Path]:
    for path in _matching(paths.conversations_dir, "*.jsonl", "*.lease", ".*.tmp"):
        if holder_of(path.with_suffix(".lease"), LEASE_STALE_SECONDS) is None:
            yield path
    yield from _matching(paths.trash_dir, "*.jsonl")
    # The list's cache holds titles.
    yield from _matching(paths.cache_dir, paths.conversation_index_file.name)


def _caches(paths: Paths) -> Iterator[Path]:
    yield from _matching(paths.cache_dir, "**/*")
    yield from _matching(paths.state_dir, "*.json", "*.json.*", ".*.json.*", "*.log", "*.log.*")


def _matching(folder: Path, *patterns: str) -> list[Path]:
    if not folder.is_dir():
        return []
    found = {path for pattern in patterns for path in folder.glob(pattern)}
    return sorted(path for path in found if path.is_file() or path.is_symlink())
