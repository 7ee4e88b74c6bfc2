"""The second safeguard: no control character or unusual link passes, clean lines are unchanged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.support.payloads import PAYLOADS
from tui.ui.guard import ControlCharacterGuard, safe_url

BLACK = Color(0, 0, 0)
GUARD = ControlCharacterGuard()


def guarded(text: str, style: Style | None = None) -> Segment:
    return GUARD.apply([Segment(text, style)], BLACK)[0]


@given(st.text(max_size=40))
def test_no_line_commands_a_terminal(text: str) -> None:
    found = guarded(text).text
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in found)
    found.encode()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_the_width_of_a_line_stays(text: str) -> None:
    assert cell_len(guarded(text).text) == cell_len(text)


def test_every_known_payload_is_harmless() -> None:
    for payload in PAYLOADS.values():
        assert guarded(payload).text.isprintable() or not guarded(payload).text


def test_a_clean_line_is_the_same_object() -> None:
    line = [Segment("clean ├─ 你好 🙂", Style(bold=True))]
    assert GUARD.apply(line, BLACK) is line


def test_emoji_sequences_and_wide_spaces_stay() -> None:
    for text in ("👨‍👩‍👧", "❤️", "a\u3000b", "a\u00a0b"):
        assert guarded(text).text == text


def test_a_link_that_is_no_address_is_dropped() -> None:
    evil = guarded("text", Style(link="http://x/\x1b]52;c;eA==\x07"))
    assert evil.style is not None
    assert evil.style.link is None
    plain = guarded("text", Style(link="https://example.org/?a=1"))
    assert plain.style is not None
    assert plain.style.link == "https://example.org/?a=1"


def test_only_plain_addresses_are_safe() -> None:
    assert safe_url("https://example.org/a?b=c#d")
    assert safe_url("mailto:a@example.org")
    for url in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://a b",
        "http://\u202ex",
        "http://x\n",
        "",
    ):
        assert safe_url(url) is None
    assert safe_url("http://x/" + "a" * 3000) is None


def test_what_nobody_sees_is_replaced_and_what_an_emoji_needs_is_not() -> None:
    assert guarded("a\u00adb\u115fc").text == "a\ufffdb\ufffd c"
    assert guarded("a\U000e0101b\u3164\u200bc\u200d").text == "abc"
    assert guarded("e" + "\u0488" * 100).text == "e" + "\u0488" * 8
    assert guarded("می\u200cخواهم 👩🏽\u200d💻 ❤️").text == "می\u200cخواهم 👩🏽\u200d💻 ❤️"
