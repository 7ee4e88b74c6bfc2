"""Changes of the providers that wait for other processes while the keys go on working."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from textual.screen import Screen
from textual.worker import Worker

from tui.core.failure import LmdeckError
from tui.core.server_words import failure_text
from tui.store.lock import waiting_at_most
from tui.texts import shell as texts
from tui.ui.background import in_background
from tui.ui.deck import runtime_of

Value = TypeVar("Value")

_PAUSE_SECONDS = 0.1
_IN_USE = "store-locked"


class ProviderWrites:
    """What one screen changes: in a thread, at once where that can be, else when the other process is done.

    The keys behind the one that asked for it wait for the thread; those typed while another process has the
    file do not.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self._waiting: Worker[None] | None = None
        self._gives_up = False

    @property
    def is_waiting(self) -> bool:
        """Whether a change waits for another process."""
        return self._waiting is not None and not self._waiting.is_finished

    def write(self, change: Callable[[], Value], afterwards: Callable[[Value], object]) -> None:
        """Make a change, then do what follows from it; a refusal is shown, and nothing follows."""
        self._screen.call_next(self._make, change, afterwards)

    async def _make(self, change: Callable[[], Value], afterwards: Callable[[Value], object]) -> None:
        if self.is_waiting:
            text = texts.STILL_WAITING
            self._screen.notify(text, severity="warning")
            return
        known = self._notices
        refusal = self._follow(await asyncio.to_thread(_made, change), afterwards, known)
        if refusal is not None:
            text = texts.CHANGE_WAITS.format(title=refusal.failure.title)
            self._screen.notify(text, severity="warning", timeout=10)
            self._gives_up = False
            self._waiting = in_background(self._screen, self._wait, change, afterwards, group="write")
            self._screen.refresh_bindings()

    def give_up(self) -> bool:
        """Give up the change that waits; return whether there was one."""
        self._gives_up = self.is_waiting
        return self._gives_up

    def unsaved_reason(self) -> str | None:
        """Return what would be lost by quitting now."""
        return texts.LOSS_CHANGE if self.is_waiting else None

    async def _wait(self, change: Callable[[], Value], afterwards: Callable[[Value], object]) -> None:
        """Try again and again until it is made or given up: a try that has begun comes to its end."""

        def follow(value: Value) -> None:
            self._end_of_waiting()
            afterwards(value)

        known = self._notices
        while self._follow(await asyncio.to_thread(_made, change), follow, known) is not None:
            if self._gives_up:
                self._screen.notify(texts.CHANGE_CANCELLED)
                break
            await asyncio.sleep(_PAUSE_SECONDS)
        self._end_of_waiting()

    @property
    def _notices(self) -> Sequence[str]:
        return runtime_of(self._screen).directory.notices

    def _end_of_waiting(self) -> None:
        self._waiting = None
        if self._screen.is_mounted:
            self._screen.refresh_bindings()

    def _follow(
        self, made: Value | LmdeckError, afterwards: Callable[[Value], object], known: Sequence[str]
    ) -> LmdeckError | None:
        """Return the refusal of another process that has the file; ``None`` where the change is settled."""
        if isinstance(made, LmdeckError):
            if made.failure.cause == _IN_USE:
                return made
            self._screen.notify(failure_text(made.failure), severity="error", timeout=8)
            return None
        afterwards(made)
        for notice in self._notices:
            if notice not in known:  # such as a file that was kept aside for this change
                self._screen.notify(notice, severity="warning", timeout=10)
        return None


def _made(change: Callable[[], Value]) -> Value | LmdeckError:
    """Make a change without waiting for anybody; return what came of it."""
    with waiting_at_most(0):
        try:
            return change()
        except LmdeckError as error:
            return error
