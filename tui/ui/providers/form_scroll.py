"""Scrolls the rows of the form just enough to show the whole focused row."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Collapsible

from tui.ui.bindings import bindings_of
from tui.ui.providers.form_row import FormRow


class FormScroll(VerticalScroll):
    """Scrolls just enough to show the whole focused row with its errors."""

    _is_due = False

    @property
    def focused_row(self) -> FormRow | None:
        """The focused row."""
        focused = self.screen.focused
        rows = (node for node in focused.ancestors if isinstance(node, FormRow)) if focused else ()
        return next(iter(rows), None)

    @property
    def focused_name(self) -> str | None:
        """The name of the focused field."""
        row = self.focused_row
        return row.field.name if row is not None else None

    def stops(self) -> list[Widget]:
        """Return where the arrow keys stop: each editable field, and the fold."""
        found: list[Widget] = []
        for child in self.children:
            if isinstance(child, Collapsible):
                found.append(child.query_one("CollapsibleTitle"))
                rows = list(child.query(FormRow)) if not child.collapsed else []
            else:
                rows = [child] if isinstance(child, FormRow) else []
            found += (row.editor for row in rows if row.display and row.editor.focusable)
        return found

    def step(self, step: int, last: Widget) -> None:
        """Move to the next or previous stop; ``last`` is the one below all rows."""
        row = self.focused_row
        now = row.editor if row is not None else self.screen.focused
        stops = [*self.stops(), last]
        place = stops.index(now) if now in stops else len(stops) - 1
        stops[(place + step) % len(stops)].focus()

    def on_descendant_focus(self) -> None:
        """Show the whole row, not only its field."""
        self._keep_in_sight()

    def on_form_row_resized(self) -> None:
        """Keep the focused row visible after a change of height."""
        self._keep_in_sight()

    def on_resize(self) -> None:
        """Keep the focused row visible after a change of the window size."""
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.call_after_refresh(self._show)

    def show_later(self, row: FormRow) -> None:
        """Show a row once it is laid out, while keeping the focused one visible."""
        self.call_after_refresh(self._show, row)

    def _show(self, first: FormRow | None = None) -> None:
        self._is_due = False
        for row in (first, self.focused_row):
            if row is not None:
                self.scroll_to_widget(row, animate=False, immediate=True)

    def has_room(self, other: FormRow, tail: int) -> bool:
        """Return whether another row with additional lines is visible together with the focused one."""
        row = self.focused_row
        if row is None or row is other:
            return True
        places = (row.virtual_region, other.virtual_region)
        height = max(place.bottom for place in places) + tail - min(place.y for place in places)
        return height <= self.scrollable_content_region.height


class EditScroll(FormScroll, inherit_bindings=False):
    """Leaves the arrow keys to the form, which moves between fields."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form.scroll")
