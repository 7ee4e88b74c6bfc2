"""The lines found by a search: cut to the surroundings, with all matches marked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.query import FoundLine, first_line, fold, read_query

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def lines(query: str, text: str) -> list[FoundLine]:
    return list(read_query(query, NOW).lines(text))


def marked(line: FoundLine) -> list[str]:
    return [text for text, is_word in line.pieces if is_word]


def test_every_word_of_a_line_is_marked_and_the_longest_one_leads() -> None:
    [line] = lines("nginx buffer", "the Buffers of NGINX")
    assert marked(line) == ["Buffer", "NGINX"]
    assert line.places[0] == (4, 10)
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


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("paragraph 39", "The Paragraph  39 of it", "Paragraph 39"),
        ("39 paragraph", "The Paragraph 39 of it", "Paragraph 39"),
        ("paragraph 39", "39: not paragraph 3, paragraph 39", "paragraph 39"),
        ("paragraph 39 zebra", "a paragraph 39 of no zebra", "paragraph 39"),
        ("zebra paragraph", "a paragraph of a zebra", "paragraph"),
        ("proxy proxy_buffering", "set proxy_buffering", "proxy_buffering"),
        ('"set the" straße', "Set the STRASSE", "Set the STRASSE"),
        ("has:code", "anything", ""),
    ],
)
def test_what_was_found_in_a_line_is_a_phrase_that_finds_it(query: str, text: str, found: str) -> None:
    asked = read_query(query, NOW)
    line = next(asked.lines(text), first_line(text))
    assert asked.words_in(line) == found


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
        assert (
            fold(word.replace('"', "")).strip() in fold(line.together) or "\n" in word or len(line.text) > 160
        )
