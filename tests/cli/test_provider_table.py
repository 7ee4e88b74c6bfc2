"""``lmdeck providers list`` prints one line per provider, however narrow the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.cli.table import cells, table

NAMES = ("gpu01", "a-name-that-is-rather-long-for-a-list")
MODEL = "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8"
URL = "http://gpu05.cluster.internal.example:8000/v1"


@pytest.fixture
def listed(call: Call) -> None:
    for name in NAMES:
        assert call("providers", "add", name, "--url", URL, "--model", MODEL).code == 0


@pytest.mark.parametrize("columns", [80, 60])
def test_each_provider_takes_one_line(listed: None, home: Path, columns: int) -> None:
    with TerminalProgram(lmdeck("providers", "list"), private_environment(home), columns=columns) as terminal:
        assert terminal.wait() == 0
        lines = [line for line in terminal.text.splitlines() if line.strip()]
    assert len(lines) == 5, lines
    assert all(len(line.rstrip()) <= columns for line in lines)
    assert [line.split()[0] for line in lines] == ["NAME", "gpu01", lines[2].split()[0], "smollm2", "demo"]
    assert "gpu05" in lines[1]
    assert "this machine" in lines[3]


def test_a_wide_terminal_and_a_pipe_get_everything(listed: None, call: Call, home: Path) -> None:
    piped = call("providers", "list").out
    assert URL in piped
    assert MODEL in piped
    assert piped.splitlines()[0].split() == ["NAME", "MODEL", "URL", "KEY", "STATE"]
    with TerminalProgram(lmdeck("providers", "list"), private_environment(home), columns=200) as terminal:
        assert terminal.wait() == 0
        assert URL in terminal.text


def test_wide_characters_are_cut_whole() -> None:
    rows = [("模型模型模型模型模型", "x" * 30)]
    for room in range(20, 52):
        for line in table(("A", "B"), rows, room=room):
            assert cells(line) <= room
