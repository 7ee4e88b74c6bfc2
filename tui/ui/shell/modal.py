"""Windows over a screen, which close only once, however fast keys arrive."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from textual.binding import BindingType
from textual.screen import ModalScreen, Screen

from tui.ui.bindings import bindings_of
from tui.ui.shell.base import ClosesOnce

ResultType = TypeVar("ResultType")


class Window(ModalScreen[ResultType], ClosesOnce[ResultType]):
    """A window over a screen. Its keys hide those of the screen, not those of the program."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("everywhere")

    def on_mount(self) -> None:
        """Take over messages: they would appear twice on the screen."""
        for screen in self.app.screen_stack:
            _show_toasts(screen, screen is self)

    def on_unmount(self) -> None:
        """Give it back to the screen below."""
        for screen in self.app.screen_stack[-1:]:
            _show_toasts(screen, True)


def _show_toasts(screen: Screen[Any], is_shown: bool) -> None:
    for rack in screen.query("ToastRack"):
        rack.display = is_shown
