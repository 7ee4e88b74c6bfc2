"""Which of the models that a server offers is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.core.safe_text import safe_line
from tui.texts import provider_list as texts
from tui.texts.chat import PICKER_KEYS
from tui.ui.bindings import bindings_of
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of


class ModelChoice(Window[str | None]):
    """Asks for one of several models; ends with its name, or ``None``."""

    CSS_PATH = "model_choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("models")

    def __init__(self, subject: str, models: Sequence[str]) -> None:
        """``subject`` is what the model is for."""
        super().__init__()
        self._subject = subject
        self._models = tuple(models)

    def compose(self) -> ComposeResult:
        """Lay out the models, one a line."""
        with Vertical(id="model-choice"):
            yield OptionList(*(Content(safe_line(model)) for model in self._models))
            yield Static(
                Content(PICKER_KEYS.format(cancel=key_of(self, "models.cancel"))), id="model-choice-hint"
            )

    def on_mount(self) -> None:
        """Put the focus on the models."""
        title = Content(texts.CHOOSE_TITLE.format(name=safe_line(self._subject, 50)))
        self.query_one("#model-choice").border_title = cast(str, title)
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """End with the model."""
        self.dismiss(self._models[event.option_index])

    def action_cancel(self) -> None:
        """End without one."""
        self.dismiss(None)
