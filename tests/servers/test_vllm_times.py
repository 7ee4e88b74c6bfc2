"""vLLM's own timing figures, one request at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

from tests.servers.running import Server
from tests.support.commands import Call


def test_the_wait_of_a_second_request_is_its_queue(lmdeck: Call, single_vllm: Server) -> None:
    arguments = ("--url", single_vllm.base_url, "--model", "smollm2", "--temperature", "0", "--json")
    lmdeck("ask", "Say hi", *arguments, "--max-tokens", "4")  # the first request compiles
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lmdeck, "ask", "Tell a long story", *arguments, "--max-tokens", "200")
        sleep(2)
        second = lmdeck("ask", "Say hi", *arguments, "--max-tokens", "8")
        assert first.result().json["phases"]
    parts = {phase["name"]: phase for phase in second.json["phases"]}
    assert (parts["queue"]["source"], parts["queue"]["from"]) == ("reported", "vllm.metrics")
    assert parts["queue"]["ms"] >= 0.9 * second.json["timings"]["ttft_ms"], second.out
    total = sum(phase["ms"] for phase in second.json["phases"])
    assert abs(total - second.json["timings"]["total_ms"]) < 1
