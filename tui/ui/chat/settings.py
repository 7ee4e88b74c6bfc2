"""The settings of one chat: thinking, system prompt, and request parameters.

A field without its own value shows the provider's value dimmed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Label, Static, TextArea

from tui.core.chat_settings import (
    INHERITED,
    LABELS,
    PARAMETERS,
    SettingError,
    provider_value,
    read_parameters,
    shown_parameter,
)
from tui.core.provider import Thinking
from tui.core.safe_text import safe_line
from tui.session.target import ChatTarget
from tui.texts import chat as texts
from tui.texts import chat_settings as setting_texts
from tui.ui.bindings import bindings_of
from tui.ui.shell.choice_field import ChoiceField
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of
from tui.ui.shell.plain_input import PlainInput
from tui.ui.shell.readline import ReadlineArea

_LEVELS = (INHERITED, *Thinking)
_LONG = "json_schema"
_MOST_SHOWN = 40


def thinking_words(target: ChatTarget) -> str:
    """Return the reasoning effort as text."""
    if target.thinking is not None:
        return _level(target.thinking)
    provider = target.provider.thinking
    if provider is None:
        return texts.THINKING_DEFAULT
    return texts.THINKING_DEFAULT_IS.format(level=_level(provider))


def _level(thinking: Thinking) -> str:
    return texts.THINKING_LEVELS[list(Thinking).index(thinking)]


class ChatSetup(Window[ChatTarget | None]):
    """Returns the changed target, or ``None``."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat.setup")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat.setup",)
    HELP_TEXT: ClassVar[str] = texts.SETTINGS_HELP

    def __init__(self, target: ChatTarget) -> None:
        super().__init__()
        self._target = target

    def compose(self) -> ComposeResult:
        """Create the window."""
        chosen = INHERITED if self._target.thinking is None else self._target.thinking
        with Vertical(classes="window"):
            with VerticalScroll(id="settings-fields", can_focus=False):
                yield from self._row(
                    "thinking", ChoiceField(_LEVELS, chosen, label_of=self._words, id="thinking")
                )
                yield Static(id="system-label", classes="window-label")
                yield self._area(self._system_prompt(), "system")
                for name in PARAMETERS:
                    if name != _LONG:
                        yield from self._row(name, PlainInput(self._text(name), self._hint(name), id=name))
                yield from self._row(_LONG, self._area(self._text(_LONG), _LONG, self._hint(_LONG)))
            yield Static(Content(setting_texts.HELP_LINE), id="settings-note")
            with Horizontal(id="settings-buttons"):
                yield Button(Content(texts.SAVE), id="save", compact=True)
                yield Button(Content(texts.CANCEL), id="cancel", compact=True)

    def _row(self, name: str, editor: Widget) -> ComposeResult:
        with Horizontal(classes="setting"):
            yield Label(Content(LABELS[name]), classes="window-label")
            yield editor

    def _area(self, text: str, identity: str, placeholder: str = "") -> ReadlineArea:
        area = ReadlineArea(
            text,
            id=identity,
            compact=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=Content(placeholder),
        )
        area.cursor_blink = False
        return area

    def _text(self, name: str) -> str:
        """Return the chat's own value."""
        own = self._target.parameters
        return shown_parameter(own[name]) if name in own else ""

    def _hint(self, name: str) -> str:
        """Return the value of an empty field, or its purpose."""
        value = provider_value(self._target.provider, name)
        if value is not None:
            shown = safe_line(shown_parameter(value), _MOST_SHOWN)
            return setting_texts.FROM_PROVIDER.format(value=shown)
        hint = setting_texts.HINTS.get(name)
        return " · ".join(filter(None, (setting_texts.FROM_SERVER if name != _LONG else "", hint)))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Run the action of the button's key."""
        if event.button.id == "save":
            self.action_apply()
        else:
            self.action_cancel()

    def on_mount(self) -> None:
        """Show the current values."""
        window = self.query_one(".window")
        window.border_title = Content(texts.SETTINGS)
        window.border_subtitle = Content(
            texts.SETTINGS_KEYS.format(save=key_of(self, "setup.apply"), cancel=key_of(self, "setup.cancel"))
        )
        self._mark_system_prompt()
        self.query_one("#thinking").focus()

    @on(TextArea.Changed, "#system")
    def _mark_system_prompt(self) -> None:
        """Show whether the system prompt is the provider's, which is dimmed."""
        area = self.query_one("#system", TextArea)
        own, provider = self._target.system_prompt, self._target.provider.system_prompt
        is_inherited = own is None and bool(provider) and area.text == provider
        label = texts.SYSTEM_PROMPT if area.text.strip() else texts.SYSTEM_PROMPT_NONE
        label = texts.SYSTEM_PROMPT_INHERITED if is_inherited else label
        self.query_one("#system-label", Static).update(Content(label))
        area.set_class(is_inherited, "-inherited")

    def _words(self, choice: str) -> str:
        thinking = None if choice == INHERITED else Thinking(choice)
        return thinking_words(replace(self._target, thinking=thinking))

    def _system_prompt(self) -> str:
        own = self._target.system_prompt
        return self._target.provider.system_prompt if own is None else own

    def on_input_submitted(self) -> None:
        """Save on Enter in a single-line field."""
        self.action_apply()

    def action_apply(self) -> None:
        """Save the settings, or show what is wrong with them."""
        chosen = self.query_one("#thinking", ChoiceField).value
        try:
            parameters = read_parameters(self._typed())
        except SettingError as problem:
            self._show_problem(problem)
            return
        text = self.query_one("#system", TextArea).text
        system = self._target.system_prompt if text == self._system_prompt() else text
        thinking = None if chosen == INHERITED else Thinking(chosen)
        self.dismiss(replace(self._target, thinking=thinking, system_prompt=system, parameters=parameters))

    def _typed(self) -> dict[str, str]:
        typed = {name: self.query_one(f"#{name}", PlainInput).value for name in PARAMETERS if name != _LONG}
        return {**typed, _LONG: self.query_one(f"#{_LONG}", TextArea).text}

    def _show_problem(self, problem: SettingError) -> None:
        note = self.query_one("#settings-note", Static)
        note.update(Content.styled(f"✗ {safe_line(str(problem))}", "$text-error"))
        self.query_one(f"#{problem.name}").focus()

    def action_cancel(self) -> None:
        """Close without a change."""
        self.dismiss(None)
