"""The branches of a conversation as rows of text: each turn after its predecessor, forks indented."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.core.turn_tree import TurnTree

_MOST_DEPTH = 8
"""Forks that are indented: what is deeper stays at that place, so that its words can be read."""
_PROMPT, _ANSWER = 36, 60


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One turn of the tree."""

    turn: Turn
    depth: int
    """How many forks lead to it."""
    is_shown: bool
    """Whether it is on the branch that is shown."""

    @property
    def indent(self) -> str:
        """Return the blanks before it."""
        return "  " * min(self.depth, _MOST_DEPTH)

    @property
    def prompt(self) -> str:
        """Return the beginning of the prompt, on one line."""
        return _one_line(self.turn.prompt.words, _PROMPT)

    @property
    def answer(self) -> str:
        """Return the beginning of the answer, or the state of a turn without one."""
        return _one_line(self.turn.answer.text, _ANSWER) or f"({self.turn.state})"


def _one_line(text: str, limit: int) -> str:
    return safe_line(" ".join(text[: 10 * limit].split()), limit)


def branch_rows(tree: TurnTree) -> Iterator[BranchRow]:
    """Yield a row for every turn."""
    shown = {turn.identity for turn in tree.path}
    return (BranchRow(turn, depth, turn.identity in shown) for turn, depth in tree.outline())
