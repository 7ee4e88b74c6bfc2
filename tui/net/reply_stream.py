"""Reads the body of one reply: decompresses, decodes, detects silence and truncation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.events import AnswerDelta, Progress, ReasoningDelta, StreamEvent, ToolCallDelta
from tui.core.failure import Failure, LmdeckError
from tui.core.secret import Redactor
from tui.net.classify import classify_exception
from tui.net.cooperative_yield import CooperativeYield
from tui.net.deadlines import RequestTimeouts
from tui.net.decoding import Decoder
from tui.net.headers import headers_of
from tui.net.httpx_compat import ResponseBody
from tui.net.request_trace import RequestTrace
from tui.net.silence import SilenceWatch
from tui.net.transport_errors import transport_errors
from tui.texts import bodies
from tui.wire.errors import Refusal
from tui.wire.reply import ReplyReader

if TYPE_CHECKING:
    import httpx

_ERROR_BODY_SECONDS = 10.0
"""For the whole body of an error, whatever the user's limits: the status alone is sufficient."""
_MOST_WITHOUT_TEXT = 10_000_000
"""Bytes between two texts: more than the keep-alives of a whole day."""
_PIECE = 64
"""The overhead of a piece in bytes: a one-byte line takes as much work as this."""
_BLANK = b" \t\r\n"
_DRAIN_SECONDS = 0.1
"""For HTTP's end mark after the last event, so that the connection can be reused."""
_DRAIN_BYTES = 64_000
"""The maximum data before the end mark: beyond that, a new connection is cheaper."""
_SLICE = 4_096
"""Bytes decoded at once."""

_TEXT = (AnswerDelta, ReasoningDelta, ToolCallDelta)


class ReplyStream:
    """One reply, which can be read once."""

    def __init__(
        self,
        response: httpx.Response,
        trace: RequestTrace,
        *,
        endpoint: Endpoint,
        streamed: bool,
        redactor: Redactor,
        timeouts: RequestTimeouts,
        emit: Callable[..., None],
        clock: Callable[[], float],
        waited_seconds: float = 0.0,
    ) -> None:
        """Create a reader; ``waited_seconds`` is the time since the first attempt was sent."""
        self._response = response
        self._trace = trace
        self._endpoint = endpoint
        self._redactor = redactor
        self._timeouts = timeouts
        self._emit = emit
        self._clock = clock
        self._headers = headers_of(response)
        self._reader = ReplyReader(
            status=response.status_code, headers=self._headers, streamed=streamed, redactor=redactor
        )
        self._body = ResponseBody(response)
        self._is_event_stream = "event-stream" in self._headers.get("content-type", "")
        self._came_at = clock()
        self._waited_seconds = waited_seconds
        self._without_text = 0
        self._text_at = trace.received
        self._pace = CooperativeYield()
        self.has_text = False
        """Whether any text was received: from then on, the request is never repeated."""
        self.ended_at = self._came_at
        self.last_events: tuple[StreamEvent, ...] = ()
        """The final events, not emitted: the reader decides whether the chat is over."""

    @property
    def refusal(self) -> Refusal | None:
        """The error reply that the failure was created from, if the server sent one."""
        return self._reader.refusal

    async def read(self, wait_for_room: Callable[[], Awaitable[None]]) -> None:
        """Emit all events of the reply except the last ones. Never raises, whatever a server sends."""
        cut: Failure | None = None
        try:
            await self._read_within_limits(wait_for_room)
        except transport_errors() as error:
            cut = self._explain_cut(error)
        self.ended_at = self._clock()
        self.last_events = tuple(self._reader.finish(transport=cut))
        self.has_text = self.has_text or any(isinstance(event, _TEXT) for event in self.last_events)

    async def drain(self) -> None:
        """Briefly read what remains if the reply was complete before the end of its body."""
        with suppress(*transport_errors()):
            async with asyncio.timeout(_DRAIN_SECONDS):
                left = _DRAIN_BYTES
                while (data := await self._body.read()) is not None:
                    left -= len(data)
                    if left < 0:
                        return
                    self._pace.begin()
                    await self._pace.rest()

    async def _read_within_limits(self, wait_for_room: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        decoder = Decoder(self._headers.get("content-encoding", ""))
        async with asyncio.timeout(None) as deadline:
            watch = SilenceWatch(
                self._first_limit,
                self._timeouts.notice_seconds,
                on_notice=self._notice,
                on_limit=lambda: deadline.reschedule(loop.time()),
            )
            try:
                while (data := await self._body.read()) is not None:
                    for plain in decoder.feed(data):
                        for start in range(0, len(plain), _SLICE):
                            self._pace.begin()
                            self._take(plain[start : start + _SLICE], watch)
                            if self._reader.is_over:
                                return
                            await self._pace.rest()
                            await wait_for_room()
            finally:
                watch.close()
        if decoder.is_cut:
            raise EOFError(bodies.CUT_ENCODING)

    def _take(self, data: bytes, watch: SilenceWatch) -> None:
        self._came_at = self._clock()
        events = self._reader.feed(data)
        if any(isinstance(event, _TEXT) for event in events):
            self._note_text(watch)
        elif self._counts_bytes and data.strip(_BLANK):
            watch.touch()
        self._without_text += len(data) + _PIECE
        if events:
            self._emit(*events)
        if max(self._without_text, self._trace.received - self._text_at) > _MOST_WITHOUT_TEXT:
            limit = bodies.WITHOUT_TEXT.format(size=_MOST_WITHOUT_TEXT // 1_000_000)
            raise LmdeckError(explain("answer-too-large", limit=limit))

    def _note_text(self, watch: SilenceWatch) -> None:
        if self.has_text:
            watch.touch()
        else:
            self._trace.tell("first-token")
            watch.restart(self._limit)
        self.has_text = True
        self._without_text = 0
        self._text_at = self._trace.received

    @property
    def _counts_bytes(self) -> bool:
        """Whether bytes without text are a sign of progress: parts of an answer without streaming."""
        is_answer = self._response.status_code < 300 and not self._is_event_stream
        return is_answer and self._timeouts.first_text_seconds is None

    @property
    def _first_limit(self) -> float | None:
        """Return the limit until the first text; it includes the wait for the headers if a command set it."""
        whole = self._timeouts.first_text_seconds
        if whole is None:
            return self._limit
        left = max(0.0, whole - self._waited_seconds)
        return left if self._limit is None else min(left, self._limit)

    @property
    def _limit(self) -> float | None:
        return self._timeouts.idle_seconds if self._response.status_code < 300 else _ERROR_BODY_SECONDS

    @property
    def _is_alive(self) -> bool:
        """Return whether something other than text arrived recently."""
        limit = self._limit or self._timeouts.notice_seconds
        return self._clock() - self._came_at < limit / 2

    def _notice(self, seconds: float) -> None:
        self._emit(Progress("waiting", "keep-alive" if self._is_alive else "", seconds))

    def _explain_cut(self, error: Exception) -> Failure:
        limit = self._limit
        if isinstance(error, EOFError):
            return explain("stream-truncated")
        if isinstance(error, TimeoutError) and limit is not None:
            cause = "stream-keepalive-only" if self._is_alive else "stream-stalled"
            return explain(cause, seconds=f"{limit:g}")
        return classify_exception(error, endpoint=self._endpoint, trace=self._trace, redactor=self._redactor)
