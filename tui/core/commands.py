"""Slash commands: ``/name argument``. ``//`` begins a message that starts with a slash."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from tui import texts
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line
from tui.texts.commands import TAKES_NOTHING, UNKNOWN


@dataclass(frozen=True, slots=True)
class Command:
    """A command: ``/name ARGUMENT``."""

    name: str
    argument: str
    """The argument as shown in the help; empty if there is none."""
    text: str
    """One sentence for the help."""
    action: str
    """The identifier of the key binding with the same action."""
    needs_screens: bool = False
    """Whether the command has no use in the plain chat."""
    others: tuple[str, ...] = ()
    """Other names of the command."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The possible arguments, if they are known: those in lower case in the table."""
        return tuple(word for word in self.argument.strip("[]").split("|") if word.islower())


def _command(name: str, text: str, action: str, flags: str = "") -> Command:
    name, _, argument = name.partition(" ")
    words = flags.split()
    others = next((word.removeprefix("was=") for word in words if word.startswith("was=")), "")
    return Command(name, argument, text, action, "screens" in words, tuple(filter(None, others.split(","))))


def _read(table: str) -> Iterator[Command]:
    for line in table.splitlines():
        if line and not line.startswith("#"):
            yield _command(*line.split(" | "))


COMMANDS = tuple(_read(Path(texts.__file__).with_name("commands.txt").read_text("utf-8")))
"""In the order of the help."""

_BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.others)}


@dataclass(frozen=True, slots=True)
class Request:
    """A typed command, or an unknown name if ``command`` is not set."""

    command: Command | None
    argument: str = ""
    problem: str = ""
    """What is wrong with it. Empty for a name that resembles no command: it may be a preset or a message."""


def request_of(line: str) -> Request | None:
    """Parse a line as a command; ``None`` if it is a message, such as a path or a regular expression."""
    typed = _LINE.match(line)
    if typed is None:
        return None
    name, argument = typed[1].casefold(), line[typed.end() :].strip()
    command = command_of(name)
    if command is None:
        nearest = _nearest(name)
        return Request(None, problem=UNKNOWN.format(name=name, nearest=nearest) if nearest else "")
    if argument and not command.argument:
        return Request(None, problem=TAKES_NOTHING.format(name=command.name, does=command.text))
    return Request(command, argument)


def command_of(name: str) -> Command | None:
    """Return the command with a name or an alias."""
    return _BY_NAME.get(name.casefold())


def number_of(argument: str) -> int | None:
    """Parse an argument as a number; ``None`` if it is not one."""
    return int(argument) if argument.isdecimal() and len(argument) <= _MOST_DIGITS else None


def place_of(argument: str, count: int) -> int | None:
    """Parse an argument as a position among ``count`` items, from 0; ``None`` if out of range."""
    number = number_of(argument)
    return number - 1 if number is not None and 1 <= number <= count else None


def shown_number(argument: str) -> str:
    """Return an argument that should be a number, short enough for a sentence."""
    return safe_line(argument, _SHOWN_NUMBER)


def message_of(line: str) -> str:
    """Return the message in a line that is not a command."""
    return line[1:] if line.startswith("//") else line


def line_of(message: str) -> str:
    """Return what has to be typed to send a message."""
    return f"/{message}" if message.startswith("/") else message


def _nearest(name: str) -> str:
    """Return the most similar command; empty if there is none."""
    if not name:
        return "help"
    begun = next((known for known in _BY_NAME if known.startswith(name)), None)
    close = [begun] if begun else get_close_matches(name, _BY_NAME, 1, _LIKENESS)
    return _BY_NAME[close[0]].name if close else ""


_LINE = lazy_pattern(r"/([A-Za-z0-9_-]{1,40}(?=\s|\Z)|(?=\s*\Z))")
"""A slash and a name at the beginning of a line, or a single slash."""
_LIKENESS = 0.7
_MOST_DIGITS = 9
_SHOWN_NUMBER = 20
"""The most characters of an argument in a sentence."""
