"""The box around the prompt: grows with the draft to a third of the screen, and shows its length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from tui.core.attachment import attachment_lines
from tui.core.commands import request_of
from tui.core.parts import ImagePart, Parts
from tui.texts import chat as texts
from tui.ui.chat.prompt import Prompt

if TYPE_CHECKING:
    from tui.ui.chat.command_list import CommandList

_BORDER_ROWS = 2
_SCREEN_SHARE = 3
_COUNT_SECONDS = 0.2
"""The interval between counts of a changing draft: a key press never waits for one."""
_LIST_AFTER_SECONDS = 0.5
"""The delay after startup before the list of commands is created: the first screen does not wait for it."""


class PromptBox(Container):
    """Contains a prompt."""

    class Counted(Message):
        """The draft must be counted, and may mention other files."""

    class Attached(Message):
        """The attachments of the draft have changed."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(id="prompt-box")
        self._prompt = prompt
        self._counting: Timer | None = None
        self._rows = 1
        self._commands: CommandList | None = None
        self._attached = Parts()

    def compose(self) -> ComposeResult:
        """Create the box."""
        yield self._prompt

    def on_mount(self) -> None:
        """Create the lists for a slash or ``@`` in advance."""
        self.set_timer(_LIST_AFTER_SECONDS, self._make_list)

    def _make_list(self) -> CommandList:
        if self._commands is None:
            from tui.ui.chat.command_list import CommandList

            self._commands = CommandList(lambda: self._prompt.completing, self._prompt.use_completion)
            self._commands.show()
            self.mount(self._commands, before=self._prompt)
        return self._commands

    def show_model(self, model: str) -> None:
        """Show the next model."""
        self._prompt.name_model(model)

    def on_resize(self, event: events.Resize) -> None:
        """Fit another screen."""
        self._fit()

    def on_completing_area_completions_changed(self, event: Prompt.CompletionsChanged) -> None:
        """Show or hide the list of commands or files above the box."""
        event.stop()
        self._make_list().show()

    def on_prompt_rows_changed(self, event: Prompt.RowsChanged) -> None:
        """Grow or shrink with the draft."""
        event.stop()
        self._rows = event.rows
        self._fit()

    def _fit(self) -> None:
        """Take as many rows as the draft has, at most a third of the screen."""
        most = max(1, self.screen.size.height // _SCREEN_SHARE - _BORDER_ROWS)
        height = min(max(1, self._rows), most) + _BORDER_ROWS
        styles = self.styles
        if styles.height is None or styles.height.value != height:
            styles.height = height

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Count the draft shortly."""
        if self._counting is None:
            self._counting = self.set_timer(_COUNT_SECONDS, self._count)

    def _count(self) -> None:
        self._counting = None
        self.post_message(self.Counted())

    def show_attached(self, attached: Parts) -> None:
        """Show the attachments of the draft."""
        if attached != self._attached:
            self._attached = attached
            self.post_message(self.Attached())

    @property
    def attached(self) -> Parts:
        """The attachments of the draft."""
        return self._attached

    def show_count(self, tokens: int, stretch: float) -> None:
        """Show the length of the draft; ``stretch`` is the factor used by the header."""
        prompt, files = self._prompt, self._attached
        words = draft_words(prompt, prompt.pastes.within(prompt.text), tokens)
        if any(isinstance(part, ImagePart) for part in files):
            words = texts.DRAFT_IMAGES.format(draft=words)
        lines = attachment_lines(files, stretch=stretch)
        prompt.border_subtitle = Content(" ".join(filter(None, (words, *lines))))


def draft_words(prompt: TextArea, pasted: Sequence[tuple[str, str]], tokens: int) -> str:
    """Return the length of a draft in lines and tokens; empty without one, and for a command.

    ``pasted`` are the tokens of large pastes in it, each with its paste.
    """
    lines = prompt.document.lines
    request = request_of(lines[0])
    if not any(lines) or (request is not None and request.command is not None):
        return ""
    count = len(lines) + sum(text.count("\n") for _, text in pasted)
    if count > 1:
        return texts.DRAFT_LINES.format(lines=f"{count:,}", tokens=f"{tokens:,}")
    return texts.DRAFT_SINGLE if tokens == 1 else texts.DRAFT_TOKENS.format(tokens=f"{tokens:,}")
