"""Several lines that arrive at once are a paste in text fields; possible typing stays keys."""

from __future__ import annotations

import pytest

from tui.ui.textual_compat.bursts import Bursts


@pytest.mark.parametrize(
    "piece",
    [
        "hello\r",  # a script: text and Enter in one write
        "\rhello\r",  # the key that opens a chat, and a message typed ahead
        "\r\r\r",
        "jjj",
        "ok\rand",  # a slow line
        "a long line of words without an end",
        "one\rtwo\rthree\x03",  # a key among them
        "first line\nsecond line\r",  # Ctrl+J and Enter
        "\x1b[A",
        "",
    ],
)
def test_what_may_be_typed_stays_keys(piece: str) -> None:
    assert Bursts().text_of(piece, 1.0) is None


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("one\rtwo\rthree\r", "one\ntwo\nthree\n"),
        ("a\rb\rc", "a\nb\nc"),
        ("first line\rsecond line", "first line\nsecond line"),
        ("first line\r\nsecond line", "first line\nsecond line"),
        ("\tdef f():\r\t\treturn 1", "\tdef f():\n\t\treturn 1"),
    ],
)
def test_several_lines_are_a_paste(piece: str, text: str) -> None:
    assert Bursts().text_of(piece, 1.0) == text


def test_the_rest_of_a_long_paste_follows_at_once() -> None:
    bursts = Bursts()
    assert bursts.text_of("some line\rof a long pas", 1.0)
    assert bursts.text_of("te\r", 1.01) == "te\n"
    assert bursts.text_of("\r", 1.2) is None
