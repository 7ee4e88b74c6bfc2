"""The base class of all screens: runtime, keys for the help, unsaved work."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tui.ui.deck import Deck, deck_of
from tui.ui.providers.writes import ProviderWrites
from tui.ui.textual_compat.compositor import update_narrowly

if TYPE_CHECKING:
    from tui.runtime.contract import ScreenRuntime

ResultType = TypeVar("ResultType")


class ClosesOnce(Screen[ResultType]):
    """A screen that can be dismissed at any moment: only that screen is closed, and only once.

    Textual 8.2.8 closes whatever is on top of the stack, passes the result a second time to a used callback
    (``InvalidStateError``), and fails for a screen that is not laid out yet.
    """

    _is_dismissed = False
    _kept_result: tuple[ResultType | None] | None = None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        update_narrowly(self)

    def dismiss(self, result: ResultType | None = None) -> AwaitComplete:
        """Close the screen with its result, once it is laid out and on top; further calls do nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed = True
        return self._close(result)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Close now, if it was dismissed while covered by another screen."""
        if self._kept_result is not None:
            (result,), self._kept_result = self._kept_result, None
            self._close_later(result)

    def _close_later(self, result: ResultType | None) -> None:
        """Close without waiting: inside its own message handler, a screen would wait for itself."""
        self._close(result)

    def _close(self, result: ResultType | None) -> AwaitComplete:
        stack = self.app.screen_stack
        if self not in stack[1:]:
            return AwaitComplete()  # already closed, or the program is ending
        if not self.is_mounted:
            self.call_after_refresh(self._close_later, result)
        elif stack[-1] is not self:
            self._kept_result = (result,)
        else:
            return super().dismiss(result)
        return AwaitComplete()


class LmdeckScreen(ClosesOnce[ResultType]):
    """A screen that finds its runtime in the app."""

    KEY_GROUPS: ClassVar[tuple[str, ...]] = ()
    """Groups of ``tui.ui.bindings`` in the help of this screen."""

    HELP_TEXT: ClassVar[str] = ""
    """The purpose of the screen in one or two sentences."""

    @property
    def deck(self) -> Deck:
        """The app as seen by its screens."""
        return deck_of(self)

    @property
    def runtime(self) -> ScreenRuntime:
        """The runtime that was passed to the app."""
        return self.deck.runtime

    @cached_property
    def writes(self) -> ProviderWrites:
        """The changes to providers made on this screen."""
        return ProviderWrites(self, self.tell, self.end_told)

    def tell(
        self, message: str, severity: SeverityLevel = "information", timeout: float | None = None
    ) -> None:
        """Show the outcome of an action on this screen."""
        self.notify(message, severity=severity, timeout=timeout)

    def end_told(self) -> None:
        """Clear the message; a toast expires by itself."""

    def on_screen_suspend(self) -> None:
        """Remove the toasts of this screen when another is opened."""
        self.deck.end_toasts()

    def unsaved_reason(self) -> str | None:
        """Return what leaving would lose."""
        return self.writes.unsaved_reason()
