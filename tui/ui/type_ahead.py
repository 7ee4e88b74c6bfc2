"""Queues keys that are typed faster than screens open: each waits until the previous one is handled.

Textual sends a key to the widget that has the focus when it is read. Keys typed right after the one that
opens a screen would run commands of the previous screen, or be lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.dom import DOMNode
from textual.widgets import Input, TextArea

from tui.ui.textual_compat.bursts import Burst

if TYPE_CHECKING:
    from textual.app import App

_LONGEST_HANDLING_SECONDS = 0.5
"""A handler that takes longer does not delay other keys: one of them may be meant to stop it."""
_LONGEST_OPENING_SECONDS = 1.0
"""The longest wait for the first screen: another one may have covered it at once."""
_MOST_ROUNDS = 6
"""Until focus and screen are stable; more only if keys keep changing them."""

Typed = events.Key | events.Paste


class TypeAhead:
    """Holds back keys and pastes of one app while an earlier one is being handled."""

    def __init__(self, app: App[Any], dispatch: Callable[[Typed], Awaitable[None]]) -> None:
        """Create a queue.

        Args:
            dispatch: passes a key to the focus; only awaited in the app's own task.
        """
        self._app = app
        self._dispatch = dispatch
        self._held: deque[Typed] = deque()
        self._settling: asyncio.Task[None] | None = None
        self._is_open = False

    def open(self) -> None:
        """Begin to dispatch keys: the first screen exists, and earlier keys belong to it."""
        if self._is_open:
            return
        self._is_open = True
        self._settling = asyncio.create_task(self._settle(), name="type-ahead")

    async def take(self, event: Typed) -> None:
        """Dispatch a key, or hold it until earlier ones are handled."""
        if self._settling is not None or not self._is_open:
            self._held.append(event)
            if not self._is_open and len(self._held) == 1:
                self._app.set_timer(_LONGEST_OPENING_SECONDS, self.open)
            return
        if isinstance(event, Burst) and not getattr(self._app.focused, "takes_bursts", False):
            self._held.extendleft(reversed(event.keys))
            await self._go_on()
            return
        is_text = _is_text(event, self._app.focused)
        await self._dispatch(event)
        if not is_text:
            self._settling = asyncio.create_task(self._settle(), name="type-ahead")

    def close(self) -> None:
        """Discard unhandled keys when the program ends."""
        self._held.clear()
        if self._settling is not None:
            self._settling.cancel()

    async def _settle(self) -> None:
        before: DOMNode | None = None
        for _ in range(_MOST_ROUNDS):
            await self._round()
            now = self._target()
            if now is before:
                break
            before = now
        self._app.call_later(self._end_settling)

    async def _round(self) -> None:
        """Wait until everything that a key passes through has handled its messages."""
        node = self._target()
        while node is not None:
            done = asyncio.Event()
            if node.call_later(done.set):
                try:
                    await asyncio.wait_for(done.wait(), _LONGEST_HANDLING_SECONDS)
                except TimeoutError:
                    return
            node = node.parent

    def _target(self) -> DOMNode | None:
        """Return the target of the next key: the focus, or else the screen."""
        screen = next(reversed(self._app.screen_stack), None)
        return None if screen is None else screen.focused or screen

    async def _end_settling(self) -> None:
        self._settling = None
        await self._go_on()

    async def _go_on(self) -> None:
        while self._held and self._settling is None:
            await self.take(self._held.popleft())


def _is_text(event: Typed, focused: object) -> bool:
    """Return whether a key only types text at its target, and cannot open anything."""
    if not isinstance(focused, Input | TextArea):
        return False
    return isinstance(event, events.Paste) or event.is_printable
