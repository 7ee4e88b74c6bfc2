"""The file of a conversation, whose name is its id, among the saved ones and in the trash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.lazy_pattern import lazy_pattern
from tui.store.errors import usage_error
from tui.store.optional import look_at
from tui.store.paths import Paths

_IDENTITY = lazy_pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def conversation_path(folder: Path, identity: str) -> Path:
    """Return the path of a conversation in a folder.

    Raises:
        UsageError: the id is invalid, and must not become part of a path.
    """
    if not _IDENTITY.fullmatch(identity):
        raise usage_error("conversation-unknown", name=identity)
    return folder / f"{identity}.jsonl"


def is_there(path: Path, shown: Callable[[Path], str]) -> bool:
    """Return whether a conversation exists.

    Raises:
        LmdeckError: this cannot be determined.
    """
    sight = look_at(path)
    if sight.refusal is not None:
        raise LmdeckError(explain("store-failed", path=shown(path), reason=sight.problem))
    return sight.exists


def search_text_path(paths: Paths, identity: str) -> Path:
    """Return the path of the search text of a conversation."""
    return paths.search_texts_dir / f"{identity}.txt"
