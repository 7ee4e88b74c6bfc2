"""The key reaches its own endpoint, in the right header, and nothing else."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace

import httpx
import pytest

from tests.support.chatting import Chatter
from tests.support.fault_server import Answer, FaultServer
from tui.core.chat import Endpoint
from tui.core.failure import LmdeckError
from tui.core.provider import ApiKeyHeader
from tui.core.secret import Secret
from tui.net import dialer, lookup
from tui.net.client import ClientFactory
from tui.net.fetch import fetch
from tui.net.models import fetch_models

CANARY = "sk-canary-0123456789abcdef"
KEY = Secret(CANARY)


def header_lines(request: bytes) -> list[str]:
    return request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (ApiKeyHeader.BEARER, f"Authorization: Bearer {CANARY}"),
        (ApiKeyHeader.API_KEY, f"api-key: {CANARY}"),
        (ApiKeyHeader.X_API_KEY, f"x-api-key: {CANARY}"),
    ],
)
async def test_the_key_travels_in_the_chosen_header_alone(
    chat: Chatter, header: ApiKeyHeader, line: str
) -> None:
    with FaultServer() as server:
        await chat(Endpoint(server.base_url, KEY, key_header=header))
    lines = [sent for sent in header_lines(server.requests[0]) if CANARY in sent]
    assert [sent.lower() for sent in lines] == [line.lower()]


async def test_the_headers_of_a_request(chat: Chatter) -> None:
    with FaultServer() as server:
        await chat(Endpoint(server.base_url, extra_headers={"X-Team": "blue", "user-agent": "mine"}))
    lines = {line.split(":")[0].lower(): line.partition(": ")[2] for line in header_lines(server.requests[0])}
    assert lines["content-type"] == "application/json"
    assert lines["accept"] == "text/event-stream, application/json"
    assert lines["accept-encoding"] == "identity"
    assert lines["x-team"] == "blue"
    assert lines["user-agent"] == "mine"
    assert "authorization" not in lines


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("header", list(ApiKeyHeader))
async def test_a_redirect_is_told_and_never_followed(
    chat: Chatter, status: int, header: ApiKeyHeader
) -> None:
    with FaultServer() as other:
        location = f"{other.base_url}/chat/completions"
        with FaultServer(Answer(b"", f"{status} Moved", headers={"Location": location})) as server:
            reply = await chat(Endpoint(server.base_url, KEY, key_header=header))
        assert other.connections == 0
    assert reply.cause == "redirect"
    assert reply.failure is not None
    assert reply.failure.facts["location"] == location
    assert reply.failure.facts["repair"] == other.base_url
    assert location in reply.failure.title
    assert len(server.requests) == 1


async def test_a_relative_redirect_is_shown_whole(chat: Chatter) -> None:
    with FaultServer("http-301") as server:
        reply = await chat(server.base_url)
    assert reply.failure is not None
    root = server.base_url.removesuffix("/v1")
    assert reply.failure.facts["location"] == f"{root}/elsewhere/v1/chat/completions"
    assert reply.failure.facts["repair"] == f"{root}/elsewhere/v1"


async def test_the_key_is_not_sent_to_another_origin(factory: ClientFactory) -> None:
    with FaultServer(Answer(b"{}")) as mine, FaultServer(Answer(b"{}")) as other:
        endpoint = Endpoint(mine.base_url, KEY, extra_headers={"Cookie": "secret=1"})
        client = factory.client(endpoint)
        await client.get(f"{mine.base_url}/models")
        await client.get(f"{other.base_url}/models")
    assert CANARY.encode() in mine.requests[0]
    assert b"secret=1" in mine.requests[0]
    assert CANARY.encode() not in other.requests[0]
    assert b"secret=1" not in other.requests[0]


async def test_an_unencrypted_key_is_refused_before_a_packet_leaves(chat: Chatter) -> None:
    """The host is never looked up: the cause is the key, not the name."""
    endpoint = Endpoint("http://models.invalid/v1", KEY)
    assert (await chat(endpoint)).cause == "key-unencrypted"
    assert (await chat(Endpoint("http://models.invalid/v1", extra_headers={"X-Token": "a"}))).cause == (
        "key-unencrypted"
    )
    for allowed in (replace(endpoint, allow_unencrypted_key=True), replace(endpoint, key=None)):
        assert (await chat(allowed)).cause in ("dns-unknown-host", "dns-unavailable")


@pytest.mark.parametrize(
    "text", ["sk-canary with space", "sk-canary\n", "sk-canary\r\nX: y", "sk-canäry", "\x00"]
)
async def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(
    chat: Chatter, text: str
) -> None:
    with FaultServer() as server:
        reply = await chat(Endpoint(server.base_url, Secret(text), key_source="env:X"))
    assert reply.cause == "key-malformed"
    assert "canary" not in repr(reply.failure)
    assert server.requests == []


@pytest.mark.parametrize("headers", [{"X Y": "a"}, {"X": "a\r\nAuthorization: b"}, {"": "a"}, {"X": "ä"}])
async def test_a_header_that_cannot_be_is_refused(chat: Chatter, headers: dict[str, str]) -> None:
    with FaultServer() as server:
        reply = await chat(Endpoint(server.base_url, extra_headers=headers))
    assert reply.cause == "provider-invalid"
    assert server.requests == []


@pytest.mark.parametrize("fault", ["echo-key", "echo-key-in-text"])
@pytest.mark.parametrize("header", list(ApiKeyHeader))
async def test_a_server_that_echoes_the_key_is_redacted(
    chat: Chatter, fault: str, header: ApiKeyHeader
) -> None:
    with FaultServer(fault) as server:
        reply = await chat(Endpoint(server.base_url, KEY, key_header=header))
        with pytest.raises(LmdeckError) as raised:
            await fetch_models(chat.factory, Endpoint(server.base_url, KEY, key_header=header))
    assert CANARY.encode() in server.requests[0]
    assert reply.failure is not None
    assert reply.failure.server_message
    assert CANARY not in repr(reply.events)
    assert CANARY not in repr(raised.value.failure) + str(raised.value)


async def test_nothing_that_prints_itself_shows_the_key(factory: ClientFactory) -> None:
    with FaultServer(Answer(b"{}")) as server:
        for header in ApiKeyHeader:
            endpoint = Endpoint(
                server.base_url, KEY, key_header=header, extra_headers={"X-Other-Key": CANARY[::-1]}
            )
            client = factory.client(endpoint)
            request = client.build_request("GET", f"{server.base_url}/models")
            response = await client.send(request)
            fetched = await fetch(factory, replace(endpoint, extra_headers={}), f"{server.base_url}/models")
            things = [client.headers, request, request.headers, response, response.request.headers, fetched]
            shown = "".join(repr(thing) + str(thing) for thing in (*things, factory, client, fetched.trace))
            assert CANARY not in shown
            assert CANARY[::-1] not in shown
            assert CANARY not in str(vars(response.request))
    assert all(CANARY.encode() in request for request in server.requests)


@pytest.mark.parametrize(
    "fault", ["healthy", "echo-key", "reset-after-request", "http-301", "truncated-chunked"]
)
async def test_no_log_record_shows_the_key(
    factory: ClientFactory, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    chat = Chatter(factory)
    with FaultServer(fault) as server:
        endpoint = Endpoint(
            server.base_url, KEY, key_header=ApiKeyHeader.X_API_KEY, extra_headers={"Cookie": CANARY[::-1]}
        )
        await chat(endpoint)
    assert any(record.name.startswith("httpcore") for record in caplog.records), "the log was on"
    for record in caplog.records:
        everything = record.getMessage() + repr(record.msg) + repr(record.args)
        assert CANARY not in everything
        assert CANARY[::-1] not in everything


async def test_exceptions_of_a_client_show_no_key(factory: ClientFactory) -> None:
    with FaultServer("close-without-answer") as server:
        client = factory.client(Endpoint(server.base_url, KEY, key_header=ApiKeyHeader.API_KEY))
        with pytest.raises(httpx.HTTPError) as raised:
            await client.get(f"{server.base_url}/models")
    assert CANARY not in repr(raised.value) + str(vars(raised.value.request))


async def test_closing_the_factory_leaves_no_filter_behind() -> None:
    before = {name: list(logging.getLogger(name).filters) for name in ("httpx", "httpcore.http11")}
    factory = ClientFactory({})
    assert logging.getLogger("httpx").filters != before["httpx"]
    await factory.aclose()
    assert {name: list(logging.getLogger(name).filters) for name in before} == before


@pytest.mark.parametrize("host", ["LocalHost", "bücher.localhost", "xn--bcher-kva.localhost"])
async def test_the_key_goes_along_however_the_host_is_spelled(
    chat: Chatter, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    async def resolve(name: str, port: int) -> list[lookup.Address]:
        assert name in ("localhost", "xn--bcher-kva.localhost")
        return [(socket.AF_INET, ("127.0.0.1", port))]

    monkeypatch.setattr(dialer, "resolve", resolve)
    with FaultServer() as server:
        reply = await chat(Endpoint(f"http://{host}:{server.port}/v1", KEY))
    assert reply.answer == "Hello there"
    assert CANARY.encode() in server.requests[0]
