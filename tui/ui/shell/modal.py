"""Windows over a screen, which close once however fast the keys come."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.screen import ModalScreen

from tui.ui.bindings import bindings_of
from tui.ui.shell.base import ClosesOnce

ResultType = TypeVar("ResultType")


class Window(ModalScreen[ResultType], ClosesOnce[ResultType]):
    """A window over a screen. Its keys hide those of the screen, not those of the program."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("everywhere")
