"""transformers serve with one pinned model: no usable model list, usage on the last chunk."""

from __future__ import annotations

from pathlib import Path

from tests.servers.abilities import results
from tests.servers.running import Server
from tests.support.commands import Call


def test_it_works_though_its_list_does_not(lmdeck: Call, transformers: Server, folder: Path) -> None:
    model = str(folder / "vllm/smollm2")
    done = lmdeck("check", transformers.base_url, "--model", model, "--wait", "300", "--json")
    assert (done.code, done.json["ok"]) == (0, True), done.out
    assert "no-model-list" in [check["cause"] for check in done.json["checks"]]
    asked = lmdeck(
        *("ask", "hi", "--url", transformers.base_url, "--model", model, "--max-tokens", "8", "--json")
    )
    assert asked.code == 0, asked.out
    assert asked.json["usage"]["completion_tokens"] > 0


def test_another_model_is_told(lmdeck: Call, transformers: Server) -> None:
    for command in (("check", transformers.base_url), ("ask", "hi", "--url", transformers.base_url)):
        done = lmdeck(*command, "--model", "nope", "--json")
        assert done.cause == "model-not-found", done.out


def test_its_abilities(lmdeck: Call, transformers: Server, folder: Path) -> None:
    found = results(lmdeck, transformers, str(folder / "vllm/smollm2"))
    assert found["max_tokens"] == "yes"
    assert "yes" not in (found["vision"], found["embeddings"], found["rerank"])
