"""Costs from chats older than the ledger: one line per paid turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui.core.ledger import Certainty, LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.core.outside import read_local_moment
from tui.core.turn import Turn, TurnState
from tui.core.usage import Price, Source, Usage
from tui.store.blobs import SIZE_LIMIT
from tui.store.files import read_file
from tui.store.transcript_file import read_transcript

_LONGEST_WAIT = timedelta(minutes=10)
"""Between the beginning of a turn and its request: a key command may run, a model may be loaded."""
_SECOND = timedelta(seconds=1)
_OUTCOMES = {TurnState.DONE: Outcome.DONE, TurnState.FAILED: Outcome.FAILED}


def past_lines(paths: Iterable[Path], known: Callable[[], Iterable[LedgerLine]]) -> list[LedgerLine]:
    """Return the lines of the chats in the journals at ``paths``, without the turns that are ``known``.

    Copied turns were paid for elsewhere. Unreadable journals are skipped. ``known`` is called after reading
    all journals: a turn that ends meanwhile is in it, or in no journal yet.
    """
    told = {path.stem: _begun_in(path) for path in paths}
    recorded: dict[str, list[datetime]] = {}
    for each in known():
        if each.source is not Certainty.UNKNOWN:
            recorded.setdefault(each.conversation, []).append(each.at)
    return [
        _line_of(at, turn, turn.usage, conversation)
        for conversation, turns in told.items()
        for at, turn in _unknown(turns, recorded.get(conversation, []))
        if turn.usage is not None
    ]


def _begun_in(path: Path) -> list[tuple[datetime, Turn]]:
    try:
        content = read_file(path, SIZE_LIMIT)
    except OSError:  # reported when that chat is opened; here it only loses its lines
        return []
    transcript = read_transcript(b"" if content is None else content.data, without_texts=True)
    turns = (*transcript.turns, *transcript.dropped)
    return [(at, turn) for turn in turns if not turn.is_copy and (at := moment_of(turn)) is not None]


def moment_of(turn: Turn) -> datetime | None:
    """Return when a turn began, in UTC; ``None`` if not recorded."""
    at = read_local_moment(turn.started_at)
    return None if at is None else at.astimezone(UTC)


def outcome_of(turn: Turn) -> Outcome:
    """Return how the exchange of a finished turn ended."""
    return _OUTCOMES.get(turn.state, Outcome.STOPPED)


def turn_at(at: datetime, turns: Iterable[tuple[datetime, Turn]]) -> tuple[datetime, Turn] | None:
    """Return the turn whose request began at a given time: the last one begun before it."""
    begun = [each for each in turns if at - _LONGEST_WAIT <= each[0] <= at + _SECOND]
    return max(begun, key=lambda each: each[0], default=None)


def _unknown(turns: list[tuple[datetime, Turn]], recorded: list[datetime]) -> list[tuple[datetime, Turn]]:
    """Return the turns whose requests are not ``recorded``."""
    turns.sort(key=lambda each: each[0])
    for at in sorted(recorded, reverse=True):
        found = turn_at(at, turns)
        if found is not None:
            turns.remove(found)
    return turns


def _line_of(at: datetime, turn: Turn, usage: Usage, conversation: str) -> LedgerLine:
    cost, server = turn.cost, turn.server_cost
    outcome = outcome_of(turn)
    # earlier versions did not record that the cost of a truncated turn is a lower bound
    is_cut = outcome is not Outcome.DONE and usage.source is Source.ESTIMATED
    return LedgerLine(
        at,
        Purpose.CHAT,
        turn.provider,
        "",
        turn.model,
        conversation,
        replace(usage, notes=()),
        Price() if cost is None else Price(currency=cost.currency),
        None if cost is None else cost.total,
        cost is not None and (cost.is_lower_bound or is_cut),
        None if server is None else server.amount,
        "" if server is None else server.currency or "USD",
        outcome=outcome,
        cause="" if turn.failure is None else turn.failure.cause,
        is_from_chat=True,
    )
