"""Windows over a screen, which close once however fast the keys come."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.screen import ModalScreen
from textual.worker import Worker

ResultType = TypeVar("ResultType")


class Window(ModalScreen[ResultType], Generic[ResultType]):
    """A window over a screen.

    Textual 8.2.8 answers the second of two quick dismissals by closing the screen below, or with an
    ``InvalidStateError`` that ends the program.
    """

    _is_dismissed = False

    def dismiss(self, result: ResultType | None = None) -> AwaitComplete:
        """Close the window with its result, once it is laid out; a second call does nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed = True
        if not self.is_mounted:
            self.call_after_refresh(super().dismiss, result)
            return AwaitComplete()
        return super().dismiss(result)


class Palette(CommandPalette):
    """The command palette, closed once for the same reason."""

    _is_dismissed = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let keys pass only while the list of commands is there: every action looks for it."""
        if self._is_dismissed or not self.query(CommandList):
            return False
        return super().check_action(action, parameters)

    def run_worker(self, *arguments: Any, **options: Any) -> Worker[Any]:
        """Start the search, which must not end the program.

        In Textual 8.2.8 it looks for its list even when the palette was closed at once.
        """
        return super().run_worker(*arguments, **{**options, "exit_on_error": False})

    def dismiss(self, result: object = None) -> AwaitComplete:
        """Close the palette; a second call does nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed = True
        return super().dismiss(result)  # type: ignore[arg-type]  # what Textual itself gives
