"""Splitting a terminal's input: independent of its pieces, and responses never become keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.textual_compat.terminal_input import Pasted, TerminalInput

REPLIES = (
    "\x1b[?64;1;2c",
    "\x1b[>41;388;0c",
    "\x1bP>|XTerm(388)\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1bP1+r544e\x1b\\",
    "\x1b]11;rgb:0000/0000/0000\x1b\\",
    "\x1b]10;rgb:ffff/ffff/ffff\x07",
    "\x1b]ltitle\x1b\\",
    "\x1b]Licon\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b[0n",
    "\x1b[8;24;80t",
    "\x1b[?1u",
    "\x1b[?1;2R",
    "\x1b[2;1;1;120;120;1;0x",
    "\x1b[4;2$y",
)
KEYS = (
    "a",
    "é",
    "\r",
    "\x1b[A",
    "\x1bOP",
    "\x1b[15~",
    "\x1b[97;5u",
    "\x1b[<0;3;4M",
    "\x1b[I",
    "\x1ba",
    "\x03",
)
PASTES = ("\x1b[200~one\r\ntwo\rthree\x1b[201~", "\x1b[200~\x1b]52;c;x\x07[31m\x1b[201~")
PASTED = ("one\ntwo\nthree", "\x1b]52;c;x\x07[31m")


def read(pieces: list[str]) -> list[str | Pasted]:
    """Feed pieces; return everything, neighbouring texts joined."""
    terminal = TerminalInput()
    found: list[str | Pasted] = []
    for piece in pieces:
        for item in terminal.feed(piece):
            if isinstance(item, str) and found and isinstance(found[-1], str):
                found[-1] += item
            else:
                found.append(item)
    return found


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_vanishes_between_keys(reply: str) -> None:
    assert read([f"a{reply}b"]) == ["ab"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_passes_as_it_came(key: str) -> None:
    assert read([f"{key}z"]) == [f"{key}z"]


@pytest.mark.parametrize(
    ("sent", "passed"),
    [
        ("\x1b[97:65;2u", "\x1b[97;2u"),
        ("\x1b[97;5:1u", "\x1b[97;5u"),
        ("\x1b[97;1:2;98u", "\x1b[97;1;98u"),
        ("\x1b[97;5:3u", ""),
        ("\x1b[1114112u", ""),
        ("\x1b[999999999999A", ""),
        ("\x1b[55296u", ""),
    ],
)
def test_a_key_that_the_parser_would_raise_at_is_made_plain_or_dropped(sent: str, passed: str) -> None:
    assert "".join(map(str, read([sent]))) == passed


@pytest.mark.parametrize(("paste", "text"), zip(PASTES, PASTED, strict=True))
def test_a_paste_is_whole_and_its_text_no_key(paste: str, text: str) -> None:
    assert read([f"a{paste}b"]) == ["a", Pasted(text), "b"]


PARTS = st.lists(st.sampled_from(REPLIES + KEYS + PASTES), max_size=12)


@given(PARTS, st.data())
def test_the_pieces_do_not_matter(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts) + "z"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert read(pieces) == read([text])


@given(st.text(alphabet="\x1b[]P_^X\\?>=<;0129~$cnRtuyabGM\x07", max_size=60), st.data())
def test_nothing_hangs_or_raises(text: str, data: st.DataObject) -> None:
    terminal = TerminalInput()
    cut = data.draw(st.integers(0, len(text)))
    terminal.feed(text[:cut])
    terminal.feed(text[cut:])
    for _ in range(60):
        terminal.expire()
    assert not terminal.is_waiting
    assert terminal.feed("plain") == ["plain"]


def test_escape_alone_comes_when_nothing_follows() -> None:
    terminal = TerminalInput()
    assert terminal.feed("\x1b") == []
    assert terminal.is_waiting
    assert terminal.expire() == ["\x1b"]
    assert not terminal.is_waiting


def test_an_endless_reply_does_not_swallow_the_keyboard() -> None:
    terminal = TerminalInput()
    terminal.feed("\x1b]11;")
    for _ in range(100):
        terminal.feed("x" * 100)
    assert not terminal.is_waiting
