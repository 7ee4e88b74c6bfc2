"""``lmdeck history import``: imports conversations from files, and prints the result of each."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from tui.cli.command import DONE, FAILED
from tui.cli.history_show import shown_title, turn_count
from tui.cli.output import Output
from tui.cli.runtime_action import history_action
from tui.core.causes import explain_again, in_full
from tui.core.failure import Failure, LmdeckError, UsageError
from tui.core.safe_text import safe_line
from tui.runtime.runtime import Runtime
from tui.session.history.incoming import Incoming, Skipped
from tui.session.history.reading import read_conversations
from tui.store.import_sources import CHATS_LIMIT, chat_texts
from tui.store.import_text import import_stream, moment_of, text_of
from tui.store.joined_records import transcript_of
from tui.texts import cli
from tui.texts import history as texts

STDIN = "-"
_COUNTS = {
    texts.IMPORTED: texts.COUNT_IMPORTED,
    texts.UPDATED: texts.COUNT_UPDATED,
    texts.PRESENT: texts.COUNT_PRESENT,
    texts.NOT_IMPORTED: texts.COUNT_SKIPPED,
}


@history_action
def import_conversations(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Import all files; return 0 if all conversations are available now, 1 otherwise.

    Raises:
        UsageError: a file has no conversation; nothing is imported then.
    """
    found = [each for file in arguments.files for each in _read(file)]
    became = Counter(_take_in(each, runtime, output) for each in found)
    if len(found) > 1:
        counts = (text.format(count=became[text]) for text in _COUNTS.values() if became[text])
        output.result(texts.COUNTS.format(counts=", ".join(counts)))
    return FAILED if became[texts.COUNT_SKIPPED] else DONE


def _read(file: str) -> list[Incoming | Skipped]:
    try:
        return _conversations(file)
    except UsageError as error:
        name = None if file == STDIN else safe_line(file, 200)
        reason = error.failure.facts.get("reason")
        failure = explain_again(error.failure, path=name, reason=reason)
        raise UsageError(replace(failure, advice=texts.IMPORT_ADVICE)) from None


def _conversations(file: str) -> list[Incoming | Skipped]:
    found = [import_stream(sys.stdin.buffer, CHATS_LIMIT)] if file == STDIN else chat_texts(file)
    moment = (datetime.now(UTC) if file == STDIN else moment_of(file)).isoformat(timespec="seconds")
    return [each for data in found for each in read_conversations(text_of(data), moment)]


def _take_in(incoming: Incoming | Skipped, runtime: Runtime, output: Output) -> str:
    """Save a conversation, report the outcome, and return the text used to count it."""
    if isinstance(incoming, Skipped):
        _skip(shown_title(runtime.chat_history.redact(incoming.title)), incoming.failure, output)
        return texts.COUNT_SKIPPED
    title = shown_title(runtime.chat_history.redact(transcript_of(incoming.records).title))
    try:
        intake = runtime.chat_history.take_in(incoming)
    except LmdeckError as error:
        _skip(title, error.failure, output)
        return texts.COUNT_SKIPPED
    turns = turn_count(intake.turns)
    text = texts.IMPORTED if intake.is_new else texts.UPDATED if intake.turns else texts.PRESENT
    output.result(text.format(title=title, turns=turns))
    output.notes(texts.OF_CHAT.format(title=title, text=remark) for remark in incoming.remarks)
    return _COUNTS[text]


def _skip(title: str, failure: Failure, output: Output) -> None:
    failure = in_full(failure)
    text = texts.NOT_IMPORTED.format(title=title, title_of_failure=failure.title, advice=failure.advice)
    output.aside(cli.PROGRAM.format(text=text))
