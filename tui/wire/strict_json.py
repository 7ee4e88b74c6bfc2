"""Strict JSON parsing, with one exception for anything but plain, finite, reasonably nested JSON."""

from __future__ import annotations

import json
import math
from typing import NoReturn

from tui.texts import bodies


class StrictJsonError(ValueError):
    """The text is not acceptable JSON; the message explains why."""


def _refuse_constant(name: str) -> NoReturn:
    raise StrictJsonError(bodies.NOT_IN_JSON.format(name=name))


def read_float(text: str) -> float:
    """Return a number with a fraction or an exponent; one too small for a float is the smallest, not 0."""
    value = float(text)
    if value == 0 and text.lstrip("-0.")[:1].isdigit():
        return math.copysign(_SMALLEST, value)
    return value


_SMALLEST = 5e-324

# ``decode`` would look for white space twice more around every chunk.
_decoder = json.JSONDecoder(parse_float=read_float, parse_constant=_refuse_constant)
_scan = _decoder.scan_once  # type: ignore[attr-defined]
_WHITESPACE = " \t\n\r"


def parse_json(text: str) -> object:
    """Parse JSON; lone surrogates in strings are kept, see ``surrogates``.

    Raises:
        StrictJsonError: malformed, ``NaN`` or ``Infinity``, nested too deeply, or a number with thousands of
            digits.
    """
    start = 0
    try:
        if not text.startswith("{"):
            start = len(text) - len(text.lstrip(_WHITESPACE))
        value, end = _scan(text, start)
    except StopIteration:
        raise StrictJsonError(bodies.NOT_JSON) from None
    except RecursionError:
        raise StrictJsonError(bodies.TOO_DEEP) from None
    except StrictJsonError:
        raise
    except ValueError as error:
        raise StrictJsonError(_reason(error)) from None
    if end != len(text) and text[end:].strip(_WHITESPACE):
        raise StrictJsonError(bodies.TEXT_AFTER.format(position=end))
    return value


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return bodies.WRONG_AT.format(problem=error.msg, position=error.pos)
    return bodies.TOO_MANY_DIGITS


def parse_json_object(text: str) -> dict[str, object]:
    """Parse a JSON object.

    Raises:
        StrictJsonError: as for ``parse_json``, or the value is not an object.
    """
    try:
        value, end = _scan(text, 0)
    except (StopIteration, RecursionError, ValueError):
        value, end = None, -1
    if end != len(text):
        value = parse_json(text)  # the slow path finds the reason
    if not isinstance(value, dict):
        raise StrictJsonError(bodies.NOT_AN_OBJECT)
    return value


def is_json(text: str) -> bool:
    """Return whether ``parse_json`` accepts a text."""
    try:
        parse_json(text)
    except StrictJsonError:
        return False
    return True
