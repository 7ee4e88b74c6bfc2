"""The window with the evidence for one cell of the ability matrix."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.texts import ability_matrix as texts
from tui.ui.bindings import bindings_of
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of


class EvidenceWindow(Window[None]):
    """Shows the evidence for one cell."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("abilities.evidence")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("abilities.evidence",)
    HELP_TEXT: ClassVar[str] = texts.EVIDENCE_HELP

    def __init__(self, title: str, evidence: Content) -> None:
        super().__init__()
        self._title, self._evidence = title, evidence

    def compose(self) -> ComposeResult:
        """Create the window."""
        with Vertical(id="evidence"):
            yield Static(self._evidence)

    def on_mount(self) -> None:
        """Set the title and the key that closes the window."""
        window = self.query_one("#evidence")
        window.border_title = cast(str, Content(self._title))
        close = texts.CLOSE.format(close=key_of(self, "abilities_evidence.close"))
        window.border_subtitle = cast(str, Content(close))

    def action_close(self) -> None:
        """Return to the table."""
        self.dismiss()
