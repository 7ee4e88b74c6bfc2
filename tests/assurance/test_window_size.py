"""Outdated values of COLUMNS and LINES never override the actual window size."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.kit import chat, deck
from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer, stream_answer
from tests.support.stream_samples import delta
from tests.support.terminal import TerminalProgram, lmdeck

REPOSITORY = Path(__file__).parents[2]
STALE = (
    {"COLUMNS": "200", "LINES": "60"},
    {"COLUMNS": "20", "LINES": "5"},
    {"COLUMNS": "0x1", "LINES": "-3"},
)
NAMES = ["too large", "too small", "nonsense"]
_CURSOR = re.compile(rb"\x1b\[([0-9]+);([0-9]+)H")
WORDS = "These are some words of an answer that is longer than the window is wide, so that it wraps. " * 3


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer(stream_answer(delta(WORDS))) as running:
        yield running


def farthest(raw: bytes) -> tuple[int, int]:
    """Return the last column and row to which the cursor was sent."""
    places = [(int(match[2]), int(match[1])) for match in _CURSOR.finditer(raw)]
    return max(column for column, _ in places), max(row for _, row in places)


@pytest.mark.parametrize("stale", STALE, ids=NAMES)
def test_the_screens_fill_the_window(tmp_path: Path, server: FaultServer, stale: dict[str, str]) -> None:
    environment = {**deck(tmp_path, server.base_url), **stale}
    with chat(environment, columns=90, rows=26) as terminal:
        terminal.wait_for("Enter to send")
        assert terminal.text.splitlines()[25].strip(), "the last row is not used"
        terminal.send("hello", "enter")
        terminal.wait_for("so that it wraps")
        terminal.resize(100, 30)
        terminal.wait_for(lambda: len(terminal.text.splitlines()) == 30 and terminal.text.splitlines()[29])
        columns, rows = farthest(bytes(terminal.raw))
    assert columns <= 100
    assert rows <= 30


@pytest.mark.parametrize("stale", STALE, ids=NAMES)
def test_a_plain_chat_leaves_wrapping_to_the_window(
    tmp_path: Path, server: FaultServer, stale: dict[str, str]
) -> None:
    environment = {**deck(tmp_path, server.base_url), **stale}
    with TerminalProgram(lmdeck("chat", "main", "--plain"), environment, columns=80, rows=24) as terminal:
        terminal.wait_for("you>")
        terminal.send("hello\n")
        terminal.wait_for("wraps")
    assert WORDS.strip().encode() in bytes(terminal.raw)


@pytest.fixture(scope="module")
def api() -> Iterator[FaultServer]:
    """One that works: a check of it names no other process of this machine."""
    with FaultServer(FakeApi()) as running:
        yield running


@pytest.mark.parametrize("arguments", [("--help",), ("ask", "--help"), ("check", "main", "--quick")])
@pytest.mark.parametrize("stale", STALE, ids=NAMES)
def test_what_commands_print_fits_the_window(
    tmp_path: Path, api: FaultServer, stale: dict[str, str], arguments: tuple[str, ...]
) -> None:
    environment = deck(tmp_path, api.base_url)
    printed = []
    for extra in ({}, stale):
        with TerminalProgram(lmdeck(*arguments), {**environment, **extra}, columns=70, rows=24) as terminal:
            terminal.wait()
            terminal.drain()
        printed.append(re.sub(r"[0-9.]+ (ms|s)\b", "", bytes(terminal.raw).decode()))
    assert printed[0] == printed[1]


def test_wrong_usage_fits_the_window_of_stderr(tmp_path: Path) -> None:
    command = " ".join(f"'{word}'" for word in lmdeck("ask", "--thinking", "x"))
    arguments = ["bash", "-c", f"cd '{REPOSITORY}'; {command} > /dev/null"]
    environment = {**deck(tmp_path, "http://127.0.0.1:9/v1"), "COLUMNS": "200"}
    with TerminalProgram(arguments, environment, columns=70, rows=24) as terminal:
        terminal.wait()
        terminal.drain()
    lines = bytes(terminal.raw).decode().split("\r\n")
    assert len(lines) > 4
    assert max(map(len, lines[:-2])) <= 70


def test_columns_is_a_wish_where_there_is_no_window(tmp_path: Path) -> None:
    environment = {**deck(tmp_path, "http://127.0.0.1:9/v1"), "COLUMNS": "150"}
    done = subprocess.run(
        lmdeck("ask", "--help"), env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert max(map(len, done.stdout.splitlines())) > 100


def test_the_screens_are_on_the_terminal_though_errors_go_to_a_file(
    tmp_path: Path, server: FaultServer
) -> None:
    errors = tmp_path / "errors"
    command = " ".join(f"'{word}'" for word in lmdeck("chat", "main"))
    arguments = ["bash", "-c", f"cd '{REPOSITORY}'; exec {command} 2> '{errors}'"]
    with TerminalProgram(arguments, deck(tmp_path, server.base_url)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    assert errors.read_bytes() == b""
