"""The round-trip time, measured with model lists."""

from __future__ import annotations

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tui.core.chat import Endpoint
from tui.core.phases import ESTIMATED, Phase
from tui.net.client import ClientFactory
from tui.net.models import fetch_models
from tui.net.request_trace import Phase as Step
from tui.net.request_trace import RequestTrace
from tui.net.route_times import RouteTimes

BASE = "http://localhost:8000/v1"
LIST = f"{BASE}/models"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def took(seconds: float) -> RequestTrace:
    trace = RequestTrace()
    trace.marks |= {Step.SEND: 10.0, Step.BODY: 10.0 + seconds}
    return trace


def test_the_shortest_of_the_last_ten_minutes_counts() -> None:
    clock = Clock()
    times = RouteTimes(clock)
    for seconds in (0.5, 0.25, 0.75):
        times.note(LIST, 200, {}, took(seconds))
    assert times.of(BASE) == times.of(f"{BASE}/") == Phase("route", 250, ESTIMATED, "GET /models")
    assert times.of("http://localhost:9000/v1") is None
    clock.now = 600
    assert times.of(BASE) is None
    times.note(LIST, 200, {}, took(0.75))
    assert times.of(BASE) == Phase("route", 750, ESTIMATED, "GET /models")


def test_what_is_no_list_of_the_server_itself_says_nothing() -> None:
    times = RouteTimes()
    times.note(LIST, 401, {}, took(0.1))
    times.note(LIST, 200, {"age": "12"}, took(0.1))
    times.note(LIST, 200, {"cf-cache-status": "HIT"}, took(0.1))
    times.note(f"{LIST}/m", 200, {}, took(0.1))
    times.note(f"{BASE}/metrics", 200, {}, took(0.1))
    times.note(LIST, 200, {}, RequestTrace())
    assert times.of(BASE) is None


async def test_a_model_list_of_any_part_of_the_program_is_seen(factory: ClientFactory) -> None:
    branch = factory.branch()
    with FaultServer(FakeApi()) as server:
        await fetch_models(branch, Endpoint(server.base_url))
        found = factory.route_times.of(server.base_url)
        await branch.aclose()
    assert found is not None
    assert found.milliseconds > 0
