"""A field with a few values on one line: a switch for yes and no, otherwise a select with a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList, Static

from tui.core.lazy_dataclass import dataclass
from tui.ui.bindings import bindings_of
from tui.ui.shell.popup_list import PopupList

_WHEN_OPEN = ("mark", "choose", "close")


class ChoiceField(Vertical, can_focus=True):
    """Shows the value, and all values in a list when opened."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form.choice")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form.choice",)
    DEFAULT_CSS = """
    ChoiceField { height: auto; width: auto; }
    ChoiceField > Static { width: 1fr; height: 1; }
    """

    value: reactive[str] = reactive("", layout=False)

    @dataclass
    class Changed(Message):
        """A different value was chosen."""

        field: ChoiceField
        value: str

        @property
        def control(self) -> ChoiceField:
            """The field."""
            return self.field

    def __init__(
        self,
        choices: Sequence[str],
        value: str,
        *,
        label_of: Callable[[str], str] = str,
        is_switch: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self.choices = tuple(choices)
        self.is_switch = is_switch
        self._labels = [label_of(choice) for choice in self.choices]
        self._label_of = label_of
        self._typed = ""
        self.set_reactive(ChoiceField.value, value)
        self.styles.width = max(map(cell_len, self._labels)) + 6

    def compose(self) -> ComposeResult:
        """Create the list below the value."""
        yield Static(self._shown())
        if not self.is_switch:
            yield PopupList()

    def _shown(self) -> Content:
        label = Content(self._label_of(self.value))
        if self.is_switch:
            is_on = self.value == self.choices[-1]
            return Content.styled("● " if is_on else "○ ", "$primary" if is_on else "dim") + label
        room = max(map(cell_len, self._labels)) - label.cell_length
        return label + Content(" " * (room + 1)) + Content.styled("▾", "dim")

    @property
    def _list(self) -> PopupList | None:
        return next(iter(self.query(PopupList)), None)

    @property
    def is_open(self) -> bool:
        """Return whether the list is open."""
        return self._list is not None and self._list.is_open

    def watch_value(self, value: str) -> None:
        """Show a new value, and post a message."""
        if self.is_mounted:
            self.query_one(Static).update(self._shown())
        self.post_message(self.Changed(self, value))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of the list to the form while it is closed."""
        return self.is_open if action in _WHEN_OPEN else True

    def action_open(self) -> None:
        """Open the list, or choose the marked value; toggle a switch."""
        if self._list is None:
            self.action_step(1)
        elif self.is_open:
            self.action_choose()
        else:
            self._typed = ""
            self._list.fill(self._labels)
            self._list.highlighted = self._position
            self._list.open()

    def action_step(self, step: int) -> None:
        """Choose another value by its distance, wrapping around."""
        self.value = self.choices[(self._position + step) % len(self.choices)]
        if self._list is not None and self.is_open:
            self._list.highlighted = self._position

    def action_mark(self, step: int) -> None:
        """Move the mark in the list."""
        if self._list is not None:
            self._typed = ""
            self._list.move(step)

    def action_choose(self) -> None:
        """Choose the marked entry and close the list."""
        if self._list is not None and self._list.highlighted is not None:
            self.value = self.choices[self._list.highlighted]
        self.action_close()

    def action_close(self) -> None:
        """Close the list."""
        if self._list is not None:
            self._list.open(False)

    @property
    def _position(self) -> int:
        return self.choices.index(self.value) if self.value in self.choices else 0

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Let letters search in an open list."""
        return self.is_open and character is not None and character.isalnum()

    def on_key(self, event: events.Key) -> None:
        """Mark the entry that begins with the typed text; the same letter again marks the next one."""
        if self._list is None or not self.check_consume_key(event.key, event.character):
            return
        event.stop()
        letter = (event.character or "").casefold()
        here = self._list.highlighted or 0
        for typed, start in ((self._typed + letter, here + (not self._typed)), (letter, here + 1)):
            for position in (*range(start, len(self._labels)), *range(start)):
                if self._labels[position].casefold().startswith(typed):
                    self._typed = typed
                    self._list.highlighted = position
                    return

    def on_click(self, event: events.Click) -> None:
        """Open or close the list."""
        if isinstance(event.widget, PopupList):
            return
        if self.is_open:
            self.action_close()
        else:
            self.action_open()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the clicked entry."""
        event.stop()
        self.value = self.choices[event.option_index]
        self.action_close()

    def on_blur(self) -> None:
        """Close the list."""
        self.action_close()
