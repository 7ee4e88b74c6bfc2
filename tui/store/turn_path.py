"""Which turns of a journal form the conversation, and in which order.

A turn names its predecessor, the parent: if that is not the last turn, it begins a branch, and the
conversation is the newest branch, or the one named by a ``path``. lmdeck 0.1.0 wrote no parents, but a
``drop`` of the last turn before a retry: the next turn replaces it, and the turns after it follow that one. A
dropped turn that is written again is the answer that was chosen. If nothing follows a ``drop``, the program
died in between, and an existing answer is still shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from tui.core.lazy_dataclass import dataclass
from tui.core.turn import UNTOLD


@dataclass(slots=True, eq=False)
class _Place:
    """The place of one prompt in the conversation."""

    identities: list[str] = field(default_factory=list)
    """All answers, oldest first."""
    shown: str = ""
    is_waiting: bool = False
    """Its answer was dropped, and nothing has replaced it yet."""

    def take(self, identity: str) -> None:
        """Show a turn in this place."""
        if identity not in self.identities:
            self.identities.append(identity)
        self.shown, self.is_waiting = identity, False


class TurnPath:
    """Follows a journal's records turn by turn. Every order of records results in a path."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}
        """The parents of all turns."""
        self._seen: dict[str, int] = {}
        """When each turn was last shown."""
        self._places: list[_Place] = []
        self._place_of: dict[str, _Place] = {}
        self._clock = 0
        self._waiting = 0
        """How many places at the end have a dropped answer; earlier ones never do."""

    def begin(self, identity: str, parent: str | None = UNTOLD) -> None:
        """Process the record of a turn."""
        place = self._place_of.get(identity)
        if place is not None and not place.is_waiting:
            return
        if place is None:
            self._branch(parent)
        if self._waiting:
            while place is not None and self._places[-self._waiting] is not place:
                self._settle_first()
            place = self._places[-self._waiting]
            self._waiting -= 1
        else:
            place = _Place()
            self._places.append(place)
        place.take(identity)
        self._place_of[identity] = place
        self._join(len(self._places) - self._waiting - 1)

    def drop(self, identity: str) -> None:
        """Process a dropped turn: the last one will be replaced, any other is removed."""
        place = self._place_of.get(identity)
        if place is None or place.is_waiting or place.shown != identity or place not in self._places:
            return
        if place is self._places[-1 - self._waiting]:
            place.is_waiting = True
            self._waiting += 1
        else:
            self._take_out(place)

    def show(self, identity: str) -> None:
        """Process a path: the conversation is the branch that ends with this turn."""
        if identity in self._place_of:
            self._leave(identity)

    def settle(self, has_content: Callable[[str], bool]) -> None:
        """Finish: places with a dropped answer show the earlier one, if it has any content."""
        waiting = [place for place in self._places if place.is_waiting]
        self._waiting = 0
        for place in waiting:
            place.is_waiting = False
            if has_content(place.shown):
                self._join(self._places.index(place))
            else:
                self._take_out(place)

    @property
    def shown(self) -> list[str]:
        """Return the turns of the conversation, without dropped ones."""
        return [place.shown for place in self._places if not place.is_waiting]

    @property
    def chosen(self) -> dict[str | None, str]:
        """Return the follower of each turn that was shown last."""
        return {
            self.parents[identity]: identity for identity in sorted(self._seen, key=self._seen.__getitem__)
        }

    def _join(self, index: int) -> None:
        """Link the turns of a place to the one shown before it."""
        place = self._places[index]
        for identity in place.identities:
            self.parents[identity] = self._places[index - 1].shown if index else None
        self._see(place.shown)

    def _see(self, identity: str) -> None:
        self._seen[identity] = self._clock = self._clock + 1

    def _branch(self, parent: str | None) -> None:
        """Move to where a new turn continues, if that is not the end."""
        if parent is not None and parent not in self._place_of:
            return
        settled = self._places[: len(self._places) - self._waiting]
        if parent != (settled[-1].shown if settled else None):
            self._leave(parent)

    def _leave(self, last: str | None) -> None:
        """Leave this branch for the one that ends with a turn."""
        for place in self._places:
            place.is_waiting = False
        self._waiting, self._places = 0, []
        while last is not None:
            place = self._place_of[last]
            place.shown = last
            self._places.append(place)
            self._see(last)
            last = self.parents[last]
        self._places.reverse()

    def _settle_first(self) -> None:
        """Show the earlier answer in the first place with a dropped one."""
        self._places[-self._waiting].is_waiting = False
        self._waiting -= 1

    def _take_out(self, place: _Place) -> None:
        self._places.remove(place)
        place.shown = ""
