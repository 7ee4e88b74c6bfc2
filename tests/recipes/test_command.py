"""A new command is one module: it is in the help, parses its arguments, runs, and sets its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.terminal import private_environment
from tui.cli import commands

MODULE = '''
"""``lmdeck greet``: its arguments."""

from tui.cli.command import Command, argument

COMMAND = Command(
    "greet",
    "Greet somebody.",
    run="tui.cli.commands.greet:greet",
    examples="  lmdeck greet Ada\\n",
    arguments=(argument("name", metavar="NAME"), argument("--code", type=int, default=0)),
)


def greet(arguments, output):
    output.result(f"Hello {arguments.name}.")
    return arguments.code
'''
ENTRY = """
import sys
from tui.cli import commands
commands.__path__.append(sys.argv.pop(1))
from tui.cli.main import main
sys.exit(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The command, in a folder of its own."""
    (tmp_path / "greet.py").write_text(MODULE)
    return tmp_path


@pytest.fixture
def added(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(folder)])
    monkeypatch.delitem(sys.modules, "tui.cli.commands.greet", raising=False)


@pytest.mark.usefixtures("added")
def test_it_is_in_the_help_and_has_its_own(call: Call) -> None:
    listed = [line.split() for line in call("--help").out.splitlines() if line.startswith("    ")]
    assert listed[-1] == ["greet", "Greet", "somebody."]
    own = call("greet", "--help").out
    assert own.startswith("usage: lmdeck greet [-h] [--code CODE] NAME\n\nGreet somebody.\n")
    assert own.endswith("examples:\n  lmdeck greet Ada\n")
    assert "'completion', 'greet'" in call("greeet").err


@pytest.mark.usefixtures("added")
def test_it_reads_its_arguments_and_ends_with_its_exit_code(call: Call) -> None:
    assert call("greet", "Ada").out == "Hello Ada.\n"
    assert call("greet", "Ada", "--code", "7").code == 7
    assert call("greet").code == 2
    assert "the following arguments are required: NAME" in call("greet").err
    assert call("greet", "Ada", "--code", "x").code == 2


def test_it_runs_as_a_program(folder: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENTRY, str(folder), "greet", "Ada\x1b[2J", "--code", "3"],
        env={**private_environment(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "Hello Ada␛[2J.\n", "")
