"""``lmdeck history search``: the chats that have some words, with the lines, as they are found."""

from __future__ import annotations

import argparse
from datetime import datetime
from itertools import islice

from tui.cli.command import DONE, FAILED
from tui.cli.history_list import summary_report
from tui.cli.output import BOLD, Output
from tui.cli.runtime_action import history_action
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.moments import ago
from tui.core.query import Query, UnknownTimeError, read_query
from tui.runtime.history import Wanted
from tui.runtime.history_search import Found, Hit
from tui.runtime.runtime import Runtime
from tui.texts import history as texts

_LINES = 3
"""Of each chat that are printed; JSON has them all."""


@history_action
def search_conversations(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Print what is found; 1 where that is nothing.

    Raises:
        UsageError: there is no word to search for, or a time cannot be understood.
    """
    query = _query(arguments.text)
    wanted = Wanted(query.since, query.provider, query.model)
    every = runtime.chat_history.search(query, wanted, with_reasoning=arguments.reasoning)
    found = islice(every, arguments.limit)
    if arguments.json:
        reports = [_report(each) for each in found]
        output.json({"conversations": reports})
        return DONE if reports else FAILED
    code = FAILED
    for each in found:
        _print(each, output)
        code = DONE
    if code == FAILED:
        output.text(texts.NONE_MATCH)
    return code


def _query(words: list[str]) -> Query:
    try:
        query = read_query(" ".join(words), datetime.now().astimezone())
    except UnknownTimeError as error:
        reason = texts.NOT_A_TIME.format(text=str(error)[:40])
        raise UsageError(explain("usage", reason=reason)) from None
    if not query.words:
        raise UsageError(explain("usage", reason=texts.NO_WORDS))
    return query


def _report(found: Found) -> dict[str, object]:
    hits = [
        {"turn": hit.turn, "where": hit.where, "line": hit.line, "is_shown": hit.turn is not None}
        for hit in found.hits
    ]
    return {**summary_report(found.number, found.summary), "hits": hits}


def _print(found: Found, output: Output) -> None:
    summary = found.summary
    when = ago(summary.updated_at, datetime.now().astimezone())
    title = summary.title or texts.UNTITLED
    output.styled(" · ".join(filter(None, (f"{found.number}  {title}", when, summary.identity))), BOLD)
    for hit in found.hits[:_LINES]:
        output.line(texts.HIT.format(where=_where(hit), line=hit.line))
    if more := max(0, len(found.hits) - _LINES):
        output.line(texts.MORE_LINES.format(count=more))


def _where(hit: Hit) -> str:
    place = texts.IN_OTHER if hit.turn is None else texts.IN_TURN
    return place.format(where=hit.where, turn=hit.turn)
