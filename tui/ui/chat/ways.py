"""What a chat prints beside what can be done: the command while the prompt has the focus, else the letter."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from tui.ui.bindings import spelled_key

COMMANDS = {
    "again": "/retry",
    "back": "/providers",
    "details": "/info",
    "diagnose": "/diagnose",
    "edit_provider": "/provider",
    "fork": "/fork",
    "go_on": "/continue",
    "new": "/new",
    "pick": "/model",
    "setup": "/settings",
}
"""By action."""


def way_to(screen: Screen[Any], action: str, *, typing: bool) -> str:
    """Return how an action is reached now: ``/retry``, or ``r``."""
    if typing and action in COMMANDS:
        return COMMANDS[action]
    for key, active in screen.active_bindings.items():
        if active.binding.action == action:
            return active.binding.key_display or spelled_key(key)
    return COMMANDS.get(action, "")
