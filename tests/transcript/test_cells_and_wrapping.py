"""Widths in cells match those of a terminal, checked with a terminal in memory."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.ui.transcript.cells import cut_cells, expand_tabs, settle_cells, split_cells
from tui.ui.transcript.lines import Role, Span
from tui.ui.transcript.wrap import BREAK, Flow, wrap

SAMPLES = [
    "plain",
    "中文字符",
    "👨‍👩‍👧 family",
    "👍🏽 tone",
    "🇩🇪🇫🇷 flags",
    "❤️ heart",
    "1️⃣ keycap",
    "e\u0301 combining",
    "שלום עולם",
    "مرحبا",
    "한국어",
    "ｆｕｌｌ",
    "नमस्ते"[:2],
]


def terminal_cells(text: str) -> int:
    screen = pyte.Screen(200, 1)
    pyte.Stream(screen).feed(text)
    return int(screen.cursor.x)


@pytest.mark.parametrize("text", SAMPLES)
def test_settled_text_takes_the_cells_that_a_terminal_gives_it(text: str) -> None:
    settled = settle_cells(text)
    assert cell_len(settled) == terminal_cells(settled)


def test_joined_emoji_become_their_parts_and_flags_their_letters() -> None:
    assert settle_cells("👨‍👩‍👧") == "👨👩👧"
    assert settle_cells("🇩🇪") == "DE"
    assert settle_cells("👍🏽") == "👍"
    assert settle_cells("❤️ 1️⃣") == "❤ 1"


def test_joiners_stay_where_scripts_need_them() -> None:
    assert settle_cells("क्\u200dष") == "क्\u200dष"


def test_tabs_go_to_the_next_stop() -> None:
    assert expand_tabs("\ta\tb") == "    a   b"
    assert expand_tabs("中\tx") == "中  x"


@given(st.text(alphabet="ab中👍e\u0301 ", max_size=40), st.integers(1, 12))
def test_a_split_loses_nothing_and_fits(text: str, cells: int) -> None:
    head, tail = split_cells(text, cells)
    assert head + tail == text
    assert cell_len(head) <= max(cells, 2)
    assert head or not text


def test_a_cut_says_that_something_is_missing() -> None:
    assert cut_cells("abcdef", 4) == "abc…"
    assert cut_cells("中文字", 4) == "中…"
    assert cut_cells("ab", 4) == "ab"


def texts(rows: list[tuple[Span, ...]]) -> list[str]:
    return ["".join(span.text for span in row) for row in rows]


def test_words_wrap_at_spaces_and_long_words_anywhere() -> None:
    assert texts(wrap([Span("one two three")], 8)) == ["one two", "three"]
    assert texts(wrap([Span("abcdefghij xy")], 4)) == ["abcd", "efgh", "ij", "xy"]


def test_wide_text_breaks_between_characters_but_not_before_a_full_stop() -> None:
    assert texts(wrap([Span("中文字。好")], 6)) == ["中文", "字。好"]


def test_a_break_ends_a_line() -> None:
    assert texts(wrap([Span("a"), Span(BREAK), Span("b")], 10)) == ["a", "b"]


def test_a_word_of_several_styles_stays_together() -> None:
    rows = wrap([Span("x "), Span("bo", Role.TEXT | 256), Span("ld")], 5)
    assert texts(rows) == ["x", "bold"]


@given(st.lists(st.text(alphabet="ab 中", max_size=10), max_size=8), st.integers(1, 15))
@settings(deadline=None)
def test_a_flow_that_was_copied_goes_on_as_the_original(pieces: list[str], width: int) -> None:
    flow, done = Flow(width), []
    for piece in pieces:
        done += flow.copy().feed([Span(piece)])[:0]
        done += flow.feed([Span(piece)])
    whole = Flow(width)
    expected = [row for piece in pieces for row in whole.feed([Span(piece)])]
    assert done + flow.close() == expected + whole.close()
    assert all(cell_len(text) <= max(2, width) for text in texts(done))
