"""Reads the body of one reply: decompresses, decodes, watches the silence, notices a cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.events import AnswerDelta, Progress, ReasoningDelta, StreamEvent, ToolCallDelta
from tui.core.failure import Failure
from tui.core.secret import Redactor
from tui.net.classify import classify_exception
from tui.net.deadlines import Patience
from tui.net.decoding import Decoder
from tui.net.exchange import Exchange
from tui.net.expected import expected_errors
from tui.net.pace import Pace
from tui.net.silence import SilenceWatch
from tui.wire.reply import ReplyReader

if TYPE_CHECKING:
    import httpx

_ERROR_BODY_SECONDS = 10.0
"""For the body of a refusal, however patient the person is: the status alone says enough."""
_DRAIN_SECONDS = 0.1
"""For the end mark of HTTP behind the last event, so that the connection can serve again."""
_DRAIN_BYTES = 64_000
"""What may stand between the two: of a server that says more, a new connection costs less."""
_SLICE = 4_096
"""Bytes decoded in one go."""

_TEXT = (AnswerDelta, ReasoningDelta, ToolCallDelta)


class ReplyStream:
    """One reply, read once."""

    def __init__(
        self,
        response: httpx.Response,
        exchange: Exchange,
        *,
        endpoint: Endpoint,
        streamed: bool,
        redactor: Redactor,
        patience: Patience,
        emit: Callable[..., None],
        clock: Callable[[], float],
    ) -> None:
        self._response = response
        self._exchange = exchange
        self._endpoint = endpoint
        self._redactor = redactor
        self._patience = patience
        self._emit = emit
        self._clock = clock
        self._headers = {name.lower(): value for name, value in response.headers.items()}
        self._reader = ReplyReader(
            status=response.status_code, headers=self._headers, streamed=streamed, redactor=redactor
        )
        self._chunks: AsyncIterator[bytes] = response.aiter_raw()
        self._is_event_stream = "event-stream" in self._headers.get("content-type", "")
        self._came_at = clock()
        self._pace = Pace()
        self.has_text = False
        """Whether any text came: from then on nothing is ever sent again."""
        self.ended_at = self._came_at
        self.last_events: tuple[StreamEvent, ...] = ()
        """The events of the end, not emitted: whoever reads decides whether it is the end."""

    async def read(self, wait_for_room: Callable[[], Awaitable[None]]) -> None:
        """Emit the events of the reply but for the last ones. Never raises for what a server sends."""
        cut: Failure | None = None
        try:
            await self._read_within_limits(wait_for_room)
        except expected_errors() as error:
            cut = self._explain_cut(error)
        self.ended_at = self._clock()
        self.last_events = tuple(self._reader.finish(transport=cut))
        self.has_text = self.has_text or any(isinstance(event, _TEXT) for event in self.last_events)

    async def drain(self) -> None:
        """Read what is left, for a moment only, where the reply was over before its body."""
        with suppress(*expected_errors()):
            async with asyncio.timeout(_DRAIN_SECONDS):
                left = _DRAIN_BYTES
                async for data in self._chunks:
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
                self._limit,
                self._patience.notice_seconds,
                on_notice=self._notice,
                on_limit=lambda: deadline.reschedule(loop.time()),
            )
            try:
                async for data in self._chunks:
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
            raise EOFError("the compressed answer ends before its end mark")

    def _take(self, data: bytes, watch: SilenceWatch) -> None:
        self._came_at = self._clock()
        events = self._reader.feed(data)
        if any(isinstance(event, _TEXT) for event in events):
            self.has_text = True
            watch.touch()
        elif not self._is_event_stream:
            watch.touch()
        if events:
            self._emit(*events)

    @property
    def _limit(self) -> float | None:
        return self._patience.idle_seconds if self._response.status_code < 300 else _ERROR_BODY_SECONDS

    @property
    def _is_alive(self) -> bool:
        """Whether something that is no text came lately."""
        limit = self._limit or self._patience.notice_seconds
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
        return classify_exception(
            error, endpoint=self._endpoint, exchange=self._exchange, redactor=self._redactor
        )
