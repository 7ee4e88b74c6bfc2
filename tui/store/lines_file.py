"""Reads the lines of a text file."""

from __future__ import annotations

from pathlib import Path

from tui.store.errors import reason_of
from tui.texts import files as texts

_LARGEST = 64 * 1024**2


class LinesFileError(ValueError):
    """A file has no readable lines; the message is the reason."""


def read_lines_file(path: Path) -> str:
    """Return the text of a file. Blocks.

    Raises:
        LinesFileError: it cannot be read, exceeds 64 MB, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise LinesFileError(reason_of(error)) from error
    if len(data) > _LARGEST:
        raise LinesFileError(texts.LARGER_THAN.format(size=_LARGEST // 1024**2))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LinesFileError(texts.NOT_UTF8_LINE.format(line=line)) from error
