"""Windows over a screen, which close once however fast the keys come."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

from tui.ui.shell.base import ClosesOnce

ResultType = TypeVar("ResultType")


class Window(ModalScreen[ResultType], ClosesOnce[ResultType]):
    """A window over a screen."""
