"""The cost of a chat: everything paid for in it, shown or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from tests.support.fake_api import FINISH_EVENT, STREAM_END, FakeApi
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import RealDeck
from tests.support.stream_samples import delta
from tui.core.figures import format_spent
from tui.core.turn import TurnState
from tui.runtime.chat_control import ChatControl
from tui.runtime.runtime import open_runtime

PRICED = {"input_price": "1", "output_price": "10", "currency": "EUR"}


def counting(prompt: int, completion: int, *, fails: bool = False) -> Callable[[Connection], None]:
    """Return an answer of so many tokens; one that fails says so after it has told them."""
    counts = {"prompt_tokens": prompt, "completion_tokens": completion}
    usage = b"data: " + json.dumps({"choices": [], "usage": counts}).encode() + b"\n\n"
    error = b'data: {"error": {"message": "the worker died", "code": 500}}\n\n'

    def reply(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        end = (usage, error) if fails else (FINISH_EVENT, usage, STREAM_END)
        connection.send_chunks(delta("some text"), *end)
        connection.send(b"0\r\n\r\n")

    return reply


class Answers:
    """A server that sends its answers one after the other."""

    def __init__(self, *answers: Callable[[Connection], None]) -> None:
        self._rest = list(answers)

    def __call__(self, connection: Connection) -> None:
        self._rest.pop(0)(connection)


async def test_other_answers_hidden_branches_and_failures_are_paid_and_counted(tmp_path: Path) -> None:
    deck = RealDeck(tmp_path)
    answers = Answers(
        counting(1, 2), counting(10, 20), counting(100, 200), counting(1_000, 2_000, fails=True)
    )
    with FaultServer(FakeApi(chat=answers)) as server:
        deck.provider(server.base_url, is_default=True, **PRICED)
        runtime = open_runtime(deck.environment)
        control = ChatControl(runtime)
        control.aim("main")
        control.begin(runtime.sessions.begin())
        session = control.session
        assert session is not None and control.target is not None
        first = await control.send("first")
        await control.retry()  # another answer takes the place of the first one
        await session.send("instead", control.target, beside=first)  # and another branch that of both
        failed = await control.send("fails")
        assert failed.state is TurnState.FAILED
        assert len(control.turns) == 2
        totals = session.totals
        assert totals.usage is not None
        assert (totals.usage.prompt_tokens, totals.usage.completion_tokens) == (1_111, 2_222)
        assert [(cost.total, cost.currency) for cost in totals.costs] == [(Decimal("23.331"), "EUR")]
        assert not totals.not_priced
        await control.leave()
        (summary,) = runtime.conversations.listing.all()
        assert (summary.usage, summary.costs) == (totals.usage, totals.costs)
        reopened = runtime.sessions.open(summary.identity)
        assert reopened.totals == totals
        await runtime.aclose()


async def test_a_fork_pays_only_for_what_is_asked_in_it(tmp_path: Path) -> None:
    deck = RealDeck(tmp_path)
    with FaultServer(FakeApi(chat=Answers(counting(1, 2), counting(10, 20)))) as server:
        deck.provider(server.base_url, is_default=True, **PRICED)
        runtime = open_runtime(deck.environment)
        control = ChatControl(runtime)
        control.aim("main")
        control.begin(runtime.sessions.begin())
        await control.send("first")
        await control.leave()
        (summary,) = runtime.conversations.listing.all()
        control.begin(await control.open(summary.identity, is_fork=True))
        await control.send("in the fork")
        assert control.session is not None
        assert [cost.total for cost in control.session.totals.costs] == [Decimal("0.21")]
        await control.leave()
        amounts = sorted(cost.total for each in runtime.conversations.listing.all() for cost in each.costs)
        assert amounts == [Decimal("0.021"), Decimal("0.21")]
        await runtime.aclose()


async def test_an_answer_without_a_price_makes_the_total_a_lower_bound(tmp_path: Path) -> None:
    deck = RealDeck(tmp_path)
    with FaultServer(FakeApi(chat=Answers(counting(1, 2), counting(10, 20)))) as server:
        deck.provider(server.base_url, is_default=True, **PRICED)
        deck.provider(server.base_url, "unpriced")
        runtime = open_runtime(deck.environment)
        control = ChatControl(runtime)
        control.aim("main")
        control.begin(runtime.sessions.begin())
        await control.send("priced")
        control.aim("unpriced")
        await control.send("not priced")
        await control.leave()
        (summary,) = runtime.conversations.listing.all()
        assert summary.not_priced == 1
        assert format_spent(summary.costs, summary.not_priced) == "≥ 0.021 EUR"
        await runtime.aclose()
