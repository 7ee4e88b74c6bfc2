"""The title of a conversation that the user has not named."""

from __future__ import annotations

from enum import StrEnum

from tui.core.safe_text import safe_line

TITLE_LENGTH = 60
_FENCES = ("```", "~~~")
_AROUND = " \t#*_`\"'“”„«».:"
"""Characters that models put around a title."""


class TitleSource(StrEnum):
    """The source of conversation titles."""

    PROMPT = "prompt"
    MODEL = "model"
    """Requested after the first answer."""


def title_of(prompt: str) -> str:
    """Return a title from the first prompt: its first line with text, cut at a word.

    An introductory line (``Review this:``) is joined with the next one.
    """
    lines = (" ".join(line.split()) for line in prompt.splitlines() if line.strip())
    line = next(lines, "")
    if line.endswith(":"):
        line = f"{line} {next((more for more in lines if not more.startswith(_FENCES)), '')}".rstrip()
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > TITLE_LENGTH // 2 else cut).rstrip() + "…"


def title_in(answer: str) -> str:
    """Return the title in a model's answer; empty if there is none."""
    line = next((line for line in answer.splitlines() if line.strip(_AROUND)), "")
    return title_of(safe_line(line.strip().removeprefix("Title:").strip(_AROUND)))
