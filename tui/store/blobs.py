"""The images and files of conversations, stored once each by SHA-256, next to the journals.

A file is written before the line that refers to it, and deleted with the last conversation that does. The
folder's lock is held while such a line is written or unused files are removed.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from tui.core.lazy_pattern import lazy_pattern
from tui.core.parts import FilePart, ImagePart, Part, Parts, TextPart
from tui.core.safe_text import safe_line
from tui.store import disk
from tui.store.errors import reason_of
from tui.store.files import read_file, write_atomically
from tui.store.lock import locked
from tui.store.optional import look_at, paths_in
from tui.texts import files
from tui.texts import store as texts

SIZE_LIMIT = 1024 * 1024 * 1024
"""In bytes: of all attachments of a conversation, and of a single one."""
_NAME = lazy_pattern(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class BlobStore:
    """The folder of a user's attachments, created with the first one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def held(self) -> AbstractContextManager[object]:
        """Lock the folder against writing and removing by others.

        Raises:
            LmdeckError: another process holds the lock for too long.
            OSError: the disk refuses.
        """
        return locked(self._folder)

    def write(self, blobs: Mapping[str, bytes]) -> None:
        """Write contents to the disk by SHA-256, unless they exist unchanged. Call it while ``held``.

        Raises:
            OSError: the disk refuses.
        """
        for sha256, data in blobs.items():
            path = self._folder / sha256
            status = look_at(path, follows_links=False).status
            if status is not None and stat.S_ISLNK(status.st_mode):
                disk.unlink(path)  # a link to somewhere outside the folder
            elif status is not None and _content(path, sha256)[1] is None:
                continue
            write_atomically(path, data)

    def read(self, parts: Iterable[ImagePart | FilePart]) -> tuple[dict[str, bytes], list[str]]:
        """Return the contents of parts, and a sentence about each that is unavailable. Never raises."""
        found: dict[str, bytes] = {}
        problems: dict[str, str] = {}
        for part in parts:
            data, problem = _content(self._folder / part.sha256, part.sha256)
            if problem is None:
                found[part.sha256] = data
            else:
                name = safe_line(part.name or part.text, 60)
                problems[part.sha256] = texts.ATTACHMENT_LOST.format(name=name, problem=problem)
        return found, list(problems.values())

    def unnamed(self, folders: Sequence[Path], doomed: Collection[Path] = ()) -> list[Path]:
        """Return the files that no conversation in these folders uses, except the doomed.

        Call it while ``held``.

        Raises:
            OSError: a conversation that may use any of them cannot be read.
        """
        kept = paths_in(self._folder, "*")
        if not kept:
            return []
        named: set[str] = set()
        for path in (path for folder in folders for path in paths_in(folder, "*.jsonl")):
            if path in doomed:
                continue
            content = read_file(path, SIZE_LIMIT)
            named.update(name.decode() for name in _NAME.findall(content.data if content else b""))
        return [path for path in kept if path.name not in named]


def without_keys(
    prompt: Parts, attachments: Mapping[str, bytes], redact: Callable[[str], str]
) -> tuple[Parts, dict[str, bytes]]:
    """Return a prompt and its attachments for storage, with known keys erased from both."""
    parts: list[Part] = []
    blobs: dict[str, bytes] = {}
    for part in prompt:
        data = None if isinstance(part, TextPart) else attachments.get(part.sha256)
        if data is not None and not isinstance(part, TextPart):
            data = _redacted(data, redact)
            part = replace(part, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
            blobs[part.sha256] = data
        parts.append(part)
    return Parts(parts), blobs


def _redacted(data: bytes, redact: Callable[[str], str]) -> bytes:
    try:
        return redact(data.decode()).encode()
    except UnicodeDecodeError:  # not text
        return data


def _content(path: Path, sha256: str) -> tuple[bytes, str | None]:
    """Return a file's content, or why it is unusable, as the end of a sentence."""
    try:
        content = read_file(path, SIZE_LIMIT)
    except OSError as error:
        return b"", files.ATTACHMENT_UNREADABLE.format(reason=reason_of(error))
    if content is None:
        return b"", files.ATTACHMENT_MISSING
    is_whole = hashlib.sha256(content.data).hexdigest() == sha256
    return (content.data, None) if is_whole else (b"", files.ATTACHMENT_DAMAGED)
