"""Waiting for a server: all its phases are reported, up to the limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.chatting import CALM, Chatter, Reply
from tests.support.fake_machine import FakeMachine
from tests.support.fault_server import (
    FAULTS,
    Answer,
    Connection,
    Fault,
    FaultServer,
    Routes,
    Sequence,
    refused_port,
)
from tui.core.events import Progress
from tui.net.client import ClientFactory
from tui.net.machine.machine import Machine
from tui.net.machine.snapshot import Snapshot

PATIENT = replace(CALM, loading_seconds=60, loading_option="--wait", first_text_seconds=30)
HASTY = replace(PATIENT, loading_seconds=0.1)
LOADING = FAULTS["http-503-loading"]
HEALTHY = FAULTS["healthy"]
FAILED = Answer(b'{"error":"unable to load model: /models/x.gguf"}', "500 Internal Server Error")
CRASHED = Answer(b'{"error":{"message":"EngineCore encountered an issue."}}', "500 Internal Server Error")
NO_MEMORY = Answer(b'{"error":{"message":"CUDA out of memory."}}', "503 Service Unavailable")


def told(reply: Reply) -> list[tuple[str, str]]:
    """Stages and sentences of the waits, without the times."""
    return [
        (event.stage, event.detail.partition(": waited ")[0])
        for event in reply.events
        if isinstance(event, Progress) and event.stage.startswith("server-")
    ]


class Machines:
    """A machine that changes with each reading: ``steps`` run before the second, the third, and so on."""

    def __init__(self, fake: FakeMachine, *steps: Callable[[], object]) -> None:
        self._machine = Machine({}, fake.root)
        self._steps: list[Callable[[], object]] = [lambda: None, *steps]
        self.looks = 0

    def before_first(self, step: Callable[[], object]) -> None:
        self._steps[0] = step

    async def look(self, port: int) -> Snapshot:
        self.looks += 1
        if self._steps:
            self._steps.pop(0)()
        return await self._machine.look(port)


@pytest.fixture
def fake(tmp_path: Path) -> FakeMachine:
    return FakeMachine(tmp_path)


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with refused_port() as found:
        return found


class Late:
    """A server that opens its port on request."""

    def __init__(self, port: int, *faults: Fault) -> None:
        self._port = port
        self._faults = faults
        self.server: FaultServer | None = None

    def open(self) -> None:
        self.server = FaultServer(Sequence(self._faults), port=self._port)
        self.server.start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()


async def chat_with(
    factory: ClientFactory, machines: Machines, port: int, timeouts: object = PATIENT
) -> Reply:
    chat = Chatter(factory, machines.look)
    return await chat(f"http://127.0.0.1:{port}/v1", timeouts=timeouts)  # type: ignore[arg-type]


async def test_from_a_refused_port_over_a_loading_model_to_an_answer(
    factory: ClientFactory, fake: FakeMachine, port: int
) -> None:
    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    late = Late(port, LOADING, LOADING, HEALTHY)
    machines = Machines(fake, lambda: None, late.open)
    try:
        reply = await chat_with(factory, machines, port)
    finally:
        late.stop()
    assert reply.answer == "Hello there"
    starting = ("server-starting", "vLLM (pid 42) is starting")
    loading = ("server-loading", 'The model is loading ("Loading model")')
    assert told(reply) == [starting, starting, starting, loading, loading]
    assert reply.turn.timings.started is not None


async def test_what_was_waited_is_no_time_of_the_answer(
    factory: ClientFactory, fake: FakeMachine, port: int
) -> None:
    """The request that is answered begins after the waits, with all its tries and limits."""
    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    late = Late(port, LOADING, FAULTS["http-502-nginx"], LOADING, FAULTS["http-502-nginx"], HEALTHY)
    try:
        reply = await chat_with(
            factory, Machines(fake, late.open), port, replace(PATIENT, retries=2, first_text_seconds=20)
        )
    finally:
        late.stop()
    assert reply.answer == "Hello there"


@pytest.mark.parametrize(
    ("broken", "cause", "words"),
    [
        (FAILED, "load-failed", "unable to load model"),
        (CRASHED, "backend-crashed", "EngineCore encountered an issue."),
        (NO_MEMORY, "server-error", "CUDA out of memory."),
    ],
)
async def test_a_model_that_cannot_be_loaded_ends_the_wait(
    chat: Chatter, broken: Answer, cause: str, words: str
) -> None:
    with FaultServer(Sequence([LOADING, broken, HEALTHY])) as server:
        reply = await chat(server.base_url, timeouts=replace(PATIENT, retries=2))
    assert reply.failure is not None
    assert reply.cause == cause
    assert words in (reply.failure.server_message or "")
    assert len([request for request in server.requests if request.startswith(b"POST")]) == 2


async def test_a_model_that_loads_forever_is_given_up_at_the_limit(chat: Chatter) -> None:
    with FaultServer("http-503-loading") as server:
        reply = await chat(server.base_url, timeouts=replace(HASTY, retries=2))
    assert reply.failure is not None
    assert (reply.cause, reply.failure.server_message) == ("loading", "Loading model")
    assert "gave up after 0.1 s" in reply.failure.title
    assert "--wait SECONDS" in reply.failure.advice
    assert len(server.requests) > 1
    assert "retrying" not in reply.stages, "who has waited to the limit has no tries left"


async def test_a_server_that_starts_forever_is_given_up_at_the_limit(
    factory: ClientFactory, fake: FakeMachine, port: int
) -> None:
    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    machines = Machines(fake)
    reply = await chat_with(factory, machines, port, HASTY)
    assert reply.failure is not None
    assert reply.cause == "starting"
    assert f"port {port} is not open yet; gave up after 0.1 s" in reply.failure.title
    assert machines.looks > 1


async def test_the_limit_is_one_for_starting_and_loading_together(
    factory: ClientFactory, fake: FakeMachine, port: int
) -> None:
    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    late = Late(port, LOADING)
    try:
        reply = await chat_with(factory, Machines(fake, late.open), port, HASTY)
    finally:
        late.stop()
    assert reply.cause == "loading"
    waits = [e.seconds for e in reply.events if isinstance(e, Progress) and e.stage.startswith("server-")]
    assert waits == sorted(waits), "counted from the first wait"
    assert waits[-1] <= 0.1


async def test_a_server_that_ends_before_it_is_ready(
    factory: ClientFactory, fake: FakeMachine, port: int
) -> None:
    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    reply = await chat_with(factory, Machines(fake, lambda: fake.end(42)), port)
    assert reply.failure is not None
    assert reply.cause == "start-failed"
    assert reply.failure.title.startswith("vLLM (pid 42) exited before it was ready")


async def test_a_server_that_is_started_again_is_waited_for(
    factory: ClientFactory, fake: FakeMachine, port: int
) -> None:
    def restart() -> None:
        fake.run(43, "vllm", "serve", "m", "--port", str(port))

    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    late = Late(port, HEALTHY)
    try:
        reply = await chat_with(factory, Machines(fake, lambda: fake.end(42), restart, late.open), port)
    finally:
        late.stop()
    assert reply.answer == "Hello there"
    assert ("server-starting", "vLLM (pid 43) is starting") in told(reply)


@pytest.mark.parametrize("waits", ["another port", "no server", "no wait"])
async def test_a_refused_port_is_told_at_once_where_nothing_is_starting_for_it(
    factory: ClientFactory, fake: FakeMachine, port: int, waits: str
) -> None:
    if waits != "no server":
        stated = port + 1 if waits == "another port" else port
        fake.run(42, "vllm", "serve", "m", "--port", str(stated))
    timeouts = replace(PATIENT, loading_seconds=0.0) if waits == "no wait" else PATIENT
    machines = Machines(fake)
    reply = await chat_with(factory, machines, port, timeouts)
    assert reply.cause == ("starting" if waits == "no wait" else "connection-refused")
    assert told(reply) == []
    assert machines.looks == 1


@pytest.mark.parametrize(
    "shown",
    [
        Answer(b"<html><title>503 Service Unavailable</title></html>", "503 Unavailable", "text/html"),
        Answer(b"", "503 Service Unavailable"),
    ],
)
@pytest.mark.parametrize(
    ("health", "asked"),
    [
        (Answer(b'{"error":{"code":503,"message":"Loading model"}}', "503 Service Unavailable"), True),
        (Answer(b'{"status":"loading model"}'), True),
        (Answer(b'{"status":"ok"}'), False),
        (Answer(b"", "503 Service Unavailable"), False),
        (Answer(b"{}", "404 Not Found"), False),
        (Answer(b'{"status":"error: failed to load model"}', "503 Service Unavailable"), False),
    ],
)
async def test_an_unclear_refusal_is_loading_where_the_health_route_says_so(
    chat: Chatter, shown: Answer, health: Answer, asked: bool
) -> None:
    busy = Routes({"/v1/chat/completions": shown, "/health": health})
    with FaultServer(busy) as server:
        reply = await chat(server.base_url, timeouts=HASTY)
    assert (reply.cause == "loading") is asked
    assert bool(told(reply)) is asked
    posts = [request for request in server.requests if request.startswith(b"POST")]
    assert (len(posts) > 1) is asked


async def test_the_health_route_is_asked_without_the_key(factory: ClientFactory) -> None:
    from tui.core.chat import Endpoint
    from tui.core.secret import Secret

    shown = Answer(b"", "503 Service Unavailable")
    with FaultServer(Routes({"/v1/chat/completions": shown})) as server:
        await Chatter(factory)(
            Endpoint(server.base_url, Secret("sk-test-0123456789abcdef"), "KEY"), timeouts=HASTY
        )
    (health,) = [request for request in server.requests if request.startswith(b"GET /health")]
    assert b"sk-test" not in health


async def test_a_healthy_server_is_asked_for_its_health_once(chat: Chatter) -> None:
    shown = Answer(b"", "503 Service Unavailable")
    with FaultServer(Routes({"/v1/chat/completions": shown})) as server:
        await chat(server.base_url, timeouts=replace(HASTY, retries=2))
    assert len([request for request in server.requests if request.startswith(b"GET /health")]) == 1
    assert len(server.requests) == 4


async def test_what_a_server_says_is_safe_and_short(chat: Chatter) -> None:
    words = "Loading model \\u001b[31m" + "x" * 500
    loading = Answer(b'{"error":{"message":"%b"}}' % words.encode(), "503 Service Unavailable")
    with FaultServer(Sequence([loading, HEALTHY])) as server:
        reply = await chat(server.base_url, timeouts=PATIENT)
    ((_, sentence),) = told(reply)
    assert "\x1b" not in sentence
    assert len(sentence) < 200


async def test_a_stream_that_says_loading_is_asked_again(chat: Chatter) -> None:
    """As llama.cpp behind a proxy does: status 200, and the error as an event."""

    def says_loading(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(b'data: {"error":{"message":"Loading model","code":503}}\n\n')
        connection.send(b"0\r\n\r\n")

    with FaultServer(Sequence([says_loading, HEALTHY])) as server:
        reply = await chat(server.base_url, timeouts=PATIENT)
    assert reply.answer == "Hello there"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_port_that_opens_between_the_refusal_and_the_look_is_asked_again(
    factory: ClientFactory, fake: FakeMachine, port: int, host: str
) -> None:
    def open_port() -> None:
        late.open()
        fake.open(42, port, 19)

    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    late = Late(port, HEALTHY)
    machines = Machines(fake)
    machines.before_first(open_port)
    try:
        reply = await Chatter(factory, machines.look)(f"http://{host}:{port}/v1", timeouts=PATIENT)
    finally:
        late.stop()
    assert reply.answer == "Hello there"


async def test_a_port_that_is_refused_although_a_server_has_it_is_told(
    factory: ClientFactory, fake: FakeMachine, port: int
) -> None:
    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    fake.open(42, port, 19)
    reply = await chat_with(factory, Machines(fake), port)
    assert reply.cause == "connection-refused"
    assert len(told(reply)) == 1
