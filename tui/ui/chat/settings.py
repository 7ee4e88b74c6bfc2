"""The settings of one chat: how much the model should think, and the system prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from tui.core.provider import Thinking
from tui.session.target import ChatTarget
from tui.texts import chat as texts
from tui.ui.bindings import bindings_of
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of
from tui.ui.shell.readline import ReadlineArea

_CHOICES: tuple[Thinking | None, ...] = (None, *Thinking)


def thinking_words(target: ChatTarget) -> str:
    """Return how much the model is asked to think."""
    if target.thinking is not None:
        return _level(target.thinking)
    provider = target.provider.thinking
    if provider is None:
        return texts.THINKING_DEFAULT
    return texts.THINKING_DEFAULT_IS.format(level=_level(provider))


def _level(thinking: Thinking) -> str:
    return texts.THINKING_LEVELS[list(Thinking).index(thinking)]


class ChatSetup(Window[ChatTarget | None]):
    """Ends with the changed target, or ``None``. Other servers than asked may ignore the thinking."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.setup")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.setup",)
    HELP_TEXT: ClassVar[str] = texts.SETTINGS_HELP

    def __init__(self, target: ChatTarget) -> None:
        super().__init__()
        self._target = target

    def compose(self) -> ComposeResult:
        """Lay out the window."""
        with Vertical(classes="window"):
            yield Static(Content(texts.THINKING), classes="window-label")
            yield OptionList(*(Option(Content(self._words(choice))) for choice in _CHOICES), id="thinking")
            yield Static(Content(texts.SYSTEM_PROMPT), classes="window-label")
            yield ReadlineArea(self._system_prompt(), id="system", compact=True, highlight_cursor_line=False)
            with Horizontal(id="settings-buttons"):
                yield Button(Content(texts.SAVE), id="save", compact=True)
                yield Button(Content(texts.CANCEL), id="cancel", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button does what its key does."""
        if event.button.id == "save":
            self.action_apply()
        else:
            self.action_cancel()

    def on_mount(self) -> None:
        """Show what holds now."""
        window = self.query_one(".window")
        window.border_title = Content(texts.SETTINGS)
        window.border_subtitle = Content(
            texts.SETTINGS_KEYS.format(save=key_of(self, "setup.apply"), cancel=key_of(self, "setup.cancel"))
        )
        self.query_one(TextArea).cursor_blink = False
        options = self.query_one(OptionList)
        options.highlighted = _CHOICES.index(self._target.thinking)
        options.focus()

    def _words(self, choice: Thinking | None) -> str:
        return thinking_words(replace(self._target, thinking=choice))

    def _system_prompt(self) -> str:
        own = self._target.system_prompt
        return self._target.provider.system_prompt if own is None else own

    def on_option_list_option_selected(self) -> None:
        """Enter on a choice saves it."""
        self.action_apply()

    def action_apply(self) -> None:
        """Use what is chosen."""
        chosen = self.query_one(OptionList).highlighted or 0
        text = self.query_one(TextArea).text
        system = self._target.system_prompt if text == self._system_prompt() else text
        self.dismiss(replace(self._target, thinking=_CHOICES[chosen], system_prompt=system))

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
