"""The commands of the palette: those of the current screen, global ones, and the themes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from textual.app import SystemCommand
from textual.screen import Screen

from tui.texts import shell as texts
from tui.ui.bindings import BY_IDENTIFIER, RISKY, identifier_of
from tui.ui.offers import active_actions, form_of, printed_action
from tui.ui.palette import PaletteAction
from tui.ui.themes import THEMES


def commands_of(screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Yield the commands for the current keys of a screen and its focus."""
    app = screen.app
    offered: set[tuple[str, object]] = set()  # several keys may have the same action
    for active in screen.active_bindings.values():
        identifier, action = identifier_of(active.binding), active.binding.action
        key, node = BY_IDENTIFIER.get(identifier), app if action.startswith("app.") else active.node
        if key is not None and key.title and active.enabled and (action, node) not in offered:
            offered.add((action, node))
            run = partial(app.run_action, action, active.node)
            callback = PaletteAction(run, is_risky=key.identifier in RISKY)
            form = _form(screen, identifier, action, is_of_screen=active.node in (screen, app))
            hint = f"{key.tooltip} · {form}" if form else key.tooltip
            yield SystemCommand(key.title, hint, callback)


def _form(screen: Screen[Any], identifier: str, action: str, *, is_of_screen: bool) -> str:
    """Return what to press for an action.

    Actions of the focus may have the same name as those of the screen.
    """
    if is_of_screen:
        return printed_action(screen, action)
    return form_of(active_actions(screen)[identifier], screen.focused)


def looks_of(available: Collection[str], use: Callable[[str], None]) -> Iterator[SystemCommand]:
    """Yield the themes, lmdeck's own first."""
    own = [theme.name for theme in THEMES]
    for name in (*own, *sorted(set(available) - set(own))):
        yield SystemCommand(
            texts.USE_THEME.format(name=name), texts.THEME_HINT, partial(use, name), name in own
        )
