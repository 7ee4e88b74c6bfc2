"""``lmdeck history search``: finds the chats that contain some words, and prints the matching lines."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from tui.cli.command import DONE, FAILED
from tui.cli.history_list import summary_report
from tui.cli.output import BOLD, Output
from tui.cli.runtime_action import history_action
from tui.core.causes import explain
from tui.core.counted import Counted
from tui.core.failure import UsageError
from tui.core.moments import ago
from tui.core.query import ConditionError, Query, read_query
from tui.runtime.history import Wanted
from tui.runtime.history_search import Found, Hit
from tui.runtime.known_names import known_name
from tui.runtime.runtime import Runtime
from tui.texts import history as texts

_LINES = 3
"""The printed lines per chat; JSON contains all of them."""
_PATIENCE = 0.2
"""Seconds until the progress is shown, and between updates."""


@history_action
def search_conversations(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Print the matches; return 1 if there are none.

    Raises:
        UsageError: an empty query, an invalid time, or a name that no provider has or had.
    """
    query = _query(arguments.text, runtime)
    progress = _Progress(output)
    most, listed = runtime.chat_history.to_search(Wanted.by(query), progress.read)
    steps = runtime.chat_history.search(listed, query, with_reasoning=arguments.reasoning)
    found = islice(progress.along(steps, most), arguments.limit)
    is_any = (_print_report if arguments.json else _print_lines)(found, output)
    runtime.chat_history.tidy_search()
    return DONE if is_any else FAILED


def _print_report(found: Iterator[Found], output: Output) -> bool:
    reports = [_report(each) for each in found]
    output.json({"conversations": reports}, None if reports else explain("nothing-matches"))
    return bool(reports)


def _print_lines(found: Iterator[Found], output: Output) -> bool:
    is_any = False
    for each in found:
        _print(each, output)
        is_any = True
    if not is_any:
        output.text(texts.NONE_MATCH)
    return is_any


def _query(words: list[str], runtime: Runtime) -> Query:
    try:
        query = read_query(" ".join(words), datetime.now().astimezone())
    except ConditionError as error:
        reason = texts.NOT_UNDERSTOOD[error.name].format(text=error.value[:40])
        raise UsageError(explain("usage", reason=reason)) from None
    if not query.is_about_turns and Wanted.by(query).is_any:
        raise UsageError(explain("usage", reason=texts.NO_WORDS))
    return replace(query, provider=known_name(runtime, query.provider)) if query.provider else query


class _Progress:
    """Shows the progress of a search: the first one is slow."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._due = time.monotonic() + _PATIENCE

    def read(self, done: int, total: int) -> None:
        """Show how many chats the list has read."""
        self._show(texts.READ, done, total)

    def along(self, steps: Iterable[Found | None], total: int) -> Iterator[Found]:
        """Yield the matches while showing the progress."""
        for done, found in enumerate(steps, 1):
            self._show(texts.SEARCHED, done, total)
            if found is not None:
                yield found
        self._output.progress("")

    def _show(self, text: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= self._due:
            self._output.progress(text.format(done=done, total=total))
            self._due = now + _PATIENCE


def _report(found: Found) -> dict[str, object]:
    hits = [
        {"turn": hit.turn, "where": hit.where, "line": hit.line.text, "is_shown": hit.turn is not None}
        for hit in found.hits
    ]
    return {**summary_report(found.number, found.summary), "hits": hits}


def _print(found: Found, output: Output) -> None:
    summary = found.summary
    when = ago(summary.updated_at, datetime.now().astimezone())
    title = summary.title or texts.UNTITLED
    name = title if found.number is None else f"{found.number}  {title}"
    output.styled(" · ".join(filter(None, (name, when, summary.identity))), BOLD)
    for hit in found.best[:_LINES]:
        output.line(texts.HIT.format(where=_where(hit), line=hit.line.text))
    if more := max(0, len(found.hits) - _LINES):
        output.line(texts.MORE_LINES.format(count=Counted(more)))


def _where(hit: Hit) -> str:
    place = texts.IN_OTHER if hit.turn is None else texts.IN_TURN
    return place.format(where=hit.where, turn=hit.turn)
