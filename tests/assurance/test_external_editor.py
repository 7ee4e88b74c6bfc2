"""The user's editor in a real terminal: it gets the terminal, and the screen is fully restored."""

from __future__ import annotations

import re
import signal
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.kit import chat, crash_reports, deck
from tests.assurance.modes import wrong_modes
from tests.assurance.test_suspend import MODES_ON, Settled, is_whole, without_shell
from tests.support.fault_server import Connection, FaultServer
from tests.support.stream_samples import FINISH, delta
from tests.support.terminal import TerminalProgram, lmdeck

EDITOR = """\
#!/bin/sh
printf 'the editor is open\\n'
while read -r line; do
  case "$line" in
    +*) printf '%s\\n' "${line#+}" >> "$1";;
    =*) printf '%s\\n' "${line#=}" > "$1";;
    lines) stty size;;
    fail) exit 7;;
    die) printf '\\033[?1049h\\033[?1002h\\033[?1h\\033[5;9r\\033[?25l'; stty raw -echo; kill -9 $$;;
    done) exit 0;;
  esac
done
"""
"""Adds a line (+), replaces all (=), and ends well, with an error, or killed with the terminal in a mess."""


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A server that says hello; to ``slowly`` it says more once another request comes."""

    def answer(connection: Connection) -> None:
        while (request := connection.read_request()).startswith(b"GET"):
            connection.respond(b'{"object":"list","data":[{"id":"m"}]}')
        connection.start_stream()
        if b"slowly" in request:
            connection.send_chunks(delta("It begins\n"), delta("and continues\n"), FINISH)
        else:
            connection.send_chunks(delta("Hello there\n"), FINISH)

    with FaultServer(answer) as running:
        yield running


@pytest.fixture
def environment(tmp_path: Path, server: FaultServer) -> dict[str, str]:
    script = tmp_path / "an editor"
    script.write_text(EDITOR)
    script.chmod(0o755)
    runtime = tmp_path / "run"
    runtime.mkdir()
    own = deck(tmp_path, server.base_url)
    return {**own, "VISUAL": f"'{script}'", "XDG_RUNTIME_DIR": str(runtime)}


def open_editor(terminal: TerminalProgram) -> int:
    """Press Ctrl+X Ctrl+E; return how much had been written before."""
    terminal.wait_for(Settled(terminal))
    begun = len(terminal.raw)
    terminal.send("ctrl+x", "ctrl+e")
    terminal.wait_for(lambda: b"the editor is open" in terminal.raw[begun:])
    assert wrong_modes(bytes(terminal.raw)) == []
    flags = termios.tcgetattr(terminal._master)[3]
    assert flags & termios.ISIG and flags & termios.ICANON and flags & termios.ECHO
    return begun


def close_editor(terminal: TerminalProgram, last: str, wanted: str) -> None:
    begun = len(terminal.raw)
    terminal.send(f"{last}\n")
    terminal.wait_for(lambda: all(mode in bytes(terminal.raw[begun:]) for mode in MODES_ON))
    terminal.wait_for(wanted)
    assert not termios.tcgetattr(terminal._master)[3] & (termios.ICANON | termios.ECHO)


def test_a_draft_goes_to_the_editor_and_comes_back(
    environment: dict[str, str], tmp_path: Path, server: FaultServer
) -> None:
    with chat(environment, columns=80, rows=24) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("my draft")
        terminal.wait_for("my draft")
        open_editor(terminal)
        terminal.send("+and 中文 more\n")
        close_editor(terminal, "done", "│ and .*more")
        terminal.send("enter")
        terminal.wait_for("Hello there")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
        assert wrong_modes(bytes(terminal.raw)) == []
    assert any("my draft\\nand 中文 more".encode() in request for request in server.requests) or any(
        b"my draft\\nand \\u4e2d\\u6587 more" in request for request in server.requests
    )
    assert list((tmp_path / "run").iterdir()) == []
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize(("end", "said"), [("fail", "exited with status 7"), ("die", "killed by signal 9")])
def test_a_failing_editor_loses_nothing_and_the_screen_is_whole(
    environment: dict[str, str], tmp_path: Path, end: str, said: str
) -> None:
    with chat(environment) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("a draft", "ctrl+j", "of two lines")
        terminal.wait_for("of two lines")
        terminal.wait_for(Settled(terminal))
        attributes = termios.tcgetattr(terminal._master)
        before = without_shell(terminal.text)
        open_editor(terminal)
        with terminal._lock:
            terminal._screen.reset()
        close_editor(terminal, end, said)
        terminal.wait_for(
            lambda: is_whole(without_shell(_below_toasts(terminal.text)), _below_toasts(before))
        )
        assert termios.tcgetattr(terminal._master) == attributes
        terminal.send("ctrl+q")
        terminal.wait_for("unsent message")
        terminal.send("y")
        terminal.wait()
        assert wrong_modes(bytes(terminal.raw)) == []
        assert termios.tcgetattr(terminal._master)[3] & termios.ICANON
    assert crash_reports(tmp_path) == []


def _below_toasts(text: str) -> str:
    return "\n".join(text.split("\n")[-12:])


def test_the_window_may_change_and_an_answer_arrive_while_the_editor_is_open(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with chat(environment, columns=80, rows=24) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("slowly", "enter")
        open_editor(terminal)
        terminal.resize(110, 33)
        terminal.send("lines\n")
        terminal.wait_for("33 110")
        terminal.send("ctrl+c")  # for the editor alone; it ends by that
        terminal.wait_for("killed by signal 2")
        terminal.wait_for("and continues")
        terminal.wait_for(Settled(terminal))
        lines = terminal.text.split("\n")
        assert len(lines) == 33
        assert "Commands" in lines[-1]
        assert re.search(r"╮ *$", "\n".join(lines[-8:]), re.MULTILINE)
        assert max(map(len, lines)) > 100
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    assert crash_reports(tmp_path) == []


def test_the_program_ends_with_the_terminal_right_while_the_editor_is_open(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with chat(environment) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("words")
        open_editor(terminal)
        terminal.kill(signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
        terminal.drain()
        assert wrong_modes(bytes(terminal.raw)) == []
    assert list((tmp_path / "run").iterdir()) == []
    assert crash_reports(tmp_path) == []


def test_the_system_prompt_is_edited_too_in_the_settings_and_in_the_form(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with chat(environment) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("/settings", "enter")
        terminal.wait_for("System prompt")
        terminal.send("tab")
        open_editor(terminal)
        terminal.send("=Answer in one word.\n")
        close_editor(terminal, "done", "Answer in one word")
        terminal.send("\x13")
        terminal.wait_for(lambda: "System prompt (empty" not in terminal.text)
        terminal.send("hello", "enter")
        terminal.wait_for("Hello there")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    assert crash_reports(tmp_path) == []


def test_without_an_editor_one_sentence_says_what_to_set(environment: dict[str, str]) -> None:
    without = {name: value for name, value in environment.items() if name != "VISUAL"}
    with chat(without) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("/editor", "enter")
        terminal.wait_for("No editor is set")
        terminal.send("ctrl+x", "ctrl+k", "still here")
        terminal.wait_for("still here")


def test_the_same_works_with_textuals_own_driver(environment: dict[str, str]) -> None:
    with chat({**environment, "LMDECK_COMPAT": "textual"}) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("my draft")
        terminal.wait_for("my draft")
        begun = len(terminal.raw)
        terminal.send("ctrl+x", "ctrl+e")
        terminal.wait_for(lambda: b"the editor is open" in terminal.raw[begun:])
        terminal.send("+with more\n", "done\n")
        terminal.wait_for("│.*with more")
        terminal.send("ctrl+q")


def test_the_plain_chat_sends_what_was_written(
    environment: dict[str, str], tmp_path: Path, server: FaultServer
) -> None:
    with TerminalProgram(lmdeck("chat", "main", "--plain"), environment, columns=400) as terminal:
        terminal.wait_for("you>")
        terminal.send("/editor\n")
        terminal.wait_for("the editor is open")
        terminal.send("+/etc is no command here\n", "done\n")
        terminal.wait_for("Hello there")
        terminal.send("/editor\n")
        terminal.wait_for(lambda: terminal.text.count("the editor is open") == 2)
        terminal.send("+kept words\n", "fail\n")
        terminal.wait_for("exited with status 7.* until lmdeck ends")
        path = re.search(r"What the editor saved is in (\S+) until", terminal.text)
        assert path is not None
        assert Path(path[1]).read_text() == "kept words\n"
        terminal.send("/quit\n")
        assert terminal.wait() == 0
    assert sum(b"/etc is no command here" in request for request in server.requests) == 1
    assert list((tmp_path / "run").iterdir()) == []
