"""The lines that a search finds: cut around the words, each of which is marked where it stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.query import FoundLine, fold, read_query

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def lines(query: str, text: str) -> list[FoundLine]:
    return list(read_query(query, NOW).lines(text))


def marked(line: FoundLine) -> list[str]:
    return [text for text, is_word in line.pieces if is_word]


def test_every_word_of_a_line_is_marked_and_the_longest_one_leads() -> None:
    [line] = lines("nginx buffer", "the Buffers of NGINX")
    assert marked(line) == ["Buffer", "NGINX"]
    assert line.word == "Buffer"
    assert line.matched == 2
    assert "".join(text for text, _ in line.pieces) == "the Buffers of NGINX"


@pytest.mark.parametrize(
    ("query", "text", "words"),
    [
        ("strasse köln", "Kölner Straße", ["Köln", "Straße"]),
        ("proxy proxy_buffering", "set proxy_buffering", ["proxy_buffering"]),
        ('"a " b', "b a c", ["b", "a"]),
        ("zebra", "an ant", []),
    ],
)
def test_words_are_marked_as_they_stand(query: str, text: str, words: list[str]) -> None:
    assert [marked(line) for line in lines(query, text)] == ([words] if words else [])


def test_of_a_long_line_the_part_around_the_longest_word_is_shown() -> None:
    [line] = lines("needle far", f"far {'x' * 300} a needle and {'y' * 300} far")
    assert marked(line) == ["needle"]
    assert line.text.startswith("…")
    assert line.text.endswith("…")
    assert line.matched == 2


@given(st.text(), st.text(min_size=1), st.text())
def test_what_leads_is_the_word(before: str, word: str, after: str) -> None:
    for line in lines(f'"{word.replace(chr(34), "")}"', f"{before}{word}{after}"):
        assert "".join(text for text, _ in line.pieces) == line.text
        assert fold(word.replace('"', "")).strip() in fold(line.word) or "\n" in word or len(line.text) > 160
