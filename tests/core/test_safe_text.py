"""Sanitising untrusted text."""

from __future__ import annotations

import sys
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.payloads import PAYLOADS
from tui.core.safe_text import (
    CONTEXT,
    NeutralisedCount,
    count_neutralised,
    replace_hidden,
    safe_line,
    safe_text,
    strip_controls,
)

ODD = (
    "\x00\x07\x1b\r\n\t\x7f\x85\x9b\u0301\u0302\u200b\u202e\u2066\u2028\ufeff\ud800漢é😀\U000e0041\U0001d165"
    "\u200d\u200c\ufe0fक❤\u094d\u0488\u00ad\u3164\U000e0100"
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
    """But for CR LF, whose holder waits for the second half."""
    if any(piece.endswith("\r") for piece in pieces):
        return
    shown = before = ""
    for piece in pieces:
        shown += safe_text(piece, before)
        before = (before + piece)[-CONTEXT:]
    assert shown == safe_text("".join(pieces))


@given(st.lists(ANY, max_size=6))
def test_the_count_is_of_what_was_replaced(pieces: list[str]) -> None:
    count = NeutralisedCount()
    for piece in pieces:
        count.feed(piece)
    raw = "".join(pieces)
    assert count.total == count_neutralised(raw)
    if not any(map(category_is_mark, raw)):
        pairs = zip(raw.replace("\r\n", "\n"), safe_text(raw), strict=True)
        assert count.total == sum(a != b for a, b in pairs)


def category_is_mark(character: str) -> bool:
    return category(character)[0] == "M" or character in "\u200c\u200d" or "\u1160" <= character <= "\u11ff"


VISIBLE_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Format characters that are drawn: signs above or below numbers."""
INVISIBLE = sorted(
    {code for code in range(sys.maxunicode + 1) if category(chr(code)) == "Cf"} - VISIBLE_FORMATS
    | {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180D, 0x180E, 0x180F, 0x3164, 0xFFA0, 0x2065, 0xFFF0}
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0000, 0xE1000))
)
"""The property, put together from others that Python knows and from what the standard adds to them."""


def test_nothing_invisible_is_shown_anywhere() -> None:
    for code in INVISIBLE:
        character = chr(code)
        assert safe_text(f"a{character}b") == "a\ufffdb", hex(code)
        assert safe_line(f"a{character}b") == "a\ufffdb", hex(code)
        assert strip_controls(f"a{character}b") == "ab", hex(code)
        assert count_neutralised(f"a{character}b") == 1, hex(code)
        assert replace_hidden(f"a{character}b", lambda _: "?") == "a?b", hex(code)


@pytest.mark.parametrize("code", [0xE0100, 0x2061, 0xAD, 0x3164, 0xE0041, 0x200B, 0xFEFF, 0x180E, 0x17B4])
def test_a_second_text_in_invisible_characters_is_seen(code: int) -> None:
    for around in ("plain", "漢字", "نم", "👩", "1"):
        assert "\ufffd" in safe_text(around + chr(code) * 3 + around)
        assert safe_text(around + chr(code) * 3 + around).count("\ufffd") == 3


INTACT = (
    "plain [/] text",
    "漢字かな交じり文",
    "שָׁלוֹם",
    "नमस्ते",
    "👩\u200d👩\u200d👧 family",
    "👩🏽\u200d💻 and 🏳️\u200d🌈 and 🏴\u200d☠️ and 👁️\u200d🗨️",
    "❤️ ❤︎ ☎︎ ©️ ™️ 1️⃣ #️⃣ *️⃣ ⤴️ ㊙️ 🇩🇪",
    "می\u200cخواهم نامه\u200cها",
    "क्\u200dष क्\u200cष ശ്\u200d",
    "ᠮᠣᠩᠭᠣᠯ ᠠ\u180b",
    "ก็ น้ำ ที่ เครื่อง",
    "Việt é e\u0301 ǖ ȱ̂",
    "مُحَمَّدٌ",
    "བརྒྱུད",
    "한국어 \u1112\u1161\u11ab",
    "größe − – … „x“ √π²",
)


@pytest.mark.parametrize("text", INTACT)
def test_plain_text_of_any_language_is_left_alone(text: str) -> None:
    assert safe_text(text) == text
    assert safe_line(text) == text
    assert strip_controls(text) == text
    assert count_neutralised(text) == 0
    assert replace_hidden(text, lambda _: "?") == text
    shown = ""
    for place, character in enumerate(text):
        shown += safe_text(character, text[:place])
    assert shown == text


@pytest.mark.parametrize(
    "text",
    [
        "Auf\u200clage",
        "a\u200db",
        "👩\u200d\u200d👧",
        "❤️️",
        "a\ufe0f",
        "می\u200c\u200cخ",
        "👩\u200c",
        "a\u180b",
        "\u200dx",
    ],
)
def test_a_joiner_or_selector_without_a_use_is_seen(text: str) -> None:
    assert safe_text(text).count("\ufffd") == 1


@pytest.mark.parametrize(
    "mark",
    ["\u0301", "\u0e48", "\u0e47", "\u20dd", "\u0488", "\u11a8", "\U0001d165", "\U0001e8d0", "\u093e"],
)
def test_a_run_of_marks_is_capped(mark: str) -> None:
    assert safe_text("a" + mark * 8 + "b") == "a" + mark * 8 + "b"
    assert safe_text("a" + mark * 100_000 + "b") == "a" + mark * 8 + "b"
    assert safe_line("a" + mark * 1000 + "b") == "a" + mark * 8 + "b"
    assert strip_controls("a" + mark * 1000 + "b") == "a" + mark * 8 + "b"
    assert replace_hidden("a" + mark * 9 + "b", lambda _: "?") == "a" + mark * 8 + "?b"
    shown = before = "a"
    for _ in range(50):
        shown += safe_text(mark, before)
        before += mark
    assert shown == "a" + mark * 8


def test_marks_and_joiners_in_turns_are_one_run() -> None:
    assert len(safe_text("क" + "\u094d\u200d" * 1000)) < 12
    assert len(safe_text("क" + ("\u0901" * 7 + "\u200c") * 1000)) < 12


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_what_is_copied_has_no_controls(payload: str) -> None:
    assert not [c for c in strip_controls(payload) if ord(c) < 0x20 and c not in "\n\t"]
