"""What a conversation is called until somebody gives it a name."""

from __future__ import annotations

TITLE_LENGTH = 60


def title_of(prompt: str) -> str:
    """Return a conversation's name from its first prompt: the first line with text, cut at a word."""
    line = next((line.strip() for line in prompt.splitlines() if line.strip()), "")
    line = " ".join(line.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > TITLE_LENGTH // 2 else cut).rstrip() + "…"
