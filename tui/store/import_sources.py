"""Sources of imported chats: a file, or the files of an export in a folder or a ZIP archive."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from tui.core.lazy_pattern import lazy_pattern
from tui.store.errors import reason_of, usage_error
from tui.store.import_text import import_file, too_large
from tui.store.optional import look_at, paths_in
from tui.texts import history as texts

CHATS_LIMIT = 256 * 1024 * 1024
"""The maximum size in bytes of a file with chats, and of all files in an archive, uncompressed."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""Exceptions for archives that are damaged, encrypted, or use an unsupported compression."""
_CHATS = lazy_pattern(r"(?:.*/)?conversations[^/]*\.json")
"""The files of a ChatGPT export: one until 2025, dozens since."""


def chat_texts(path: str) -> list[bytes]:
    """Return the texts to import from a file, a folder or an archive. Nothing is unpacked to the disk.

    Raises:
        UsageError: it cannot be read, or has no chats (``import-malformed``).
    """
    folder = Path(path).expanduser()
    if look_at(folder).is_folder:
        return _of_folder(folder)
    data = import_file(path, CHATS_LIMIT)
    return _of_archive(data) if data.startswith(b"PK\x03\x04") else [data]


def _of_folder(folder: Path) -> list[bytes]:
    try:
        names = paths_in(folder, "conversations*.json")
    except OSError as error:
        raise usage_error("import-malformed", reason=reason_of(error)) from None
    if not names:
        raise usage_error("import-malformed", reason=texts.NO_EXPORT_IN_FOLDER)
    return [import_file(str(name), CHATS_LIMIT) for name in names]


def _of_archive(data: bytes) -> list[bytes]:
    found, room = [], CHATS_LIMIT
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for name in sorted(archive.namelist()):
                if not _CHATS.fullmatch(name):
                    continue
                with archive.open(name) as member:
                    found.append(member.read(room + 1))
                room -= len(found[-1])
                if room < 0:
                    raise usage_error("import-malformed", reason=too_large(CHATS_LIMIT))
    except _DAMAGED:
        raise usage_error("import-malformed", reason=texts.DAMAGED_ARCHIVE) from None
    if not found:
        raise usage_error("import-malformed", reason=texts.NO_EXPORT_IN_ARCHIVE)
    return found
