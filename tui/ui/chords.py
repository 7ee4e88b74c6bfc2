"""Chords of two keys: ``ctrl+x>ctrl+e`` in the table is Ctrl+X, then Ctrl+E."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from textual import events

from tui.ui.bindings import CHORD

if TYPE_CHECKING:
    from textual.app import App

Typed = events.Key | events.Paste


class Chords:
    """Passes both keys of a chord on as one; a first key without a second keeps its own meaning."""

    def __init__(
        self, app: App[Any], names: Iterable[str], dispatch: Callable[[Typed], Awaitable[None]]
    ) -> None:
        """Create an instance; ``names`` are the keys in the table, ``dispatch`` passes a key to the focus."""
        self._app = app
        self._first_keys = {name.partition(CHORD)[0] for name in names if CHORD in name}
        self._dispatch = dispatch
        self._first: events.Key | None = None

    async def take(self, event: Typed) -> None:
        """Pass a key to the focus, or wait for the second one."""
        first, self._first = self._first, None
        if first is not None:
            chord = f"{first.key}{CHORD}{event.key}" if isinstance(event, events.Key) else ""
            if chord in self._app.screen.active_bindings:
                await self._dispatch(events.Key(chord, None))
                return
            await self._dispatch(first)
        if isinstance(event, events.Key) and self._begins_here(event.key):
            self._first = event
        else:
            await self._dispatch(event)

    def _begins_here(self, key: str) -> bool:
        if key not in self._first_keys:
            return False
        return any(name.startswith(f"{key}{CHORD}") for name in self._app.screen.active_bindings)
