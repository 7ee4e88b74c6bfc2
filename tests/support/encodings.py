"""The encodings in which servers, proxies and languages repeat a text."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote


def _each(form: Callable[[int], str]) -> Callable[[str], str]:
    return lambda text: "".join(form(ord(character)) for character in text)


def _marks(form: Callable[[int], str]) -> Callable[[str], str]:
    """Escape all but letters and digits."""
    return lambda text: "".join(
        character if character.isalnum() else form(ord(character)) for character in text
    )


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "json": _json,
    "json in json": lambda text: _json(_json(text)),
    "php": lambda text: _json(text).replace("/", "\\/"),
    ".net": _marks(lambda number: f"\\u{number:04X}"),
    "every character \\u": _each(lambda number: f"\\u{number:04x}"),
    "every character \\x": _each(lambda number: f"\\x{number:02x}"),
    "javascript \\u{}": _each(lambda number: f"\\u{{{number:x}}}"),
    "python \\U": _marks(lambda number: f"\\U{number:08x}"),
    "percent": lambda text: quote(text, safe=""),
    "every character percent": _each(lambda number: f"%{number:02x}"),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "html": html.escape,
    "html decimal": _each(lambda number: f"&#{number};"),
    "html hexadecimal": _marks(lambda number: f"&#x{number:02X};"),
    "html twice": lambda text: html.escape(html.escape(text)),
    "html in json": lambda text: _json(_each(lambda number: f"&#{number};")(text)).replace("&", "\\u0026"),
    "json in percent": lambda text: quote(_marks(lambda number: f"\\u{number:04X}")(text), safe=""),
    "hexadecimal": lambda text: text.encode().hex(),
    "upper-case hexadecimal": lambda text: text.encode().hex().upper(),
    "bytearray": lambda text: repr(bytearray(text.encode())),
    "repr": repr,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 with a name": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "base64 for urls": lambda text: base64.urlsafe_b64encode(f"u{text}?".encode()).decode(),
}
