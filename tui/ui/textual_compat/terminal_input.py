"""Splits the input of a terminal before the key parser sees it.

Responses of the terminal (device attributes, colours, XTVERSION, DECRQSS, title reports…) are dropped: a key
parser that does not know one would type it into the focused field. Pastes are read whole, which keeps large
ones fast. Everything else is passed on, in complete sequences.

A slow connection delivers a sequence in parts. Its escape is held until it is clear what it is: the rest of a
control sequence may arrive within the escape delay, and what cannot be typed even later. Nothing here reads a
clock: the caller waits as long as ``patience`` says, and calls ``expire`` if nothing arrived.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern

_ESCAPE = "\x1b"
_PASTE_START = "\x1b[200~"
_PASTE_END = "\x1b[201~"
_ALT_ENTER = "\x1b[13;3u"
"""kitty's encoding, since the parser reads the plain form (``ESC CR``) as Enter."""

_RELEASED = "3"
"""The sub-parameter for a key release in kitty's protocol."""

_LONGEST_SEQUENCE = 64
_LONGEST_REPLY = 4096

_LOCAL_ESCAPE_SECONDS = 0.3
_REMOTE_ESCAPE_SECONDS = 1.2
"""Connections over SSH were seen to split a sequence by up to a second."""
_ALT_SECONDS = 0.1
"""How soon a character must follow an escape to be Alt with it: users are slower."""
_REST_SECONDS = 3.0
"""For the rest of what cannot be typed: a report that has begun, or one whose escape was read as a key."""
_QUIET_PASTE_SECONDS = 5.0

_CSI = lazy_pattern(r"\x1b\[([<=>?]?)([0-9:;]*)([ -/]*)([@-~])")
_NUMBER = lazy_pattern("[0-9]+")
_CSI_START = lazy_pattern(r"\x1b\[(?:\[|M[^\x00-\x1f]{0,2}|[<=>?]?[0-9:;]*[ -/]*)")
_ODD_SEQUENCE = lazy_pattern(r"\x1b\[(?:\[[A-Z]|M[^\x00-\x1f]{3})")
"""The Linux console's function keys; mouse events of terminals without SGR reports."""
_RXVT_KEY = lazy_pattern(r"\x1b\[[0-9]+\$")
"""Shift+Home and the like: complete, although the standard requires another character."""
_LATE_REST = lazy_pattern(
    r"\[(?:[<?][0-9]|[0-9][0-9;:]*[ -/]*[@-~]|[A-DFHIOZ]\Z)|O[A-DFHPQRS]\Z"
    r"|\][0-9]+;|P[0-9>!$+][^ ]*\x1b|_G[^ ]*\x1b"
)
"""The rest of a sequence after its escape that cannot be typed, at the beginning of a read."""
_REPLY_STRING = lazy_pattern(r"\x1b(?:P[0-9>!$+]|\][0-9lL]|_G|[X^].)", re.DOTALL)
_STRING_END = lazy_pattern(r"\x1b\\|[\x07\x9c\x18\x1a]")
_INTRODUCERS = "[OP]_^X"
_ESCAPE_KEY = "\x1b[27u"
"""The Escape key in kitty's encoding, which is unambiguous whatever follows."""


def escape_delay(environment: Mapping[str, str]) -> float:
    """Return how long an escape may be the beginning of a sequence, in seconds: longer over SSH.

    ``ESCDELAY`` overrides it, in milliseconds, as in other programs.
    """
    wanted = environment.get("ESCDELAY", "")
    if wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 6:
        return int(wanted) / 1000
    is_remote = any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))
    return _REMOTE_ESCAPE_SECONDS if is_remote else _LOCAL_ESCAPE_SECONDS


@dataclass(frozen=True, slots=True)
class Pasted:
    """A complete bracketed paste, its line ends converted to line feeds."""

    text: str


class _Mode(Enum):
    KEYS = auto()
    PASTE = auto()
    REPLY = auto()


class TerminalInput:
    """Splits decoded input into text for the key parser and pastes. Stateful; one per terminal."""

    def __init__(self, escape_seconds: float = _ALT_SECONDS) -> None:
        self._escape_seconds = escape_seconds
        self._mode = _Mode.KEYS
        self._held = ""
        self._is_slow = False
        """Whether the held escape arrived alone, followed by a pause."""
        self._may_go_on = False
        """Whether the sequence of an escape that was read as a key may still continue."""
        self._pasted: list[str] = []
        self._reply_length = 0

    @property
    def is_waiting(self) -> bool:
        """Whether a sequence is incomplete, so that ``expire`` must be called if nothing more arrives."""
        return bool(self._held) or self._mode is not _Mode.KEYS

    @property
    def patience(self) -> float | None:
        """Return how long to wait before calling ``expire``; ``None`` if nothing is pending."""
        if self._mode is _Mode.PASTE:
            return _QUIET_PASTE_SECONDS
        if self._mode is _Mode.REPLY or self._may_go_on:
            return _REST_SECONDS
        if not self.is_waiting:
            return None
        alt = min(_ALT_SECONDS, self._escape_seconds)
        if self._held == _ESCAPE:
            return self._escape_seconds - alt if self._is_slow else alt
        if len(self._held) == 2:
            return self._escape_seconds
        return alt if _RXVT_KEY.fullmatch(self._held) else max(_REST_SECONDS, self._escape_seconds)

    def feed(self, text: str) -> list[str | Pasted]:
        """Process what was read; return what is complete, in order."""
        if self._may_go_on:
            self._may_go_on = False
            text = _ESCAPE + text if _LATE_REST.match(text) else text
        if self._mode is _Mode.KEYS and not self._held and _ESCAPE not in text:
            return [text] if text else []
        data, self._held = self._held + text, ""
        found: list[str | Pasted] = []
        if self._is_slow:
            data = self._read_after_pause(data, found)
        steps = {_Mode.KEYS: self._read_keys, _Mode.PASTE: self._read_paste, _Mode.REPLY: self._skip_reply}
        while data:
            data = steps[self._mode](data, found)
        return _joined(found)

    def expire(self) -> list[str | Pasted]:
        """Handle a timeout as given by ``patience``: stop waiting, or wait for something less likely."""
        if self._mode is _Mode.PASTE:
            return self._end_paste()
        if self._mode is _Mode.KEYS and self._held == _ESCAPE and not self._is_slow:
            self._is_slow = self._escape_seconds > _ALT_SECONDS
            if self._is_slow:
                return []
        held, self._held = self._held, ""
        was_slow, self._is_slow = self._is_slow, False
        self._may_go_on = self._mode is _Mode.KEYS and held == _ESCAPE
        if self._mode is _Mode.REPLY:
            self._mode = _Mode.KEYS
            return []
        if was_slow and len(held) == 2:
            return [_ESCAPE_KEY + held[1]]
        return [held] if 0 < len(held) <= 2 or _RXVT_KEY.fullmatch(held) else []

    def _read_after_pause(self, data: str, found: list[str | Pasted]) -> str:
        """Decide what an escape followed by a pause was: the key, unless a sequence continues."""
        if data[1] in _INTRODUCERS:
            self._is_slow = len(data) == 2  # the key and a letter, if nothing more arrives
            return data
        self._is_slow = False
        found.append(_ESCAPE_KEY)
        return data[1:]

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
        if introducer == "O" and len(data) == 2:
            self._held = data
            return ""
        if introducer in "\r\n":
            found.append(_ALT_ENTER)
            return data[2:]
        length = 1 if introducer == _ESCAPE else 3 if introducer == "O" and data[2] != _ESCAPE else 2
        found.append(data[:length])
        return data[length:]

    def _read_sequence(self, data: str, found: list[str | Pasted]) -> str:
        """Pass on a complete control sequence; an invalid or truncated one is dropped."""
        start = _CSI_START.match(data)
        if start is not None and start.end() == len(data) <= _LONGEST_SEQUENCE:
            self._held = data
            return ""
        if odd := _ODD_SEQUENCE.match(data):
            found.append(odd.group())
            return data[odd.end() :]
        match = _CSI.match(data)
        if match is None or match.group() == "\x1b[M":
            return data[start.end() if start is not None else 2 :]
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
        if escape >= 0:  # an escape that does not end the string begins something else
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
    """Return a control sequence in the form that the parser accepts; empty for key releases and nonsense.

    The parser raises for sub-parameters of kitty's protocol (``97:65;2:1u``) and for numbers that are no
    character (Textual 8.2.8).
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
    """Return how many characters at the end may be the beginning of the end mark."""
    for length in range(min(len(_PASTE_END) - 1, len(data)), 0, -1):
        if data.endswith(_PASTE_END[:length]):
            return length
    return 0


def _is_reply(match: re.Match[str]) -> bool:
    """Return whether a control sequence is a response, not a key, the mouse or a mode report."""
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
    """Join consecutive texts, which the parser processes faster."""
    joined: list[str | Pasted] = []
    for piece in found:
        last = joined[-1] if joined else None
        if isinstance(piece, str) and isinstance(last, str):
            joined[-1] = last + piece
        else:
            joined.append(piece)
    return joined
