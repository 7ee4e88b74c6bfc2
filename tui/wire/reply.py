"""Turns a reply into events, whatever the server sends.

The bytes decide whether it is a stream of events, a JSON document, an error or a web page; neither the
request nor the content type does alone. ``ResponseStarted`` is created by the reader of the headers.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.core.causes import explain
from tui.core.events import (
    KEEP_ALIVE,
    Finished,
    Note,
    Progress,
    Reclassified,
    ServerCostReport,
    StreamEvent,
    StreamFailed,
    TimingsReport,
    UsageReport,
)
from tui.core.failure import Failure
from tui.core.finish_reasons import Ending, ending_of
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.texts import answers
from tui.wire.error_body import is_error_object
from tui.wire.errors import Refusal, clean_message
from tui.wire.finish import judge
from tui.wire.lenient_json import read_objects
from tui.wire.limits import DEFAULT_LIMITS, Limits, show_size
from tui.wire.reply_events import EventReader
from tui.wire.salvage import is_cut_json
from tui.wire.sse import LimitExceeded, SseDecoder
from tui.wire.strict_json import StrictJsonError, parse_json
from tui.wire.surrogates import may_hold_surrogates
from tui.wire.usage_fields import read_header_cost, read_header_timings

_BLANK = b" \t\r\n\xef\xbb\xbf"
_HEAD = 2_000
_ENVELOPES = ("data", "result", "response", "body")


class ReplyReader:
    """Feed it the body as it arrives, then call ``finish``; stop reading once ``is_over``."""

    def __init__(
        self,
        *,
        status: int,
        headers: Mapping[str, str],
        streamed: bool,
        redactor: Redactor | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._status = status
        self._headers = {name.lower(): value for name, value in headers.items()}
        self._streamed = streamed
        self._redactor = redactor
        self._limits = limits
        self._is_event_stream = "event-stream" in self._headers.get("content-type", "").lower()
        self._decoder: SseDecoder | None = None
        self._body: bytearray | None = bytearray() if status >= 300 else None
        self._head = b""
        self._events = EventReader(status, self._headers, redactor, limits.answer)
        self._is_closed = False

    @property
    def refusal(self) -> Refusal | None:
        """The error reply that the failure was created from, if the server sent one."""
        return self._events.refusal

    @property
    def is_over(self) -> bool:
        """Whether nothing relevant can follow: after ``[DONE]``, an error, or a limit."""
        return self._events.failure is not None or self._events.chunks.outcome.is_done

    def feed(self, data: bytes) -> list[StreamEvent]:
        """Return the events completed by these bytes. Never raises, whatever a server sends."""
        events: list[StreamEvent] = []
        if self._is_closed:
            return events
        if self._decoder is None and self._body is None:
            data = self._choose(data, events)
        if self._decoder is not None:
            self._feed_stream(self._decoder, data, events)
        elif self._body is not None:
            self._feed_body(self._body, data, events)
        return events

    def finish(self, *, transport: Failure | None = None) -> list[StreamEvent]:
        """Return the last events; the very last one is ``Finished`` or ``StreamFailed``. Call once.

        ``transport`` is the reason why the bytes ended early, ``None`` if they ended normally.
        """
        events: list[StreamEvent] = []
        try:
            self._finish_input(transport, events)
            self._events.chunks.finish(events)
        except LimitExceeded as exceeded:
            self._stop_at_limit(exceeded, events)
        outcome = self._events.chunks.outcome
        failure = self._events.failure or judge(outcome, transport)
        if failure is not None and failure.cause == "stream-unfinished" and self._events.last_words:
            said = clean_message(self._events.last_words, self._redactor)
            failure = explain(failure.cause, server_message=said)
        self._add_charge(events)
        if failure is not None:
            events.append(StreamFailed(failure, outcome.finish_reason))
            return events
        if outcome.answer_is_in_reasoning:
            mark = self._events.chunks.texts.reasoning_mark
            note = answers.NO_ANSWER_AFTER.format(mark=mark) if mark else answers.ALL_REASONING
            events += (Reclassified(to_answer=True), Note(note))
        if ending_of(outcome.finish_reason) is Ending.UNKNOWN:
            reason = safe_line(outcome.finish_reason or "", 40)
            events.append(Note(answers.UNKNOWN_ENDING.format(reason=reason)))
        if self._events.replay is not None:
            events.append(Note(answers.FROM_CACHE.format(header=self._events.replay)))
        events.append(Finished(outcome.finish_reason))
        return events

    def _add_charge(self, events: list[StreamEvent]) -> None:
        """Add the cost from the headers, and that of an error, which may be charged as well."""
        told = self._events.told
        if told.usage is not None:
            events.append(UsageReport(told.usage))
        cost = told.cost or read_header_cost(self._headers)
        if self._events.chunks.server_cost is None and cost is not None:
            events.append(ServerCostReport(cost))

    def _choose(self, data: bytes, events: list[StreamEvent]) -> bytes:
        """Decide by the first non-blank byte whether this is a stream or one document.

        DeepSeek's queue sends blank lines before the answer as a sign of life.
        """
        content = data.lstrip(_BLANK)
        if not content:
            if data:
                events.append(Progress(KEEP_ALIVE))
        elif content[:1] in (b"{", b"[", b"<", b'"'):
            self._body = bytearray()
        else:
            self._decoder = SseDecoder(self._limits)
        return content

    # A stream of events

    def _feed_stream(self, decoder: SseDecoder, data: bytes, events: list[StreamEvent]) -> None:
        if not self._is_event_stream and len(self._head) < _HEAD:
            self._head += data[:_HEAD]
        try:
            read = self._events.read
            for event in decoder.feed(data):
                read(event, events)
        except LimitExceeded as exceeded:
            self._stop_at_limit(exceeded, events)
        if decoder.has_invalid_bytes:
            self._events.chunks.texts.lose(answers.NOT_UTF8, events)

    def _stop_at_limit(self, exceeded: LimitExceeded, events: list[StreamEvent]) -> None:
        """Keep what arrived before the limit, and stop reading."""
        self._is_closed = True
        before, exceeded.events = exceeded.events, []
        try:
            for event in before:
                self._events.read(event, events)
        except LimitExceeded as again:
            exceeded = again
        self._events.failure = self._events.failure or explain(
            exceeded.cause, limit=show_size(exceeded.limit)
        )

    def _finish_stream(
        self, decoder: SseDecoder, transport: Failure | None, events: list[StreamEvent]
    ) -> None:
        was_inside_line = decoder.is_inside_line
        try:
            for event in decoder.finish():
                self._events.read(event, events)
        except LimitExceeded as exceeded:
            self._stop_at_limit(exceeded, events)
        seen, outcome = self._events, self._events.chunks.outcome
        if outcome.has_chunks and not self._streamed:
            events.append(Note(answers.SENT_STREAM))
        outcome.was_cut |= was_inside_line and (seen.position > 0 or self._is_event_stream)
        if seen.failure is None and transport is None and not outcome.was_cut and not outcome.has_chunks:
            seen.failure = seen.judge_strange_stream()
            if not seen.position and self._head and not self._is_event_stream and not self.is_over:
                seen.refuse(self._head)

    # One document

    def _feed_body(self, body: bytearray, data: bytes, events: list[StreamEvent]) -> None:
        is_error = self._status >= 300
        limit = self._limits.error_body if is_error else self._limits.body
        body += data[: limit + 1 - len(body)]
        if len(body) <= limit:
            return
        self._is_closed = True
        if is_error:
            self._events.refuse(bytes(body))
        else:
            self._events.salvage(body.decode("utf-8", "replace"), events)
            self._events.failure = explain("answer-too-large", limit=show_size(limit))
        body.clear()

    def _finish_body(self, body: bytes, transport: Failure | None, events: list[StreamEvent]) -> None:
        if self._status >= 300:
            self._events.refuse(body)
            return
        text = body.decode("utf-8", "replace").strip()
        try:
            value = parse_json(text)
        except StrictJsonError:
            self._finish_broken_document(text, transport, events)
            return
        value = _unwrapped(value)
        if isinstance(value, dict) and "choices" in value:
            if self._streamed and value["choices"]:
                events.append(Note(answers.SENT_WHOLE))
            self._events.chunks.outcome.is_done = True
            self._events.chunks.texts.mends = may_hold_surrogates(text)
            self._events.read_odd_chunk(value, events)
            timings = read_header_timings(self._headers)
            if timings is not None and not any(isinstance(event, TimingsReport) for event in events):
                events.append(TimingsReport(timings))
            if "\ufffd" in text and text.encode() != body.strip():
                self._events.chunks.texts.lose(answers.NOT_UTF8, events)
        else:
            self._events.refuse(body)

    def _finish_broken_document(
        self, text: str, transport: Failure | None, events: list[StreamEvent]
    ) -> None:
        objects = read_objects(text.removesuffix("[DONE]").rstrip())
        if objects and all("choices" in chunk for chunk in objects):  # one chunk per line
            for chunk in objects:
                self._events.read_object(chunk, events)
            self._events.chunks.outcome.is_done |= text.endswith("[DONE]")
            return
        if text[:1] in ("{", "["):
            self._events.chunks.outcome.was_cut = is_cut_json(text)
            self._events.salvage(text, events)
        if transport is None and not self._events.chunks.outcome.was_cut:
            self._events.refuse(text.encode())

    # The end

    def _finish_input(self, transport: Failure | None, events: list[StreamEvent]) -> None:
        if self._is_closed:
            return
        if self._decoder is not None:
            self._finish_stream(self._decoder, transport, events)
        elif self._body is not None:
            self._finish_body(bytes(self._body), transport, events)
        elif transport is None and not self._is_event_stream:
            self._events.refuse(b"")


def _unwrapped(value: object) -> object:
    """Return the answer that a corporate gateway has wrapped in a list or an envelope."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict) or "choices" in value or is_error_object(value):
        return value
    inner = (value.get(name) for name in _ENVELOPES)
    return next((item for item in inner if isinstance(item, dict) and item.get("choices")), value)
