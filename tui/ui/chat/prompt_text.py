"""The prompt's document: characters that must not reach a terminal are replaced by private ones."""

from __future__ import annotations

from collections.abc import Callable

from tui.core.invisible import is_mark
from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import replace_hidden, safe_text

_STAND_IN = 0x100000
_TAGS = range(0xE0000, 0xE1000)
_TAG_STAND_IN = 0x10E000
_OTHER_STAND_IN = 0x10F000
TOKEN_CHARACTERS = range(0xFF000, 0xFF080)
TOKEN_STARTS = range(0xFF800, 0xFFF00)
"""Characters for the tokens of large pastes; in a paste, they are replaced like other private ones."""
_OF_TOKENS = lazy_pattern(f"[{chr(TOKEN_CHARACTERS.start)}-{chr(TOKEN_STARTS.stop - 1)}]")
_OTHERS: dict[int, str] = {}
"""Private characters assigned on demand to further characters."""
_CODES: dict[str, str] = {}


def _is_hidden(character: str) -> bool:
    return character not in "\n\t" and safe_text(character) != character


def to_document(raw: str) -> str:
    """Replace what must not reach a terminal by private characters of one cell each."""
    if raw.isascii() and raw.replace("\n", " ").isprintable():
        return raw
    shown = replace_hidden(
        raw, lambda character: character if character in "\n\t" else _stand_in(ord(character))
    )
    return _OF_TOKENS.sub(lambda match: _stand_in(ord(match[0])), shown)


def _stand_in(code: int) -> str:
    """Return the private character for a code; unique for every code that safe_text replaces.

    Plane 16 is entirely private and in no font, so that pastes practically never contain it.
    """
    if code in _TAGS:
        return chr(_TAG_STAND_IN + code - _TAGS.start)
    if code < 0xFFFE:
        return chr(_STAND_IN + code)
    stand_in = _OTHERS.setdefault(code, chr(_OTHER_STAND_IN + len(_OTHERS)))
    _CODES[stand_in] = chr(code)
    return stand_in


def _original(character: str) -> str:
    code = ord(character)
    if code < _STAND_IN:
        return character
    if _TAG_STAND_IN <= code < _TAG_STAND_IN + len(_TAGS):
        return chr(_TAGS.start + code - _TAG_STAND_IN)
    if character in _CODES:
        return _CODES[character]
    original = chr(code - _STAND_IN)
    return original if _is_hidden(original) or is_mark(original) else character


def to_raw(text: str) -> str:
    """Return part of the document as typed or pasted."""
    return text if text.isascii() else text.translate(_ORIGINALS)


def to_display(text: str) -> str:
    """Return part of the document as drawn."""
    return text if text.isascii() else text.translate(_PICTURES)


def _picture(character: str) -> str:
    code = ord(character)
    if code in TOKEN_CHARACTERS:
        return chr(code - TOKEN_CHARACTERS.start)
    if code in TOKEN_STARTS:
        return "["
    original = _original(character)
    if original == character:
        return character
    return "\ufffd" if is_mark(original) else safe_text(original)


class _Table(dict[int, str]):
    """A table for ``str.translate`` that is filled on demand."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        self[code] = self._of(chr(code))
        return self[code]


_ORIGINALS = _Table(_original)
_PICTURES = _Table(_picture)
