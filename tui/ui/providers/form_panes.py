"""The panes next to the form: the help of the focused field, and the server's answer."""

from __future__ import annotations

from typing import cast

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.safe_text import safe_line, safe_text
from tui.runtime.form_control import FormControl
from tui.texts import chat, provider_list
from tui.texts import form as texts
from tui.ui.bindings import BY_IDENTIFIER
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.trial_result import TrialResult
from tui.ui.shell.key_button import KeyButton
from tui.ui.shell.offers import key_of


class QuietText(Static):
    """A text that is redrawn only if it changes: a key press must not cause a layout."""

    _shown: tuple[str, Content] | None = None

    def show(self, text: Content, title: str = "") -> None:
        """Show a text, below a title in the border."""
        if self._shown != (title, text):
            self._shown = (title, text)
            self.border_title = cast(str, Content(title))
            self.update(text)


class SidePane(VerticalScroll, can_focus=False):
    """Two boxes next to the form, if there is room."""

    def compose(self) -> ComposeResult:
        """Create the help above the server."""
        yield QuietText(id="field-help")
        with VerticalScroll(id="server", can_focus=False):
            yield QuietText(id="server-facts")
            yield TrialResult(id="side-result")

    def on_mount(self) -> None:
        """Set the title of the lower box."""
        self.query_one("#server").border_title = cast(str, Content(provider_list.SERVER))

    def show_field(self, title: str, help_text: Content) -> None:
        """Show the help of a field."""
        self.query_one("#field-help", QuietText).show(help_text, title)

    def show_server(self, facts: Content) -> None:
        """Show the server's answer."""
        self.query_one("#server-facts", QuietText).show(facts)


class FormBanner(QuietText):
    """The banner above the rows: why they are read-only, and the last message."""

    def __init__(self, form: FormControl) -> None:
        super().__init__(id="form-banner")
        self._form = form

    def show_told(self, told: str) -> None:
        """Show or clear the last message."""
        read_only = ""
        if self._form.is_view_only:
            label, key = safe_line(self._form.original.label, 60), key_of(self, "form.clone")
            read_only = texts.SITE_WIDE.format(label=label, key=key)
        text = "\n".join(filter(None, (read_only, safe_text(told))))
        self.show(Content(text))
        self.display = bool(text)


class FormButtons(Horizontal):
    """The buttons of the form, each with its key."""

    def __init__(self, form: FormControl) -> None:
        super().__init__(id="buttons")
        self._form = form

    def compose(self) -> ComposeResult:
        """Create them on one line, as on Casibase's page."""
        if self._form.is_view_only:
            yield self._button(texts.COPY, "clone")
            yield self._button(chat.CLOSE, "cancel")
            return
        yield self._button(texts.SAVE, "save")
        yield self._button(texts.SAVE_EXIT, "save_exit")
        yield self._button(chat.CANCEL, "cancel")

    def _button(self, label: str, action: str) -> KeyButton:
        button = KeyButton(label, f"screen.{action}", key_of(self, f"form.{action}"))
        button.tooltip = Content(BY_IDENTIFIER[f"form.{action}"].tooltip)
        return button


def field_help(row: FormRow, source: str = "") -> Content:
    """Return the purpose of a field and how to fill it in."""
    return Content(" ".join(filter(None, (row.field.help, source, row.how_to))))
