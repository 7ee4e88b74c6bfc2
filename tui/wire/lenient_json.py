"""JSON objects from an event that is not quite JSON: what can be read with certainty is not dropped."""

from __future__ import annotations

import json

from tui.wire.strict_json import read_float

_DECODER = json.JSONDecoder(strict=False, parse_float=read_float, parse_constant=lambda name: None)
"""Takes raw control characters in strings, and ``NaN`` and ``Infinity`` as ``null``: all of them are
harmless where they stand, in the middle of a text or of its probabilities."""
_MOST_OBJECTS = 1_000
_LONGEST_CUT = 8
"""Characters of ``-Infinity`` without its last: the longest word that can be cut."""


def read_objects(text: str) -> list[dict[str, object]] | None:
    """Return the JSON objects that a text consists of, one after another or in lists, ``None`` for anything
    else.

    Between them may stand white space, commas, and ``data:`` where a line feed was lost.
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
    """Return whether more text could make this a JSON object. Of a text that is wrong near its end it says
    so as well: a word, a number or an escape may have been cut there."""
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
