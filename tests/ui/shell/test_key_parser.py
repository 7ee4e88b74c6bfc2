"""Keys in kitty's protocol, in all forms that terminals may send, and invalid numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tui.ui.textual_compat.key_parser import KeyParser


def keys(text: str) -> list[str]:
    return [message.key for message in KeyParser().read(text) if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    ("sequence", "wanted"),
    [
        ("\x1b[97;5u", ["ctrl+a"]),
        ("\x1b[97::97;5u", ["ctrl+a"]),
        ("\x1b[97:65;2u", ["shift+a"]),
        ("\x1b[97;5:1u", ["ctrl+a"]),
        ("\x1b[97;5:2u", ["ctrl+a"]),
        ("\x1b[97;5:3u", []),
        ("\x1b[97;1:1;97u", ["a"]),
        ("\x1b[1;2:1A", ["shift+up"]),
        ("\x1b[1;2:3A", []),
        ("\x1b[3;5:1~", ["ctrl+delete"]),
        ("\x1b[1114112u", []),
        ("\x1b[99999999999u", []),
        ("\x1b[55296u", []),
        ("\x1b[97;;99:9999999u", ["c"]),
    ],
)
def test_a_key_with_parts_is_that_key_and_one_let_go_is_none(sequence: str, wanted: list[str]) -> None:
    assert keys(sequence) == wanted
    assert keys(f"{sequence}x\x1b[A") == [*wanted, "x", "up"], "what follows is read as ever"


@given(st.text("0123456789:;<>?", max_size=20), st.sampled_from("ABCDEFHPQRSu~MmZ"))
def test_no_sequence_raises_and_the_next_key_is_read(numbers: str, end: str) -> None:
    assert keys(f"\x1b[{numbers}{end}\x1b[1;5A")[-1] == "ctrl+up"
