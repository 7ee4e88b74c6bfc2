"""``lmdeck history export``: one conversation on stdout or in a file, several in a folder."""

from __future__ import annotations

import argparse

from tui.cli.command import DONE
from tui.cli.output import Output
from tui.cli.runtime_action import history_action
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.safe_text import safe_line
from tui.runtime.runtime import Runtime
from tui.session.history.formats import FORMATS, Format, left_out
from tui.store.export_file import is_folder, write_export
from tui.store.joined_records import SavedConversation
from tui.texts import history as texts


@history_action
def export_conversations(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Export what is named, and say on stderr what the format lacks.

    Raises:
        LmdeckError: a name means none, or several, or a file cannot be written.
    """
    how = FORMATS[arguments.format]
    identities = _chosen(arguments, runtime)
    into_folder = arguments.output is not None and is_folder(arguments.output)
    if how.is_single and len(identities) > 1 and not into_folder:
        raise UsageError(explain("usage", reason=texts.NEEDS_FOLDER))
    if into_folder:
        for identity in identities:
            _export([runtime.chat_history.read(identity)], how, arguments, output)
    else:
        _export([runtime.chat_history.read(identity) for identity in identities], how, arguments, output)
    return DONE


def _chosen(arguments: argparse.Namespace, runtime: Runtime) -> list[str]:
    if arguments.all:
        return [summary.identity for summary in runtime.conversations.list()]
    if not arguments.names:
        raise UsageError(explain("usage", reason=texts.NOTHING_CHOSEN))
    return list(dict.fromkeys(runtime.chat_history.find(name).identity for name in arguments.names))


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
            output.result(texts.EXPORTED.format(title=_title(saved), path=path))
    for saved in conversations:
        sentences = (*saved.transcript.notices, *left_out(how, saved))
        output.notes(texts.OF_CHAT.format(title=_title(saved), text=sentence) for sentence in sentences)


def _title(saved: SavedConversation) -> str:
    return safe_line(saved.transcript.title, 80) or texts.UNTITLED
