"""Reported tokens and costs reach the records of all kinds of exchanges."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

import pytest

from tests.runtime.seen import Seen
from tests.runtime.test_observed import ignore, provider_at
from tests.support.ability_server import AbilityServer
from tests.support.fault_server import Answer, FaultServer, Sequence
from tui.core.abilities import Ability
from tui.core.check_options import CheckOptions
from tui.core.ledger import line_of
from tui.core.observed import Outcome
from tui.core.provider import Category, Provider
from tui.core.usage import NOTHING_TOLD, Charge, ServerCost, Usage
from tui.runtime.embedder import Embedder
from tui.runtime.runtime import Runtime

TOKENS = {"prompt_tokens": 1000, "completion_tokens": 0, "total_tokens": 1000}
CHOICE = {"index": 0, "message": {"role": "assistant", "content": "PAPAYA"}, "finish_reason": "stop"}
ANSWER: dict[str, object] = {
    "model": "m",
    "choices": [CHOICE],
    "data": [{"index": 0, "embedding": [0.6, 0.8]}],
    "results": [{"index": 0, "relevance_score": 0.5}],
}
"""An answer to whatever is asked."""


async def chat(runtime: Runtime, provider: Provider) -> None:
    await runtime.test(provider)


async def embed(runtime: Runtime, provider: Provider) -> None:
    await Embedder(runtime, provider, 5, ignore).vectors(["a"])


async def rank(runtime: Runtime, provider: Provider) -> None:
    await Embedder(runtime, provider, 5, ignore).scores("a", ["b"])


EXCHANGES = {"chat": chat, "embed": embed, "rerank": rank}
Exchange = Callable[[Runtime, Provider], Awaitable[None]]


def told(cost_in: str, fields: Mapping[str, object] = ANSWER, status: str = "200 OK") -> Answer:
    """A reply that names tokens and a cost, in its body or in a header."""
    usage = {**TOKENS, "cost": 0.0042} if cost_in == "body" else TOKENS
    headers = {"x-litellm-response-cost": "0.0042"} if cost_in == "header" else {}
    return Answer(json.dumps({**fields, "usage": usage}).encode(), status, headers=headers)


ORIGINS = {"body": "usage.cost", "header": "x-litellm-response-cost"}


@pytest.mark.parametrize("cost_in", ORIGINS)
@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
async def test_the_cost_that_an_answer_tells_is_in_the_ledger(
    runtime: Runtime, seen: Seen, exchange: Exchange, cost_in: str
) -> None:
    with FaultServer(told(cost_in)) as server:
        await exchange(runtime, provider_at(server.base_url))
    record = seen.only
    assert record.outcome is Outcome.DONE
    assert record.server_cost is not None
    assert (record.server_cost.amount, record.server_cost.origin) == (Decimal("0.0042"), ORIGINS[cost_in])
    line = line_of(record)
    assert line is not None
    assert (line.usage.prompt_tokens, line.reported_amount) == (1000, Decimal("0.0042"))


@pytest.mark.parametrize("cost_in", ORIGINS)
@pytest.mark.parametrize("ability", [Ability.SYSTEM, Ability.EMBEDDINGS, Ability.RERANK])
async def test_so_is_that_of_each_answer_in_a_deep_test(
    runtime: Runtime, seen: Seen, ability: Ability, cost_in: str
) -> None:
    with FaultServer(AbilityServer(default=told(cost_in))) as server:
        options = CheckOptions(abilities=(ability,))
        await runtime.check(
            provider_at(server.base_url), None, options, on_result=ignore, on_progress=ignore
        ).run()
    of_chat, *of_tests = [record.server_cost and record.server_cost.amount for record in seen.records]
    assert of_chat is None
    assert of_tests
    assert set(of_tests) == {Decimal("0.0042")}


async def test_batches_tell_their_cost_together(runtime: Runtime, seen: Seen) -> None:
    answers = [
        told("body", {"data": [{"index": place, "embedding": [1.0]} for place in range(count)]})
        for count in (32, 8)
    ]
    with FaultServer(Sequence(answers)) as server:
        provider = provider_at(server.base_url, category=Category.EMBEDDING)
        outcome = await Embedder(runtime, provider, 5, ignore).vectors([str(each) for each in range(40)])
    assert outcome.failure is None
    assert outcome.told.cost is not None
    assert outcome.told.cost.amount == Decimal("0.0084")
    assert [record.server_cost and record.server_cost.amount for record in seen.records] == [
        Decimal("0.0042")
    ] * 2


REFUSAL: dict[str, object] = {"error": {"message": "boom", "type": "server_error"}}


@pytest.mark.parametrize("cost_in", ORIGINS)
@pytest.mark.parametrize("status", ["400 Bad Request", "500 Internal Server Error"])
@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
async def test_what_a_refusal_tells_is_in_the_ledger(
    runtime: Runtime, seen: Seen, exchange: Exchange, status: str, cost_in: str
) -> None:
    with FaultServer(told(cost_in, REFUSAL, status)) as server:
        await exchange(runtime, provider_at(server.base_url))
    record = seen.only
    assert record.outcome is Outcome.FAILED
    line = line_of(record)
    assert line is not None
    assert line.usage.prompt_tokens is not None
    assert line.usage.prompt_tokens >= 1000
    assert line.reported_amount is not None


REPEATED: Mapping[str, Mapping[str, object]] = {
    "refused": {"error": {"message": "Unsupported parameter: 'stream_options'", "param": "stream_options"}},
    "busy": {"error": {"message": "Rate limit reached"}},
}


@pytest.mark.parametrize(("name", "status"), [("refused", "400 Bad Request"), ("busy", "429 Too Many")])
async def test_a_request_that_is_repeated_is_counted_with_the_next(
    runtime: Runtime, seen: Seen, name: str, status: str
) -> None:
    first = told("body", REPEATED[name], status)
    with FaultServer(Sequence([first, told("header")])) as server:
        turn = await runtime.test(provider_at(server.base_url))
    record = seen.only
    assert (record.requests, record.outcome) == (2, Outcome.DONE)
    assert record.usage is not None
    assert record.usage.prompt_tokens == 2000
    assert record.server_cost is not None
    assert record.server_cost.amount == Decimal("0.0084")
    assert turn.usage is not None
    assert turn.usage.prompt_tokens == 1000, "the turn has the figures of the request that was answered"


async def test_vectors_that_are_asked_for_again_are_counted_with_the_first(
    runtime: Runtime, seen: Seen
) -> None:
    first = told("body", REPEATED["busy"], "503 Service Unavailable")
    with FaultServer(Sequence([first, told("body")])) as server:
        await embed(runtime, provider_at(server.base_url))
    record = seen.only
    assert (record.requests, record.outcome) == (2, Outcome.DONE)
    assert record.usage is not None
    assert record.usage.prompt_tokens == 2000
    assert record.server_cost is not None
    assert record.server_cost.amount == Decimal("0.0084")


async def test_a_refusal_in_a_deep_test_is_counted(runtime: Runtime, seen: Seen) -> None:
    with FaultServer(AbilityServer(default=told("body", REFUSAL, "400 Bad Request"))) as server:
        options = CheckOptions(abilities=(Ability.JSON_OBJECT,))
        provider = provider_at(server.base_url)
        await runtime.check(provider, None, options, on_result=ignore, on_progress=ignore).run()
    record = seen.records[-1]
    assert record.outcome is Outcome.FAILED
    assert record.usage is not None
    assert (record.usage.prompt_tokens, record.server_cost is not None) == (1000, True)


def test_charges_add_up_and_other_currencies_never_do() -> None:
    first, second = (ServerCost(Decimal(amount), None, "usage.cost") for amount in (1, 2))
    both = Charge(Usage(3, 0), first).plus(Charge(Usage(4, 0), second))
    assert both == Charge(Usage(7, 0), ServerCost(Decimal(3), None, "usage.cost"))
    assert NOTHING_TOLD.plus(both) == both == both.plus(NOTHING_TOLD)
    euro = ServerCost(Decimal(9), "EUR", "x")
    assert first.plus(euro) is None, "no sum, and neither of them is the whole"
    lacking = Charge(Usage(4, 0))
    assert Charge(Usage(3, 0), first).plus(lacking) == lacking.plus(Charge(Usage(3, 0), first))
    assert lacking.plus(both).cost is None, "what one tells is not what all cost"
    assert lacking.plus(both).plus(both) == Charge(Usage(18, 0))
