"""A single chat from start to end: its retries, dropped parameters and time limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Protocol

from tui.core.chat import ChatRequest, Endpoint, has_images
from tui.core.endpoint_url import chat_url_of
from tui.core.events import (
    EventBatch,
    Note,
    PartsLearned,
    Progress,
    ResponseStarted,
    ServerCostReport,
    StreamEvent,
    StreamFailed,
    UsageReport,
)
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.phases import NO_USAGE, Learned
from tui.core.secret import Redactor
from tui.core.secret_headers import is_secret_header
from tui.net.classify import classify_exception
from tui.net.client import ClientFactory
from tui.net.deadlines import RequestTimeouts
from tui.net.event_queue import BoundedEventQueue
from tui.net.headers import headers_of
from tui.net.http_error_details import enrich_http_error
from tui.net.proofs import judge_refusal
from tui.net.reply_stream import ReplyStream
from tui.net.reprobe import reprobe_after_failure
from tui.net.request_trace import Phase, Requests, RequestTrace, observe
from tui.net.retry import retry_delay
from tui.net.server_wait import Look, ServerWait, Waiting
from tui.net.silence import SilenceWatch
from tui.net.transport_errors import transport_errors
from tui.net.tries import Tries
from tui.texts import answers, network
from tui.wire.errors import Refusal
from tui.wire.evidence import Proof
from tui.wire.request import build_chat_body
from tui.wire.server_quirks import ServerQuirks, adapt, after_images
from tui.wire.servers import Dialect

if TYPE_CHECKING:
    import httpx

CHAT_ROUTE = "/chat/completions"
_MOST_ADAPTATIONS = 8
_LARGE = 1 << 20
"""Bytes of attachments from which a request is built in a thread, so that the screens stay responsive."""
_UNANSWERED = ("no-answer", "headers-stalled")


class QuirksMemory(Protocol):
    """Storage for what was learned about an endpoint and a model."""

    def get(self, base_url: str, model: str) -> ServerQuirks | None:
        """Return what was learned before."""

    def put(self, base_url: str, model: str, quirks: ServerQuirks) -> None:
        """Store what was learned."""


@dataclass(eq=False, repr=False)
class ChatCall:
    """The work behind ``ChatClient.stream``, which runs in its own task."""

    factory: ClientFactory
    endpoint: Endpoint
    request: ChatRequest
    queue: BoundedEventQueue
    requests: Requests
    """Called for each request."""
    memory: QuirksMemory
    redactor: Redactor
    clock: Callable[[], float]
    server: Dialect | None
    proved: Collection[Proof] | None
    timeouts: RequestTimeouts
    look: Look | None = None
    """Reads this machine, to see whether a server on it is starting."""
    _quirks: ServerQuirks = field(init=False)
    _adapted: int = field(default=0, init=False)
    _is_streamed: bool = field(init=False)
    _tries: Tries = field(init=False)
    _refusal: Failure | None = field(default=None, init=False)
    """The server's error in the previous attempt, if any."""
    _wait: ServerWait = field(init=False)

    def __post_init__(self) -> None:
        self._quirks = self.memory.get(self.endpoint.base_url, self.request.model) or ServerQuirks()
        self._is_streamed = self.request.stream
        self._tries = Tries(self.timeouts)
        limits = self.timeouts.of_waiting()
        self._wait = ServerWait(
            self.factory, self.endpoint, limits, look=self.look, tell=self._report_waiting
        )
        self.redactor.add_sent(self.endpoint.key, self.endpoint.extra_headers, self.request.extra_body)

    async def run(self) -> None:
        """Send the request and read the reply, retrying if appropriate; closes the queue at the end."""
        if self._quirks.refuses_images and has_images(self.request.messages[:-1]):
            self._emit(Note(answers.EARLIER_IMAGES))
        try:
            while not await self._try():
                pass
        finally:
            self.queue.close()

    async def _try(self) -> bool:
        """Send the request once; return whether the chat is over."""
        self._tries.count += 1
        is_large = sum(map(len, self.request.attachments.values())) > _LARGE
        body, content = await asyncio.to_thread(self._built) if is_large else self._built()
        self._is_streamed = body.get("stream") is True
        trace = self.requests.begin("POST", f"{self.endpoint.base_url}{CHAT_ROUTE}")
        with observe(trace):
            try:
                await self.factory.prepare_exchange(self.endpoint)
                response = await self._send(content, trace)
            except transport_errors() as error:
                failure = await self._explain(error, trace)
                trace.tell("failed", cause=failure.cause)
                return await self._end_or_retry(failure, trace)
            try:
                return await self._read(response, trace, body)
            finally:
                await response.aclose()

    def _built(self) -> tuple[dict[str, object], bytes]:
        """Return the request body, and its encoding."""
        body = build_chat_body(self.request, self._quirks, self.server)
        return body, json.dumps(body, allow_nan=False).encode()

    async def _send(self, content: bytes, trace: RequestTrace) -> httpx.Response:
        """Return the response with its headers; the deadline begins once the request is sent."""
        limits = self.timeouts
        limit = self._headers_limit()
        client = self.factory.client(self.endpoint)
        message = client.build_request(
            "POST",
            chat_url_of(self.endpoint.base_url),
            content=content,
            headers={"Content-Type": "application/json"},
            timeout=(limits.connect_seconds, None, limits.write_seconds, None),  # connect, read, write, pool
        )
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as deadline:
            watch = SilenceWatch(
                None,
                limits.notice_seconds,
                on_notice=lambda seconds: self._emit(Progress("waiting", seconds=seconds)),
                on_limit=lambda: deadline.reschedule(loop.time()),
            )
            trace.listener = lambda phase: self._note_phase(phase, trace, watch, limit)
            try:
                return await client.send(message, stream=True)
            finally:
                watch.close()

    def _note_phase(
        self, phase: Phase, trace: RequestTrace, watch: SilenceWatch, limit: float | None
    ) -> None:
        if phase is Phase.LOOKUP:
            self._emit(Progress("connecting", request=self.requests.count))
        elif phase is Phase.SEND:
            self._tries.sent()
            watch.restart(self._tries.within_whole(limit))
            self._emit(Progress("connected", trace.tls_version or "", request=self.requests.count))
        elif phase is Phase.HEADERS:
            self._emit(Progress("sent"))

    async def _explain(self, error: BaseException, trace: RequestTrace) -> Failure:
        limits = self.timeouts
        is_late = trace.phase in (Phase.SEND, Phase.HEADERS)
        failure = classify_exception(
            error,
            endpoint=self.endpoint,
            trace=trace,
            redactor=self.redactor,
            seconds=self._headers_limit() if is_late else limits.connect_seconds,
            route=self.factory.route(self.endpoint.base_url),
        )
        if self._tries.met_stale(failure, trace):
            return failure
        return await reprobe_after_failure(failure, self.endpoint, trace, limits.reprobe_seconds)

    async def _read(self, response: httpx.Response, trace: RequestTrace, body: Mapping[str, object]) -> bool:
        """Pass on the reply; return whether the chat is over."""
        trace.answered(response.status_code)
        self._tries.stale = 0
        headers = headers_of(response)
        self._emit(ResponseStarted(response.status_code, self._shown(headers)))
        if self._is_streamed and "stream_options" in self._quirks.dropped:
            self._emit(PartsLearned(Learned(unknown=NO_USAGE)))
        reply = ReplyStream(
            response,
            trace,
            endpoint=self.endpoint,
            streamed=self._is_streamed,
            redactor=self.redactor,
            timeouts=self.timeouts,
            emit=self._emit,
            clock=self.clock,
            waited_seconds=self._tries.waited_seconds,
        )
        await reply.read(self.queue.wait_for_room)
        trace.ended()
        last = await self._look_after(reply.last_events, trace)
        end = last[-1]
        if isinstance(end, StreamFailed) and not reply.has_text:
            failure = enrich_http_error(
                await self._judge(end.failure, reply.refusal),
                self.endpoint,
                route=CHAT_ROUTE,
                location=headers.get("location"),
                model=self.request.model,
                redactor=self.redactor,
                way=self.factory.route(self.endpoint.base_url),
            )
            trace.tell("failed", cause=failure.cause)
            if self._adapt(failure, body):
                self._emit_charge(last)
                return False
            self._learn_of_images(body, failure.cause)
            self._refusal = failure
            better = await self._waits(failure, headers)
            if better is None:
                self._emit_charge(last)
                return False
            last = (*last[:-1], replace(end, failure=better))
        else:
            self._learn_of_images(body, None)
            if self._adapted:
                self._keep()
        self.queue.put(EventBatch(reply.ended_at, last))
        await reply.drain()
        return True

    def _emit_charge(self, last: tuple[StreamEvent, ...]) -> None:
        """Emit the usage and cost of a reply that is followed by another request; it is charged as well."""
        told = [event for event in last if isinstance(event, UsageReport | ServerCostReport)]
        if told:
            self._emit(*told)

    async def _look_after(
        self, last: tuple[StreamEvent, ...], trace: RequestTrace
    ) -> tuple[StreamEvent, ...]:
        """Return the last events; a failure with the evidence of another probe of the host."""
        end = last[-1]
        if not isinstance(end, StreamFailed):
            return last
        seconds = self.timeouts.reprobe_seconds
        failure = await reprobe_after_failure(end.failure, self.endpoint, trace, seconds)
        return (*last[:-1], replace(end, failure=failure))

    async def _judge(self, failure: Failure, refusal: Refusal | None) -> Failure:
        if refusal is None:
            return failure
        return await judge_refusal(
            self.factory,
            self.endpoint,
            refusal,
            model=self.request.model,
            proved=self.proved,
            looks=self.timeouts.reprobe_seconds > 0,
        )

    async def _end_or_retry(self, failure: Failure, trace: RequestTrace) -> bool:
        if self._tries.met_stale(failure, trace):
            self._tries.stale += 1
            self._tries.count -= 1
            trace.tell("retry", because=network.KEPT_CONNECTION)
            return False
        better = await self._waits(failure, {})
        if better is None:
            return False
        self._emit(StreamFailed(self._told_before(better)))
        return True

    def _told_before(self, failure: Failure) -> Failure:
        """Return the server's earlier error, if the last attempt only ended by our own limit."""
        is_ours = failure.cause in _UNANSWERED and self._tries.is_over
        return self._refusal if is_ours and self._refusal is not None else failure

    async def _waits(self, failure: Failure, headers: Mapping[str, str]) -> Failure | None:
        """Wait before another attempt and return ``None``, or return the failure with all its evidence."""
        better = await self._wait.pause(failure)
        if better is None:
            self._tries.begin_anew()
            self._refusal = None
            return None
        delay = retry_delay(better, self._tries.count, self.timeouts, headers=headers)
        if delay is None or not self._tries.has_time_for(delay):
            return better
        self.requests.last.tell("retry", seconds=delay, because=better.cause)
        self._emit(Progress("retrying", better.title, delay))
        await asyncio.sleep(delay)
        return None

    def _report_waiting(self, waiting: Waiting) -> None:
        self.requests.last.tell("wait", phase=waiting.phase.value, seconds=waiting.waited_seconds)
        self._emit(Progress(f"server-{waiting.phase}", waiting.sentence, waiting.waited_seconds))

    def _adapt(self, failure: Failure, body: Mapping[str, object]) -> bool:
        """Drop or replace what the server rejects; return whether to send the request again."""
        if self._adapted >= _MOST_ADAPTATIONS:
            return False
        adapted = adapt(self._quirks, failure, body, reasoning_replay=self.request.reasoning_replay)
        if adapted is None or adapted[0] == self._quirks:
            return False
        self._quirks, note = adapted
        self._adapted += 1
        self._tries.count -= 1
        self.requests.last.tell("change", note=note)
        self._emit(Note(note))
        return True

    def _learn_of_images(self, body: Mapping[str, object], cause: str | None) -> None:
        """Remember whether the model accepts images, once known."""
        known = after_images(self._quirks, body, cause)
        if known != self._quirks:
            self._quirks = known
            self._keep()

    def _keep(self) -> None:
        self.memory.put(self.endpoint.base_url, self.request.model, self._quirks)

    def _headers_limit(self) -> float | None:
        limits = self.timeouts
        return limits.headers_seconds if self._is_streamed else limits.unstreamed_seconds

    def _shown(self, headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        redact = self.redactor.redact
        return tuple((name, redact(value)) for name, value in headers.items() if not is_secret_header(name))

    def _emit(self, *events: StreamEvent) -> None:
        self.queue.put(EventBatch(self.clock(), events))
