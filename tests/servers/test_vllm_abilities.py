"""vLLM's abilities with a model whose template does not support tools, from ``check --deep``."""

from __future__ import annotations

from tests.servers.abilities import results
from tests.servers.running import Server
from tests.support.commands import Call


def test_its_abilities(lmdeck: Call, tool_vllm: Server) -> None:
    found = results(lmdeck, tool_vllm, "smollm2")
    expected = {
        **dict.fromkeys(
            ("json_object", "json_schema", "n", "seed", "completions", "responses", "anthropic"), "yes"
        ),
        **dict.fromkeys(("vision", "embeddings", "rerank"), "no"),
        "tools": "ignored",
        "max_tokens": "yes",
    }
    assert {name: found[name] for name in expected} == expected
