"""A conversation as Markdown to paste elsewhere: the messages, without the markers of an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tui.core.turn import Turn
from tui.session.history import shown_markdown
from tui.texts import history as texts


class Said(NamedTuple):
    """One turn, with its texts at the time of reading."""

    prompt: str
    speaker: str
    answer: str
    failure: str


def said_in(turns: Iterable[Turn]) -> list[Said]:
    """Return the texts so far, so that a thread can read them while another answer arrives."""
    return [
        Said(
            turn.prompt.text,
            turn.model or texts.ANSWER,
            turn.answer.text,
            "" if turn.failure is None else f"{turn.failure.title} {turn.failure.advice}",
        )
        for turn in turns
    ]


def copied_markdown(title: str, said: Sequence[Said], redact: Callable[[str], str]) -> str:
    """Return the page, with all known keys erased; empty without any text."""
    if not said:
        return ""
    parts = [f"# {shown_markdown.one_line(redact(title) or texts.UNTITLED)}"]
    for turn in said:
        parts += (f"## {texts.PROMPT}", shown_markdown.quoted(redact(turn.prompt)))
        parts.append(f"## {shown_markdown.one_line(turn.speaker)}")
        if turn.answer:
            parts.append(shown_markdown.answer(redact(turn.answer).rstrip()))
        if turn.failure:
            parts.append(f"*{shown_markdown.one_line(redact(turn.failure))}*")
    return "\n\n".join(parts) + "\n"
