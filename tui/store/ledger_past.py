"""What chats tell of the time before there was a ledger: a line for each turn that was paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui.core.ledger import Certainty, LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.core.outside import read_local_moment
from tui.core.turn import Turn, TurnState
from tui.core.usage import Price, Source
from tui.store.blobs import SIZE_LIMIT
from tui.store.files import read_file
from tui.store.transcript_file import read_transcript

_LONGEST_WAIT = timedelta(minutes=10)
"""Between the beginning of a turn and that of its request: a key command runs, a model is loaded."""
_SECOND = timedelta(seconds=1)
_OUTCOMES = {TurnState.DONE: Outcome.DONE, TurnState.FAILED: Outcome.FAILED}


def past_lines(paths: Iterable[Path], known: Iterable[LedgerLine]) -> Iterator[LedgerLine]:
    """Yield the lines of chats whose journals are at ``paths``, without the turns that are ``known``.

    Copies of turns were paid for elsewhere. A journal that cannot be read is left out.
    """
    recorded: dict[str, list[datetime]] = {}
    for each in known:
        if each.source is not Certainty.UNKNOWN:
            recorded.setdefault(each.conversation, []).append(each.at)
    for path in paths:
        try:
            content = read_file(path, SIZE_LIMIT)
        except OSError:  # whoever opens that chat is told; here it only costs its own lines
            continue
        transcript = read_transcript(b"" if content is None else content.data, without_texts=True)
        turns = (*transcript.turns, *transcript.dropped)
        lines = [_line_of(turn, path.stem) for turn in turns if not turn.is_copy]
        yield from _unknown([line for line in lines if line is not None], recorded.get(path.stem, []))


def _unknown(lines: list[LedgerLine], recorded: list[datetime]) -> list[LedgerLine]:
    """Return the lines of turns whose requests are not ``recorded``: each of those belongs to the last
    turn that had begun by then."""
    lines.sort(key=lambda line: line.at)
    for at in sorted(recorded, reverse=True):
        begun = [line for line in lines if at - _LONGEST_WAIT <= line.at <= at + _SECOND]
        if begun:
            lines.remove(begun[-1])
    return lines


def _line_of(turn: Turn, conversation: str) -> LedgerLine | None:
    at = read_local_moment(turn.started_at)
    if at is None or turn.usage is None:
        return None
    cost, server = turn.cost, turn.server_cost
    outcome = _OUTCOMES.get(turn.state, Outcome.STOPPED)
    is_cut = outcome is not Outcome.DONE and turn.usage.source is Source.ESTIMATED
    return LedgerLine(
        at.astimezone(UTC),
        Purpose.CHAT,
        turn.provider,
        "",
        turn.model,
        conversation,
        replace(turn.usage, notes=()),
        Price() if cost is None else Price(currency=cost.currency),
        None if cost is None else cost.total,
        cost is not None and (cost.is_lower_bound or is_cut),
        None if server is None else server.amount,
        "" if server is None else server.currency or "USD",
        outcome=outcome,
        cause="" if turn.failure is None else turn.failure.cause,
        is_from_chat=True,
    )
