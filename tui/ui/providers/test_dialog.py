"""One test of one provider, and what comes back, in a small window: a chat, or two texts for vectors."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.embedding import SECOND_TEXT
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.runtime.form_control import send_test
from tui.ui.background import in_background
from tui.ui.deck import runtime_of
from tui.ui.providers.trial_result import result_of, result_of_failure
from tui.ui.shell.modal import Window


class ProviderTestScreen(Window[None]):
    """Tests a saved provider by the path that a chat takes. Esc stops and closes."""

    CSS_PATH = "test_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", tooltip="Stop the test and close this window"),
        Binding("t,f5", "again", "Again", tooltip="Send the line once more"),
    ]
    HELP_TEXT: ClassVar[str] = (
        "The answer to the provider's test prompt, or what is wrong and what to do. "
        "An embedding provider gets two texts: count, size and norm of their vectors are shown."
    )

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self._provider = provider

    def compose(self) -> ComposeResult:
        """Show the prompt and, below it, the result."""
        with VerticalScroll(id="trial"):
            yield Static(Content.styled(self._sent(), "dim"))
            yield Static(id="trial-result")
            yield Static(Content("t sends it again · Esc closes"), id="trial-note")

    def _sent(self) -> str:
        lines = [self._provider.test_text]
        if self._provider.is_embedding:
            lines.append(SECOND_TEXT)
        return "\n".join(f"› {safe_line(line)}" for line in lines)

    def on_mount(self) -> None:
        """Send at once."""
        title = Content(f"Test of {safe_line(self._provider.label, 50)}")
        self.query_one("#trial").border_title = cast(str, title)
        self.action_again()

    def action_again(self) -> None:
        """Send the line; a running test is dropped."""
        model = safe_line(self._provider.model, 60)
        self._show(Content(f"… asking {model}. Esc stops."))
        in_background(self, self._test, group="trial", exclusive=True)

    async def _test(self) -> None:
        try:
            found = await send_test(runtime_of(self), self._provider, None, self._show_progress)
        except LmdeckError as error:
            self._show(result_of_failure(error.failure))
        else:
            self._show(result_of(found, self._provider.price))

    def _show_progress(self, text: str) -> None:
        self._show(Content(f"… {safe_line(text)} Esc stops."))

    def _show(self, content: Content) -> None:
        self.query_one("#trial-result", Static).update(content)
