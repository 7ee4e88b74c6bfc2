"""The window with what toasts have said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Static

from tui.texts import notices as texts
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.copying import copy_text
from tui.ui.deck import deck_of
from tui.ui.notices import Notice
from tui.ui.shell.modal import Window
from tui.ui.shell.offers import key_of

_MARKS: dict[SeverityLevel, tuple[str, str]] = {
    "information": (" ", ""),
    "warning": ("⚠", "$text-warning"),
    "error": ("✗", "$text-error"),
}


class NoticeList(VerticalScroll, inherit_bindings=False):
    """The notices below each other; it scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("notices.text")

    def __init__(self, notices: Sequence[Notice]) -> None:
        super().__init__()
        self._notices = notices

    def compose(self) -> ComposeResult:
        """Lay out a row for each."""
        if not self._notices:
            yield Static(Content.styled(texts.NONE, "dim"))
        for notice in self._notices:
            mark, style = _MARKS[notice.severity]
            with Horizontal(classes="notice"):
                yield Static(
                    Content.assemble(f"{notice.time} ", (mark, style) if style else mark),
                    classes="notice-time",
                )
                yield Static(Content(notice.message), classes="notice-text")


class NoticesWindow(Window[None]):
    """Shows the notices of this session."""

    CSS_PATH = "notices.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("notices")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("notices", "notices.text")
    HELP_TEXT: ClassVar[str] = texts.HELP

    @cached_property
    def _notices(self) -> tuple[Notice, ...]:
        return deck_of(self).notices.newest_first

    def compose(self) -> ComposeResult:
        """Lay out the window."""
        with Vertical(id="notices-window"):
            yield NoticeList(self._notices)

    def on_mount(self) -> None:
        """Name the window and its keys."""
        window = self.query_one("#notices-window")
        window.border_title = cast(str, Content(texts.TITLE))
        keys = {name: key_of(self, f"notices.{name}") for name in ("copy", "close")}
        window.border_subtitle = cast(str, Content(texts.KEYS.format(**keys)))
        self.query_one(NoticeList).focus()

    def action_copy_notices(self) -> None:
        """Copy them all as text."""
        lines = (
            texts.LINE.format(time=notice.time, mark=_MARKS[notice.severity][0], message=notice.message)
            for notice in self._notices
        )
        in_background(self, copy_text, self, "\n".join(lines), texts.TITLE, group="copy")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
