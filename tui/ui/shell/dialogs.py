"""Small dialogs: yes or no, or one of a few choices. The safe answer has the focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Static

from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line, safe_text
from tui.texts.shell import DIALOG_HELP
from tui.ui.bindings import bindings_of
from tui.ui.shell.modal import Window


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice."""

    identifier: str
    label: str
    key: str
    """A letter that chooses it directly."""
    is_dangerous: bool = False


class ChoiceDialog(Window[str | None]):
    """Asks for one of a few choices; returns its identifier, or ``None`` for Esc."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("dialog")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("dialog",)
    HELP_TEXT: ClassVar[str] = DIALOG_HELP

    def __init__(self, title: str, body: str, choices: Sequence[Choice], focused: str | None = None) -> None:
        super().__init__()
        self._title = title
        self._body = body
        self._choices = tuple(choices)
        self._focused = focused or self._choices[-1].identifier

    def compose(self) -> ComposeResult:
        """Create the question above the buttons."""
        with Vertical(id="dialog"):
            yield Static(Content(safe_line(self._title)), id="dialog-title")
            yield Static(Content(safe_text(self._body)), id="dialog-body")
            with Horizontal(id="dialog-buttons"):
                for choice in self._choices:
                    label = Content.assemble((choice.key, "bold underline"), "  ", choice.label)
                    button = Button(label, id=f"choice-{choice.identifier}", compact=True)
                    button.variant = "error" if choice.is_dangerous else "default"
                    yield button

    def on_mount(self) -> None:
        """Focus the safe answer; if the program is ending, there are no buttons."""
        for button in self.query(f"#choice-{self._focused}").results(Button):
            button.focus()

    def on_key(self, event: events.Key) -> None:
        """Choose an answer by its letter."""
        for choice in self._choices:
            if event.character == choice.key:
                event.stop()
                self._take(choice.identifier)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Choose the pressed answer."""
        self._take((event.button.id or "").removeprefix("choice-"))

    def _take(self, identifier: str) -> None:
        self.dismiss(identifier)

    def action_back(self) -> None:
        """Close without an action."""
        self.dismiss(None)

    def action_next(self) -> None:
        """Go to the next button."""
        self.focus_next()

    def action_previous(self) -> None:
        """Move to the previous button."""
        self.focus_previous()


class ConfirmDialog(ChoiceDialog):
    """Asks yes or no; returns ``yes`` or ``None``. ``No`` has the focus."""

    def __init__(
        self, title: str, body: str, *, yes: str = "Yes", no: str = "No", is_dangerous: bool = False
    ) -> None:
        answers = (Choice("yes", yes, "y", is_dangerous), Choice("no", no, "n"))
        super().__init__(title, body, answers)

    def _take(self, identifier: str) -> None:
        """Choose an answer; ``No`` is the same as closing."""
        self.dismiss("yes" if identifier == "yes" else None)


def confirm(
    screen: Screen[Any],
    title: str,
    body: str,
    go_on: Callable[[], object],
    yes: str,
    no: str,
    *,
    is_dangerous: bool = False,
    otherwise: Callable[[], object] = lambda: None,
) -> None:
    """Ask yes or no on a screen, and call ``go_on`` after *yes*."""

    def answered(answer: str | None) -> None:
        if answer == "yes":
            go_on()
        else:
            otherwise()

    screen.app.push_screen(ConfirmDialog(title, body, yes=yes, no=no, is_dangerous=is_dangerous), answered)
