"""The built-in engine is a real endpoint: it streams, counts, requires its key and frees its slot."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from tests.engine.engine_client import chat_body, events_of, fetch, needs_engine, open_request
from tui.demo.engine import EngineAddress, EngineProcess

pytestmark = [pytest.mark.engine, needs_engine]

THINKING_TEMPLATE = (
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' }}"
    "{%- if message.reasoning_content %}{{- '<think>\n' + message.reasoning_content + '\n</think>\n\n' }}"
    "{%- endif %}{{- message.content + '<|im_end|>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}"
    "{%- endif %}{%- endif %}"
)
"""A template of a model that thinks: llama.cpp learns from it to tell reasoning and answer apart."""
THINKING_GRAMMAR = 'root ::= "<think>\\n" [a-zA-Z ,.]{20,60} "\\n</think>\\n\\n" [a-zA-Z ,.]{10,60}'
"""Makes any model think, even one that never learned it."""


def test_an_answer_streams_with_usage_and_timings(address: EngineAddress) -> None:
    status, body = fetch(address, "/v1/chat/completions", chat_body("What is the capital of France?"))
    assert status == 200
    events = events_of(body)
    texts = [event["choices"][0]["delta"].get("content") for event in events if event["choices"]]
    assert len([text for text in texts if text]) > 3
    assert any(character.isalpha() for text in texts for character in text or "")
    usage = next(event["usage"] for event in events if event.get("usage"))
    assert usage["completion_tokens"] > 3
    assert usage["prompt_tokens"] > 5
    timings = next(event["timings"] for event in events if event.get("timings"))
    assert timings["predicted_n"] == usage["completion_tokens"]


def test_the_model_is_listed_by_the_name_that_the_provider_has(address: EngineAddress) -> None:
    _, body = fetch(address, "/v1/models")
    assert [model["id"] for model in json.loads(body)["data"]] == ["SmolLM2-135M-Instruct"]


@pytest.mark.parametrize("path", ["/v1/models", "/slots", "/props", "/metrics"])
def test_nothing_is_told_without_the_key(address: EngineAddress, path: str) -> None:
    assert fetch(address, path, key="wrong")[0] == 401
    assert fetch(address, path)[0] == 200


def test_a_chat_without_the_key_is_refused(address: EngineAddress) -> None:
    assert fetch(address, "/v1/chat/completions", chat_body("Hi"), key="wrong")[0] == 401


def test_a_client_that_leaves_frees_the_slot(address: EngineAddress) -> None:
    body = chat_body("Count from one to a thousand.", max_tokens=3000, ignore_eos=True)
    connection = open_request(address, "/v1/chat/completions", body)
    assert connection.getresponse().read(200)
    assert is_processing(address)
    connection.close()
    deadline = time.monotonic() + 20
    while is_processing(address):
        assert time.monotonic() < deadline, "the slot is still busy"
        time.sleep(0.02)


def is_processing(address: EngineAddress) -> bool:
    """Return whether the engine's only slot is busy."""
    (slot,) = json.loads(fetch(address, "/slots")[1])
    return bool(slot["is_processing"])


def test_a_template_that_thinks_gives_reasoning_of_its_own(tmp_path: Path) -> None:
    process = EngineProcess(tmp_path / "engine.log", chat_template=THINKING_TEMPLATE)
    try:
        address = asyncio.run(process.start())
        body = chat_body("Write about the sea.", max_tokens=80, grammar=THINKING_GRAMMAR)
        _, reply = fetch(address, "/v1/chat/completions", body)
    finally:
        process.stop()
    deltas = [event["choices"][0]["delta"] for event in events_of(reply) if event["choices"]]
    assert len("".join(delta.get("reasoning_content") or "" for delta in deltas)) >= 20
    assert len("".join(delta.get("content") or "" for delta in deltas)) >= 10
