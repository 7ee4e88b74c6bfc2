"""Quick reachability checks, and the model list."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.support.fake_api import model_list
from tests.support.fault_server import FAULTS, Answer, FaultServer, refused_port
from tui.core.chat import Endpoint
from tui.core.failure import LmdeckError
from tui.core.secret import Secret
from tui.net import models as models_module
from tui.net.client import ClientFactory
from tui.net.fetch import fetch
from tui.net.models import fetch_models
from tui.net.reachability import reach
from tui.wire.dialects import VLLM

LIST = Answer(json.dumps({"object": "list", "data": [{"id": "a", "owned_by": "vllm"}, {"id": "b"}]}).encode())


SLOW = ("silence", "slow-headers", "stall-after-headers")


async def test_a_list_means_reachable_and_names_models_and_server(factory: ClientFactory) -> None:
    with FaultServer(LIST) as server:
        found = await reach(factory, Endpoint(server.base_url))
    assert found.is_reachable is True
    assert found.failure is None
    assert found.models == ("a", "b")
    assert found.milliseconds is not None
    assert found.milliseconds > 0
    assert found.server is not None
    assert found.server.kind is VLLM
    assert server.requests[0].startswith(b"GET /v1/models HTTP/1.1")


async def test_models_for_embeddings_are_told_apart(factory: ClientFactory) -> None:
    with FaultServer(model_list("qwen3-8b", "text-embedding-3-small")) as server:
        found = await reach(factory, Endpoint(server.base_url))
    assert found.models == ("qwen3-8b", "text-embedding-3-small")
    assert found.chat_models == ("qwen3-8b",)


@pytest.mark.parametrize("model", ["a", "b", ""])
async def test_a_model_of_the_list_is_fine(factory: ClientFactory, model: str) -> None:
    with FaultServer(LIST) as server:
        found = await reach(factory, Endpoint(server.base_url), model=model)
    assert (found.is_reachable, found.failure) == (True, None)


async def test_a_model_that_the_list_lacks_is_in_the_way(factory: ClientFactory) -> None:
    with FaultServer(model_list("qwen3-8b", "llama-3")) as server:
        found = await reach(factory, Endpoint(server.base_url), model="qwen-8b")
    assert found.is_reachable is True
    assert found.failure is not None
    assert found.failure.cause == "model-not-found"
    assert found.failure.title == "Model not found: the server does not list qwen-8b."
    assert "such as qwen3-8b" in found.failure.advice


async def test_an_empty_list_says_nothing_of_a_model(factory: ClientFactory) -> None:
    with FaultServer(model_list()) as server:
        found = await reach(factory, Endpoint(server.base_url), model="m")
    assert (found.is_reachable, found.failure) == (True, None)


@pytest.mark.parametrize(
    ("fault", "is_reachable", "cause"),
    [
        ("http-401-openai", True, "auth"),
        ("http-403", True, "forbidden"),
        ("http-429", True, "rate-limited"),
        ("http-503-loading", True, "loading"),
        ("http-404-path", None, "wrong-path"),
        ("http-405", None, "method-not-allowed"),
        ("http-502-nginx", False, "bad-gateway"),
        ("http-200-html", False, "unexpected-response"),
        ("http-301", False, "redirect"),
        ("close-without-answer", False, "closed-without-answer"),
        ("silence", False, "no-answer"),
        ("slow-headers", False, "headers-stalled"),
        ("ssh-banner", False, "not-http"),
        ("stall-after-headers", False, "stream-stalled"),
    ],
)
async def test_what_is_in_the_way(
    factory: ClientFactory, fault: str, is_reachable: bool | None, cause: str
) -> None:
    with FaultServer(fault) as server:
        found = await reach(factory, Endpoint(server.base_url), 0.6 if fault in SLOW else 10)
    assert found.is_reachable is is_reachable
    assert found.failure is not None
    assert found.failure.cause == cause


async def test_nobody_there(factory: ClientFactory) -> None:
    with refused_port() as port:
        found = await reach(factory, Endpoint(f"http://127.0.0.1:{port}/v1"))
    assert found.is_reachable is False
    assert found.milliseconds is None
    assert found.failure is not None
    assert found.failure.cause == "connection-refused"


async def test_a_huge_list_is_read_beside_the_event_loop(
    factory: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[threading.Thread] = []
    read_list = models_module.read_list

    def read(*arguments: Any) -> Any:
        readers.append(threading.current_thread())
        return read_list(*arguments)

    monkeypatch.setattr(models_module, "read_list", read)
    body = json.dumps({"data": [{"id": f"model-{number}"} for number in range(5_000)]}).encode()
    with FaultServer(Answer(body)) as server:
        assert len((await fetch_models(factory, Endpoint(server.base_url))).models) == 5_000
    assert readers != [threading.main_thread()]


async def test_an_empty_list_is_a_list(factory: ClientFactory) -> None:
    with FaultServer(Answer(b'{"object":"list","data":[]}')) as server:
        assert (await fetch_models(factory, Endpoint(server.base_url))).models == ()


@pytest.mark.parametrize("fault", sorted(name for name in FAULTS if name.startswith("http-")))
async def test_no_refusal_passes_for_a_list(factory: ClientFactory, fault: str) -> None:
    with FaultServer(fault) as server, pytest.raises(LmdeckError) as raised:
        await fetch_models(factory, Endpoint(server.base_url, Secret("sk-0123456789abcdef"), "env:MY_KEY"))
    assert raised.value.failure.title
    assert raised.value.failure.advice
    if raised.value.failure.cause == "auth":
        assert "env:MY_KEY" in raised.value.failure.title


async def test_a_list_that_is_too_long_says_nothing_of_the_chat(factory: ClientFactory) -> None:
    with FaultServer(Answer(b" " * 5_000_001)) as server:
        found = await reach(factory, Endpoint(server.base_url), 60)
    assert found.is_reachable is None
    assert found.failure is not None
    assert "list of models" in found.failure.title


async def test_a_body_beyond_its_limit_is_refused(factory: ClientFactory) -> None:
    with FaultServer(Answer(b"x" * 100_000)) as server, pytest.raises(LmdeckError) as raised:
        await fetch(factory, Endpoint(server.base_url), f"{server.base_url}/models", body_limit=1000)
    assert raised.value.failure.cause == "answer-too-large"


async def test_what_was_seen_of_a_fetch_is_kept(factory: ClientFactory) -> None:
    with FaultServer(LIST) as server:
        fetched = await fetch(factory, Endpoint(server.base_url), f"{server.base_url}/models")
        again = await fetch(factory, Endpoint(server.base_url), f"{server.base_url}/models")
    marks = list(fetched.trace.marks.values())
    assert marks == sorted(marks)
    assert fetched.trace.address == f"127.0.0.1:{server.port}"
    assert not fetched.trace.is_reused
    assert again.trace.is_reused
