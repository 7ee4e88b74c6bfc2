"""``lmdeck history import``: conversations of files, and a line on what became of each."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from tui.cli.command import DONE, FAILED
from tui.cli.history_show import shown_title, turn_count
from tui.cli.output import Output
from tui.cli.runtime_action import history_action
from tui.core.failure import LmdeckError
from tui.runtime.runtime import Runtime
from tui.session.history.incoming import Incoming
from tui.session.history.reading import read_conversations
from tui.store.import_text import import_file, import_stream, moment_of, text_of
from tui.store.joined_records import transcript_of
from tui.texts import cli
from tui.texts import history as texts


@history_action
def import_conversations(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Import every file; 0 where each conversation is there now, 1 where one is not.

    Raises:
        UsageError: a file has no conversation; nothing is imported then.
    """
    found = [each for file in arguments.files for each in _read(file)]
    taken = [_take_in(incoming, runtime, output) for incoming in found]
    return DONE if all(taken) else FAILED


def _read(file: str) -> list[Incoming]:
    data = import_stream(sys.stdin.buffer) if file == "-" else import_file(file)
    moment = datetime.now(UTC) if file == "-" else moment_of(file)
    return read_conversations(text_of(data), moment.isoformat(timespec="seconds"))


def _take_in(incoming: Incoming, runtime: Runtime, output: Output) -> bool:
    title = shown_title(runtime.chat_history.redact(transcript_of(incoming.records).title))
    try:
        intake = runtime.chat_history.take_in(incoming)
    except LmdeckError as error:
        failure = error.failure
        text = texts.NOT_IMPORTED.format(title=title, title_of_failure=failure.title, advice=failure.advice)
        output.aside(cli.PROGRAM.format(text=text))
        return False
    turns = turn_count(intake.turns)
    text = texts.IMPORTED if intake.is_new else texts.UPDATED if intake.turns else texts.PRESENT
    output.result(text.format(title=title, turns=turns))
    output.notes(texts.OF_CHAT.format(title=title, text=remark) for remark in incoming.remarks)
    return True
