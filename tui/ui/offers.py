"""The keys or commands of actions with the current focus, for footers, hints and error boxes."""

from __future__ import annotations

from typing import Any, NamedTuple

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.core.commands import COMMANDS
from tui.ui.bindings import BY_IDENTIFIER, identifier_of, spelled_key, types_text

_COMMANDS = {command.action: f"/{command.name}" for command in COMMANDS}
_COMMANDS_BY_ACTION = {BY_IDENTIFIER[key].action: command for key, command in _COMMANDS.items()}


class ActiveAction(NamedTuple):
    """An action that is reachable now, or dimmed."""

    identifier: str
    binding: Binding
    node: DOMNode
    keys: tuple[str, ...]
    """As named by Textual."""
    is_enabled: bool
    tooltip: str


def active_actions(screen: Screen[Any]) -> dict[str, ActiveAction]:
    """Return the current actions of the focus, the screen and the app, by identifier."""
    found: dict[str, ActiveAction] = {}
    for key, (node, binding, is_enabled, tooltip) in screen.active_bindings.items():
        identifier = identifier_of(binding) or binding.action
        before = found.get(identifier)
        keys = () if key.startswith("unbound.") else (key,)
        found[identifier] = (
            ActiveAction(identifier, binding, node, keys, is_enabled, tooltip)
            if before is None
            else before._replace(keys=before.keys + keys)
        )
    return {identifier: _in_order(action) for identifier, action in found.items()}


def _in_order(action: ActiveAction) -> ActiveAction:
    """Return an action with its keys in the order of the table."""
    if len(action.keys) < 2:
        return action
    names = BY_IDENTIFIER[action.identifier].names if action.identifier in BY_IDENTIFIER else ()
    return action._replace(keys=tuple(sorted(action.keys, key=lambda key: (*names, key).index(key))))


def printed_action(screen: Screen[Any], name: str) -> str:
    """Return how to trigger an action with the current focus: ``d``, ``/diagnose`` or ``F5``.

    Chat actions have at least a command; empty if there is no way now.
    """
    for action in active_actions(screen).values():
        if action.binding.action == name and (form := form_of(action, screen.focused)):
            return form
    return _COMMANDS_BY_ACTION.get(name, "")


def form_of(action: ActiveAction, focused: Widget | None, *, is_short: bool = False) -> str:
    """Return how to trigger an action while a widget has the focus; empty if there is no way."""
    keys = list(action.keys)
    if takes_text(focused):
        keys = [key for key in keys if not types_text(key)]
        command = _COMMANDS.get(action.identifier)
        if command is not None and obeys_commands(focused) and all(map(_is_function_key, keys)):
            return command
    return spelled_key(keys[0], is_short=is_short) if keys else ""


def takes_text(focused: Widget | None) -> bool:
    """Return whether keys that type characters become text with this focus."""
    if isinstance(focused, TextArea):
        return not focused.read_only
    return isinstance(focused, Input)


def obeys_commands(focused: Widget | None) -> bool:
    """Return whether a line that begins with a slash is a command with this focus."""
    return getattr(focused, "obeys_commands", False)


def _is_function_key(name: str) -> bool:
    return name[0] == "f" and name[1:].isdigit()
