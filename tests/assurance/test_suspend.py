"""Ctrl+Z returns the terminal to a real shell from everywhere, and fg restores the screen."""

from __future__ import annotations

import re
import shlex
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.kit import crash_reports, deck
from tests.assurance.modes import wrong_modes
from tests.support.fault_server import Connection, FaultServer
from tests.support.stream_samples import FINISH, delta
from tests.support.terminal import TerminalProgram, lmdeck

REPOSITORY = Path(__file__).parents[2]
SHELL = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
FRAME_ENDS = b"\x1b[?2026l"
MODES_ON = (b"\x1b[?1049h", b"\x1b[?1000h", b"\x1b[?1006h", b"\x1b[?2004h", b"\x1b[?1004h", b"\x1b[>")
F6, F7 = "\x1b[17~", "\x1b[18~"
Places = dict[str, tuple[tuple[str, ...], str]]
LIST: Places = {
    "list": ((), "● \\d+ ms"),
    "filter of the list": (("/", "mai"), "▌ mai "),
    "help": (("escape", "f1"), "[Hh]elp"),
    "palette": (("escape", "ctrl+p", "he"), "Show: help"),
    "form": (("escape", "a"), "new provider"),
    "text in the form": (("htt",), "htt"),
    "dialog": (("ctrl+q",), "Quit lmdeck"),
    "form again": (("escape",), "htt"),
}
"""Places on the way through the program: the keys to each from the one before, and what it shows."""
CHAT: Places = {
    "empty prompt": ((), "Enter to send"),
    "prompt with text": (("some words",), "some words"),
    "answer under way": ((" forever", "enter"), "It begins"),
    "prompt meanwhile": (("more",), "more"),
    "dialog meanwhile": (("ctrl+q",), "Quit lmdeck"),
    "transcript": (("escape", "tab"), "It begins"),
}
WINDOWS: Places = {
    "list": ((), "● \\d+ ms"),
    "diagnosis": (("d",), "lmdeck › Diagnosis"),
    "test of a provider": (("escape", "escape", "t"), "Test of main"),
    "discovery": (("escape", "f"), "Servers on this machine"),
    "conversations": (("escape", "h"), "Conversations"),
    "filter of the conversations": (("/", "xyz"), "xyz"),
}
"""The screens over the list."""
OVER_CHAT: Places = {
    "empty prompt": ((), "Enter to send"),
    "answer": (("hello", "enter"), "Hello there"),
    "picker": (("f2",), "main"),
    "filter of the picker": (("mai",), "mai"),
    "settings": (("escape", F6), "System prompt|system prompt"),
    "search": (("escape", "tab", "/", "abc"), "abc"),
    "name": (("escape", F7), "Enter"),
}
"""The windows over a chat."""


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A server whose second answer goes on until it is stopped."""

    def answer(connection: Connection) -> None:
        while (request := connection.read_request()).startswith(b"GET"):
            connection.respond(b'{"object":"list","data":[{"id":"m"}]}')
        connection.start_stream()
        if b"forever" in request:
            connection.send_chunks(delta("It begins\n"))
            connection.hold()
        else:
            connection.send_chunks(delta("Hello there\n"), FINISH)

    with FaultServer(answer) as running:
        yield running


def shell(environment: dict[str, str], *, columns: int = 90, rows: int = 28) -> TerminalProgram:
    """Return a shell with job control, to be entered as a context, in the repository's folder."""
    extra = {"PS1": "shell> ", "PYTHONPATH": str(REPOSITORY), "HISTFILE": ""}
    return TerminalProgram(SHELL, {**environment, **extra}, columns=columns, rows=rows)


def sleep_and_wake(terminal: TerminalProgram, place: str) -> None:
    """Press Ctrl+Z, use the shell, then fg: the screen is the one from before, all of it."""
    before = without_shell(terminal.text)
    begun = len(terminal.raw)
    terminal.send("ctrl+z")
    terminal.wait_for(lambda: b"shell> " in terminal.raw[begun:])
    assert wrong_modes(bytes(terminal.raw)) == [], place
    assert termios.tcgetattr(terminal._master)[3] & termios.ISIG, place
    terminal.send("clear; echo al''ive\n")
    terminal.wait_for(lambda: b"alive" in terminal.raw[begun:])
    with terminal._lock:
        terminal._screen.reset()
    begun = len(terminal.raw)
    terminal.send("fg\n")
    terminal.wait_for(lambda: is_whole(without_shell(terminal.text), before), 30)
    woken = bytes(terminal.raw[begun:])
    assert [mode for mode in MODES_ON if mode not in woken] == [], place
    assert not termios.tcgetattr(terminal._master)[3] & (termios.ICANON | termios.ECHO), place


def without_shell(text: str) -> str:
    """Return the screen without figures, which a clock changes meanwhile, and without a spinner."""
    return re.sub(r"[0-9.]+|[^ -~\n]", "", text)


def is_whole(text: str, before: str) -> bool:
    """Whether every line is back; a check that ran meanwhile may have changed a few."""
    pairs = list(zip(text.split("\n"), before.split("\n"), strict=True))
    is_drawn = all(bool(line.strip()) == bool(old.strip()) for line, old in pairs)
    return is_drawn and sum(line != old for line, old in pairs) <= 4


def command(*arguments: str) -> str:
    return shlex.join(lmdeck(*arguments)) + "\n"


@pytest.mark.parametrize(
    ("start", "places"),
    [((), LIST), (("chat", "main"), CHAT), ((), WINDOWS), (("chat", "main"), OVER_CHAT)],
    ids=["list", "chat", "windows", "over-chat"],
)
def test_ctrl_z_suspends_everywhere_and_fg_brings_the_screen_back(
    tmp_path: Path,
    server: FaultServer,
    start: tuple[str, ...],
    places: Places,
) -> None:
    with shell(deck(tmp_path, server.base_url)) as terminal:
        terminal.wait_for("shell>")
        terminal.send(command(*start))
        for place, (keys, wanted) in places.items():
            for key in keys:
                terminal.send(key)
                terminal.wait_for(Settled(terminal))
            terminal.wait_for(wanted)
            terminal.wait_for(Settled(terminal))
            sleep_and_wake(terminal, place)
    assert crash_reports(tmp_path) == []


def test_ctrl_l_draws_the_whole_screen_again(tmp_path: Path, server: FaultServer) -> None:
    with TerminalProgram(lmdeck("chat", "main"), deck(tmp_path, server.base_url)) as terminal:
        terminal.send("a draft")  # at once: what is typed before the first screen belongs to it
        terminal.wait_for("│ a draft ")
        terminal.wait_for(Settled(terminal))
        before = terminal.text
        with terminal._lock:
            terminal._screen.reset()
        terminal.send("ctrl+l")
        terminal.wait_for(lambda: is_whole(terminal.text, before), 30)
        terminal.send("ctrl+q")


def test_ctrl_z_stops_the_make_that_started_it_too(tmp_path: Path, server: FaultServer) -> None:
    """As ``make run`` does: a parent in the same process group, which must not keep the terminal."""
    makefile = tmp_path / "Makefile"
    makefile.write_text("run:\n\t@" + command("chat", "main"))
    with shell(deck(tmp_path, server.base_url)) as terminal:
        terminal.wait_for("shell>")
        terminal.send(f"make -f {shlex.quote(str(makefile))} run\n")
        terminal.wait_for("Enter to send")
        terminal.send("some words")
        terminal.wait_for("some words")
        for _ in range(2):
            terminal.wait_for(Settled(terminal))
            sleep_and_wake(terminal, "make")
        terminal.send(" and more", "enter")
        terminal.wait_for("Hello there")
        terminal.send("ctrl+q")
        terminal.wait_for("shell>")
        assert wrong_modes(bytes(terminal.raw)) == []
    assert any(b"some words and more" in request for request in server.requests)
    assert crash_reports(tmp_path) == []


class Settled:
    """Whether a screen of the program itself is there, and has not changed for half a second."""

    def __init__(self, terminal: TerminalProgram) -> None:
        self._terminal = terminal
        self._text, self._since = "", time.monotonic()

    def __call__(self) -> bool:
        text = without_shell(self._terminal.text)
        if text != self._text:
            self._text, self._since = text, time.monotonic()
        return FRAME_ENDS in self._terminal.raw and time.monotonic() - self._since > 0.5
