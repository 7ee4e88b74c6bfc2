"""JSON objects from an event that is not quite JSON: what can be read with certainty is not dropped."""

from __future__ import annotations

import json

_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda name: None)
"""Takes raw control characters in strings, and ``NaN`` and ``Infinity`` as ``null``: all of them are
harmless where they stand, in the middle of a text or of its probabilities."""
_MOST_OBJECTS = 1_000


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


def _skip(text: str, position: int) -> int:
    while position < len(text):
        if text[position] in " \t\r\n,":
            position += 1
        elif text.startswith("data:", position):
            position += 5
        else:
            break
    return position
