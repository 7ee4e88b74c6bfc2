"""What a terminal sends, taken apart before the key parser sees it.

Answers of the terminal (device attributes, colours, XTVERSION, DECRQSS, title reports…) are
dropped: a key parser that does not know one would type it into the focused field. Pastes are
taken whole, which keeps a large one fast. Everything else is passed on as it came.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_ESCAPE = "\x1b"
_PASTE_START = "\x1b[200~"
_PASTE_END = "\x1b[201~"
_ALT_ENTER = "\x1b[13;3u"
"""How kitty's protocol spells it: the parser takes the plain form (``ESC CR``) for Enter alone."""

_RELEASED = "3"
"""The sub-parameter of kitty's protocol for a key that was let go."""

_LONGEST_SEQUENCE = 64
_LONGEST_REPLY = 4096
_QUIET_PASTE_TICKS = 50

_CSI = re.compile(r"\x1b\[([<=>?]?)([0-9:;]*)([ -/]*)([@-~])")
_NUMBER = re.compile("[0-9]+")
_CSI_START = re.compile(r"\x1b\[[<=>?]?[0-9:;]*[ -/]*")
_REPLY_STRING = re.compile(r"\x1b(?:P[0-9>!$+]|\][0-9lL]|_G|[X^].)", re.DOTALL)
_STRING_END = re.compile(r"\x1b\\|[\x07\x9c\x18\x1a]")


@dataclass(frozen=True, slots=True)
class Pasted:
    """A whole bracketed paste, its line ends made line feeds."""

    text: str


class _Mode(Enum):
    KEYS = auto()
    PASTE = auto()
    REPLY = auto()


class TerminalInput:
    """Splits decoded input into text for the key parser and pastes. Stateful; one a terminal."""

    def __init__(self) -> None:
        self._mode = _Mode.KEYS
        self._held = ""
        self._pasted: list[str] = []
        self._reply_length = 0
        self._quiet_ticks = 0

    @property
    def is_waiting(self) -> bool:
        """Whether a sequence is incomplete, so that ``expire`` must be called when nothing more comes."""
        return bool(self._held) or self._mode is not _Mode.KEYS

    def feed(self, text: str) -> list[str | Pasted]:
        """Take what was read; return what is complete, in order."""
        if self._mode is _Mode.KEYS and not self._held and _ESCAPE not in text:
            return [text] if text else []
        self._quiet_ticks = 0
        data, self._held = self._held + text, ""
        found: list[str | Pasted] = []
        steps = {_Mode.KEYS: self._read_keys, _Mode.PASTE: self._read_paste, _Mode.REPLY: self._skip_reply}
        while data:
            data = steps[self._mode](data, found)
        return _joined(found)

    def expire(self) -> list[str | Pasted]:
        """Nothing came for the length of an escape delay: give up waiting for the rest."""
        self._quiet_ticks += 1
        if self._mode is _Mode.PASTE:
            return self._end_paste() if self._quiet_ticks > _QUIET_PASTE_TICKS else []
        held, self._held = self._held, ""
        if self._mode is _Mode.REPLY:
            self._mode = _Mode.KEYS
            return []
        return [held] if held else []

    def _read_keys(self, data: str, found: list[str | Pasted]) -> str:
        start = data.find(_ESCAPE)
        if start:
            found.append(data if start < 0 else data[:start])
            return "" if start < 0 else data[start:]
        introducer = data[1:2]
        if not introducer:
            self._held = data
            return ""
        if introducer == "[":
            return self._read_sequence(data, found)
        if introducer in "P]_^X":
            return self._read_string_start(data, found)
        if introducer in "\r\n":
            found.append(_ALT_ENTER)
            return data[2:]
        length = 1 if introducer == _ESCAPE else 2
        found.append(data[:length])
        return data[length:]

    def _read_sequence(self, data: str, found: list[str | Pasted]) -> str:
        match = _CSI.match(data)
        if match is None:
            start = _CSI_START.match(data)
            if start is not None and start.end() == len(data) <= _LONGEST_SEQUENCE:
                self._held = data
                return ""
            found.append(data[:2])
            return data[2:]
        if match.group() == _PASTE_START:
            self._mode = _Mode.PASTE
        elif not _is_reply(match) and (key := _plain_key(match)):
            found.append(key)
        return data[match.end() :]

    def _read_string_start(self, data: str, found: list[str | Pasted]) -> str:
        if len(data) == 2:
            self._held = data
            return ""
        if _REPLY_STRING.match(data):
            self._mode, self._reply_length = _Mode.REPLY, 0
            return data[2:]
        found.append(data[:2])
        return data[2:]

    def _skip_reply(self, data: str, found: list[str | Pasted]) -> str:
        end = _STRING_END.search(data)
        escape = data.find(_ESCAPE)
        if end is not None and not 0 <= escape < end.start():
            self._mode = _Mode.KEYS
            return data[end.end() :]
        if escape == len(data) - 1 and escape >= 0:
            self._held = _ESCAPE
            return ""
        if escape >= 0:  # an escape that ends no string begins something else
            self._mode = _Mode.KEYS
            return data[escape:]
        self._reply_length += len(data)
        if self._reply_length > _LONGEST_REPLY:
            self._mode = _Mode.KEYS
        return ""

    def _read_paste(self, data: str, found: list[str | Pasted]) -> str:
        end = data.find(_PASTE_END)
        if end >= 0:
            self._pasted.append(data[:end])
            found.extend(self._end_paste())
            return data[end + len(_PASTE_END) :]
        keep = _partial_end(data)
        self._pasted.append(data[: len(data) - keep])
        self._held = data[len(data) - keep :]
        return ""

    def _end_paste(self) -> list[str | Pasted]:
        text = "".join(self._pasted).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        self._pasted.clear()
        self._mode, self._held = _Mode.KEYS, ""
        return [Pasted(text)]


def _plain_key(match: re.Match[str]) -> str:
    """Return a control sequence as the parser takes it; empty for the release of a key and for nonsense.

    The parser raises at sub-parameters of kitty's protocol (``97:65;2:1u``) and at numbers that
    are no character (seen in Textual 8.2.8).
    """
    prefix, parameters, intermediates, final = match.groups()
    if not all(map(_is_character, _NUMBER.findall(parameters))):
        return ""
    if ":" not in parameters:
        return match.group()
    key, modifiers, *text = parameters.split(";") if ";" in parameters else (parameters, "")
    if modifiers.partition(":")[2] == _RELEASED:
        return ""
    plain = [key.partition(":")[0], modifiers.partition(":")[0], *text]
    return f"\x1b[{prefix}{';'.join(plain).rstrip(';')}{intermediates}{final}"


def _is_character(number: str) -> bool:
    return len(number) < 8 and int(number) < 0x110000 and not 0xD800 <= int(number) < 0xE000


def _partial_end(data: str) -> int:
    """Return how many of the last characters may be the beginning of the end mark."""
    for length in range(min(len(_PASTE_END) - 1, len(data)), 0, -1):
        if data.endswith(_PASTE_END[:length]):
            return length
    return 0


def _is_reply(match: re.Match[str]) -> bool:
    """Whether a control sequence is an answer to a question, not a key, the mouse or a mode report."""
    prefix, parameters, intermediates, final = match.groups()
    if prefix in (">", "="):
        return True
    if prefix == "?":
        return (intermediates, final) != ("$", "y")
    if prefix == "<":
        return False
    if intermediates:
        return final == "y"
    if final == "t":
        return not parameters.startswith("48;")
    return final in "nx" or (final == "c" and bool(parameters))


def _joined(found: list[str | Pasted]) -> list[str | Pasted]:
    """Join neighbouring texts: the parser takes one piece faster than many."""
    joined: list[str | Pasted] = []
    for piece in found:
        last = joined[-1] if joined else None
        if isinstance(piece, str) and isinstance(last, str):
            joined[-1] = last + piece
        else:
            joined.append(piece)
    return joined
