"""Extracts JSON from an answer: the whole answer or its only code block, parsed strictly, never repaired."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import replace_hidden, safe_line
from tui.texts import bodies
from tui.texts import schemas as texts

_BLANK = " \t\r\n"
_BOM = "\ufeff"
_BLOCK = lazy_pattern(r"(?ms)^[ \t]*```[ \t]*\w*[ \t]*\r?\n(.*?)^[ \t]*```[ \t]*\r?$")
_ONE_LINE = lazy_pattern(r"\A```\w*[ \t]+([^\n]*?)[ \t]*```\Z")
_LONGEST_SHOWN = 40


class NotJsonError(ValueError):
    """A text is not valid JSON; the message is the reason, as part of a sentence."""


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """A JSON value and its original text, which preserves numbers of any length."""

    text: str
    value: Any
    note: str = ""
    """Where the JSON was found, if it is not the whole answer."""


def read_json_answer(answer: str) -> JsonAnswer:
    """Return the JSON of an answer, without a byte order mark and a surrounding code block.

    Raises:
        NotJsonError: there is none, or more than one.
    """
    text = answer.strip(_BLANK + _BOM)
    if not text:
        raise NotJsonError(texts.EMPTY)
    try:
        return JsonAnswer(text, parse_strictly(text))
    except NotJsonError as problem:
        blocks = _BLOCK.findall(text) or _ONE_LINE.findall(text)
        if not blocks:
            raise
        if len(blocks) > 1:
            raise NotJsonError(texts.TWO_BLOCKS.format(count=len(blocks))) from problem
    inner = blocks[0].strip(_BLANK)
    return JsonAnswer(inner, parse_strictly(inner), texts.FROM_BLOCK)


def parse_strictly(text: str) -> Any:
    """Parse JSON, rejecting ambiguous names and numbers.

    Raises:
        NotJsonError: malformed, more than one value, ``NaN``, a duplicate name, a number beyond the range of
            common programs, or nested too deeply.
    """
    try:
        value, end = _decoder.raw_decode(text)
    except RecursionError:
        raise NotJsonError(texts.TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise NotJsonError(
            texts.WRONG.format(problem=error.msg.removesuffix(" at"), line=error.lineno, column=error.colno)
        ) from None
    if rest := text[end:].strip(_BLANK):
        raise NotJsonError(_what_follows(text, rest))
    return value


def _what_follows(text: str, rest: str) -> str:
    try:
        _decoder.raw_decode(rest)
    except (NotJsonError, json.JSONDecodeError, RecursionError):
        before = text[: len(text) - len(rest)]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return texts.TEXT_AFTER.format(line=line, column=column)
    return texts.TWO_VALUES


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            shown = safe_line(json.dumps(name, ensure_ascii=False), _LONGEST_SHOWN)
            raise NotJsonError(texts.TWICE.format(name=shown))
        found[name] = value
    return found


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:  # Python rejects integers of thousands of digits
        raise NotJsonError(texts.TOO_BIG.format(number=safe_line(digits, _LONGEST_SHOWN))) from None


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise NotJsonError(texts.TOO_BIG.format(number=safe_line(digits, _LONGEST_SHOWN)))
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise NotJsonError(bodies.NOT_IN_JSON.format(name=name))


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_refuse_constant
)


def printable_json(text: str, encoding: str = "utf-8") -> str:
    """Return an equivalent JSON text that is safe for a terminal or a file with this encoding.

    Control characters, invisible characters and characters outside the encoding can only occur in strings,
    where they are escaped.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    shown = "\n".join(replace_hidden(line, _escape) for line in lines)
    if _fits(shown, encoding):
        return shown
    return "".join(letter if _fits(letter, encoding) else _escape(letter) for letter in shown)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _escape(letters: str) -> str:
    units = letters.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
