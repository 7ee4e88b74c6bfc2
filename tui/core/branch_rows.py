"""The branches of a conversation as rows of text: each turn follows its predecessor, forks are indented."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.core.turn_tree import TurnTree

_MOST_DEPTH = 8
"""The deepest indentation; deeper forks stay there, so that their text remains readable."""
_PROMPT, _ANSWER = 36, 60


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One turn of the tree."""

    turn: Turn
    depth: int
    """The number of forks that lead to it."""
    is_shown: bool
    """Whether it is on the current branch."""

    @property
    def indent(self) -> str:
        """The leading spaces."""
        return "  " * min(self.depth, _MOST_DEPTH)

    @property
    def prompt(self) -> str:
        """The beginning of the prompt, on one line."""
        return _one_line(self.turn.prompt.words, _PROMPT)

    @property
    def answer(self) -> str:
        """The beginning of the answer, or the state of a turn without one."""
        return _one_line(self.turn.answer.text, _ANSWER) or f"({self.turn.state})"


def _one_line(text: str, limit: int) -> str:
    return safe_line(" ".join(text[: 10 * limit].split()), limit)


def branch_rows(tree: TurnTree) -> Iterator[BranchRow]:
    """Yield one row per turn."""
    shown = {turn.identity for turn in tree.path}
    return (BranchRow(turn, depth, turn.identity in shown) for turn, depth in tree.outline())
