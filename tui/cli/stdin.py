"""Piped input, which must be UTF-8 text."""

from __future__ import annotations

import sys
from typing import TextIO

from tui.core.causes import explain
from tui.core.failure import UsageError

LIMIT_BYTES = 8 * 1024 * 1024
"""More than any model can read; a larger or endless pipe is rejected instead of exhausting memory."""


def read_bytes(stream: TextIO | None = None, *, limit: int = LIMIT_BYTES) -> bytes:
    """Read stdin to its end.

    Raises:
        UsageError: it exceeds the limit (``input-too-large``), by default 8 MB.
    """
    source = (stream or sys.stdin).buffer
    data = source.read(limit + 1)
    if len(data) > limit:
        raise UsageError(explain("input-too-large", limit=f"{limit // 1024**2} MB"))
    return data


def read_text(stream: TextIO | None = None) -> str:
    """Read stdin to its end as text.

    Raises:
        UsageError: it is not UTF-8 (``input-not-utf8``) or exceeds 8 MB (``input-too-large``).
    """
    data = read_bytes(stream)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(explain("input-not-utf8", position=str(error.start))) from None


def is_piped(stream: TextIO | None = None) -> bool:
    """Return whether stdin is open and not a terminal."""
    source = stream or sys.stdin
    if source is None or source.closed:
        return False
    return not source.isatty()
