"""The answers to one prompt: a retry adds one, and those before it stay within reach."""

from __future__ import annotations

from collections.abc import Iterable

from tui.core.turn import Turn


def has_content(turn: Turn) -> bool:
    """Return whether a turn brought anything that is worth going back to."""
    return bool(turn.answer or turn.reasoning or turn.tool_calls)


def link_variants(turns: Iterable[Turn], shown: Turn) -> None:
    """Make turns the answers to one prompt, oldest first; those without any content are left out.

    ``shown`` is one of them, and stays even while it has no content.
    """
    kept = [turn for turn in turns if turn is shown or has_content(turn)]
    variants = kept if len(kept) > 1 else []
    for turn in kept:
        turn.variants = variants


def add_variant(old: Turn, new: Turn) -> None:
    """Put the turn of a retry beside the answers that its prompt has had so far."""
    link_variants([*(old.variants or [old]), new], new)


def variant_place(turn: Turn) -> tuple[int, int] | None:
    """Return which of how many answers a turn is, from 1 on; ``None`` for an only one."""
    for index, other in enumerate(turn.variants, 1):
        if other is turn:
            return index, len(turn.variants)
    return None


def variant_beside(turn: Turn, step: int) -> Turn | None:
    """Return the answer ``step`` places after a turn (before it where negative), if there is one."""
    place = variant_place(turn)
    if place is None or not 1 <= place[0] + step <= place[1]:
        return None
    return turn.variants[place[0] - 1 + step]
