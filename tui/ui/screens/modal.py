"""Windows over a screen, which close once however fast the keys come."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ModalScreen

ResultType = TypeVar("ResultType")


class Window(ModalScreen[ResultType], Generic[ResultType]):
    """A window over a screen.

    Textual 8.2.8 answers the second of two quick dismissals by closing the screen below, or with an
    ``InvalidStateError`` that ends the program.
    """

    _is_dismissed = False

    def dismiss(self, result: ResultType | None = None) -> AwaitComplete:
        """Close the window with its result; a second call does nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed = True
        return super().dismiss(result)


class Palette(CommandPalette):
    """The command palette, closed once for the same reason."""

    _is_dismissed = False

    def dismiss(self, result: object = None) -> AwaitComplete:
        """Close the palette; a second call does nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed = True
        return super().dismiss(result)  # type: ignore[arg-type]  # what Textual itself gives
