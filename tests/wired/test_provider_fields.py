"""Each field of a provider in ``providers.toml`` changes what is sent, what it costs, or what is shown.

A field that is added without a line in ``WALK`` fails ``test_no_field_is_left_out``.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tests.support import certificates
from tests.support.fake_api import FakeApi
from tests.support.fault_server import Answer, FaultServer, Tls
from tests.support.real_deck import RealDeck, bodies, heads, replying
from tui.core.failure import UsageError
from tui.core.ledger import LedgerLine, line_of
from tui.core.observed import ExchangeRecord
from tui.core.turn import Turn, TurnState
from tui.runtime.chat_choice import default_provider, provider_for_chat
from tui.runtime.runtime import Runtime, open_runtime
from tui.session.target import ChatTarget
from tui.store.provider_toml import KNOWN_KEYS
from tui.store.security_settings import TLS_KEYS
from tui.ui.start import ChatStart

KEY = "sk-private-4711-abcd"


@dataclass
class Asked:
    """What a server received, and the result."""

    turn: Turn
    head: str = ""
    body: dict[str, Any] | None = None


async def ask(
    deck: RealDeck, server: FaultServer, prompts: tuple[str, ...] = ("hello",), **fields: Any
) -> Asked:
    """Chat with a provider of these fields, as the file has them."""
    (deck.config / "providers.toml").unlink(missing_ok=True)
    deck.provider(**{"url": server.base_url, **fields})
    runtime = open_runtime(deck.environment)
    server.requests.clear()
    session = runtime.sessions.begin(saved=False)
    for prompt in prompts:
        turn = await session.send(prompt, ChatTarget(provider_for_chat(runtime.directory, "main")))
    await runtime.aclose()
    sent = bodies(server)
    return Asked(turn, heads(server)[-1] if sent else "", sent[-1] if sent else None)


def listed(deck: RealDeck, server: FaultServer, **fields: Any) -> Runtime:
    deck.provider(server.base_url, **fields)
    return open_runtime(deck.environment)


Walk = Callable[[RealDeck, FaultServer], Awaitable[None]]


async def display_name(deck: RealDeck, server: FaultServer) -> None:
    deck.provider(server.base_url, display_name="Shown to people")
    async with deck.opened(ChatStart("main")) as opened:
        assert "Shown to people" in opened.text


async def category(deck: RealDeck, server: FaultServer) -> None:
    runtime = listed(deck, server, category="Embedding")
    with pytest.raises(UsageError) as caught:
        provider_for_chat(runtime.directory, "main")
    assert caught.value.failure.cause == "provider-embedding"


async def compatible_provider(deck: RealDeck, server: FaultServer) -> None:
    asked = await ask(deck, server, compatible_provider="some/model")
    assert asked.body is not None
    assert asked.body["model"] == "some/model"


async def prices(deck: RealDeck, server: FaultServer) -> None:
    asked = await ask(deck, server, input_price="1", output_price="2", currency="EUR")
    cost = asked.turn.cost
    assert cost is not None
    assert (cost.input, cost.output, cost.currency) == (Decimal("0.009"), Decimal("0.02"), "EUR")


async def cached_input_price(deck: RealDeck, _: FaultServer) -> None:
    usage = {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 8}, "completion_tokens": 10}
    reply = json.dumps({"choices": [{"message": {"content": "Four."}}], "usage": usage})
    with FaultServer(FakeApi(chat=Answer(reply.encode()))) as server:
        asked = await ask(deck, server, input_price="1", output_price="0", cached_input_price="0.1")
    cost = asked.turn.cost
    assert cost is not None
    assert cost.input == Decimal("0.0018")


class LastLine:
    """Records what the ledger would receive."""

    line: LedgerLine | None = None

    def finished(self, record: ExchangeRecord) -> None:
        self.line = line_of(record)


async def gpu_hour_price(deck: RealDeck, server: FaultServer) -> None:
    runtime = listed(deck, server, gpu_hour_price="3600000")
    last = LastLine()
    runtime.observers.add(last)
    await runtime.test(runtime.directory.get("main"))
    await runtime.aclose()
    assert last.line is not None
    assert last.line.busy_ms is not None
    assert last.line.gpu_amount == last.line.busy_ms


async def api_key(deck: RealDeck, server: FaultServer) -> None:
    deck.extra["SOME_KEY"] = KEY
    asked = await ask(deck, server, api_key="env:SOME_KEY")
    assert f"authorization: bearer {KEY}" in asked.head.lower()


async def provider_url(deck: RealDeck, server: FaultServer) -> None:
    asked = await ask(deck, server)
    assert asked.turn.state is TurnState.DONE
    assert asked.head.startswith("POST /v1/chat/completions ")


async def state(deck: RealDeck, server: FaultServer) -> None:
    runtime = listed(deck, server, state="Inactive")
    with pytest.raises(UsageError) as caught:
        provider_for_chat(runtime.directory, "main")
    assert caught.value.failure.cause == "provider-inactive"


async def created_time(deck: RealDeck, server: FaultServer) -> None:
    deck.provider(server.base_url, created_time="2021-03-04T05:06:07+00:00")
    done = deck.run("providers", "export", "main")
    assert "2021-03-04T05:06:07" in done.out, done.err


async def prompt_of_a_test(deck: RealDeck, server: FaultServer) -> None:
    runtime = listed(deck, server, test_prompt="Say moo")
    await runtime.test(runtime.directory.get("main"))
    await runtime.aclose()
    assert bodies(server)[-1]["messages"][-1]["content"] == "Say moo"


async def system_prompt(deck: RealDeck, server: FaultServer) -> None:
    asked = await ask(deck, server, system_prompt="Be brief")
    assert asked.body is not None
    assert asked.body["messages"][0] == {"role": "system", "content": "Be brief"}


def sampled(name: str, value: float) -> Walk:
    async def walk(deck: RealDeck, server: FaultServer) -> None:
        without = await ask(deck, server)
        given = await ask(deck, server, ("hello",), **{name: value})
        assert without.body is not None
        assert given.body is not None
        assert name not in without.body
        assert given.body[name] == value

    return walk


async def thinking(deck: RealDeck, server: FaultServer) -> None:
    without, given = await ask(deck, server), await ask(deck, server, thinking="high")
    assert without.body is not None
    assert given.body is not None
    assert given.body["reasoning_effort"] == "high"
    assert "reasoning_effort" not in without.body


async def send_back(deck: RealDeck, server: FaultServer) -> None:
    for value in ("never", "always"):
        asked = await ask(deck, server, ("sum?", "sure?"), send_back=value)
        assert asked.body is not None
        sent = [message.get("reasoning_content") for message in asked.body["messages"]]
        assert sent == [None, "two and two" if value == "always" else None, None]


async def key_header(deck: RealDeck, server: FaultServer) -> None:
    deck.extra["SOME_KEY"] = KEY
    asked = await ask(deck, server, api_key="env:SOME_KEY", key_header="x-api-key")
    assert f"x-api-key: {KEY}" in asked.head.lower()
    assert "bearer" not in asked.head.lower()


async def allow_unencrypted_key(deck: RealDeck, server: FaultServer) -> None:
    deck.extra["SOME_KEY"] = KEY
    elsewhere: dict[str, Any] = {"url": "http://models.invalid/v1", "api_key": "env:SOME_KEY"}
    refused = await ask(deck, server, **elsewhere)
    allowed = await ask(deck, server, **elsewhere, allow_unencrypted_key=True)
    assert refused.turn.failure is not None
    assert allowed.turn.failure is not None
    assert refused.turn.failure.cause == "key-unencrypted"
    assert allowed.turn.failure.cause != "key-unencrypted", "it is only that the host does not exist"


async def extra_headers(deck: RealDeck, server: FaultServer) -> None:
    asked = await ask(deck, server, extra_headers={"X-Team": "blue"})
    assert "x-team: blue" in asked.head.lower()


async def extra_body(deck: RealDeck, server: FaultServer) -> None:
    asked = await ask(deck, server, extra_body={"top_k": 20})
    assert asked.body is not None
    assert asked.body["top_k"] == 20


async def tls(deck: RealDeck, server: FaultServer) -> None:
    for name in TLS_KEYS:
        await TLS_WALK[name](deck, server)


WALK: dict[str, Walk] = {
    "display_name": display_name,
    "category": category,
    "compatible_provider": compatible_provider,
    "input_price": prices,
    "output_price": prices,
    "currency": prices,
    "api_key": api_key,
    "provider_url": provider_url,
    "state": state,
    "created_time": created_time,
    "test_prompt": prompt_of_a_test,
    "system_prompt": system_prompt,
    "temperature": sampled("temperature", 0.5),
    "top_p": sampled("top_p", 0.5),
    "frequency_penalty": sampled("frequency_penalty", 0.5),
    "presence_penalty": sampled("presence_penalty", 0.5),
    "max_tokens": sampled("max_tokens", 12),
    "thinking": thinking,
    "send_back": send_back,
    "cached_input_price": cached_input_price,
    "gpu_hour_price": gpu_hour_price,
    "key_header": key_header,
    "allow_unencrypted_key": allow_unencrypted_key,
    "tls": tls,
    "extra_headers": extra_headers,
    "extra_body": extra_body,
}


def judged(name: str, tls: Tls, **settings: str | bool) -> Walk:
    """Return a walk in which a server is refused without the setting and answers with it."""

    async def walk(deck: RealDeck, _: FaultServer) -> None:
        with FaultServer(FakeApi(), tls=tls) as server:
            others = {key: value for key, value in settings.items() if key != name}
            without = await ask(deck, server, tls=others)
            given = await ask(deck, server, tls=settings)
        assert without.turn.state is TurnState.FAILED, name
        assert given.turn.state is TurnState.DONE, (name, given.turn.failure)

    return walk


async def client_key(deck: RealDeck, server: FaultServer) -> None:
    pem = certificates.CLIENT.read_text()
    start = pem.index("-----BEGIN CERTIFICATE")
    end = pem.index("-----END CERTIFICATE-----") + 26
    certificate, key = deck.config / "client.crt", deck.config / "client.key"
    certificate.write_text(pem[start:end])
    key.write_text(pem[:start] + pem[end:])
    settings = {"ca_file": CA, "client_certificate": str(certificate), "client_key": str(key)}
    await judged("client_key", Tls(wants_client_certificate=True), **settings)(deck, server)


CA, CLIENT = str(certificates.CA), str(certificates.CLIENT)
PIN = certificates.fingerprint(certificates.SELF_SIGNED)
TLS_WALK: dict[str, Walk] = {
    "ca_file": judged("ca_file", Tls(), ca_file=CA),
    "client_certificate": judged(
        "client_certificate",
        Tls(wants_client_certificate=True),
        ca_file=CA,
        client_certificate=CLIENT,
    ),
    "client_key": client_key,
    "pinned_sha256": judged("pinned_sha256", Tls(certificates.SELF_SIGNED), pinned_sha256=PIN),
    "insecure": judged("insecure", Tls(certificates.SELF_SIGNED), insecure=True),
}


def test_no_field_is_left_out() -> None:
    assert tuple(WALK) == KNOWN_KEYS
    assert tuple(TLS_WALK) == TLS_KEYS


@pytest.mark.parametrize("name", WALK)
async def test_a_field_has_its_effect(name: str, deck: RealDeck) -> None:
    deck.settings("check_reachability = false\n")
    with FaultServer(FakeApi(chat=replying("Four.", reasoning="two and two"))) as server:
        await WALK[name](deck, server)


def test_the_default_is_whom_a_question_without_a_name_goes_to(deck: RealDeck) -> None:
    deck.provider("http://127.0.0.1:1/v1", "first")
    deck.provider("http://127.0.0.1:2/v1", "second", is_default=True)
    default = default_provider(open_runtime(deck.environment).directory)
    assert default is not None
    assert default.name == "second"
