"""The field of the model's name: any text, with what the endpoint offers in a list below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.core.model_names import COMMON_MODELS
from tui.core.safe_text import safe_line
from tui.ui.bindings import bindings_of
from tui.ui.shell.plain_input import PlainInput

_MOST_SHOWN = 200


class _ModelInput(PlainInput):
    """The input: its arrows move in the list while that is open."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form.model")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form.model",)

    @property
    def _field(self) -> ModelField:
        return cast(ModelField, self.parent)

    def action_suggest(self, step: int) -> None:
        """Move in the list; beyond its ends the form goes on to the next field."""
        if not self._field.move(step):
            raise SkipAction

    def action_take(self) -> None:
        """Take the marked model; without one, go on as in any field."""
        if not self._field.take():
            raise SkipAction

    def action_close_list(self) -> None:
        """Close the list, or leave Esc to the form."""
        if not self._field.close():
            raise SkipAction

    def on_focus(self, event: events.Focus) -> None:
        """Open the list and ask for what is offered right now."""
        self._field.open()

    def on_blur(self, event: events.Blur) -> None:
        """Close the list."""
        self._field.close()


class _Suggestions(OptionList, can_focus=False):
    """The list; the focus stays in the input."""


class ModelField(Vertical):
    """A combo box: the models of the endpoint, or, to what is typed, common names while it lists none."""

    DEFAULT_CSS = """
    ModelField { height: auto; width: 1fr; }
    ModelField #model-source { padding: 0 1; color: $text-muted; background: $surface; }
    ModelField _Suggestions {
        height: auto; max-height: 6; border: none; padding: 0; background: $surface;
        scrollbar-size-vertical: 1;
    }
    ModelField _Suggestions > .option-list--option { padding: 0 1; }
    ModelField _Suggestions > .option-list--option-highlighted {
        background: $block-cursor-background; color: $block-cursor-foreground;
    }
    """

    class ModelsWanted(Message):
        """The list was opened: whoever knows the endpoint may ask it."""

    def __init__(self, value: str, placeholder: str, *, field_id: str) -> None:
        super().__init__()
        self._value = value
        self._placeholder = placeholder
        self._field_id = field_id
        self._offered: tuple[str, ...] = COMMON_MODELS
        self._is_choosing = False
        self._is_typed = False

    def compose(self) -> ComposeResult:
        """Lay the list below the input."""
        yield _ModelInput(self._value, self._placeholder, id=self._field_id)
        yield Static(id="model-source")
        yield _Suggestions()

    def on_mount(self) -> None:
        """Begin closed."""
        self._show(False)
        self.say("Type for common names; a valid URL lists the endpoint's own models.")

    @property
    def input(self) -> Input:
        """The input."""
        return self.query_one(_ModelInput)

    @property
    def _list(self) -> OptionList:
        return self.query_one(_Suggestions)

    def say(self, text: str) -> None:
        """Say where the suggestions come from."""
        self.query_one("#model-source", Static).update(Content(safe_line(text)))

    def offer(self, models: Sequence[str] | None) -> None:
        """Suggest these models; ``None`` goes back to the common names."""
        self._offered = tuple(models) if models else COMMON_MODELS
        self._fill()
        if self.query_one("#model-source").display:
            self._show(True)

    def open(self) -> None:
        """Show the list, where there is more than guesses: through those nobody should have to move."""
        self._is_typed = False
        self._fill()
        self._show(True)
        self.post_message(self.ModelsWanted())

    def close(self) -> bool:
        """Hide the list; return whether it was open."""
        was_open = self._list.display
        self._show(False)
        return was_open

    def move(self, step: int) -> bool:
        """Mark the next model; return whether there was one in that direction."""
        options = self._list
        if not options.display or not options.option_count:
            return False
        position = (-1 if options.highlighted is None else options.highlighted) + step
        if not 0 <= position < options.option_count:
            options.highlighted = None
            return False
        options.highlighted = position
        return True

    def take(self) -> bool:
        """Put the marked model into the input; return whether one was marked."""
        options = self._list
        if not options.display or options.highlighted is None:
            return False
        self._take(options.highlighted)
        return True

    def on_input_changed(self) -> None:
        """Narrow the list to what contains the typed text."""
        if self._is_choosing:
            self._is_choosing = False
        elif self.input.has_focus:
            self._is_typed = True
            self._fill()
            self._show(True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the clicked model."""
        event.stop()
        self._take(event.option_index)

    def _matching(self) -> list[str]:
        typed = self.input.value.strip().casefold()
        exact = any(model.casefold() == typed for model in self._offered)
        found = [model for model in self._offered if exact or typed in model.casefold()]
        return found[:_MOST_SHOWN]

    def _take(self, index: int) -> None:
        model = self._matching()[index]
        self._is_choosing = model != self.input.value
        self.input.value = model
        self.input.cursor_position = len(model)
        self._show(False)

    def _fill(self) -> None:
        self._list.clear_options()
        self._list.add_options(Option(Content(safe_line(model))) for model in self._matching())
        self._list.highlighted = None

    def _show(self, is_open: bool) -> None:
        has_reason = self._is_typed or self._offered is not COMMON_MODELS
        self._list.display = is_open and has_reason and bool(self._list.option_count)
        self.query_one("#model-source").display = is_open
