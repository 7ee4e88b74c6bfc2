"""Windows above a screen, which close only once, however fast keys arrive."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from textual.binding import BindingType
from textual.screen import ModalScreen, Screen

from tui.ui.bindings import bindings_of
from tui.ui.shell.base import ClosesOnce

ResultType = TypeVar("ResultType")


class Window(ModalScreen[ResultType], ClosesOnce[ResultType]):
    """A window above a screen. Its keys hide those of the screen, but not global ones."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("everywhere")

    def on_mount(self) -> None:
        """Show toasts only here: they would appear twice on the screen."""
        for screen in self.app.screen_stack:
            _show_toasts(screen, screen is self)

    def on_unmount(self) -> None:
        """Let the screen below show toasts again."""
        for screen in self.app.screen_stack[-1:]:
            _show_toasts(screen, True)


def _show_toasts(screen: Screen[Any], is_shown: bool) -> None:
    for rack in screen.query("ToastRack"):
        rack.display = is_shown
