"""``lmdeck history list``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from tui.cli.argument_parser import window_columns
from tui.cli.exit_codes import code_of_failure
from tui.cli.output import Output
from tui.cli.runtime_action import history_action
from tui.cli.table import cells, narrow_table, table
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.figures import format_all_tokens, format_spent
from tui.core.moments import ago
from tui.core.since import read_since
from tui.core.turn_report import cost_report, usage_report
from tui.runtime.history import Wanted
from tui.runtime.known_names import known_name
from tui.runtime.runtime import Runtime
from tui.store.summaries import ConversationSummary
from tui.texts import history as texts

_COLUMNS = ("#", "TITLE", "MODEL", "TURNS", "LAST MESSAGE", "PROVIDER", "TOKENS", "COST", "ID")
_FEWEST = 5
"""So many columns are shown, and others as far as a terminal has room for them; fewer in a tiny one."""


@history_action
def list_conversations(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Print the matching conversations; return 1 if there are conditions and no match.

    Raises:
        UsageError: an invalid time.
    """
    wanted = wanted_of(arguments, runtime)
    found = list(islice(runtime.chat_history.numbered(wanted), arguments.limit))
    failure = None if found or wanted.is_any else explain("nothing-matches")
    if arguments.json:
        output.json({"conversations": [summary_report(*each) for each in found]}, failure)
    elif found:
        for line in conversation_table(found, output):
            output.line(line)
        output.notes(f"{summary.identity}: {summary.problem}" for _, summary in found if summary.problem)
    else:
        output.text(texts.NONE_SAVED if wanted.is_any else texts.NONE_MATCH)
    return code_of_failure(failure)


def wanted_of(arguments: argparse.Namespace, runtime: Runtime) -> Wanted:
    """Return the conditions of a command line.

    Raises:
        UsageError: an invalid time, or a name that no provider has or had.
    """
    since = None
    if arguments.since is not None:
        since = read_since(arguments.since, datetime.now().astimezone())
        if since is None:
            raise UsageError(explain("usage", reason=texts.NOT_A_TIME.format(text=arguments.since[:40])))
    provider = known_name(runtime, arguments.provider) if arguments.provider else ""
    return Wanted(since, provider, arguments.model or "")


def summary_report(number: int | None, summary: ConversationSummary) -> dict[str, object]:
    """Return a conversation in the format of all JSON output."""
    return {
        "number": number,
        "id": summary.identity,
        "title": summary.title,
        "created_at": summary.created_at,
        "updated_at": summary.updated_at,
        "turns": summary.turns,
        "providers": list(summary.providers),
        "models": list(summary.models),
        "usage": usage_report(summary.usage),
        "costs": [cost_report(cost) for cost in summary.costs],
        "not_priced": summary.not_priced,
        "is_pinned": summary.is_pinned,
        "is_open_elsewhere": summary.is_open_elsewhere,
        "problem": summary.problem,
    }


def conversation_table(found: Sequence[tuple[int, ConversationSummary]], output: Output) -> list[str]:
    """Return the table: as many columns as fit, their texts cut where even the fewest do not."""
    now = datetime.now().astimezone()
    rows = [_row(number, summary, now) for number, summary in found]
    room = window_columns(output.stdout)
    for count in range(len(_COLUMNS), _FEWEST, -1):
        lines = [*table(_COLUMNS[:count], [row[:count] for row in rows])]
        if room is None or max(map(cells, lines)) <= room:
            return lines
    return narrow_table(
        _COLUMNS[:_FEWEST],
        [row[:_FEWEST] for row in rows],
        room,
        "..." if output.is_ascii else "…",
        texts=("TITLE", "MODEL"),
        left_out=("TURNS", "MODEL"),
    )


def _row(number: int, summary: ConversationSummary, now: datetime) -> tuple[str, ...]:
    return (
        str(number),
        summary.title or texts.UNTITLED,
        summary.model,
        str(summary.turns),
        ago(summary.updated_at, now),
        summary.provider,
        format_all_tokens(summary.usage),
        format_spent(summary.costs, summary.not_priced),
        summary.identity,
    )
