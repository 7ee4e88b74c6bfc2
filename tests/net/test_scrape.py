"""Reading ``/metrics`` around a chat: only if public, never during a request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.fault_server import FaultServer
from tests.support.timed_server import TimedApi
from tui.core.chat import Endpoint
from tui.core.events import EventBatch, Identified, ResponseStarted
from tui.core.phases import (
    NO_FIGURES,
    NO_FIGURES_GATEWAY,
    NO_FIGURES_OLLAMA,
    NO_FIGURES_UNKNOWN,
    NO_FIGURES_VLLM,
    REPORTED,
    SEVERAL,
    Learned,
)
from tui.core.provider import ApiKeyHeader
from tui.core.secret import Secret
from tui.net.client import ClientFactory
from tui.net.scrape import AFTER_SECONDS, Measured, Scrapes

PATIENT = 30.0


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def scrapes(factory: ClientFactory, clock: Clock) -> AsyncIterator[Scrapes]:
    made = Scrapes(factory, clock=clock, sleep=clock.sleep, before_seconds=PATIENT)
    yield made
    await made.aclose()


def chat_ends(api: TimedApi) -> None:
    """Count a request as the server does."""
    api.count, api.queue, api.prompt = api.count + 1, api.queue + 0.5, api.prompt + 0.25


async def test_the_first_chat_with_a_server_is_not_held_up(scrapes: Scrapes) -> None:
    api = TimedApi()
    with FaultServer(api) as server:
        endpoint = Endpoint(server.base_url)
        assert await scrapes.before(endpoint) is None
        assert api.log == []
        chat_ends(api)
        assert await scrapes.after(endpoint, None, "m") == Learned(unknown=NO_FIGURES)
        before = await scrapes.before(endpoint)
        chat_ends(api)
        found = await scrapes.after(endpoint, before, "m")
        assert found.queue is not None
        assert (found.queue.milliseconds, found.queue.source) == (500, REPORTED)


async def test_after_a_request_the_server_has_a_moment_to_count(scrapes: Scrapes, clock: Clock) -> None:
    api = TimedApi()
    with FaultServer(api) as server:
        endpoint = Endpoint(server.base_url)
        before = await scrapes.before(endpoint, is_asked_for=True)
        chat_ends(api)
        await scrapes.after(endpoint, before, "m")
    assert clock.slept == [AFTER_SECONDS]


async def test_closed_metrics_are_left_alone(scrapes: Scrapes, clock: Clock) -> None:
    api = TimedApi(is_open=False)
    with FaultServer(api) as server:
        endpoint = Endpoint(server.base_url)
        for _ in range(3):
            assert await scrapes.before(endpoint, is_asked_for=True) is None
            assert await scrapes.after(endpoint, None, "m") == Learned(unknown=NO_FIGURES)
        assert api.log == ["GET /metrics"]
        clock.now += 601
        await scrapes.before(endpoint, is_asked_for=True)
        assert api.log == ["GET /metrics"] * 2


async def test_no_key_and_no_header_of_the_provider_is_sent(scrapes: Scrapes) -> None:
    api = TimedApi()
    headers = {"X-Team": "blue", "Authorization": "Basic c2VjcmV0"}
    with FaultServer(api) as server:
        key = Secret("sk-private-0123456789")
        endpoint = Endpoint(server.base_url, key, key_header=ApiKeyHeader.X_API_KEY, extra_headers=headers)
        await scrapes.before(endpoint, is_asked_for=True)
        await scrapes.after(endpoint, None, "m")
    for head in api.heads:
        assert not {"authorization", "x-api-key", "x-team"} & {
            line.partition(":")[0].lower() for line in head.splitlines()
        }


async def test_a_hosted_service_is_never_asked(scrapes: Scrapes) -> None:
    endpoint = Endpoint("https://api.openai.com/v1")  # a request would fail the test: no network
    assert await scrapes.before(endpoint, is_asked_for=True) is None
    assert await scrapes.after(endpoint, None, "m") == Learned(unknown=NO_FIGURES)


async def test_a_request_that_follows_at_once_is_not_disturbed(factory: ClientFactory) -> None:
    """Its own first reading is the last one of the request before."""
    api = TimedApi()
    next_begins = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await next_begins.wait()

    scrapes = Scrapes(factory, sleep=sleep, before_seconds=PATIENT)
    with FaultServer(api) as server:
        endpoint = Endpoint(server.base_url)
        before = await scrapes.before(endpoint, is_asked_for=True)
        chat_ends(api)
        ending = asyncio.create_task(scrapes.after(endpoint, before, "m"))
        await asyncio.sleep(0)
        await scrapes.before(endpoint)
        next_begins.set()
        found = await ending
        assert api.log == ["GET /metrics"] * 2
    assert found.queue is not None
    assert found.queue.milliseconds == 500
    await scrapes.aclose()


async def test_several_servers_behind_one_address_are_named(scrapes: Scrapes) -> None:
    api = TimedApi()
    with FaultServer(api) as server:
        endpoint = Endpoint(server.base_url)
        before = await scrapes.before(endpoint, is_asked_for=True)
        api.count, api.started = 3, 2000.0
        assert await scrapes.after(endpoint, before, "m") == Learned(unknown=SEVERAL)


async def test_a_server_whose_replies_tell_all_is_read_no_more(scrapes: Scrapes) -> None:
    api = TimedApi()
    with FaultServer(api) as server:
        endpoint = Endpoint(server.base_url)
        scrapes.close_door(endpoint)
        assert await scrapes.before(endpoint, is_asked_for=True) is None
        assert api.log == []


@pytest.mark.parametrize(
    ("headers", "fingerprint", "reason"),
    [
        ((), None, NO_FIGURES_UNKNOWN),
        ((), "vllm-0.32.0", NO_FIGURES_VLLM),
        ((), "fp_ollama", NO_FIGURES_OLLAMA),
        ((("server", "llama.cpp"),), None, NO_FIGURES),
        ((("x-litellm-version", "1.105.7"),), None, NO_FIGURES_GATEWAY),
    ],
)
async def test_what_would_show_more_is_said_of_servers_that_have_it(
    scrapes: Scrapes, headers: tuple[tuple[str, str], ...], fingerprint: str | None, reason: str
) -> None:
    with FaultServer(TimedApi(is_open=False)) as server:
        measured = Measured(scrapes, Endpoint(server.base_url), "m")
        events = (ResponseStarted(200, headers), Identified(system_fingerprint=fingerprint))
        measured.see(EventBatch(1.0, events))
        assert await measured.read() == Learned(unknown=reason)


async def test_nothing_more_is_asked_for_where_the_metrics_are_open(scrapes: Scrapes) -> None:
    with FaultServer(TimedApi()) as server:
        measured = Measured(scrapes, Endpoint(server.base_url), "m")
        assert await measured.read() == Learned(unknown=NO_FIGURES)
