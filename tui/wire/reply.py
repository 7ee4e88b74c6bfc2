"""A whole reply, from its bytes to events: whatever the server sends, whatever was asked for.

A stream of events, one JSON document, an error, a web page: decided by what the bytes are, not by
what was asked nor by the content type alone. ``ResponseStarted`` is not made here: who reads the
headers says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tui.core.causes import explain
from tui.core.events import (
    AnswerDelta,
    ChunkSeen,
    Finished,
    MalformedEvent,
    Note,
    Progress,
    ReasoningDelta,
    Reclassified,
    ServerCostReport,
    StreamEvent,
    StreamFailed,
    ToolCallDelta,
)
from tui.core.failure import Failure
from tui.core.secret import Redactor
from tui.wire.chunk import ChunkReader
from tui.wire.error_body import is_error_object
from tui.wire.errors import Refusal, clean_message, read_refusal, read_refusal_object
from tui.wire.finish import judge
from tui.wire.lenient_json import read_objects
from tui.wire.limits import DEFAULT_LIMITS, Limits, show_size
from tui.wire.salvage import is_cut_json, salvage
from tui.wire.sse import LimitExceeded, ServerSentEvent, SseDecoder
from tui.wire.strict_json import StrictJsonError, is_json, parse_json, parse_json_object
from tui.wire.surrogates import may_hold_surrogates
from tui.wire.unread_fields import holds_text
from tui.wire.usage_fields import read_header_cost

SENT_WHOLE = "The server sent the answer whole although a stream was asked for."
SENT_STREAM = "The server streamed although a whole answer was asked for."
WAS_IN_REASONING = (
    "All text came as reasoning and is shown as the answer: the server's reasoning parser does not fit "
    "the model. Start the server without it or with the right one (vLLM: --reasoning-parser)."
)

NO_UTF8 = "The server sent bytes that are no UTF-8: they are shown as �."
KEEP_ALIVE = "keep-alive"
_CHUNK_SEEN = ChunkSeen()
_TEXTS = frozenset((AnswerDelta, ReasoningDelta, ToolCallDelta))
_EMPTY_EVENT = re.compile(
    r"null|true|false|\[\]|\"\"|[:\s]*(ping|pong|keep[-_ ]?alive|heart[-_ ]?beat|processing)[.…]*",
    re.IGNORECASE,
)
"""Events of servers and gateways that only say that they are alive: no text can be lost in one."""
_BLANK = b" \t\r\n\xef\xbb\xbf"
_DONE = re.compile(r"\[DONE\]|\"?\[?DONE\]?\"?\Z", re.IGNORECASE)
_PLAIN_ERROR = re.compile(r"\A(?:\[ERROR\]:?|error:)", re.IGNORECASE)
"""How an event begins that tells an error in plain words, where others put JSON."""
_HEAD = 2_000
_EXCERPT = 120
_MOST_LINES = 5_000
"""Lines of one event that are read as events of their own, where a server leaves blank lines out."""


class ReplyReader:
    """Feed it the body as it comes, then call ``finish``; stop reading as soon as ``is_over``."""

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
        self._chunks = ChunkReader(limits.answer)
        self._failure: Failure | None = None
        self.refusal: Refusal | None = None
        """What the failure was made of, where it is the server's answer."""
        self._is_closed = False
        self._position = 0
        self._malformed = 0
        self._is_foreign = False
        """Whether whole events of another API came."""
        self._last_words = ""
        """The last event, where it was no JSON but a sentence."""

    @property
    def is_over(self) -> bool:
        """Whether nothing that matters can follow: ``[DONE]``, an error, or a limit was met."""
        return self._failure is not None or self._chunks.outcome.is_done

    def feed(self, data: bytes) -> list[StreamEvent]:
        """Return the events that these bytes complete. Never raises for what a server sends."""
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
        """Return the last events; the very last is ``Finished`` or ``StreamFailed``. To be called once.

        ``transport`` says why the bytes ended early, ``None`` that they ended properly.
        """
        events: list[StreamEvent] = []
        try:
            self._finish_input(transport, events)
            self._chunks.finish(events)
        except LimitExceeded as exceeded:
            self._stop_at_limit(exceeded, events)
        outcome = self._chunks.outcome
        failure = self._failure or judge(outcome, transport)
        if failure is not None and failure.cause == "stream-unfinished" and self._last_words:
            said = clean_message(self._last_words, self._redactor)
            failure = explain(failure.cause, server_message=said)
        if failure is not None:
            events.append(StreamFailed(failure, outcome.finish_reason))
            return events
        if outcome.answer_is_in_reasoning:
            events += (Reclassified(to_answer=True), Note(WAS_IN_REASONING))
        if self._chunks.server_cost is None and (cost := read_header_cost(self._headers)) is not None:
            events.append(ServerCostReport(cost))
        events.append(Finished(outcome.finish_reason))
        return events

    def _choose(self, data: bytes, events: list[StreamEvent]) -> bytes:
        """Decide by the first byte that is not blank whether this is a stream or one document.

        Blank lines before the answer are a sign of life of DeepSeek's queue.
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
            for event in decoder.feed(data):
                self._read_event(event, events)
        except LimitExceeded as exceeded:
            self._stop_at_limit(exceeded, events)
        if decoder.has_invalid_bytes:
            self._chunks.texts.lose(NO_UTF8, events)

    def _stop_at_limit(self, exceeded: LimitExceeded, events: list[StreamEvent]) -> None:
        """Keep what came before the limit, and read nothing more."""
        self._is_closed = True
        before, exceeded.events = exceeded.events, []
        try:
            for event in before:
                self._read_event(event, events)
        except LimitExceeded as again:
            exceeded = again
        self._failure = self._failure or explain(exceeded.cause, limit=show_size(exceeded.limit))

    def _read_event(self, event: ServerSentEvent, events: list[StreamEvent]) -> None:
        if event.is_comment:
            self._add_sign_of_life(events)
            return
        data = event.data
        self._position += 1
        self._last_words = ""
        try:
            chunk = parse_json_object(data)
        except StrictJsonError as error:
            self._read_odd_event(event, str(error), events)
            return
        self._chunks.texts.mends = "\\u" in data and may_hold_surrogates(data)
        self._read_object(chunk, events, is_named_error=event.event == "error")

    def _read_object(
        self, chunk: dict[str, object], events: list[StreamEvent], *, is_named_error: bool = False
    ) -> None:
        before = len(events)
        if "choices" in chunk and "error" not in chunk and "base_resp" not in chunk:
            self._chunks.read(chunk, events)
            if self._chunks.outcome.error is not None:
                self._fail({"error": self._chunks.outcome.error})
        else:
            self._read_odd_chunk(chunk, events, is_named_error=is_named_error)
        if chunk.get("choices") and (len(events) == before or type(events[-1]) not in _TEXTS):
            events.append(_CHUNK_SEEN)

    def _read_odd_chunk(
        self, chunk: dict[str, object], events: list[StreamEvent], *, is_named_error: bool = False
    ) -> None:
        self._chunks.read(chunk, events)
        if self._chunks.outcome.error is not None:
            self._fail({"error": self._chunks.outcome.error})
        elif (not chunk.get("choices") or chunk.get("error")) and is_error_object(chunk):
            self._fail(chunk)
        elif is_named_error:
            self._fail({"error": chunk})
        elif "choices" not in chunk:
            if holds_text(chunk):
                self._is_foreign = True
                self._add_malformed("a chunk without choices", json.dumps(chunk)[:_HEAD], events)
            else:
                self._add_sign_of_life(events)

    def _read_odd_event(self, event: ServerSentEvent, reason: str, events: list[StreamEvent]) -> None:
        """Read an event that is no JSON object: several objects without blank lines between them, the
        end mark, the cut end of the stream, an error in plain words, or something malformed."""
        data = event.data.strip()
        lines = data.split("\n", _MOST_LINES)
        if 1 < len(lines) <= _MOST_LINES:
            self._position -= 1
            for line in lines[:-1]:
                self._read_event(event._replace(data=line, is_complete=True), events)
            self._read_event(event._replace(data=lines[-1]), events)
        elif not data or _DONE.match(data):
            self._position -= 1
            self._chunks.outcome.is_done |= bool(data)
        elif not event.is_complete and not is_json(data):
            self._chunks.outcome.was_cut = True
            for text, is_reasoning in salvage(data):
                self._chunks.texts.add(text, is_reasoning, events)
        elif (objects := read_objects(data)) is not None:
            self._chunks.texts.mends = may_hold_surrogates(data)
            for chunk in objects:
                self._read_object(chunk, events, is_named_error=event.event == "error")
        elif event.event == "error" or _PLAIN_ERROR.match(data):
            self._fail({"error": _PLAIN_ERROR.sub("", data, count=1).strip() or data})
        elif (event.event == "message" or data.startswith("{")) and not _EMPTY_EVENT.fullmatch(data):
            self._add_malformed(reason, data, events)
            if data[:1].isalpha() and not is_json(data):
                self._last_words = data
            for text, is_reasoning in salvage(data):
                self._chunks.texts.add(text, is_reasoning, events)
        else:
            self._add_sign_of_life(events)

    def _add_malformed(self, reason: str, data: str, events: list[StreamEvent]) -> None:
        self._malformed += 1
        excerpt = clean_message(data, self._redactor, _EXCERPT)
        events.append(MalformedEvent(self._position, reason, excerpt))

    def _fail(self, error: dict[str, object]) -> None:
        """Keep the first error: what follows it is a consequence."""
        if self._failure is None:
            self.refusal = read_refusal_object(self._status, self._headers, error, self._redactor)
            self._failure = self.refusal.failure()

    def _add_sign_of_life(self, events: list[StreamEvent]) -> None:
        if not events or type(events[-1]) is not Progress:
            events.append(Progress(KEEP_ALIVE))

    def _finish_stream(
        self, decoder: SseDecoder, transport: Failure | None, events: list[StreamEvent]
    ) -> None:
        was_inside_line = decoder.is_inside_line
        try:
            for event in decoder.finish():
                self._read_event(event, events)
        except LimitExceeded as exceeded:
            self._stop_at_limit(exceeded, events)
        outcome = self._chunks.outcome
        if outcome.has_chunks and not self._streamed:
            events.append(Note(SENT_STREAM))
        outcome.was_cut |= was_inside_line and (self._position > 0 or self._is_event_stream)
        if self._failure is None and transport is None and not outcome.was_cut and not outcome.has_chunks:
            self._failure = self._judge_strange_stream()

    def _judge_strange_stream(self) -> Failure | None:
        """Return what a stream without a single chunk of a chat is."""
        if self._malformed and not self._is_foreign:
            return explain("malformed-event", position=str(self._position))
        if self._position:
            return explain("unexpected-response", status=self._status, content="events of another kind")
        if self._head and not self._is_event_stream and not self.is_over:
            return self._refused(self._head)
        return None

    # One document

    def _feed_body(self, body: bytearray, data: bytes, events: list[StreamEvent]) -> None:
        is_error = self._status >= 300
        limit = self._limits.error_body if is_error else self._limits.body
        body += data[: limit + 1 - len(body)]
        if len(body) <= limit:
            return
        self._is_closed = True
        if is_error:
            self._failure = self._refused(bytes(body))
        else:
            self._salvage_body(body.decode("utf-8", "replace"), events)
            self._failure = explain("answer-too-large", limit=show_size(limit))
        body.clear()

    def _finish_body(self, body: bytes, transport: Failure | None, events: list[StreamEvent]) -> None:
        if self._status >= 300:
            self._failure = self._refused(body)
            return
        text = body.decode("utf-8", "replace").strip()
        try:
            value = parse_json(text)
        except StrictJsonError:
            self._finish_broken_document(text, transport, events)
            return
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, dict) and "choices" in value:
            if self._streamed:
                events.append(Note(SENT_WHOLE))
            self._chunks.outcome.is_done = True
            self._chunks.texts.mends = may_hold_surrogates(text)
            self._read_odd_chunk(value, events)
            if "\ufffd" in text and text.encode() != body.strip():
                self._chunks.texts.lose(NO_UTF8, events)
        else:
            self._failure = self._refused(body)

    def _finish_broken_document(
        self, text: str, transport: Failure | None, events: list[StreamEvent]
    ) -> None:
        objects = read_objects(text.removesuffix("[DONE]").rstrip())
        if objects and all("choices" in chunk for chunk in objects):  # a line for each chunk
            for chunk in objects:
                self._read_object(chunk, events)
            self._chunks.outcome.is_done |= text.endswith("[DONE]")
            return
        if text[:1] in ("{", "["):
            self._chunks.outcome.was_cut = is_cut_json(text)
            self._salvage_body(text, events)
        if transport is None and not self._chunks.outcome.was_cut:
            self._failure = self._refused(text.encode())

    def _refused(self, body: bytes) -> Failure:
        self.refusal = read_refusal(self._status, self._headers, body, self._redactor)
        return self.refusal.failure()

    def _salvage_body(self, text: str, events: list[StreamEvent]) -> None:
        for piece, is_reasoning in salvage(text):
            self._chunks.texts.add(piece, is_reasoning, events)

    # The end

    def _finish_input(self, transport: Failure | None, events: list[StreamEvent]) -> None:
        if self._is_closed:
            return
        if self._decoder is not None:
            self._finish_stream(self._decoder, transport, events)
        elif self._body is not None:
            self._finish_body(bytes(self._body), transport, events)
        elif transport is None and not self._is_event_stream:
            self._failure = self._refused(b"")
