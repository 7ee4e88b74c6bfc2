"""Totals of turns: what was paid, and what is unknown."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tui.core.figures import format_all_tokens, format_costs, format_spent
from tui.core.parts import parts_of
from tui.core.totals import Totals, sum_of, totals_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost, ServerCost, Source, Usage

EUR = Cost(Decimal("0.5"), Decimal(0), "EUR")
NOTHING = Cost(Decimal(0), Decimal(0), "EUR")


def a_turn(usage: Usage | None = None, cost: Cost | None = None, state: TurnState = TurnState.DONE) -> Turn:
    return Turn("t", parts_of("Why?"), state=state, usage=usage, cost=cost)


def test_a_turn_that_used_tokens_and_has_no_amount_is_not_priced() -> None:
    totals = totals_of([a_turn(Usage(1, 2), EUR), a_turn(Usage(3, 4)), a_turn(Usage(0, 0)), a_turn()])
    assert totals == Totals(Usage(4, 6), (EUR,), has_unknown=False, not_priced=1)


def test_a_turn_that_a_dying_program_left_has_unknown_tokens() -> None:
    assert totals_of([a_turn(state=TurnState.INTERRUPTED)]) == Totals(has_unknown=True, not_priced=1)


def test_a_turn_that_streams_is_unknown_only_when_it_has_ended_without_counts() -> None:
    turn = replace(a_turn(state=TurnState.ANSWERING), answer=TextBuffer("text"))
    assert totals_of([turn]) == Totals()
    assert totals_of([replace(turn, state=TurnState.STOPPED)]) == Totals(has_unknown=True, not_priced=1)


def test_what_the_server_says_that_it_cost_is_what_was_paid_and_never_added_to_ours() -> None:
    told = ServerCost(Decimal("0.0123"), None, "usage.cost")
    turns = [replace(a_turn(Usage(1, 2), cost), server_cost=told) for cost in (None, EUR)]
    totals = totals_of(turns)
    assert [(cost.total, cost.currency) for cost in totals.costs] == [(Decimal("0.0246"), "USD")]
    assert totals.not_priced == 0


def test_a_copy_was_paid_elsewhere() -> None:
    assert totals_of([replace(a_turn(Usage(1, 2)), is_copy=True)]) == Totals()


def test_amounts_of_different_currencies_are_never_added() -> None:
    usd = replace(EUR, currency="USD")
    sums = sum_of([Totals(costs=(EUR, usd)), Totals(costs=(EUR,), not_priced=2)])
    assert {cost.currency: cost.total for cost in sums.costs} == {"EUR": 1, "USD": Decimal("0.5")}
    assert format_costs(sums.costs) == "1.00 EUR + 0.50 USD"
    assert format_costs(sums.costs, sums.not_priced) == "≥ 1.00 EUR + ≥ 0.50 USD"


@pytest.mark.parametrize(
    ("costs", "not_priced", "words"),
    [
        ((), 0, ""),
        ((), 1, "—"),
        ((NOTHING,), 0, "free"),
        ((NOTHING,), 1, "—"),
        ((EUR,), 0, "0.50 EUR"),
        ((EUR,), 3, "≥ 0.50 EUR"),
        ((replace(EUR, source=Source.ESTIMATED),), 0, "~0.50 EUR"),
        ((replace(EUR, source=Source.ESTIMATED),), 1, "≥ 0.50 EUR"),
        ((replace(EUR, input=Decimal("0.0000012345")),), 0, "0.000001234 EUR"),
        ((replace(EUR, input=Decimal(100)),), 0, "100.00 EUR"),
    ],
)
def test_free_unknown_and_nothing_are_three_things(
    costs: tuple[Cost, ...], not_priced: int, words: str
) -> None:
    assert format_spent(costs, not_priced) == words


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (None, "—"),
        (Usage(None, None, 3), "—"),
        (Usage(0, 0), "0"),
        (Usage(1, 2), "3"),
        (Usage(1, None), "~1"),
        (Usage(12_000, 345, source=Source.ESTIMATED), "~12.3k"),
    ],
)
def test_all_tokens_are_one_figure(usage: Usage | None, words: str) -> None:
    assert format_all_tokens(usage) == words
