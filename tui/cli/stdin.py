"""Piped input: bytes that must be UTF-8 text."""

from __future__ import annotations

import sys
from typing import TextIO

from tui.core.causes import explain
from tui.core.failure import UsageError

LIMIT_BYTES = 8 * 1024 * 1024
"""More than any model reads; a pipe without end is refused instead of filling the memory."""


def read_bytes(stream: TextIO | None = None, *, limit: int = LIMIT_BYTES) -> bytes:
    """Return all of a piped stdin.

    Raises:
        UsageError: it is beyond the limit (``input-too-large``), 8 MB unless said otherwise.
    """
    source = (stream or sys.stdin).buffer
    data = source.read(limit + 1)
    if len(data) > limit:
        raise UsageError(explain("input-too-large", limit=f"{limit // 1024**2} MB"))
    return data


def read_text(stream: TextIO | None = None) -> str:
    """Return all of a piped stdin as text.

    Raises:
        UsageError: it is not UTF-8 (``input-not-utf8``) or beyond 8 MB (``input-too-large``).
    """
    data = read_bytes(stream)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(explain("input-not-utf8", position=str(error.start))) from None


def is_piped(stream: TextIO | None = None) -> bool:
    """Return whether stdin is something else than a terminal, and open."""
    source = stream or sys.stdin
    if source is None or source.closed:
        return False
    return not source.isatty()
