"""A reused connection that the server has just closed is not a failure."""

from __future__ import annotations

import pytest

from tests.support.chatting import Chatter
from tests.support.fake_api import FakeApi, model_list, vectors
from tests.support.fault_server import Answer, Connection, Fault, FaultServer
from tui.core.chat import Endpoint
from tui.core.embedding import EmbeddingRequest
from tui.core.failure import LmdeckError
from tui.core.secret import Secret
from tui.net.client import ClientFactory
from tui.net.embeddings import embed
from tui.net.fetch import fetch
from tui.net.models import fetch_models

KEY = "sk-0123456789abcdef"


class _OneMore(Connection):
    """Lets one request be answered; the next one is read and finds the connection closed."""

    _was_answered = False

    def read_request(self) -> bytes:
        request = super().read_request()
        if self._was_answered:
            return b""
        self._was_answered = True
        return request


def closing(fault: Fault) -> Fault:
    """Every connection is closed when its second request comes, as where that crosses the server's end."""

    def serve(connection: Connection) -> None:
        fault(_OneMore(connection.server, connection.raw))

    return serve


async def test_a_list_is_asked_for_again(factory: ClientFactory) -> None:
    with FaultServer(closing(FakeApi())) as server:
        endpoint = Endpoint(server.base_url)
        for _ in range(3):
            assert (await fetch_models(factory, endpoint)).identifiers == ("m",)


async def test_texts_are_sent_again(factory: ClientFactory) -> None:
    api = FakeApi(models=model_list("m"), embeddings=vectors([0.6, 0.8]))
    with FaultServer(closing(api)) as server:
        endpoint = Endpoint(server.base_url)
        await fetch_models(factory, endpoint)
        outcome = await embed(factory, endpoint, EmbeddingRequest("m", ("a",)))
    assert outcome.failure is None
    assert outcome.retries == 0


async def test_it_costs_no_verdict_its_evidence(chat: Chatter) -> None:
    refused = Answer(b"", "401 Unauthorized")
    with FaultServer(closing(FakeApi(chat=refused, key=f"Bearer {KEY}"))) as server:
        reply = await chat(Endpoint(server.base_url, Secret(KEY)))
    assert reply.cause == "upstream-auth"


async def test_a_server_that_closes_new_connections_is_told(factory: ClientFactory) -> None:
    with FaultServer("close-without-answer") as server, pytest.raises(LmdeckError) as caught:
        await fetch(factory, Endpoint(server.base_url), f"{server.base_url}/models", reprobe_seconds=0)
    assert caught.value.failure.cause == "closed-without-answer"
    assert len(server.requests) == 1
