"""``lmdeck history remove`` and ``restore``: moves conversations to the trash, and back."""

from __future__ import annotations

import argparse

from tui.cli.command import DONE, FAILED
from tui.cli.confirm import confirmed
from tui.cli.history_list import conversation_table
from tui.cli.history_show import shown_title, turn_count, turns_words
from tui.cli.output import Output
from tui.cli.runtime_action import history_action
from tui.core.causes import in_full
from tui.core.failure import LmdeckError
from tui.runtime.runtime import Runtime
from tui.store.conversation_trash import TRASH_DAYS
from tui.store.summaries import ConversationSummary
from tui.texts import cli
from tui.texts import history as texts


@history_action
def remove_conversations(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Ask for confirmation, then delete each; return 1 if one remains.

    Raises:
        LmdeckError: a name has no match, or several; nothing is deleted then.
    """
    history = runtime.chat_history
    chosen = history.find(*arguments.names)
    if not arguments.yes and not confirmed(output, _question(chosen, runtime), "--yes"):
        output.text(cli.NOTHING_DELETED)
        return FAILED
    removed = [_remove(summary, runtime, output) for summary in chosen]
    return DONE if all(removed) else FAILED


def _question(chosen: list[ConversationSummary], runtime: Runtime) -> str:
    names = texts.AND.join(
        texts.OF_TURNS.format(title=shown_title(summary.title), turns=_turns(summary, runtime))
        for summary in chosen
    )
    text = texts.WILL_DELETE_ONE if len(chosen) == 1 else texts.WILL_DELETE
    return text.format(names=names, days=TRASH_DAYS)


def _turns(summary: ConversationSummary, runtime: Runtime) -> str:
    """Return the number of turns; for an unreadable conversation, the problem shown in the list."""
    try:
        return turns_words(runtime.chat_history.read(summary.identity).transcript)
    except LmdeckError:
        return turn_count(summary.turns + summary.hidden_turns)


def _remove(summary: ConversationSummary, runtime: Runtime, output: Output) -> bool:
    try:
        token = runtime.chat_history.delete(summary.identity)
    except LmdeckError as error:
        failure = in_full(error.failure)
        text = texts.NOT_DELETED.format(
            title=shown_title(summary.title), title_of_failure=failure.title, advice=failure.advice
        )
        output.aside(cli.PROGRAM.format(text=text))
        return False
    output.result(texts.DELETED.format(title=shown_title(summary.title), identity=token))
    return True


@history_action
def restore_conversation(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Restore a deleted conversation, or list those in the trash.

    Raises:
        LmdeckError: no match in the trash, or the disk refuses.
    """
    if arguments.name:
        restored = runtime.chat_history.restore(arguments.name)
        output.result(texts.RESTORED.format(title=shown_title(restored.title)))
        return DONE
    deleted = list(enumerate(runtime.chat_history.deleted(), 1))
    if not deleted:
        output.text(texts.EMPTY_TRASH)
    for line in conversation_table(deleted, output) if deleted else ():
        output.line(line)
    return DONE
