"""guidellm's mock server with known times: 200 ms to the first token, 50 ms for each further one."""

from __future__ import annotations

from tests.servers.running import Server
from tests.support.commands import Call


def test_it_works(lmdeck: Call, guidellm: Server) -> None:
    done = lmdeck("check", guidellm.base_url, "--model", "mock", "--json")
    assert (done.code, done.json["ok"]) == (0, True), done.out


def test_the_figures_are_those_it_was_started_with(lmdeck: Call, guidellm: Server) -> None:
    done = lmdeck("ask", "hi", "--url", guidellm.base_url, "--model", "mock", "--json")
    timings = done.json["timings"]
    assert 195 <= timings["ttft_ms"] < 600, timings
    assert 49 <= timings["tpot_ms"] < 100, timings
