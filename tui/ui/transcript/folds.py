"""Mounts, places and removes the folds of reasoning near the view."""

from __future__ import annotations

from textual.geometry import Offset, Region, Size
from textual.layout import Layout, WidgetPlacement
from textual.widget import Widget

from tui.ui.transcript.document import TurnDocument
from tui.ui.transcript.reasoning import ReasoningFold, RowStyle
from tui.ui.transcript.viewport import Viewport

MARGIN_VIEWS = 1
"""The distance from the view, in views, within which folds are kept."""


class FoldLayout(Layout):
    """Places each fold in the rows reserved by its turn."""

    name = "reasoning-folds"

    def __init__(self, folds: Folds) -> None:
        self._folds = folds

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        """Return the position of each fold."""
        return [
            WidgetPlacement(self._folds.place_of(child, size.width), Offset(0, 0), child.styles.margin, child)
            for child in children
            if isinstance(child, ReasoningFold)
        ]


class Folds:
    """The mounted folds, by the id of their turn."""

    def __init__(self, style: RowStyle, host: Widget, viewport: Viewport) -> None:
        """Create the folds; they are mounted in ``host``."""
        self._style = style
        self._host = host
        self._viewport = viewport
        self._mounted: dict[str, ReasoningFold] = {}
        self.layout = FoldLayout(self)

    def get(self, document: TurnDocument) -> ReasoningFold | None:
        """Return the fold of a turn, if it is mounted."""
        return self._mounted.get(document.turn.identity)

    def place_of(self, fold: ReasoningFold, width: int) -> Region:
        """Return the rows covered by a fold; empty if its turn is gone."""
        roll = self._viewport.roll
        index = roll.find(fold.document.turn.identity)
        if index is None or self._mounted.get(fold.document.turn.identity) is not fold:
            return Region(0, 0, 0, 0)
        top = roll.top(index) + fold.document.reasoning_start
        return Region(0, top, width, fold.document.reasoning_rows)

    def rows_in_view(self) -> set[int]:
        """Return the rows of the view that mounted folds cover."""
        top, height = self._viewport.top, self._viewport.height
        rows: set[int] = set()
        for fold in self._mounted.values():
            place = self.place_of(fold, 1)
            rows.update(y - top for y in range(max(place.y, top), min(place.bottom, top + height)))
        return rows

    def sync(self) -> bool:
        """Mount folds near the view, remove distant ones; return whether anything changed."""
        wanted = self._wanted()
        changed = False
        for identity, fold in list(self._mounted.items()):
            if wanted.get(identity) is not fold.document:  # distant, or another turn with the same id
                self._mounted.pop(identity).remove()
                changed = True
        for identity, document in wanted.items():
            if identity not in self._mounted:
                fold = self._mounted[identity] = ReasoningFold(document, self._style, self._host)
                self._host.mount(fold)
                changed = True
            changed |= self._mounted[identity].sync()
        return changed

    def _wanted(self) -> dict[str, TurnDocument]:
        viewport, roll = self._viewport, self._viewport.roll
        if not roll.documents:
            return {}
        margin = MARGIN_VIEWS * viewport.height
        start = max(0, roll.at(max(0, viewport.top - margin)).turn)
        wanted: dict[str, TurnDocument] = {}
        for index in range(start, len(roll.documents)):
            if roll.top(index) > viewport.top + viewport.height + margin:
                break
            document = roll.documents[index]
            if document.has_reasoning:
                wanted[document.turn.identity] = document
        return wanted

    def clear(self) -> None:
        """Remove all folds."""
        for fold in self._mounted.values():
            fold.remove()
        self._mounted.clear()
