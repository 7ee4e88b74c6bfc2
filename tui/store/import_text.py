"""The text of a file to import: its encoding found, and what is no export recognised."""

from __future__ import annotations

import codecs
import errno
import json
import re
from decimal import Decimal
from pathlib import Path

from tui.core.failure import UsageError
from tui.core.safe_text import safe_line
from tui.store.errors import reason_of, usage_error
from tui.store.files import read_file

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes: some hundred thousand records."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, the longer ones before those they begin with."""
_ERROR_KEYS = ("msg", "message", "error", "detail")


def import_file(path: str) -> bytes:
    """Return what a file holds; only a regular one is read, and none beyond ``SIZE_LIMIT``.

    Raises:
        UsageError: it cannot be read (``import-malformed``).
    """
    try:
        content = read_file(Path(path).expanduser(), SIZE_LIMIT)
    except OSError as error:
        reason = reason_of(error)
        if error.errno == errno.EINVAL:
            reason = "it is not a regular file; give - and pipe it in"
        elif error.errno == errno.EFBIG:
            reason = f"it is larger than {SIZE_LIMIT // 1024 // 1024} MB"
        raise usage_error("import-malformed", reason=reason) from None
    except (RuntimeError, ValueError):  # no such user after ~, or a NUL in the name
        content = None
    if content is None:
        raise usage_error("import-malformed", reason="it does not exist")
    return content.data


def text_of(data: bytes) -> str:
    """Return the text of an export: UTF-8, or UTF-16 or UTF-32 as Windows writes it.

    Raises:
        UsageError: it is none of them (``import-malformed``).
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    if data[1:2] == b"\0":
        return _decoded(data, "utf-16-le")
    if data[:1] == b"\0":
        return _decoded(data, "utf-16-be")
    return _decoded(data, "utf-8")


def values_of(text: str) -> list[object]:
    """Return the records of a text: one, a list of them, or an answer of Casibase's API with ``data``.

    Raises:
        UsageError: it is not JSON, or has no record (``import-malformed``).
    """
    bare = text.lstrip("\ufeff \t\r\n")
    if not bare:
        raise usage_error("import-malformed", reason="it is empty")
    if bare.startswith("<"):
        raise usage_error("import-malformed", reason="it is a web page, such as an error or a login")
    if re.match(r"\[[A-Za-z_\"'][^,{]*\]\s*$|schema\s*=", bare, re.MULTILINE):
        raise usage_error("import-malformed", reason="it is TOML, not the JSON that Casibase exports")
    value = _parsed(bare)
    if isinstance(value, dict):
        _refuse_error(value)
        if isinstance(value.get("data"), dict | list):
            value = value["data"]
    values = value if isinstance(value, list) else [value]
    if not values or not any(isinstance(item, dict) for item in values):
        raise usage_error("import-malformed", reason="it holds no provider record")
    return values


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise usage_error("import-malformed", reason="it is not text in UTF-8 or UTF-16") from None


def _parsed(text: str) -> object:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError:
        raise usage_error("import-malformed", reason="it is nested too deeply") from None
    except (ValueError, ArithmeticError) as error:
        # The message of the JSON reader may quote the text, which may hold keys.
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise usage_error("import-malformed", reason=f"it is not JSON{where}") from None


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


def _refuse_error(value: dict[str, object]) -> None:
    """Refuse an error in place of an answer, in its own words."""
    if "name" in value or isinstance(value.get("data"), dict | list):
        return
    for key in _ERROR_KEYS:
        words = value.get(key)
        if isinstance(words, dict):
            words = words.get("message")
        if isinstance(words, str) and words.strip():
            raise _error_answer(words)


def _error_answer(words: str) -> UsageError:
    return usage_error("import-malformed", reason=f'it is an error answer: "{safe_line(words.strip(), 60)}"')
