"""A selection from the models of a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.core.loose_search import find_loosely
from tui.core.safe_text import safe_line
from tui.texts import chat, provider_list
from tui.ui.bindings import bindings_of
from tui.ui.shell.found_list import MOST_SHOWN, FoundWindow
from tui.ui.shell.offers import key_of
from tui.ui.shell.plain_input import PlainInput


class ModelChoice(FoundWindow[str | None]):
    """Asks for one of several models; returns its name, or ``None``."""

    CSS_PATH = "model_choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("picker")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("picker",)

    def __init__(self, subject: str, models: Sequence[str]) -> None:
        """Create the window; ``subject`` is the purpose of the model."""
        super().__init__()
        self._subject = subject
        self._models = tuple(models)
        self._names = [model.casefold() for model in models]
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        """Create the search field and the models, one per row."""
        with Vertical(id="model-choice"):
            yield PlainInput(placeholder=provider_list.CHOOSE_PLACEHOLDER)
            yield Static(id="model-choice-note")
            yield OptionList()

    def on_mount(self) -> None:
        """Show all models."""
        window = self.query_one("#model-choice")
        window.border_title = Content(provider_list.CHOOSE_TITLE.format(name=safe_line(self._subject, 50)))
        window.border_subtitle = Content(chat.PICKER_KEYS.format(cancel=key_of(self, "picker.cancel")))
        self.query_one(PlainInput).focus()
        self._show()

    def on_input_changed(self) -> None:
        """Search while typing, selecting the best match."""
        self._show()

    def _show(self) -> None:
        places = find_loosely(self.query_one(PlainInput).value, self._names)
        self._shown = [self._models[place] for place in places[:MOST_SHOWN]]
        self.found.clear_options()
        self.found.add_options([Content(safe_line(model)) for model in self._shown])
        self.found.highlighted = 0 if self._shown else None
        note = self.query_one("#model-choice-note", Static)
        note.update(Content(self._note(len(places))))
        note.display = not places or len(places) > len(self._shown)

    def _note(self, count: int) -> str:
        if not count:
            return provider_list.CHOOSE_NOTHING
        return chat.PICKER_MORE.format(shown=len(self._shown), count=f"{count:,}")

    def on_option_list_option_selected(self) -> None:
        """Use the clicked model."""
        self._select()

    def on_input_submitted(self) -> None:
        """Use the selected model on Enter."""
        self._select()

    def _select(self) -> None:
        place = self.found.highlighted
        if place is not None:
            self.dismiss(self._shown[place])
