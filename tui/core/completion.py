"""Completions for a command being typed: command names and arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tui.core.commands import COMMANDS, Command, command_of

Values = Callable[[Command | None], Iterable[tuple[str, str]]]
"""Returns possible arguments beyond the words in the table, each with a short description.

For ``None``, it returns alternatives to a command: the names of presets.
"""


class Completion(NamedTuple):
    """One completion of a line."""

    line: str
    shown: str
    text: str
    """A sentence about it; may be empty."""


def completions(line: str, values: Values, *, has_screens: bool = True) -> tuple[Completion, ...]:
    """Return possible completions of a line, best first; empty if it is not a command or nothing is known."""
    if not line.startswith("/") or line.startswith("//") or "\n" in line:
        return ()
    name, space, argument = line[1:].partition(" ")
    known = [command for command in COMMANDS if has_screens or not command.needs_screens]
    if space:
        return _values(name, argument, values)
    return _names(name.casefold(), known) + _presets(name.casefold(), values)


def _presets(typed: str, values: Values) -> tuple[Completion, ...]:
    return tuple(
        Completion(f"/{name} ", f"/{name}", text) for name, text in values(None) if name.startswith(typed)
    )


def _names(typed: str, known: Sequence[Command]) -> tuple[Completion, ...]:
    """Return the commands that begin with the typed text: exact names first, aliases last."""
    own = [command for command in known if command.name.startswith(typed)]
    others = [
        command
        for command in known
        if command not in own and any(other.startswith(typed) for other in command.others)
    ]
    return tuple(map(_of_command, sorted(own, key=lambda command: command.name != typed) + others))


def _of_command(command: Command) -> Completion:
    line = f"/{command.name} " if command.argument else f"/{command.name}"
    return Completion(line, " ".join(filter(None, (f"/{command.name}", command.argument))), command.text)


def _values(name: str, argument: str, values: Values) -> tuple[Completion, ...]:
    command = command_of(name)
    if command is None:
        return ()
    typed = argument.strip().casefold()
    known = [(choice, "") for choice in command.choices] or values(command)
    return tuple(
        Completion(f"/{name} {value}", value, text)
        for value, text in known
        if value.casefold().startswith(typed) and value.casefold() != typed
    )
