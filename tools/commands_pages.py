"""Every command, from the parser: ``python tools/commands_pages.py`` writes its page and the man page."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tui import __version__  # noqa: E402 - the path comes first
from tui.cli.parser import build_parser  # noqa: E402
from tui.texts import command_help as texts  # noqa: E402

PAGE = ROOT / "docs" / "commands.md"
MANUAL = ROOT / "docs" / "man" / "lmdeck.1"
HEAD = """\
# Commands

`lmdeck` alone opens the provider list. `lmdeck COMMAND --help` prints the same.

`lmdeck ask hi --url http://localhost:8000/v1` needs no setup and saves no provider and no chat.

Exit codes: `0` done · `1` a check failed, no answer came, nothing matches (`history list`, `history search`),
or the disk refuses · `2` wrong usage or configuration · `4` a budget is spent · `130` interrupted (128 + n by
signal n).

With `--json`, a command prints one object in plain ASCII (`check --watch`: one a line; the last says why it
ended), whatever becomes of it. Each has a `schema_version`, `ok` (true with exit code 0) and `error` (null,
or its `cause`, `title`, `advice`, `status` and `server_message`); a command's own keys stay where nothing
came of it. JSON schemas: [every command](../tui/cli/schemas/result.schema.json),
[check](../tui/core/check.schema.json), [check --all](../tui/cli/schemas/check-all.schema.json),
[discover](../tui/cli/schemas/discover.schema.json).

`lmdeck completion bash` (or `zsh`, `fish`) prints a script that completes commands, options, providers,
models, chats and causes; its last line says where to put it. `man lmdeck` shows this page if lmdeck was
installed with pipx or a package.
"""


@dataclass(frozen=True)
class Described:
    """A command, or an action of one: ``entries`` are its arguments and options, with what the help says."""

    name: str
    summary: str
    usage: str
    entries: tuple[tuple[str, str], ...]
    examples: str


def every_command() -> Iterator[Described]:
    """Yield the commands in the order of the help; those that have actions stand for these."""
    yield from _below(build_parser())


def _below(parser: argparse.ArgumentParser) -> Iterator[Described]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from (_described(child),) if not _actions_of(child) else _below(child)


def _actions_of(parser: argparse.ArgumentParser) -> bool:
    return any(isinstance(action, argparse._SubParsersAction) for action in parser._actions)


def _described(parser: argparse.ArgumentParser) -> Described:
    shown = [
        action for action in parser._actions if action.help != argparse.SUPPRESS and action.dest != "help"
    ]
    positionals = [action for action in shown if not action.option_strings]
    usage = [
        parser.prog,
        *(["[OPTION]…"] if len(shown) > len(positionals) else []),
        *map(_usage, positionals),
    ]
    examples = re.sub(r"^.*:\n", "", parser.epilog or "", count=1).partition("\n\n")[0]
    entries = tuple((_entry(action), _help(action)) for action in shown)
    return Described(parser.prog, parser.description or "", " ".join(usage), entries, examples.rstrip())


def _usage(action: argparse.Action) -> str:
    name = _value(action)
    return {"?": f"[{name}]", "*": f"[{name}…]", "+": f"{name}…"}.get(str(action.nargs), name)


def _value(action: argparse.Action) -> str:
    if action.metavar:
        return str(action.metavar)
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _entry(action: argparse.Action) -> str:
    if not action.option_strings:
        return _usage(action)
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {_value(action)}"


def _help(action: argparse.Action) -> str:
    text = (action.help or "").replace("%%", "%")
    choices = [str(choice) for choice in action.choices or ()]
    return (
        text if not choices or all(choice in text for choice in choices) else f"{text} ({', '.join(choices)})"
    )


def page() -> str:
    """Return docs/commands.md."""
    return HEAD + "".join(map(_section, every_command()))


def _section(command: Described) -> str:
    rows = "".join(f"| `{_cell(name)}` | {_cell(text)} |\n" for name, text in command.entries)
    table = f"\n| argument | what it does |\n| --- | --- |\n{rows}" if rows else ""
    examples = (
        f"\n```\n{re.sub(r'^  ', '', command.examples, flags=re.MULTILINE)}\n```\n"
        if command.examples
        else ""
    )
    return f"\n## {command.name}\n\n{command.summary}\n\n```\n{command.usage}\n```\n{table}{examples}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def manual() -> str:
    """Return the man page, in the macros of man(7)."""
    parts = [
        f'.TH LMDECK 1 "" "lmdeck {__version__}" "User Commands"\n.SH NAME\n'
        f"lmdeck \\- chat with, diagnose and track the cost of any OpenAI\\-compatible endpoint\n"
        ".SH SYNOPSIS\n.B lmdeck\n[\\fICOMMAND\\fR]\n.SH DESCRIPTION\n"
        f"{_roff(texts.TAGLINE)}\nWithout a command, lmdeck opens the list of providers.\n.SH COMMANDS\n"
    ]
    parts += map(_manual_of, every_command())
    parts.append(
        f".SH NOTES\n.nf\n{_roff(texts.FIGURES)}\n.fi\n.SH FILES\nlmdeck paths shows where they are.\n"
    )
    return "".join(parts)


def _manual_of(command: Described) -> str:
    entries = "".join(f".TP\n\\fB{_roff(name)}\\fR\n{_roff(text)}\n" for name, text in command.entries)
    return f".SS {_roff(command.usage)}\n{_roff(command.summary)}\n{entries}"


def _roff(text: str) -> str:
    escaped = text.strip("\n").replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    MANUAL.parent.mkdir(exist_ok=True)
    MANUAL.write_text(manual(), encoding="utf-8")
