"""One of a few values on one line, all of them in sight: arrows move, a click takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.core.lazy_dataclass import dataclass
from tui.ui.bindings import bindings_of

_GAP = 2


class ChoiceField(Widget, can_focus=True):
    """Shows ``● chosen  ○ other``; the sign tells the choice without colour."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form.choice")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form.choice",)
    DEFAULT_CSS = """
    ChoiceField { height: auto; padding: 0 1; background: $surface; }
    ChoiceField:focus { background: $panel; }
    ChoiceField:focus:ansi { text-style: bold; }
    """

    value: reactive[str] = reactive("", layout=False)

    @dataclass
    class Changed(Message):
        """Another value was taken."""

        field: ChoiceField
        value: str

        @property
        def control(self) -> ChoiceField:
            """The field."""
            return self.field

    def __init__(self, choices: Sequence[str], value: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.choices = tuple(choices)
        self.set_reactive(ChoiceField.value, value)

    def _lines(self, width: int) -> list[list[str]]:
        """Break the choices into lines, none of them torn in two."""
        lines: list[list[str]] = [[]]
        used = 0
        for choice in self.choices:
            cells = cell_len(choice) + 2
            if lines[-1] and used + cells > width:
                lines.append([])
                used = 0
            lines[-1].append(choice)
            used += cells + _GAP
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return as many lines as the choices take."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Return the choices, the taken one marked."""
        lines = self._lines(self.content_size.width)
        return Content("\n").join(Content(" " * _GAP).join(map(self._shown, line)) for line in lines)

    def _shown(self, choice: str) -> Content:
        taken = choice == self.value
        style = ("bold $primary" if self.has_focus else "bold") if taken else "dim"
        return Content.styled(f"{'●' if taken else '○'} {choice}", style)

    def watch_value(self, value: str) -> None:
        """Tell of a new value."""
        self.post_message(self.Changed(self, value))

    def action_move(self, step: int) -> None:
        """Take the choice that many steps to the right, round the ends."""
        position = self.choices.index(self.value) if self.value in self.choices else 0
        self.value = self.choices[(position + step) % len(self.choices)]

    def on_key(self, event: events.Key) -> None:
        """Take the next choice that begins with the typed letter."""
        letter = event.character or ""
        if not letter.isalnum():
            return
        start = self.choices.index(self.value) + 1 if self.value in self.choices else 0
        for choice in self.choices[start:] + self.choices[:start]:
            if choice.casefold().startswith(letter.casefold()):
                event.stop()
                self.value = choice
                return

    def on_click(self, event: events.Click) -> None:
        """Take the choice under the pointer."""
        offset = event.get_content_offset(self)
        lines = self._lines(self.content_size.width)
        if offset is None or offset.y >= len(lines):
            return
        left = 0
        for choice in lines[offset.y]:
            width = cell_len(choice) + 2
            if left <= offset.x < left + width:
                self.value = choice
            left += width + _GAP
