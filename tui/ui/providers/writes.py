"""Changes to providers that wait for other processes without blocking the keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import Worker

from tui.core.failure import LmdeckError
from tui.core.server_words import failure_text
from tui.store.lock import waiting_at_most
from tui.texts import shell as texts
from tui.ui.background import in_background
from tui.ui.deck import runtime_of
from tui.ui.offers import printed_action

Value = TypeVar("Value")


class Tell(Protocol):
    """Reports the outcome."""

    def __call__(
        self, message: str, severity: SeverityLevel = "information", timeout: float | None = None
    ) -> None:
        """Show a message, as a toast or in a screen's own place."""


_PAUSE_SECONDS = 0.1
_IN_USE = "store-locked"


class ProviderWrites:
    """The changes of one screen: in a thread, at once if possible, else when the other process is done.

    Keys typed after the one that started a change wait for the thread; those typed while another process
    holds the file do not.
    """

    def __init__(self, screen: Screen[Any], tell: Tell, end_told: Callable[[], object]) -> None:
        """Create an instance; ``tell`` shows the outcome, ``end_told`` clears it."""
        self._screen = screen
        self._tell = tell
        self._end_told = end_told
        self._waiting: Worker[None] | None = None
        self._gives_up = False

    @property
    def is_waiting(self) -> bool:
        """Whether a change waits for another process."""
        return self._waiting is not None and not self._waiting.is_finished

    def write(self, change: Callable[[], Value], afterwards: Callable[[Value], object]) -> None:
        """Make a change, then call ``afterwards``; if it is refused, show the reason."""
        self._screen.call_next(self._make, change, afterwards)

    async def _make(self, change: Callable[[], Value], afterwards: Callable[[Value], object]) -> None:
        if self.is_waiting:
            self._tell(texts.STILL_WAITING.format(key=self._cancel_key), "warning")
            return
        known = self._notices
        made = await asyncio.to_thread(_made, change)
        holder = _holder(made)
        if holder is None:
            self._settle(made, afterwards, known)
            return
        waits = texts.CHANGE_WAITS.format(title=holder, key=self._cancel_key)
        self._tell(waits, "warning", timeout=10)
        self._gives_up = False
        self._waiting = in_background(self._screen, self._wait, change, afterwards, group="write")
        self._screen.refresh_bindings()

    @property
    def _cancel_key(self) -> str:
        """Return the key that cancels a waiting change: the one for going back."""
        names = ("cancel", "close", "back")
        return next(filter(None, (printed_action(self._screen, name) for name in names)), "")

    def give_up(self) -> bool:
        """Cancel the waiting change; return whether there was one."""
        self._gives_up = self.is_waiting
        return self._gives_up

    def unsaved_reason(self) -> str | None:
        """Return what would be lost by quitting now."""
        return texts.LOSS_CHANGE if self.is_waiting else None

    async def _wait(self, change: Callable[[], Value], afterwards: Callable[[Value], object]) -> None:
        """Retry until the change is made or cancelled; a started attempt always finishes."""
        known = self._notices
        while _holder(made := await asyncio.to_thread(_made, change)) is not None and not self._gives_up:
            await asyncio.sleep(_PAUSE_SECONDS)
        self._waiting = None
        self._end_told()
        if _holder(made) is None:
            self._settle(made, afterwards, known)
        else:
            self._tell(texts.CHANGE_CANCELLED)
        if self._screen.is_mounted:
            self._screen.refresh_bindings()

    @property
    def _notices(self) -> Sequence[str]:
        return runtime_of(self._screen).directory.notices

    def _settle(
        self, made: Value | LmdeckError, afterwards: Callable[[Value], object], known: Sequence[str]
    ) -> None:
        """Call ``afterwards`` after a change, or show why it was refused."""
        if isinstance(made, LmdeckError):
            self._tell(failure_text(made.failure), "error", timeout=8)
            return
        afterwards(made)
        for notice in self._notices:
            if notice not in known:  # such as a file that this change has set aside
                self._tell(notice, "warning", timeout=10)


def _holder(made: object) -> str | None:
    """Return who holds the file, in words; ``None`` if the change is settled."""
    if isinstance(made, LmdeckError) and made.failure.cause == _IN_USE:
        return made.failure.title
    return None


def _made(change: Callable[[], Value]) -> Value | LmdeckError:
    """Make a change without waiting for others; return the outcome."""
    with waiting_at_most(0):
        try:
            return change()
        except LmdeckError as error:
            return error
