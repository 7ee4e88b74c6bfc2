"""A sequence that arrives in parts has the same meaning as in one piece, and is never typed."""

from __future__ import annotations

import pytest
from textual import events
from textual.message import Message

from tui.ui.textual_compat.key_parser import KeyParser
from tui.ui.textual_compat.terminal_input import Pasted, TerminalInput, escape_delay

LOCAL: dict[str, str] = {}
REMOTE = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
LINES = ((LOCAL, 0.2), (REMOTE, 1.0), ({"SSH_TTY": "/dev/pts/1"}, 1.0))
"""Environments, and the longest pause within a sequence that their lines make."""
SEQUENCES = {
    "mouse report": "\x1b[<35;10;10M",
    "mouse release": "\x1b[<0;10;10m",
    "old mouse report": "\x1b[M !!",
    "paste": "\x1b[200~two\rlines\x1b[201~",
    "cursor report": "\x1b[12;40R",
    "private cursor report": "\x1b[?12;40R",
    "kitty key": "\x1b[97;5u",
    "kitty key with its text": "\x1b[97;2;65u",
    "kitty text": "\x1b[0;;20320:22909u",
    "kitty escape": "\x1b[27u",
    "focus gained": "\x1b[I",
    "focus lost": "\x1b[O",
    "colour reply": "\x1b]11;rgb:1414/1919/1f1f\x07",
    "colour reply with ST": "\x1b]11;rgb:1414/1919/1f1f\x1b\\",
    "version reply": "\x1bP>|XTerm(388)\x1b\\",
    "graphics reply": "\x1b_Gi=1;OK\x1b\\",
    "device attributes": "\x1b[?64;1;2c",
    "status reply": "\x1b[0n",
    "mode report": "\x1b[?2026;2$y",
    "window size": "\x1b[48;24;80;480;1600t",
    "arrow": "\x1b[D",
    "arrow of the application mode": "\x1bOD",
    "function key": "\x1bOP",
    "function key of the console": "\x1b[[A",
    "page": "\x1b[5~",
    "modified arrow": "\x1b[1;5D",
    "shift+home of rxvt": "\x1b[7$",
    "unknown": "\x1b[99;98;97z",
    "unknown and long": "\x1b[" + "1;" * 20 + "1z",
}


class Line:
    """Collects what reaches the app from a terminal over a slow connection."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._terminal = TerminalInput(escape_delay(environment))
        self._parser = KeyParser()
        self.got: list[str] = []

    def send(self, text: str) -> None:
        self._take(self._terminal.feed(text))

    def pause(self, seconds: float) -> None:
        while (patience := self._terminal.patience) is not None and patience <= seconds:
            seconds -= patience
            self._take(self._terminal.expire())

    def _take(self, pieces: list[str | Pasted]) -> None:
        for piece in pieces:
            if isinstance(piece, Pasted):
                self.got.append(f"paste {piece.text!r}")
            else:
                self.got += map(named, self._parser.read(piece))


def named(message: Message) -> str:
    """Return a message in words that two equal ones share."""
    if isinstance(message, events.Key):
        return message.key
    if isinstance(message, events.MouseEvent):
        return f"{type(message).__name__} {message.x} {message.y}"
    return type(message).__name__


def whole(text: str) -> list[str]:
    line = Line(LOCAL)
    line.send(text)
    line.pause(60)
    return line.got


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES.keys())
@pytest.mark.parametrize(("environment", "longest"), LINES, ids=["local", "ssh", "ssh tty"])
def test_a_sequence_in_two_parts_means_what_it_means_in_one(
    environment: dict[str, str], longest: float, sequence: str
) -> None:
    wanted = ["a", *whole(sequence), "b"]
    assert not set("[<;]~") & set(wanted)
    for pause in (0.01, 0.15, longest):
        for cut in range(1, len(sequence)):
            line = Line(environment)
            line.send("a" + sequence[:cut])
            line.pause(pause)
            line.send(sequence[cut:])
            line.pause(60)
            line.send("b")
            assert line.got == wanted, (cut, pause)


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES.keys())
@pytest.mark.parametrize(("environment", "longest"), LINES[:2], ids=["local", "ssh"])
def test_a_sequence_byte_by_byte(environment: dict[str, str], longest: float, sequence: str) -> None:
    line = Line(environment)
    for character in sequence:
        line.send(character)
        line.pause(longest * 0.9)
    line.pause(60)
    assert line.got == whole(sequence)


LATE = [name for name in SEQUENCES if not name.startswith(("old mouse", "function key of the", "shift+home"))]


@pytest.mark.parametrize("name", LATE)
def test_what_comes_later_than_any_line_is_still_not_typed(name: str) -> None:
    """Its escape was the key by then, which is all that there is of it; a paste stays one."""
    line = Line(LOCAL)
    line.send("\x1b")
    line.pause(2)
    assert line.got == ["escape"]
    line.send(SEQUENCES[name][1:])
    line.pause(60)
    assert line.got == ["escape", *whole(SEQUENCES[name])]


@pytest.mark.parametrize(("environment", "limit"), [(LOCAL, 0.5), (REMOTE, 1.5)], ids=["local", "ssh"])
def test_escape_alone_comes_soon(environment: dict[str, str], limit: float) -> None:
    line = Line(environment)
    line.send("\x1b")
    line.pause(0.05)
    assert line.got == []
    line.pause(limit)
    assert line.got == ["escape"]


@pytest.mark.parametrize("environment", [LOCAL, REMOTE], ids=["local", "ssh"])
@pytest.mark.parametrize("key", ["y", "j", "\r", "1", "?", "é"])
def test_escape_and_then_a_key_are_two_keys_however_slow_the_line(
    environment: dict[str, str], key: str
) -> None:
    line = Line(environment)
    line.send("\x1b")
    line.pause(0.15)
    line.send(key)
    assert line.got == ["escape", *whole(key)]


@pytest.mark.parametrize("key", "[OP]_^X")
def test_escape_and_then_a_letter_that_may_begin_a_sequence(key: str) -> None:
    line = Line(REMOTE)
    line.send("\x1b")
    line.pause(0.4)
    line.send(key)
    line.pause(1.5)
    assert line.got == ["escape", *whole(key)]


@pytest.mark.parametrize("key", "bfdxP")
def test_alt_comes_with_its_key(key: str) -> None:
    line = Line(REMOTE)
    line.send(f"\x1b{key}")
    line.pause(1.5)
    assert line.got == whole(f"\x1b{key}")
    assert line.got[0] != "escape"
    assert len(line.got) == 1


def test_escape_twice_is_two_keys() -> None:
    line = Line(LOCAL)
    line.send("\x1b\x1b")
    line.pause(1)
    line.send("\x1b")
    line.pause(0.05)
    line.send("\x1b")
    line.pause(1)
    assert line.got == ["escape"] * 4


def test_a_report_that_never_ends_does_not_keep_the_keyboard() -> None:
    for begun in ("\x1b[<35;1", "\x1b]11;rgb:", "\x1bP1$", "\x1b[200~"):
        line = Line(LOCAL)
        line.send(begun)
        line.pause(6)
        line.send("a")
        assert line.got[-1] == "a"
        assert [found for found in line.got[:-1] if not found.startswith("paste")] == []


def test_typing_after_escape_is_typing() -> None:
    for typed in ("[", "]", "Odd", "[x] done", "] 11", "P.S."):
        line = Line(LOCAL)
        line.send("\x1b")
        line.pause(1)
        line.send(typed)
        line.pause(1)
        assert line.got == ["escape", *whole(typed)]


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"ESCDELAY": "25"}, 0.025),
        ({"ESCDELAY": "25", **REMOTE}, 0.025),
        ({"ESCDELAY": "²"}, escape_delay({})),
        ({"ESCDELAY": ""}, escape_delay({})),
        ({"ESCDELAY": "-5"}, escape_delay({})),
        ({"SSH_CONNECTION": ""}, escape_delay({})),
        ({"SSH_CLIENT": "10.0.0.1 1 22"}, escape_delay(REMOTE)),
    ],
)
def test_the_delay_is_the_environments(environment: dict[str, str], seconds: float) -> None:
    assert escape_delay(environment) == seconds


def test_a_person_can_still_press_escape_with_a_short_delay() -> None:
    line = Line({"ESCDELAY": "25"})
    line.send("\x1b")
    line.pause(0.03)
    assert line.got == ["escape"]
