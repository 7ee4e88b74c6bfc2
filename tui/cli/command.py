"""A command as an object: what its help says, which arguments it takes, and what runs it."""

from __future__ import annotations

import argparse
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tui.cli.argument_parser import ArgumentParser, not_empty
from tui.texts import command_help as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.cli.option_rules import Rule
    from tui.cli.output import Output

    Run = Callable[[argparse.Namespace, Output], int]
    Argument = Callable[[argparse._ActionsContainer], object]
    """Adds itself to a parser."""

DONE = 0
FAILED = 1
WRONG_USAGE = 2
OVER_BUDGET = 4
INTERRUPTED = 130
"""Exit codes."""
STDOUT = "-"
"""Instead of a file to write."""


def argument(*names: str, may_be_empty: bool = False, **options: Any) -> Argument:
    """Return an argument of a command, described as for ``ArgumentParser.add_argument``.

    Its value is not empty, unless that means something.
    """
    takes_text = options.get("action", "store") in ("store", "append") and "choices" not in options
    if takes_text and not may_be_empty:
        options.setdefault("type", not_empty)
    return lambda parser: parser.add_argument(*names, **options)


def later(function: str, **options: Any) -> Argument:
    """Return what ``module:function`` adds to a parser; it is imported only then."""
    return lambda parser: load(function)(parser, **options)


def one_of(*arguments: Argument) -> Argument:
    """Return arguments of which one at most can be given."""

    def add_to(parser: argparse._ActionsContainer) -> None:
        group = parser.add_mutually_exclusive_group()
        for add in arguments:
            add(group)

    return add_to


PRINTS_JSON = argument("--json", action="store_true", help=texts.JSON)
DOES_NOT_ASK = argument("--yes", action="store_true", help=texts.YES)


class Command:
    """A command after ``lmdeck``, or an action after a command."""

    def __init__(
        self,
        name: str,
        summary: str,
        *,
        run: str = "",
        nothing: str | Mapping[str, object] = MappingProxyType({}),
        examples: str = "",
        arguments: tuple[Argument, ...] = (),
        rules: tuple[Rule, ...] = (),
        actions: tuple[Command, ...] = (),
    ) -> None:
        """``run`` is ``module:function``, imported when the command is called; one with actions has none.

        ``nothing`` is what its JSON holds where nothing came of it, or ``module:function``, which returns
        that for the arguments, the failure and the exit code.
        """
        self.name = name
        self.summary = summary
        self.run = run
        self.nothing = nothing
        self.examples = examples
        self.arguments = arguments
        self.rules = rules
        self.actions = actions

    def add_to(
        self, commands: argparse._SubParsersAction[ArgumentParser], typed: Sequence[str] | None = None
    ) -> None:
        """Add the command to the ones that a parser knows.

        ``typed`` is what follows it: where that names an action, the others are left out.
        """
        parser = self.list_in(commands)
        parser.set_defaults(run=self.run, nothing=self.nothing, rules=self.rules)
        parser.add_argument("--log", type=not_empty, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        for add in self.arguments:
            add(parser)
        if self.actions:
            actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
            called = [action for action in self.actions if typed and action.name == typed[0]]
            for action in called or self.actions:
                action.add_to(actions)

    def list_in(self, commands: argparse._SubParsersAction[ArgumentParser]) -> ArgumentParser:
        """Add the command without its arguments: all that the help of the whole needs."""
        return commands.add_parser(
            self.name,
            help=self.summary,
            description=self.summary,
            epilog=texts.EXAMPLES_HEAD.format(examples=self.examples) if self.examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )


def load(name: str) -> Callable[..., Any]:
    """Return the function that ``module:function`` names."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
