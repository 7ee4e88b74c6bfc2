"""The turns of a conversation as a tree: each names its predecessor, and one branch is current.

Turns are never removed: a retry or an edited prompt begins a new branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tui.core.turn import Turn
from tui.core.variants import link_variants

_NOBODY: Mapping[str | None, str] = {}


class TurnTree:
    """All turns in the order in which they began, and the current branch, ``path``."""

    def __init__(
        self,
        turns: Iterable[Turn] = (),
        path: Iterable[Turn] = (),
        chosen: Mapping[str | None, str] = _NOBODY,
    ) -> None:
        """Create a tree.

        Args:
            turns: the turns, whose parents are among them or none.
            chosen: the follower that was last shown, for each turn.
        """
        self.turns: dict[str, Turn] = {}
        self.path = list(path)
        self._followers: dict[str | None, list[Turn]] = {}
        self._chosen = dict(chosen)
        for turn in turns:
            self._put(turn)
        self._link()

    def add(self, turn: Turn) -> None:
        """Add a turn after its parent, and make it current."""
        self._put(turn)
        self._show([*self.path_to(turn.parent), turn])

    def show(self, turn: Turn) -> None:
        """Show the branch of a turn, up to the followers that were shown last."""
        self._show([*self.path_to(turn.identity)[:-1], *self._descent(turn)])

    def show_to(self, turn: Turn) -> None:
        """Show the branch that ends with a turn."""
        self._show(self.path_to(turn.identity))

    def in_order(self) -> Iterator[Turn]:
        """Yield every turn after its parent, otherwise in the order in which they began."""
        seen: set[str | None] = {None}
        for turn in self.turns.values():
            for one in [turn] if turn.parent in seen else self.path_to(turn.identity):
                if one.identity not in seen:
                    seen.add(one.identity)
                    yield one

    def outline(self) -> Iterator[tuple[Turn, int]]:
        """Yield every turn, directly followed by its followers, with the number of forks before it."""
        waiting = [(turn, 0) for turn in reversed(self._followers.get(None, ()))]
        while waiting:
            turn, depth = waiting.pop()
            yield turn, depth
            followers = self._followers.get(turn.identity, ())
            waiting += [(follower, depth + (len(followers) > 1)) for follower in reversed(followers)]

    def remembered_ends(self) -> Iterator[Turn]:
        """Yield the ends of branches to show in turn, so that a copy remembers the same followers."""
        branching = [parent for parent, followers in self._followers.items() if len(followers) > 1]
        for parent in reversed(branching):
            yield self._descent(self.turns[self._chosen[parent]])[-1]
        if branching:
            yield from self.path[-1:]

    def _descent(self, turn: Turn) -> list[Turn]:
        """Return a turn and the followers that were shown last."""
        path = [turn]
        while (follower := self._chosen.get(path[-1].identity)) is not None:
            path.append(self.turns[follower])
        return path

    def path_to(self, identity: str | None) -> list[Turn]:
        """Return the turns up to and including a given one; ``None`` for the beginning."""
        if self.path and self.path[-1].identity == identity:
            return list(self.path)
        path: list[Turn] = []
        while identity is not None:
            path.append(self.turns[identity])
            identity = path[-1].parent
        return path[::-1]

    def _put(self, turn: Turn) -> None:
        self.turns[turn.identity] = turn
        self._followers.setdefault(turn.parent, []).append(turn)

    def _show(self, path: list[Turn]) -> None:
        self.path = path
        self._chosen.update((turn.parent, turn.identity) for turn in path)
        self._link()

    def _link(self) -> None:
        """Link every turn on the path to its variants on other branches."""
        for turn in self.path:
            link_variants(self._followers[turn.parent], turn, lambda other: other.identity in self._followers)
