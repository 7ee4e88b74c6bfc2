"""From the first key to an answer, in a real terminal, with the real engine."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.terminal import TerminalProgram, lmdeck, private_environment

SIZES = [(80, 24), (120, 40)]


@pytest.mark.engine
@pytest.mark.parametrize(("columns", "rows"), SIZES, ids=["80x24", "120x40"])
def test_enter_and_chat_with_the_real_model(tmp_path: Path, columns: int, rows: int) -> None:
    environment = private_environment(tmp_path)
    with TerminalProgram(lmdeck(), environment, columns=columns, rows=rows) as terminal:
        terminal.wait_for("SmolLM2")
        terminal.send("enter")
        terminal.wait_for("Enter to send")
        terminal.send("Say hello.", "enter")
        terminal.wait_for(r"TTFT [0-9]")
        terminal.wait_for(r"TTFT \d")
        assert "free" in terminal.text
        engine = _children(terminal.pid)
        assert engine, "the engine runs in a child process"
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    _all_gone(engine)
    (journal,) = (tmp_path / "data" / "lmdeck" / "conversations").glob("*.jsonl")
    assert '"state":"done"' in journal.read_text()


@pytest.mark.engine
def test_the_engine_ends_with_a_killed_program(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck("chat", "smollm2"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("Count to a hundred.", "enter")
        terminal.wait_for("answering|TTFT [0-9]")  # a short answer may be done before it is seen
        engine = _children(terminal.pid)
        assert engine
        terminal.kill(signal.SIGKILL)
        assert terminal.wait() == -signal.SIGKILL
        terminal.wait_for(lambda: not any(_is_alive(pid) for pid in engine))


def test_the_demo_reasons_and_then_answers(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck("chat", "demo"), private_environment(tmp_path), columns=100) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("first line", "ctrl+j", "second line", "enter")
        terminal.wait_for("second line")
        terminal.wait_for(r"Thought \d")
        terminal.wait_for("TTFT [0-9]")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0


def test_escape_stops_and_keeps_what_came(tmp_path: Path) -> None:
    with TerminalProgram(lmdeck("chat", "demo"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("a comparison with code", "enter")
        terminal.wait_for("answering")
        terminal.send("escape")
        terminal.wait_for("Stopped by you")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    (journal,) = (tmp_path / "data" / "lmdeck" / "conversations").glob("*.jsonl")
    assert '"state":"stopped"' in journal.read_text()


def _children(pid: int) -> list[int]:
    """The processes below one, from /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found.append(int(entry.name))
    return found


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _all_gone(pids: list[int]) -> None:
    assert not [pid for pid in pids if _is_alive(pid)], os.popen("ps aux").read()
