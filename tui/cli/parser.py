"""The command line: names, options and help, without importing what the commands need."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from importlib import import_module

from tui import __version__
from tui.cli import commands
from tui.cli.argument_parser import ArgumentParser, not_empty
from tui.cli.command import Command
from tui.texts import command_help as texts


def build_parser(arguments: Sequence[str] | None = None) -> ArgumentParser:
    """Return the parser for a command line; one for all commands takes longer to build than to use."""
    parser = ArgumentParser(
        prog="lmdeck",
        description=texts.TAGLINE,
        epilog=texts.EXAMPLES + "\n" + texts.FIGURES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run="tui.cli.screens:run", nothing={}, rules=())
    parser.add_argument("--version", action="version", version=f"lmdeck {__version__}")
    parser.add_argument("--log", type=not_empty, metavar="FILE", help=texts.LOG)
    below = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in every_command() if arguments is None else _needed(arguments):
        if arguments and arguments[0] in ("-h", "--help"):
            command.list_in(below)
        else:
            command.add_to(below, arguments and arguments[1:])
    return parser


def every_command() -> list[Command]:
    """Return the commands: those of ``ORDER`` first, others by name."""
    files = {file.name for folder in commands.__path__ for file in os.scandir(folder)}
    found = {name.removesuffix(".py") for name in files if name.endswith(".py")} - {"__init__"}
    return [_command(name) for name in (*commands.ORDER, *sorted(found.difference(commands.ORDER)))]


def _needed(arguments: Sequence[str]) -> list[Command]:
    """Return the commands that a command line may call."""
    if not arguments or arguments[0] == "--version":
        return []
    return [_command(arguments[0])] if arguments[0] in commands.ORDER else every_command()


def _command(name: str) -> Command:
    command: Command = import_module(f"{commands.__name__}.{name}").COMMAND
    return command
