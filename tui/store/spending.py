"""What the saved conversations cost, turn by turn: the raw material of sums by provider, model and day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui.core.usage import Cost, Usage
from tui.store.errors import disk_error
from tui.store.files import read_file
from tui.store.optional import paths_in
from tui.store.paths import Paths
from tui.store.records import decode_cost, decode_usage
from tui.store.summaries import CONVERSATION_SIZE_LIMIT, paid_turns, scan


@dataclass(frozen=True, slots=True)
class PaidTurn:
    """One exchange that was paid for, whether or not it is still part of its conversation."""

    conversation: str
    started_at: str
    """ISO 8601 with zone; empty where the journal lost it."""
    provider: str
    model: str
    usage: Usage | None
    cost: Cost | None


def read_spending(paths: Paths) -> Iterator[PaidTurn]:
    """Yield every turn of every conversation that used tokens or money, once.

    Copies in forks are left out, and those in a file that another program copied or renamed.

    Raises:
        LmdeckError: a conversation cannot be read: a sum without it would be too low.
    """
    try:
        found = paths_in(paths.conversations_dir, "*.jsonl")
    except OSError as error:
        raise disk_error(error, paths.shown(paths.conversations_dir)) from error
    seen: set[tuple[object, str]] = set()
    for path in found:
        try:
            content = read_file(path, CONVERSATION_SIZE_LIMIT)
        except OSError as error:
            raise disk_error(error, paths.shown(path)) from error
        for record in paid_turns(scan(content.data if content is not None else b"")):
            turn = record.get("turn"), str(record.get("started_at", ""))
            if turn in seen:
                continue
            seen.add(turn)
            usage, cost = decode_usage(record.get("usage")), decode_cost(record.get("cost"))
            if usage is not None or cost is not None:
                yield PaidTurn(
                    path.stem,
                    str(record.get("started_at", "")),
                    str(record.get("provider", "")),
                    str(record.get("model", "")),
                    usage,
                    cost,
                )
