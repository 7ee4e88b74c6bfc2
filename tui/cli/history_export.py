"""``lmdeck history export``: writes one conversation to stdout or a file, several to a folder."""

from __future__ import annotations

import argparse

from tui.cli.command import DONE, FAILED, STDOUT
from tui.cli.history_show import shown_title
from tui.cli.output import Output
from tui.cli.runtime_action import history_action
from tui.core.causes import explain, in_full
from tui.core.failure import LmdeckError, UsageError
from tui.runtime.history import Wanted
from tui.runtime.runtime import Runtime
from tui.session.history.formats import FORMATS, Format, left_out
from tui.store.export_file import is_folder, write_export
from tui.store.joined_records import SavedConversation
from tui.store.summaries import ConversationSummary
from tui.texts import cli
from tui.texts import history as texts


@history_action
def export_conversations(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Export the given conversations, and report what the format lacks on stderr.

    Returns 1 if any of all conversations cannot be read.

    Raises:
        LmdeckError: a name has no match, or several, a conversation cannot be read, or a file not written.
    """
    how = FORMATS[arguments.format]
    if arguments.output == STDOUT:
        if arguments.replace:
            raise UsageError(explain("usage", reason=cli.REPLACE_STDOUT))
        arguments.output = None
    chosen = _chosen(arguments, runtime)
    into_folder = arguments.output is not None and is_folder(arguments.output)
    if how.is_single and len(chosen) > 1 and not into_folder:
        raise UsageError(explain("usage", reason=texts.NEEDS_FOLDER))
    if not chosen and (how.is_single or into_folder):
        output.aside(texts.NONE_SAVED)
        return DONE
    found = (_read(summary, arguments, runtime, output) for summary in chosen)
    whole = (saved for saved in found if saved is not None)
    count = 0
    for group in ([saved] for saved in whole) if into_folder or how.is_single else [list(whole)]:
        _export(group, how, arguments, output)
        count += len(group)
    return DONE if count == len(chosen) else FAILED


def _chosen(arguments: argparse.Namespace, runtime: Runtime) -> list[ConversationSummary]:
    if arguments.all and arguments.names:
        raise UsageError(explain("usage", reason=texts.ALL_OR_NAMES))
    if arguments.all:
        return [summary for _, summary in runtime.chat_history.numbered(Wanted())]
    if not arguments.names:
        raise UsageError(explain("usage", reason=texts.NOTHING_CHOSEN))
    return runtime.chat_history.find(*arguments.names)


def _read(
    summary: ConversationSummary, arguments: argparse.Namespace, runtime: Runtime, output: Output
) -> SavedConversation | None:
    """Return a conversation; when exporting all, an unreadable one is skipped."""
    try:
        return runtime.chat_history.read(summary.identity)
    except LmdeckError as error:
        if not arguments.all:
            raise
        failure = in_full(error.failure)
        title = shown_title(summary.title or summary.identity)
        text = texts.NOT_EXPORTED.format(title=title, title_of_failure=failure.title, advice=failure.advice)
        output.aside(cli.PROGRAM.format(text=text))
        return None


def _export(
    conversations: list[SavedConversation], how: Format, arguments: argparse.Namespace, output: Output
) -> None:
    text = how.text(conversations)
    if arguments.output is None:
        output.text(text, end="")
    else:
        name = f"{conversations[0].transcript.identity}.{how.suffix}" if conversations else ""
        path = write_export(arguments.output, name, text, replaces=arguments.replace)
        for saved in conversations:
            output.result(texts.EXPORTED.format(title=shown_title(saved.transcript.title), path=path))
    for saved in conversations:
        sentences = (*saved.transcript.notices, *left_out(how, saved))
        output.notes(
            texts.OF_CHAT.format(title=shown_title(saved.transcript.title), text=sentence)
            for sentence in sentences
        )
