"""The commands of the palette: those of the screen shown, of every screen, and the themes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from textual.app import SystemCommand
from textual.screen import Screen

from tui.texts import shell as texts
from tui.ui.bindings import BY_IDENTIFIER, RISKY, identifier_of
from tui.ui.offers import printed_action
from tui.ui.palette import PaletteAction
from tui.ui.themes import THEMES


def commands_of(screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Yield the commands of the keys that a screen has now."""
    app = screen.app
    offered: set[str] = set()  # several keys may lead to one action
    for active in screen.active_bindings.values():
        key, action = BY_IDENTIFIER.get(identifier_of(active.binding)), active.binding.action
        is_there = active.enabled and active.node in (screen, app)
        if key is not None and key.title and is_there and action not in offered:
            offered.add(action)
            run = partial(app.run_action, action, active.node)
            callback = PaletteAction(run, is_risky=key.identifier in RISKY)
            form = printed_action(screen, action)
            hint = f"{key.tooltip} · {form}" if form else key.tooltip
            yield SystemCommand(key.title, hint, callback)


def looks_of(available: Collection[str], use: Callable[[str], None]) -> Iterator[SystemCommand]:
    """Yield the themes, those of the program first."""
    own = [theme.name for theme in THEMES]
    for name in (*own, *sorted(set(available) - set(own))):
        yield SystemCommand(
            texts.USE_THEME.format(name=name), texts.THEME_HINT, partial(use, name), name in own
        )
