"""Decodes server-sent events, independently of how the bytes are split.

Follows the WHATWG grammar with five extensions that real servers need: comments are events (signs of life),
an unterminated event at the end of the stream is returned and marked, the field ``error`` of old llama.cpp
servers is an event named ``error``, JSON without a field name is an event (gateways write errors like this,
mid-stream), and invalid UTF-8 is replaced. Lines end only at CR, LF or CRLF: U+2028 inside JSON is text.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.texts import bodies
from tui.wire.limits import DEFAULT_LIMITS, Limits

_BOM = b"\xef\xbb\xbf"
_make_tuple = tuple.__new__
"""Creates a named tuple without its constructor, which would take a third of the decoder's time."""


_BARE = ("{", "[{", "[DONE]")
"""The beginnings of lines with JSON or the end mark, without a field name."""
_FIELDS = ("data", "event", "id", "retry", "error", ":")


class ServerSentEvent(NamedTuple):
    """One event, or one comment (``is_comment``, its text in ``data``)."""

    event: str
    data: str
    identifier: str = ""
    is_comment: bool = False
    is_complete: bool = True
    """False if the stream ended before the blank line that terminates the event."""


class LimitExceeded(Exception):  # noqa: N818 - it names what happened, and others catch it by this name
    """A line, an event or an answer exceeds its limit."""

    cause = "answer-too-large"

    def __init__(self, what: str, limit: int, events: list[ServerSentEvent] | None = None) -> None:
        super().__init__(bodies.EXCEEDS.format(what=what, limit=limit))
        self.what = what
        self.limit = limit
        self.events = events or []
        """The events decoded before the limit, which are still valid."""


class SseDecoder:
    """Decodes bytes as they arrive, buffering at most one unfinished line and one unfinished event."""

    __slots__ = (
        "_at_start", "_data", "_data_size", "_event", "_identifier", "_is_bare", "_large_line", "_limits",
        "_more", "_skip_line_feed", "_tail", "has_invalid_bytes",
    )  # fmt: skip

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._tail = bytearray()
        self._at_start = True
        self._skip_line_feed = False
        self._event = ""
        self._data: str | None = None
        self._more: list[str] = []
        self._data_size = 0
        self._identifier = ""
        self._is_bare = False
        """Whether the current event is JSON without a field name."""
        self._large_line: int | None = None
        self.has_invalid_bytes = False
        """Whether any line contained invalid UTF-8 that had to be replaced."""

    @property
    def is_inside_line(self) -> bool:
        """Whether the bytes so far end in the middle of a line."""
        return bool(self._tail)

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Return the events completed by these bytes.

        Raises:
            LimitExceeded: a line or an event is too large; its ``events`` are those before it.
        """
        if self._skip_line_feed and data:
            self._skip_line_feed = False
            data = data.removeprefix(b"\n")
        if not data:
            return []
        end = len(data) if data[-1:] == b"\n" else max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        events: list[ServerSentEvent] = []
        if end == len(data):
            self._skip_line_feed = data[-1:] == b"\r"
            self._read_lines(self._take_lines(data), events)
            return events
        if end:
            self._read_lines(self._take_lines(data[:end]), events)
            data = data[end:]
        self._tail += data
        if len(self._tail) > self._limits.line:
            raise LimitExceeded("a line", self._limits.line, events)
        return events

    def finish(self) -> list[ServerSentEvent]:
        """Return the events at the end of the stream, marking an incomplete one.

        Raises:
            LimitExceeded: as for ``feed``.
        """
        events: list[ServerSentEvent] = []
        if self._tail:
            self._read_lines(self._take_lines(b"\n"), events)
        if self._data is not None:
            self._dispatch(events, False)
        return events

    def _take_lines(self, data: bytes) -> list[str]:
        """Return the complete lines of the buffered tail and ``data``, which ends with a line end.

        Decoded in one call: line ends are never part of a character, so invalid bytes stay in their line.
        """
        if self._tail:
            data = bytes(self._tail) + data
            self._tail.clear()
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if self._at_start:
            self._at_start = False
            data = data.removeprefix(_BOM)
        if len(data) > self._limits.line:
            self._check_lines(data)
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.has_invalid_bytes = True
            text = data.decode("utf-8", "replace")
        lines = text.split("\n")
        lines.pop()
        return lines

    def _check_lines(self, data: bytes) -> None:
        """Remember the first line that is too large, if any."""
        for number, line in enumerate(data.split(b"\n")):
            if len(line) > self._limits.line:
                self._large_line = number
                return

    def _read_lines(self, lines: list[str], events: list[ServerSentEvent]) -> None:
        if self._large_line is not None:
            lines = lines[: self._large_line]
        for line in lines:
            if line[:6] == "data: ":
                value = line[6:]
            elif not line:
                if self._data is not None:
                    self._dispatch(events, True)
                self._event = ""
                continue
            elif line[:5] == "data:":
                value = line[5:]
            else:
                self._read_other(line, events)
                continue
            if self._data is None and len(value) <= self._limits.event:
                self._data = value
            else:
                if self._is_bare:
                    self._dispatch(events, True)
                self._add_data(value, events)
        if self._large_line is not None:
            raise LimitExceeded("a line", self._limits.line, events)

    def _read_other(self, line: str, events: list[ServerSentEvent]) -> None:
        begins = line == "[" or line.startswith(_BARE)
        if begins or (self._is_bare and not line.startswith(_FIELDS)):
            if begins and self._data is not None:
                self._dispatch(events, True)
            self._add_data(line, events)
            self._is_bare = True
            return
        if self._is_bare:
            self._dispatch(events, True)
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not name:
            if line:
                events.append(ServerSentEvent("", value.strip(), is_comment=True))
        elif name == "data":
            self._add_data(value, events)
        elif name == "error":
            self._event = "error"
            self._add_data(value, events)
        elif name == "event":
            self._event = value
        elif name == "id":
            self._identifier = self._identifier if "\0" in value else value

    def _add_data(self, value: str, events: list[ServerSentEvent]) -> None:
        if self._data is None:
            self._data = value
            self._data_size = len(value)
        else:
            self._data_size = len(value) + 1 + (self._data_size if self._more else len(self._data))
            self._more.append(value)
        if self._data_size > self._limits.event:
            raise LimitExceeded(bodies.EVENT, self._limits.event, events)

    def _dispatch(self, events: list[ServerSentEvent], is_complete: bool) -> None:
        data = self._data
        if self._more:
            data = "\n".join((data or "", *self._more))
            self._more = []
        fields = (self._event or "message", data, self._identifier, False, is_complete)
        events.append(_make_tuple(ServerSentEvent, fields))
        self._data = None
        self._is_bare = False
