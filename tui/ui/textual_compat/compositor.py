"""Textual's compositor, with partial updates that render only what they touch.

Textual 8.2.8 renders every visible widget for each update: a figure in the status bar that changes twice a
second would cost as much as the frames of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from tui.ui.textual_compat.honest_app import HonestApp


class NarrowCompositor(Compositor):
    """Skips the widgets outside the rendered region."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        app = self.root.app if self.root is not None else None
        if crop is None or (isinstance(app, HonestApp) and app.is_plain):
            return super()._get_renders(crop)
        shown = self.visible_widgets
        touched = {widget: place for widget, place in shown.items() if crop.overlaps(place[0])}
        self._visible_widgets = touched
        try:
            return list(super()._get_renders(crop))
        finally:
            if self._visible_widgets is touched:
                self._visible_widgets = shown


def update_narrowly(screen: Screen[Any]) -> None:
    """Replace the compositor of a new screen."""
    screen._compositor = NarrowCompositor()
