"""Search finds all matches, however long the text is, and never blocks the keyboard."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcript.markdown_strategies import markdown
from tests.transcript.test_transcript import chat
from tests.transcript.transcript_host import Held, done_turn, until
from tui.core.parts import parts_of
from tui.core.reasoning_view import ReasoningView
from tui.core.turn import Turn
from tui.ui.transcript import growing
from tui.ui.transcript.compact_lines import Words
from tui.ui.transcript.document import TurnDocument, View
from tui.ui.transcript.lines import Line, Role
from tui.ui.transcript.said import LINES_AT_ONCE, MATCHES_AT_ONCE, Said
from tui.ui.transcript.search import Search
from tui.ui.transcript.virtual_rows import VirtualRows

LONG = 30_000
"""Lines of an answer of which the beginning alone is drawn at once."""


def rolled(*turns: Turn, width: int = 80) -> VirtualRows:
    roll = VirtualRows(View(width), ReasoningView.LIVE)
    roll.show(turns)
    return roll


def said_in(line: Line) -> str:
    return line.text[sum(len(span.text) for span in line.spans[: line.lead]) :]


def drawn(document: TurnDocument) -> TurnDocument:
    while document.is_behind:
        document.advance()
    return document


@pytest.mark.parametrize(("separator", "count"), [("\n", LONG), ("\n\n", LONG), (" ", 4 * LONG)])
async def test_text_is_found_that_is_not_drawn_yet(
    monkeypatch: pytest.MonkeyPatch, separator: str, count: int
) -> None:
    held = Held(monkeypatch)
    text = separator.join(f"line {number:06d}" for number in range(count))
    async with chat(done_turn("a", text)) as (app, transcript, pilot):
        document = transcript.roll.documents[0]
        was_behind = document.is_behind
        held.go(transcript)
        told: list[int] = []
        await transcript.search_beside(f"{count - 20:06d}", lambda found: told.append(found.count))
        assert set(told) == {1}
        await until(pilot, lambda: any(f"{count - 20:06d}" in row for row in app.shown()))
        assert (was_behind, document.is_behind) == (True, False)
        assert not transcript.matches.is_waiting


async def test_what_is_only_there_when_it_is_drawn_is_counted_then() -> None:
    text = "line\n\n" * 2 * LONG + "very **bold** words"
    async with chat(done_turn("a", text)) as (app, transcript, pilot):
        told: list[int] = []
        await transcript.search_beside("very bold words", lambda found: told.append(found.count))
        assert told == [0, 1]
        await until(pilot, lambda: any("very bold words" in row for row in app.shown()))


async def test_another_search_ends_the_wait_for_a_match(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    text = "\n".join(f"line {number:06d}" for number in range(LONG))
    async with chat(done_turn("a", text)) as (_, transcript, pilot):
        assert transcript.search("000005") == 1
        waited = [transcript.matches.is_waiting]
        assert transcript.search("") == 0
        waited.append(transcript.matches.is_waiting)
        assert waited == [True, False]
        held.go(transcript)
        await pilot.pause()
        assert not transcript.matches.is_active


def test_a_search_works_in_small_steps() -> None:
    text = "\n\n".join(f"line {number:06d}" for number in range(LONG))
    search = Search(roll := rolled(done_turn("a", text)))
    roll.render(0)
    rows = drawn(roll.documents[0]).drawn_rows
    assert sum(1 for _ in search.steps("l")) >= rows // LINES_AT_ONCE + LONG // MATCHES_AT_ONCE
    assert sum(1 for _ in search.steps("line")) <= LONG // MATCHES_AT_ONCE + 8  # the lines are read once
    assert search.count == LONG


def test_matches_beyond_what_is_drawn_are_counted_and_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "MOST_SPANS", 1_000)
    search = Search(roll := rolled(done_turn("a", "needle\n\n" * 5_000)))
    roll.render(0)
    document = drawn(roll.documents[0])
    assert search.begin("needle") == 5_000
    assert 0 < search.hidden_count < 5_000
    found = search.move(-1)
    assert found is not None
    assert found[1].row < document.drawn_rows
    assert search.begin("too long to draw") == 0


def test_matches_that_come_while_it_streams_are_gone_to() -> None:
    turn = Turn("a", parts_of("a question"))
    search = Search(roll := rolled(turn))
    roll.render(0)
    for number in range(5):
        turn.answer.append(f"needle {number}\n\n")
        roll.documents[0].advance()
        if not number:
            assert search.begin("needle") == 1
        found = search.move(1)
        assert found is not None
        assert said_in(roll.documents[0].line(found[1].row) or Line(())) == f"needle {number}"


@given(markdown, st.sampled_from(["alpha", "1", "bold", "a", "be ta", "code"]), st.integers(1, 60))
def test_going_through_the_matches_visits_each_once_in_order(text: str, query: str, width: int) -> None:
    search = Search(roll := rolled(done_turn("a", text, "alpha 1"), done_turn("b", text), width=width))
    for index in range(2):
        roll.render(index)
    count = search.begin(query)
    visited = [found for _ in range(count) if (found := search.move(1)) is not None]
    assert len(visited) == count
    # the first step takes the newest turn from its beginning, then goes around
    keys = sorted((index, match.parts[0]) for index, match in visited)
    assert len(set(keys)) == count
    assert [search.move(-1) for _ in range(count)] == [*visited[-2::-1], *visited[-1:]][:count]


@given(
    st.lists(st.tuples(st.text("ab", max_size=6), st.integers(0, 2), st.booleans()), min_size=1, max_size=20),
    st.integers(0, 20),
)
def test_a_text_of_lines_says_where_each_stretch_is(lines: list[tuple[str, int, bool]], cut: int) -> None:
    words = [Words("x" * lead + text, lead, soft) for text, lead, soft in lines]
    said = Said()
    said.extend(words[:cut])
    said = said.with_lines(words[cut:])
    assert said.text == "".join(text + (" " if soft else "\n") for text, _, soft in lines)
    for found in re.finditer("a+", said.text):
        pieces = [words[line].text[first:last] for line, first, last in said.parts(*found.span())]
        assert "".join(pieces) == found[0]
        line, first, _ = next(said.parts(*found.span()))
        assert said.offset(line, first) == found.start()
    assert all(before <= after for before, after in pairwise(said.offsets))


async def test_a_match_is_marked_where_it_was_found_after_the_text_moved() -> None:
    async with chat(done_turn("a", "needle\n\nend", reasoning="think\n\nmore")) as (_, transcript, pilot):
        transcript.search("needle")
        transcript.action_toggle_reasoning()
        transcript.action_next_match()
        await pilot.pause()
        rows = transcript.rows_of_view(0, transcript.viewport.height)
        marked = [span.text for line in rows for span in line.spans if span.style == Role.CURRENT_MATCH]
        assert marked == ["needle"]
