"""What chats tell of the time before there was a ledger: a line for each turn that was paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui.core.ledger import LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.core.outside import read_local_moment
from tui.core.turn import Turn, TurnState
from tui.core.usage import Price, Source
from tui.store.blobs import SIZE_LIMIT
from tui.store.files import read_file
from tui.store.transcript_file import read_transcript

_SLACK = timedelta(seconds=2)
"""A turn says only to the second when it began, and it begins a little before its request."""
_OUTCOMES = {TurnState.DONE: Outcome.DONE, TurnState.FAILED: Outcome.FAILED}


def past_lines(paths: Iterable[Path], known: Iterable[LedgerLine]) -> Iterator[LedgerLine]:
    """Yield the lines of chats whose journals are at ``paths``, without the turns that are ``known``.

    Copies of turns were paid for elsewhere. A journal that cannot be read is left out.
    """
    first: dict[str, datetime] = {}
    for each in known:
        first[each.conversation] = min(each.at, first.get(each.conversation, each.at))
    for path in paths:
        try:
            content = read_file(path, SIZE_LIMIT)
        except OSError:  # whoever opens that chat is told; here it only costs its own lines
            continue
        transcript = read_transcript(b"" if content is None else content.data, without_texts=True)
        for turn in (*transcript.turns, *transcript.dropped):
            line = None if turn.is_copy else _line_of(turn, path.stem)
            if line is not None and _ended(line, turn) < first.get(path.stem, _NEVER):
                yield line


_NEVER = datetime.max.replace(tzinfo=UTC)


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


def _ended(line: LedgerLine, turn: Turn) -> datetime:
    return line.at + timedelta(milliseconds=turn.timings.total_ms or 0) + _SLACK
