"""Everything about one check of a diagnosis, in a small window: request, answer, events, causes."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.diagnosis import CheckResult
from tui.core.report_text import LABELS
from tui.ui.bindings import bindings_of
from tui.ui.deck import runtime_of
from tui.ui.diagnosis.check_list import is_ascii
from tui.ui.diagnosis.view import details_content
from tui.ui.shell.modal import Window


class CheckDetailsScreen(Window[None]):
    """Shows what one check saw, every known key masked."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnosis.details")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("diagnosis.details",)
    HELP_TEXT: ClassVar[str] = "What one check sent and saw. Keys are masked."

    def __init__(self, result: CheckResult) -> None:
        super().__init__()
        self._result = result

    def compose(self) -> ComposeResult:
        """Show the details in a window that scrolls."""
        with VerticalScroll(id="details"):
            yield Static(self._content())
            yield Static(Content("Esc closes."), id="details-note")

    def on_mount(self) -> None:
        """Name the window."""
        self.query_one("#details").border_title = cast(str, Content(LABELS[self._result.id]))

    def _content(self) -> Content:
        content = details_content(self._result, is_ascii=is_ascii(self.app.console.encoding))
        # the probe has redacted everything; this is the second wall
        redacted = runtime_of(self).redactor.redact(content.plain)
        return content if redacted == content.plain else Content(redacted)

    def action_close(self) -> None:
        """Go back to the checks."""
        self.dismiss()
