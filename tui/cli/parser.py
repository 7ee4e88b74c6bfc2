"""The command line: names, flags and help, without importing what the commands need."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from importlib import import_module

from tui import __version__
from tui.cli import commands
from tui.cli.argument_parser import ArgumentParser
from tui.cli.command import METRICS, Command

EXAMPLES = """\
examples:
  lmdeck                                              open the screens
  lmdeck chat                                         open straight in a chat
  lmdeck ask "Why is the sky blue?"                   one answer on stdout
  git diff | lmdeck ask "Review this" -p qwen         a pipe is part of the prompt
  lmdeck ask hi --url http://localhost:8000/v1        no set-up, nothing saved
  lmdeck check http://localhost:8000/v1               what is wrong, and what to do
  lmdeck discover                                     model servers on this machine
  lmdeck providers add qwen --url http://gpu01:8000/v1 --model Qwen/Qwen3-8B --key-env QWEN_KEY
  lmdeck demo --fault auth                            an endpoint to practise with
"""


def build_parser(arguments: Sequence[str] | None = None) -> ArgumentParser:
    """Return the parser of a command line, or of every one: to build that takes longer than to use it."""
    parser = ArgumentParser(
        prog="lmdeck",
        description="A terminal deck of OpenAI-compatible model endpoints: add, check, chat, account.",
        epilog=EXAMPLES + "\n" + METRICS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run="tui.cli.screens:run")
    parser.add_argument("--version", action="version", version=f"lmdeck {__version__}")
    parser.add_argument("--log", metavar="FILE", help="write a debug log, keys erased (or LMDECK_LOG=FILE)")
    below = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in every_command() if arguments is None else _needed(arguments):
        if arguments and arguments[0] in ("-h", "--help"):
            command.list_in(below)
        else:
            command.add_to(below, arguments and arguments[1:])
    return parser


def every_command() -> list[Command]:
    """Return the commands: those of ``ORDER`` first, others by their names."""
    files = {file.name for folder in commands.__path__ for file in os.scandir(folder)}
    found = {name.removesuffix(".py") for name in files if name.endswith(".py")} - {"__init__"}
    return [_command(name) for name in (*commands.ORDER, *sorted(found.difference(commands.ORDER)))]


def _needed(arguments: Sequence[str]) -> list[Command]:
    """Return what a command line can lead to."""
    if not arguments or arguments[0] == "--version":
        return []
    return [_command(arguments[0])] if arguments[0] in commands.ORDER else every_command()


def _command(name: str) -> Command:
    command: Command = import_module(f"{commands.__name__}.{name}").COMMAND
    return command
