"""The model field: any text, with a list of the server's models below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static

from tui.core.model_names import COMMON_MODELS
from tui.texts import form as texts
from tui.ui.bindings import bindings_of
from tui.ui.shell.plain_input import PlainInput
from tui.ui.shell.popup_list import PopupList

_MOST_SHOWN = 200
_WHEN_OPEN = ("suggest", "use", "close_list")


class _ModelInput(PlainInput):
    """The input, whose arrow keys move in the list while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("form.model")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("form.model",)

    @property
    def _field(self) -> ModelField:
        return next(node for node in self.ancestors if isinstance(node, ModelField))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of the list to the form while it is closed."""
        return self._field.is_open if action in _WHEN_OPEN else True

    def action_suggest(self, step: int) -> None:
        """Move in the list; beyond its ends, the form moves to the next field."""
        if not self._field.move(step):
            raise SkipAction

    def action_use(self) -> None:
        """Use the marked model; without one, behave like any field."""
        if not self._field.use_marked():
            raise SkipAction

    def action_close_list(self) -> None:
        """Close the list."""
        self._field.close()

    def action_open_list(self) -> None:
        """Open the list of all models."""
        self._field.open()

    def on_blur(self, event: events.Blur) -> None:
        """Close the list."""
        self._field.close()


class _Arrow(Static):
    """Opens the list on a click."""

    def on_click(self) -> None:
        """Open or close the list."""
        field = next(node for node in self.ancestors if isinstance(node, ModelField))
        field.input.focus()
        if not field.close():
            field.open()


class ModelField(Vertical):
    """A combo box with the models of the server, or common names until it lists any."""

    DEFAULT_CSS = """
    ModelField { height: auto; width: 1fr; }
    ModelField > Horizontal { height: auto; }
    ModelField _Arrow { width: 3; height: 1; padding: 0 1; }
    """

    class ModelsWanted(Message):
        """The list was opened, so the server's models should be requested."""

    def __init__(self, value: str, placeholder: str, *, field_id: str) -> None:
        super().__init__()
        self._value = value
        self._placeholder = placeholder
        self._field_id = field_id
        self._offered: tuple[str, ...] = COMMON_MODELS
        self._is_choosing = False
        self._is_wanted = False
        """Whether to open the list once the server has matching models."""
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        """Create the list below the input."""
        with Horizontal():
            yield _ModelInput(self._value, self._placeholder, id=self._field_id)
            yield _Arrow(Content("▾"))
        yield PopupList()

    def on_mount(self) -> None:
        """Show the source of the suggestions."""
        self._show_source()

    @property
    def hint(self) -> str:
        """The source of the suggestions in a sentence, for the help."""
        return texts.SUGGESTIONS if self._offered is COMMON_MODELS else f"{self.source}."

    def _show_source(self) -> None:
        self._list.border_title = cast(str, Content(self.source))

    @property
    def input(self) -> Input:
        """The input."""
        return cast(Input, self.query_one(_ModelInput))

    @property
    def _list(self) -> PopupList:
        return self.query_one(PopupList)

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._list.is_open

    @property
    def source(self) -> str:
        """The source of the suggestions in a few words."""
        if self._offered is COMMON_MODELS:
            return texts.COMMON_NAMES
        count = len(self._offered)
        return texts.ONE_MODEL if count == 1 else texts.MODELS.format(count=count)

    def offer(self, models: Sequence[str] | None) -> None:
        """Set the suggestions; without any, the common names."""
        self._offered = tuple(models) if models else COMMON_MODELS
        self._show_source()
        if self._is_wanted:
            self._open(self.input.value)

    def open(self) -> None:
        """Show all models."""
        self._open("")
        self.post_message(self.ModelsWanted())

    def close(self) -> bool:
        """Hide the list; return whether it was open."""
        was_open = self._list.is_open
        self._is_wanted = False
        self._list.open(False)
        return was_open

    def move(self, step: int) -> bool:
        """Move the mark; return whether that was possible."""
        return self._list.move(step)

    def use_marked(self) -> bool:
        """Use the marked model; return whether there was one."""
        if not self.is_open or self._list.highlighted is None:
            return False
        self._use(self._list.highlighted)
        return True

    def on_input_changed(self) -> None:
        """Filter the list by the typed text."""
        if self._is_choosing:
            self._is_choosing = False
        elif self.input.has_focus:
            self._open(self.input.value)
            self.post_message(self.ModelsWanted())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Use the clicked model."""
        event.stop()
        self._use(event.option_index)

    def _open(self, typed: str) -> None:
        typed = typed.strip().casefold()
        exact = any(model.casefold() == typed for model in self._offered)
        self._shown = [model for model in self._offered if exact or typed in model.casefold()][:_MOST_SHOWN]
        self._list.fill(self._shown)
        self._list.open(bool(self._shown))
        self._is_wanted = True

    def _use(self, index: int) -> None:
        model = self._shown[index]
        self._is_choosing = model != self.input.value
        self.input.value = model
        self.input.cursor_position = len(model)
        self.close()
