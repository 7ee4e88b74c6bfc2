"""The app in a real terminal: invalid bytes, responses, pastes, signals, disconnects, crashes, startup."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.terminal import ANSWERS, TerminalProgram, private_environment

PROGRAM = Path(__file__).parent / "screen_program.py"
KEY = "sk-canary-2f7c91ab55d0"
RESTORED = b"\x1b[?1049l"
"""What leaves the alternate screen."""
BEGUN, ENDED = "\x1b[?2026h", "\x1b[?2026l"
"""Around what a terminal is to show at once."""


@contextmanager
def screens(
    tmp_path: Path, mode: str = "list", columns: int = 100, rows: int = 30
) -> Iterator[TerminalProgram]:
    """The provider list, ready for keys."""
    environment = private_environment(tmp_path / "home", PYTHONPATH=str(Path.cwd()))
    arguments = [sys.executable, str(PROGRAM), mode, str(tmp_path)]
    with TerminalProgram(arguments, environment, columns=columns, rows=rows) as terminal:
        terminal.wait_for("5 · 4 ok")
        terminal.wait_for("● 12 ms")
        yield terminal


def quit_cleanly(terminal: TerminalProgram) -> None:
    terminal.send("ctrl+q")
    assert terminal.wait() == 0


def test_bytes_that_are_no_utf8_do_not_end_it(tmp_path: Path) -> None:
    with screens(tmp_path) as terminal:
        terminal.send_bytes(b"\xe9\xff\xc3")
        terminal.send("/")
        terminal.wait_for("Filter by name")
        terminal.send_bytes(b"caf\xe9 \xff")
        terminal.wait_for("caf\ufffd")
        quit_cleanly(terminal)


def test_answers_of_the_terminal_are_never_typed(tmp_path: Path) -> None:
    answers = [answer for query, answer in ANSWERS.items() if query != b"\x05"]
    with screens(tmp_path) as terminal:
        terminal.send("/")
        terminal.wait_for("Filter by name")
        for answer in answers:
            terminal.send_bytes(answer)
        terminal.send("cloud")
        terminal.wait_for("1 of 5")
        terminal.wait_for(r"(?m)^▌? ?.?cloud *$|cloud")
        quit_cleanly(terminal)


def test_a_paste_of_a_megabyte_is_taken(tmp_path: Path) -> None:
    with screens(tmp_path) as terminal:
        terminal.send("/")
        terminal.wait_for("Filter by name")
        terminal.send_bytes(b"\x1b[200~cloud\n" + b"x" * 1_000_000 + b"\x1b[201~")
        terminal.wait_for("1 of 5")
        quit_cleanly(terminal)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with screens(tmp_path) as terminal:
        terminal.kill(number)
        assert terminal.wait() == 128 + number
        assert (tmp_path / "closed").read_text() == "True"
        terminal.wait_for(lambda: RESTORED in terminal.raw)


def test_a_closed_terminal_ends_it(tmp_path: Path) -> None:
    with screens(tmp_path) as terminal:
        terminal.hang_up()
        assert terminal.wait() == 128 + signal.SIGHUP
        assert (tmp_path / "closed").read_text() == "True"


@pytest.mark.usefixtures("defects")
def test_a_defect_is_told_without_values(tmp_path: Path) -> None:
    with screens(tmp_path, "crash") as terminal:
        terminal.send("ctrl+c")
        assert terminal.wait() == 1
        terminal.wait_for(lambda: b"are kept" in terminal.raw)
        report = tmp_path / "state" / "crash.log"
        said = terminal.raw.decode(errors="replace").rpartition("\x1b[?1049l")[2]
    assert "lmdeck crashed: RuntimeError: it broke near [/] •••" in said
    assert "crash.log" in said.replace("\r\n", "")
    assert "local_key" not in said
    text = report.read_text()
    assert "screen_program.py" in text
    assert KEY not in text
    assert KEY not in terminal.raw.decode(errors="replace")
    assert report.stat().st_mode & 0o777 == 0o600


def test_a_frame_is_written_in_one_piece(tmp_path: Path) -> None:
    with screens(tmp_path, "frames") as terminal:
        terminal.send("down", "/")
        terminal.wait_for("Filter by name")
        quit_cleanly(terminal)
    pieces = [json.loads(line) for line in (tmp_path / "frames.jsonl").read_text().splitlines()]
    frames = [piece for piece in pieces if BEGUN in piece or ENDED in piece]
    assert len(frames) > 2
    for frame in frames:
        assert frame.startswith(BEGUN)
        assert frame.endswith(ENDED)
        assert len(frame) > len(BEGUN + ENDED)


def test_the_list_is_painted_before_heavy_imports(tmp_path: Path) -> None:
    with screens(tmp_path, "imports") as terminal:
        quit_cleanly(terminal)
    assert json.loads((tmp_path / "imports.json").read_text()) == []


class Silence:
    """True once a hundred polls in a row saw no new byte, which never happens if anything blinks."""

    def __init__(self, terminal: TerminalProgram) -> None:
        self._terminal = terminal
        self._seen = -1
        self._quiet_polls = 0

    def __call__(self) -> bool:
        written = len(self._terminal.raw)
        self._quiet_polls = self._quiet_polls + 1 if written == self._seen else 0
        self._seen = written
        return self._quiet_polls >= 100


def test_it_writes_nothing_at_rest(tmp_path: Path) -> None:
    with screens(tmp_path) as terminal:
        terminal.send("down")
        terminal.wait_for("╭─ demo ─")
        terminal.wait_for(Silence(terminal))
        quit_cleanly(terminal)


def test_a_small_window_says_so_and_recovers(tmp_path: Path) -> None:
    with screens(tmp_path) as terminal:
        terminal.resize(40, 10)
        terminal.wait_for("Make it larger")
        terminal.resize(100, 30)
        terminal.wait_for("5 · 4 ok")
        quit_cleanly(terminal)


def test_ctrl_z_puts_it_to_sleep_and_it_wakes_with_its_keys(tmp_path: Path) -> None:
    with screens(tmp_path) as terminal:
        terminal.send("ctrl+z")
        terminal.wait_for(lambda: _state_of(terminal.pid) == "T")
        terminal.wait_for(lambda: RESTORED in terminal.raw)
        terminal.kill(signal.SIGCONT)
        terminal.wait_for(lambda: terminal.raw.count(b"\x1b[?1049h") == 2)
        terminal.send("/")
        terminal.wait_for("Filter by name")
        quit_cleanly(terminal)


def _state_of(pid: int) -> str:
    """Return the state of a process as the kernel names it: T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_keys_work_in_a_window_that_is_too_small_from_the_start(tmp_path: Path) -> None:
    environment = private_environment(tmp_path / "home", PYTHONPATH=str(Path.cwd()))
    arguments = [sys.executable, str(PROGRAM), "list", str(tmp_path)]
    with TerminalProgram(arguments, environment, columns=30, rows=6) as terminal:
        terminal.wait_for("Make it larger")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
