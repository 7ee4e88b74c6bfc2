"""A command as an object: its help, its arguments, and the function that runs it."""

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
"""In place of an output file."""


def argument(*names: str, may_be_empty: bool = False, **options: Any) -> Argument:
    """Return an argument of a command, with the parameters of ``ArgumentParser.add_argument``.

    Its value must not be empty unless specified otherwise.
    """
    takes_text = options.get("action", "store") in ("store", "append") and "choices" not in options
    if takes_text and not may_be_empty:
        options.setdefault("type", not_empty)
    return lambda parser: parser.add_argument(*names, **options)


def later(function: str, **options: Any) -> Argument:
    """Return what ``module:function`` adds to a parser; imported on demand."""
    return lambda parser: load(function)(parser, **options)


def one_of(*arguments: Argument) -> Argument:
    """Return mutually exclusive arguments."""

    def add_to(parser: argparse._ActionsContainer) -> None:
        group = parser.add_mutually_exclusive_group()
        for add in arguments:
            add(group)

    return add_to


PRINTS_JSON = argument("--json", action="store_true", help=texts.JSON)
DOES_NOT_ASK = argument("--yes", action="store_true", help=texts.YES)


class Command:
    """A command of ``lmdeck``, or a subcommand."""

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
        """Create a command.

        Args:
            run: ``module:function``, imported when the command is called; ``None`` for one with subcommands.
            nothing: the fields of its JSON object without a result, or ``module:function`` that returns them
                for the arguments, the failure and the exit code.
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
        """Add the command to a parser.

        ``typed`` are the following arguments: if they name a subcommand, the others are omitted.
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
        """Add the command without its arguments, which is sufficient for the global help."""
        return commands.add_parser(
            self.name,
            help=self.summary,
            description=self.summary,
            epilog=texts.EXAMPLES_HEAD.format(examples=self.examples) if self.examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )


def load(name: str) -> Callable[..., Any]:
    """Return the function named by ``module:function``."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
