from __future__ import annotations

from decimal import Decimal

import pytest

from tui.core.failure import LmdeckError
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost, Usage
from tui.store.conversations import ConversationStore
from tui.store.paths import Paths
from tui.store.spending import PaidTurn, read_spending

COST = Cost(Decimal("0.00001"), Decimal("0.5"), "EUR")


def a_turn(identity: str, cost: Cost | None = COST) -> Turn:
    return Turn(
        identity,
        "Why?",
        provider="qwen",
        model="m",
        started_at="2026-01-01T00:00:00+00:00",
        state=TurnState.DONE,
        answer=TextBuffer("x"),
        usage=Usage(1, 2) if cost else None,
        cost=cost,
    )


def test_every_paid_turn_is_counted_once(paths: Paths) -> None:
    store = ConversationStore(paths)
    journal = store.adopt([a_turn("kept"), a_turn("dropped"), a_turn("free", None)])
    journal.drop_turn("dropped")
    journal.close()
    fork = store.fork(journal.identity)
    assert fork.journal is not None
    fork.journal.close()
    paid = PaidTurn(journal.identity, "2026-01-01T00:00:00+00:00", "qwen", "m", Usage(1, 2), COST)
    assert list(read_spending(paths)) == [paid, paid]


def test_no_conversations_cost_nothing(paths: Paths) -> None:
    assert list(read_spending(paths)) == []


def test_a_sum_is_never_too_low_in_silence(paths: Paths) -> None:
    (paths.conversations_dir / "x.jsonl").mkdir(parents=True)
    with pytest.raises(LmdeckError, match="not a regular file"):
        list(read_spending(paths))
