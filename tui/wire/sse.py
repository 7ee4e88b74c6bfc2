"""Server-sent events: bytes in, events out, the same events for every split of the bytes.

Follows the WHATWG grammar with four liberties that real servers need: comments are events (they
show that the server lives), the unterminated end of a stream is given out and marked, the field
``error`` of old llama.cpp servers is an event named ``error``, and invalid UTF-8 is replaced.
Lines end at CR, LF or CRLF and nowhere else: U+2028 inside JSON is text.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.wire.limits import DEFAULT_LIMITS, LimitExceeded, Limits

_BOM = b"\xef\xbb\xbf"


class ServerSentEvent(NamedTuple):
    """One event, or one comment (``is_comment``, its text in ``data``)."""

    event: str
    data: str
    identifier: str = ""
    retry_ms: int | None = None
    is_comment: bool = False
    is_complete: bool = True
    """False where the stream ended before the blank line that closes the event."""


class SseDecoder:
    """Feed it bytes as they come; it keeps at most one unfinished line and one unfinished event."""

    __slots__ = (
        "_at_start", "_data", "_data_size", "_event", "_identifier", "_limits", "_retry_ms",
        "_skip_line_feed", "_tail",
    )  # fmt: skip

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._tail = bytearray()
        self._at_start = True
        self._skip_line_feed = False
        self._event = ""
        self._data: list[str] = []
        self._data_size = 0
        self._identifier = ""
        self._retry_ms: int | None = None

    @property
    def is_inside_line(self) -> bool:
        """Whether the bytes so far end inside of a line."""
        return bool(self._tail)

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Return the events that these bytes complete.

        Raises:
            LimitExceeded: a line or an event is too large; its ``events`` came before it.
        """
        if self._skip_line_feed and data:
            self._skip_line_feed = False
            if data.startswith(b"\n"):
                data = data[1:]
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        events: list[ServerSentEvent] = []
        if end:
            self._skip_line_feed = data.endswith(b"\r")
            lines = self._take_lines(data[:end] if end < len(data) else data)
            self._read_lines(lines, events)
        if end < len(data):
            self._tail += data[end:] if end else data
            if len(self._tail) > self._limits.line:
                raise LimitExceeded("a line", self._limits.line, events)
        return events

    def finish(self) -> list[ServerSentEvent]:
        """Return what the end of the stream leaves: its last event is marked where it is incomplete.

        Raises:
            LimitExceeded: as ``feed``.
        """
        events: list[ServerSentEvent] = []
        if self._tail:
            self._read_lines(self._take_lines(b"\n"), events)
        if self._data:
            self._dispatch(events, is_complete=False)
        return events

    def _take_lines(self, data: bytes) -> list[bytes]:
        """Return the complete lines of the kept tail and ``data``, which ends with a line end."""
        if self._tail:
            data = bytes(self._tail) + data
            self._tail.clear()
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if self._at_start:
            self._at_start = False
            data = data.removeprefix(_BOM)
        lines = data.split(b"\n")
        lines.pop()
        return lines

    def _read_lines(self, lines: list[bytes], events: list[ServerSentEvent]) -> None:
        line_limit = self._limits.line
        for line in lines:
            if not line:
                if self._data:
                    self._dispatch(events)
                self._event = ""
                continue
            if len(line) > line_limit:
                raise LimitExceeded("a line", line_limit, events)
            if line.startswith(b"data:"):
                value = line[6:] if line[5:6] == b" " else line[5:]
                self._add_data(value.decode("utf-8", "replace"), len(value), events)
            else:
                self._read_other(line.decode("utf-8", "replace"), len(line), events)

    def _read_other(self, line: str, size: int, events: list[ServerSentEvent]) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not name:
            if line:
                events.append(ServerSentEvent("", value.strip(), is_comment=True))
        elif name == "data":
            self._add_data(value, size, events)
        elif name == "error":
            self._event = "error"
            self._add_data(value, size, events)
        elif name == "event":
            self._event = value
        elif name == "id":
            self._identifier = self._identifier if "\0" in value else value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 10:
            self._retry_ms = int(value)

    def _add_data(self, value: str, size: int, events: list[ServerSentEvent]) -> None:
        self._data_size += size + 1
        if self._data_size > self._limits.event:
            raise LimitExceeded("an event", self._limits.event, events)
        self._data.append(value)

    def _dispatch(self, events: list[ServerSentEvent], *, is_complete: bool = True) -> None:
        data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
        events.append(
            ServerSentEvent(
                self._event or "message", data, self._identifier, self._retry_ms, False, is_complete
            )
        )
        self._data = []
        self._data_size = 0
        self._event = ""
