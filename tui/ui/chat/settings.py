"""The settings of one chat: how much the model should think, and the system prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from tui.core.provider import Thinking
from tui.session.target import ChatTarget
from tui.ui.bindings import bindings_of
from tui.ui.shell.modal import Window

_WORDS = {
    None: "as the provider is set",
    Thinking.OFF: "off",
    Thinking.ON: "on",
    Thinking.MINIMAL: "on, as little as possible",
    Thinking.LOW: "on, little",
    Thinking.MEDIUM: "on, some",
    Thinking.HIGH: "on, much",
}
_CHOICES: tuple[Thinking | None, ...] = (None, *Thinking)


def thinking_words(target: ChatTarget) -> str:
    """Return how much the model is asked to think."""
    own = _WORDS[target.thinking]
    if target.thinking is not None:
        return own
    provider = target.provider.thinking
    return f"{own} ({_WORDS[provider] if provider else 'nothing is asked'})"


class ChatSetup(Window[ChatTarget | None]):
    """Ends with the changed target, or ``None``. Other servers than asked may ignore the thinking."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.setup")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.setup",)
    HELP_TEXT: ClassVar[str] = (
        "Settings of this chat only: they hold from the next prompt until you leave it."
    )

    def __init__(self, target: ChatTarget) -> None:
        super().__init__()
        self._target = target

    def compose(self) -> ComposeResult:
        """Lay out the window."""
        with Vertical(classes="window"):
            yield Static(Content("Thinking"), classes="window-label")
            yield OptionList(*(Option(Content(self._words(choice))) for choice in _CHOICES), id="thinking")
            yield Static(Content("System prompt (empty: none)"), classes="window-label")
            yield TextArea(self._system_prompt(), id="system", compact=True, highlight_cursor_line=False)
            yield Static(
                Content("Ctrl+S uses them from the next prompt on, Tab goes on, Esc leaves all as it was."),
                classes="window-note",
            )

    def on_mount(self) -> None:
        """Show what holds now."""
        self.query_one(".window").border_title = "This chat"
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
        """Enter on a choice takes it."""
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
