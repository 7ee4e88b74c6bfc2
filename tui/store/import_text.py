"""The text of a file to import: detects its encoding, and recognises files that are not exports."""

from __future__ import annotations

import codecs
import errno
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from tui.core.failure import UsageError
from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line
from tui.store.errors import reason_of, usage_error
from tui.store.files import read_file, stamp_of
from tui.texts import casibase as texts
from tui.texts import files

SIZE_LIMIT = 64 * 1024 * 1024
"""In bytes: some hundred thousand records."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; longer ones come before their prefixes."""
_ERROR_KEYS = ("msg", "message", "error", "errors", "detail", "title", "description", "reason")
_RECORD_KEYS = frozenset(("name", "providerUrl", "compatibleProvider", "clientSecret"))
"""Keys that every record has."""
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_TOML = lazy_pattern(r"\[[A-Za-z_\"'][^,{]*\]\s*$|\w+\s*=", re.MULTILINE)
_STATUS_LINE = lazy_pattern(r"HTTP/\d(?:\.\d)?\s+\d{3}\b")
_PHRASES = frozenset(status.phrase.lower() for status in HTTPStatus)
_DEEPEST = 4


def import_file(path: str, limit: int | None = None) -> bytes:
    """Return a file's content; only regular files up to ``limit`` bytes (default ``SIZE_LIMIT``).

    Raises:
        UsageError: it cannot be read (``import-malformed``).
    """
    limit = SIZE_LIMIT if limit is None else limit
    try:
        content = read_file(Path(path).expanduser(), limit)
    except OSError as error:
        reason = reason_of(error)
        if error.errno == errno.EINVAL:
            reason = texts.NOT_A_FILE
        elif error.errno == errno.EFBIG:
            reason = too_large(limit)
        raise usage_error("import-malformed", reason=reason) from None
    except (RuntimeError, ValueError):  # unknown user after ~, or a NUL in the name
        content = None
    if content is None:
        raise usage_error("import-malformed", reason=files.MISSING)
    return content.data


def moment_of(path: str) -> datetime:
    """Return when a file was modified, or the current time if unknown."""
    stamp = stamp_of(Path(path).expanduser())
    return datetime.now(UTC) if stamp is None else datetime.fromtimestamp(stamp.modified_ns / 1e9, UTC)


def import_stream(stream: BinaryIO, limit: int | None = None) -> bytes:
    """Read a pipe to its end, with the same limits as for files.

    Raises:
        UsageError: it exceeds ``limit`` (``import-malformed``).
    """
    limit = SIZE_LIMIT if limit is None else limit
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise usage_error("import-malformed", reason=too_large(limit))
    return data


def text_of(data: bytes) -> str:
    """Decode an export: UTF-8, or UTF-16 or UTF-32 as written by Windows.

    Raises:
        UsageError: none of these (``import-malformed``).
    """
    if data.startswith(_COMPRESSED):
        raise usage_error("import-malformed", reason=texts.COMPRESSED)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    if data[1:2] == b"\0":
        return _decoded(data, "utf-16-le")
    if data[:1] == b"\0":
        return _decoded(data, "utf-16-be")
    return _decoded(data, "utf-8")


def values_of(text: str) -> list[object]:
    """Return the records in a text: one, a list, or a response of Casibase's API with ``data``.

    Raises:
        UsageError: it is not JSON, or has no record (``import-malformed``).
    """
    bare = text.lstrip("\ufeff \t\r\n")
    if not bare:
        raise usage_error("import-malformed", reason=files.EMPTY)
    if bare.startswith("<"):
        raise usage_error("import-malformed", reason=texts.WEB_PAGE)
    _refuse_plain_error(bare)
    value = _parsed(bare)
    answer = value
    if isinstance(value, dict) and isinstance(value.get("data"), dict | list):
        is_answer = "status" in value or not _is_record(value)
        value = value["data"] if is_answer else value
    values = value if isinstance(value, list) else [value]
    if not any(_is_record(item) for item in values):
        _refuse_error(answer)
        raise usage_error("import-malformed", reason=texts.NO_RECORD)
    return values


def _is_record(value: object) -> bool:
    return isinstance(value, dict) and not _RECORD_KEYS.isdisjoint(value)


def too_large(limit: int) -> str:
    """Return that something exceeds ``limit`` bytes, as the end of a sentence."""
    return files.LARGER_THAN.format(size=limit // 1024 // 1024)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if data.lstrip().startswith(b"<"):
            raise usage_error("import-malformed", reason=texts.WEB_PAGE) from None
        raise usage_error("import-malformed", reason=texts.NOT_TEXT) from None


def _parsed(text: str) -> object:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError:
        raise usage_error("import-malformed", reason=texts.TOO_DEEP) from None
    except (ValueError, ArithmeticError) as error:
        if _TOML.match(text):
            raise usage_error("import-malformed", reason=texts.TOML) from None
        # The message of the JSON reader may quote the text, which may contain keys.
        line = getattr(error, "lineno", None)
        where = texts.WHERE.format(line=line) if line else ""
        raise usage_error("import-malformed", reason=texts.NOT_JSON.format(where=where)) from None


def _refuse_constant(name: str) -> object:
    raise ValueError(texts.NOT_A_NUMBER.format(name=name))


def _refuse_plain_error(text: str) -> None:
    """Reject a plain-text server error: a status line, or a whole response."""
    first = text.splitlines()[0].strip()
    is_status = first.lower().removeprefix(first[:4].strip()).strip() in _PHRASES
    if first.lower() in _PHRASES or (first[:3].isdigit() and is_status):
        raise _error_answer(first)
    if _STATUS_LINE.match(first):
        shown = safe_line(first, 60)
        raise usage_error("import-malformed", reason=texts.HEADERS.format(line=shown))


def _refuse_error(value: object) -> None:
    """Reject an error object, quoting its message if it has one."""
    if not isinstance(value, dict):
        return
    words = _error_words(value, 0)
    if words:
        raise _error_answer(words)
    has_error = any(value.get(key) for key in ("error", "errors"))
    if has_error or value.get("status") == "error" or value.get("success") is False:
        raise usage_error("import-malformed", reason=texts.SILENT_ERROR)


def _error_words(value: object, depth: int) -> str:
    """Return the first sentence in a field for messages."""
    if isinstance(value, str):
        return value.strip() if depth else ""
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list):
        return next((words for item in value[:_DEEPEST] if (words := _error_words(item, depth + 1))), "")
    if isinstance(value, dict):
        found = (_error_words(value.get(key), depth + 1) for key in _ERROR_KEYS)
        return next((words for words in found if words), "")
    return ""


def _error_answer(words: str) -> UsageError:
    return usage_error("import-malformed", reason=texts.ERROR_ANSWER.format(words=safe_line(words, 60)))
