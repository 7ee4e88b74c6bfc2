"""``lmdeck history show``: prints a saved conversation as text or JSON."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tui.cli.ask_report import answer_report, tool_calls_report
from tui.cli.command import DONE
from tui.cli.output import Output
from tui.cli.runtime_action import history_action
from tui.cli.streamed_text import StreamedText
from tui.core.attachment import prompt_text
from tui.core.causes import explain
from tui.core.counted import Counted
from tui.core.failure import UsageError
from tui.core.failure_report import failure_report
from tui.core.losses import losses
from tui.core.moments import exact
from tui.core.safe_text import safe_line
from tui.core.server_words import server_words
from tui.core.turn import Turn
from tui.core.turn_summary import turn_summary
from tui.core.variants import variant_place
from tui.runtime.runtime import Runtime
from tui.store.transcript_file import Transcript
from tui.texts import history as texts


@history_action
def show_conversation(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Print one conversation, or one of its turns.

    Raises:
        LmdeckError: it does not exist, cannot be read, or has no such turn.
    """
    history = runtime.chat_history
    (named,) = history.find(arguments.name)
    found = history.read(named.identity).transcript
    turns = _chosen(found, arguments.turn)
    if arguments.json:
        output.json({"conversation": conversation_report(found, turns)})
        return DONE
    if arguments.turn is None:
        output.heading(found.title or texts.UNTITLED)
        output.line(" · ".join(filter(None, (found.created_at, turns_words(found), found.identity))))
    for _, turn in turns:
        output.text("")
        _print(turn, output)
    output.notes(found.notices)
    return DONE


def _chosen(found: Transcript, number: int | None) -> list[tuple[int, Turn]]:
    turns = list(enumerate(found.turns, 1))
    if number is None:
        return turns
    if number > len(turns):
        reason = texts.NO_SUCH_TURN.format(count=Counted(len(turns)), number=number)
        raise UsageError(explain("usage", reason=reason))
    return [turns[number - 1]]


def shown_title(title: str) -> str:
    """Return the title of a chat on one line."""
    return safe_line(title, 80) or texts.UNTITLED


def turn_count(count: int) -> str:
    """Return the number of turns as text."""
    return texts.ONE_TURN if count == 1 else texts.TURNS.format(count=count)


def turns_words(found: Transcript) -> str:
    """Return the number of turns as text, including those of other branches."""
    others = len(found.dropped)
    words = [turn_count(len(found.turns))]
    return " · ".join([*words, texts.OTHER_TURNS.format(count=others)] if others else words)


def _print(turn: Turn, output: Output) -> None:
    output.text(texts.YOU.format(prompt=prompt_text(turn.prompt)))
    printer = StreamedText(output)
    printer.show(turn)
    printer.end(turn)
    if turn.failure is not None:
        output.line(texts.FAILED.format(title=turn.failure.title, advice=turn.failure.advice))
        if said := server_words(turn.failure):
            output.line(said)
    place = variant_place(turn)
    variant = texts.VARIANT.format(number=place[0], count=place[1]) if place else ""
    parts = (variant, exact(turn.started_at), turn.provider, turn.model, turn_summary(turn))
    if words := " · ".join(filter(None, parts)):
        output.aside(words)


def conversation_report(found: Transcript, turns: Sequence[tuple[int, Turn]]) -> dict[str, object]:
    """Return a conversation with some of its turns as JSON."""
    return {
        "id": found.identity,
        "title": found.title,
        "created_at": found.created_at,
        "forked_from": found.forked_from or None,
        "turns": [_turn_report(number, turn) for number, turn in turns],
        "other_turns": len(found.dropped),
        "notices": list(found.notices),
    }


def _turn_report(number: int, turn: Turn) -> dict[str, object]:
    place = variant_place(turn)
    return {
        "turn": number,
        "id": turn.identity,
        "started_at": turn.started_at,
        "provider": turn.provider,
        "model": turn.served_model or turn.model,
        "prompt": turn.prompt.text,
        "attachments": [
            {"name": part.name, "media_type": part.media_type, "size": part.size, "sha256": part.sha256}
            for part in turn.prompt.blobs
        ],
        "variant": None if place is None else {"number": place[0], "of": place[1]},
        "settings": dict(turn.settings),
        "state": str(turn.state),
        **answer_report(turn),
        "notes": [*turn.notes, *losses(turn)],
        "tool_calls": tool_calls_report(turn),
        "error": failure_report(turn.failure),
    }
