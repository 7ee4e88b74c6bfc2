"""Reads JSON objects from an event that is not valid JSON, as far as they are unambiguous."""

from __future__ import annotations

import json

from tui.wire.strict_json import read_float

_DECODER = json.JSONDecoder(strict=False, parse_float=read_float, parse_constant=lambda name: None)
"""Takes raw control characters in strings, and ``NaN`` and ``Infinity`` as ``null``: all of them are
harmless where they stand, in the middle of a text or of its probabilities."""
_MOST_OBJECTS = 1_000
_LONGEST_CUT = 8
"""The length of ``-Infinity`` without its last character: the longest word that can be cut off."""


def read_objects(text: str) -> list[dict[str, object]] | None:
    """Return the JSON objects in a text, in sequence or in lists; ``None`` if it contains anything else.

    White space, commas, and ``data:`` after a lost line feed may separate them.
    """
    objects: list[dict[str, object]] = []
    position = _skip(text, 0)
    while position < len(text):
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return None
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in values) or len(objects) > _MOST_OBJECTS:
            return None
        objects += values
        position = _skip(text, position)
    return objects or None


def begins_json(text: str) -> bool:
    """Return whether more text could make this a JSON object.

    This includes errors near its end, where a word, a number or an escape may be cut off.
    """
    if not text.lstrip().startswith("{"):
        return False
    start = len(text) - len(text.lstrip())
    try:
        _, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        is_cut = error.msg.startswith("Unterminated")
        end = len(text) if is_cut else error.pos
    except (ValueError, RecursionError):
        return False
    return len(text.rstrip()) - end <= _LONGEST_CUT


def _skip(text: str, position: int) -> int:
    while position < len(text):
        if text[position] in " \t\r\n,":
            position += 1
        elif text.startswith("data:", position):
            position += 5
        else:
            break
    return position
