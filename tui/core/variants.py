"""The variants at one place of a conversation: several answers to a prompt, and edited prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.core.parts import Parts
from tui.core.turn import Turn


def has_content(turn: Turn) -> bool:
    """Return whether a turn has content worth keeping accessible."""
    return bool(turn.answer or turn.reasoning or turn.tool_calls)


def link_variants(turns: Sequence[Turn], shown: Turn, has_followers: Callable[[Turn], bool]) -> None:
    """Make turns the variants of one place, oldest first; ``shown`` is one of them.

    A turn without content is omitted if nothing follows it and another one has the same prompt.
    """
    if len(turns) == 1:
        shown.variants = []
        return
    needed = {turn.identity for turn in turns if turn is shown or has_content(turn) or has_followers(turn)}
    prompts: list[Parts] = [turn.prompt for turn in turns if turn.identity in needed]
    for turn in reversed(turns):
        if turn.prompt not in prompts:
            prompts.append(turn.prompt)
            needed.add(turn.identity)
    kept = [turn for turn in turns if turn.identity in needed]
    for turn in turns:
        turn.variants = kept if len(kept) > 1 else []


def variant_place(turn: Turn) -> tuple[int, int] | None:
    """Return a turn's position among its variants, from 1, and their number; ``None`` for a single one."""
    for index, other in enumerate(turn.variants, 1):
        if other is turn:
            return index, len(turn.variants)
    return None


def variant_beside(turn: Turn, step: int) -> Turn | None:
    """Return the variant ``step`` places after a turn (before it if negative), if there is one."""
    place = variant_place(turn)
    if place is None or not 1 <= place[0] + step <= place[1]:
        return None
    return turn.variants[place[0] - 1 + step]
