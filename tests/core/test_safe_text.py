"""The gate for text from outside."""

from __future__ import annotations

from unicodedata import combining

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.payloads import PAYLOADS
from tui.core.safe_text import count_neutralised, safe_line, safe_text, strip_controls

ODD = (
    "\x00\x07\x1b\r\n\t\x7f\x85\x9b\u0301\u0302\u200b\u202e\u2066\u2028\ufeff\ud800漢é😀\U000e0041\U0001d165"
)
ANY = st.text(st.one_of(st.characters(), st.sampled_from(ODD)), max_size=60)


@given(ANY)
def test_nothing_of_it_commands_a_terminal_and_it_is_safe_twice(raw: str) -> None:
    shown = safe_text(raw)
    assert not [c for c in shown if (ord(c) < 0x20 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0]
    assert not set(shown) & set("\u202e\u2066\u200b\u2028\ufeff\U000e0041\ud800")
    assert safe_text(shown) == shown
    shown.encode()


@given(ANY)
def test_a_line_is_one_line(raw: str) -> None:
    assert not set(safe_line(raw)) & set("\n\r\t\x0b\x0c\x85\u2028\u2029")


@given(st.lists(ANY, max_size=6))
def test_a_stream_cut_anywhere_gives_the_same(pieces: list[str]) -> None:
    """But for what spans a cut: CR LF, and runs of marks, which the holder of the pieces joins."""
    if any(piece.endswith("\r") or any(map(combining, piece)) for piece in pieces):
        return
    assert "".join(map(safe_text, pieces)) == safe_text("".join(pieces))


@given(ANY)
def test_the_count_is_of_what_was_replaced(raw: str) -> None:
    text = raw.replace("\r\n", "\n")
    shown = safe_text("".join(c for c in text if not combining(c)))
    bare = "".join(c for c in text if not combining(c))
    assert count_neutralised(bare) == sum(a != b for a, b in zip(bare, shown, strict=True))


@pytest.mark.parametrize("mark", ["\u0301", "\u0e48", "\U0001d165"])
def test_a_run_of_marks_is_capped(mark: str) -> None:
    assert safe_text("a" + mark * 8 + "b") == "a" + mark * 8 + "b"
    assert safe_text("a" + mark * 100_000 + "b") == "a" + mark * 8 + "b"


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_what_is_copied_has_no_controls(payload: str) -> None:
    assert not [c for c in strip_controls(payload) if ord(c) < 0x20 and c not in "\n\t"]


def test_plain_text_of_any_language_is_left_alone() -> None:
    for text in ("plain [/] text", "漢字かな交じり文", "שלום", "नमस्ते", "👩‍👩‍👧 family", "e\u0301"):
        assert safe_text(text) == text
