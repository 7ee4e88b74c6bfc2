"""The test of an embedding provider on the real runtime, with the demo endpoint and bad servers."""

from __future__ import annotations

import pytest

from tests.support.fault_server import FaultServer, refused_port
from tui.core.provider import Category, Provider
from tui.demo.server import DemoServer
from tui.runtime.runtime import Runtime
from tui.texts.embeddings import SENTENCES


def provider(url: str, **fields: object) -> Provider:
    return Provider("v", category=Category.EMBEDDING, provider_url=url, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("extra", [{}, {"encoding_format": "base64"}])
async def test_the_text_of_the_provider_is_sent_with_three_to_compare_it_with(
    runtime: Runtime, extra: dict[str, object]
) -> None:
    demo = DemoServer(key="sk-4f9c2b7e81d0aa")
    url = demo.start()
    try:
        tested = provider(url, model="demo-embedding", test_prompt="Mine", extra_body=extra)
        outcome = await runtime.test_vectors(tested, "sk-4f9c2b7e81d0aa", on_progress=lambda _: None)
        assert outcome.failure is None
        assert outcome.vectors is not None
        assert (outcome.vectors.count, outcome.vectors.size) == (4, 64)
        assert outcome.vectors.norms == pytest.approx((1.0,) * 4, abs=1e-5)
        assert outcome.vectors.is_base64 is bool(extra)
        assert outcome.milliseconds is not None
        (request,) = demo.requests
        assert request.json["input"] == [*SENTENCES, "Mine"]
        assert demo.requests[-1].path.endswith("/v1/embeddings")
    finally:
        demo.stop()


async def test_a_chat_model_is_refused_in_words(runtime: Runtime) -> None:
    demo = DemoServer()
    tested = provider(demo.start(), model="demo-plain")
    outcome = await runtime.test_vectors(tested, on_progress=lambda _: None)
    demo.stop()
    assert outcome.failure is not None
    assert outcome.failure.cause == "embeddings-unsupported"
    assert "demo-plain" in outcome.failure.title


async def test_what_keeps_a_server_from_answering_is_told(runtime: Runtime) -> None:
    with refused_port() as port:
        tested = provider(f"http://127.0.0.1:{port}/v1", model="m")
        outcome = await runtime.test_vectors(tested, on_progress=lambda _: None)
    assert outcome.failure is not None
    assert outcome.failure.cause == "connection-refused"


async def test_a_server_that_limits_is_asked_again(runtime: Runtime) -> None:
    told: list[str] = []
    with FaultServer("http-429") as server:
        tested = provider(server.base_url, model="m")
        outcome = await runtime.test_vectors(tested, on_progress=told.append)
        assert len(server.requests) == 3
    assert outcome.failure is not None
    assert outcome.failure.cause in ("rate-limited", "quota")
    assert len(told) == 2
