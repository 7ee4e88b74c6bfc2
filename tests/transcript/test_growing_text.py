"""A text processed slice by slice ends like a fresh rendering of the whole."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.finished_markdown import markdown_lines
from tests.transcript.markdown_strategies import markdown
from tests.transcript.test_transcript import chat
from tests.transcript.transcript_host import done_turn, until
from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, ToolCall, Turn, TurnState
from tui.texts.shell import TEXT_TOO_LONG
from tui.ui.transcript import growing
from tui.ui.transcript.code import code_blocks
from tui.ui.transcript.compact_lines import CompactLines, Words, words_of
from tui.ui.transcript.decoration import foot_lines
from tui.ui.transcript.document import REASONING_BLOCK, TurnDocument, View
from tui.ui.transcript.growing import SLICE_CHARACTERS, GrowingText, WorkBudget
from tui.ui.transcript.lines import EMPTY_LINE, Line, Span
from tui.ui.transcript.render import Layout
from tui.ui.transcript.said import Said

LAYOUT = Layout(40)


def lines_of(text: GrowingText) -> list[Line]:
    return [text[index] for index in range(len(text))]


class StepClock:
    """A clock that advances by one second with every reading."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


# ---- allowances


def test_an_allowance_gives_slices_until_its_characters_are_used_up() -> None:
    allowance = WorkBudget(2 * SLICE_CHARACTERS + 5)
    assert [allowance.slice() for _ in range(5)] == [SLICE_CHARACTERS, SLICE_CHARACTERS, 5, 0, 0]


def test_an_allowance_gives_slices_until_its_time_is_over_and_one_in_any_case() -> None:
    assert [bool(WorkBudget(seconds=0, clock=StepClock()).slice())] == [True]
    allowance = WorkBudget(seconds=2.5, clock=StepClock())
    assert [bool(allowance.slice()) for _ in range(6)] == [True, True, True, False, False, False]


def test_a_look_at_a_huge_text_takes_in_what_is_allowed() -> None:
    buffer = TextBuffer("word " * 100_000)
    text = GrowingText(buffer, LAYOUT, is_raw=False)
    assert text.advance(is_live=True, allowance=WorkBudget(seconds=2.5, clock=StepClock()))
    assert text._shown.offset == 3 * SLICE_CHARACTERS
    assert text.is_behind


# ---- what comes out


@given(markdown, st.lists(st.integers(1, 40), min_size=1, max_size=20), st.booleans())
@settings(max_examples=60, deadline=None)
def test_it_ends_as_a_fresh_render_however_it_was_allowed(text: str, steps: list[int], grows: bool) -> None:
    buffer = TextBuffer("" if grows else text)
    growing_text = GrowingText(buffer, LAYOUT, is_raw=False)
    rest = text if grows else ""
    for step in steps:
        buffer.append(rest[:step])
        rest = rest[step:]
        growing_text.advance(is_live=True, allowance=WorkBudget(step))
    buffer.append(rest)
    growing_text.advance(is_live=False, allowance=WorkBudget(steps[0]))
    while growing_text.is_behind:
        assert growing_text.advance(is_live=False, allowance=WorkBudget(7)) or growing_text.is_behind
    assert lines_of(growing_text) == markdown_lines(text, LAYOUT)
    assert not growing_text.advance(is_live=False)


def test_a_definition_at_the_end_is_read_back_in_slices_while_the_text_stays() -> None:
    source = "See [here][x].\n\n" + "- item\n" * 2_000 + "\n[x]: http://a.b/c\n"
    text = GrowingText(TextBuffer(source), LAYOUT, is_raw=False)
    while text._reading is text._shown:
        text.advance(is_live=False, allowance=WorkBudget(SLICE_CHARACTERS))
    before = len(text)
    passes = 0
    while text.is_behind:
        assert len(text) == before
        text.advance(is_live=False, allowance=WorkBudget(SLICE_CHARACTERS))
        passes += 1
    assert passes >= len(source) // SLICE_CHARACTERS - 1
    assert lines_of(text) == markdown_lines(source, LAYOUT)


def test_an_answer_that_goes_on_is_read_again_while_its_lines_stay() -> None:
    buffer = TextBuffer("1. one\n" * 1_000)
    text = GrowingText(buffer, LAYOUT, is_raw=False)
    text.advance(is_live=False)
    before = lines_of(text)
    buffer.append("2. two")
    text.advance(is_live=True, allowance=WorkBudget(SLICE_CHARACTERS))
    assert text.is_behind
    assert lines_of(text) == before
    text.advance(is_live=False)
    assert lines_of(text) == markdown_lines(buffer.text, LAYOUT)


@pytest.mark.parametrize("is_raw", [False, True])
def test_a_text_that_was_replaced_leaves_nothing_behind(is_raw: bool) -> None:
    buffer = TextBuffer("what was thought\n\nand more")
    text = GrowingText(buffer, LAYOUT, is_raw=is_raw)
    text.advance(is_live=True)
    buffer.replace("")
    text.advance(is_live=True)
    assert lines_of(text) == []
    buffer.append("the answer")
    text.advance(is_live=True)
    assert [line.text for line in lines_of(text)] == ["the answer"]


# ---- bounds


def test_what_is_drawn_of_a_text_has_an_end_and_what_is_kept_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(growing, "MOST_SPANS", 5_000)
    buffer = TextBuffer("- x\n" * 50_000)
    text = GrowingText(buffer, LAYOUT, is_raw=False)
    text.advance(is_live=True)
    assert not text.is_behind
    assert text._shown.settled.span_count < 5_000 + 3 * SLICE_CHARACTERS
    assert " ".join(line.text for line in lines_of(text)[-3:]).strip().endswith(TEXT_TOO_LONG[-30:])
    height = len(text)
    buffer.append("- x\n" * 1_000)
    assert not text.advance(is_live=True)
    text.advance(is_live=False)
    assert len(text) == height
    assert not text.is_behind
    assert len(buffer.text) == 4 * 51_000


def test_only_the_first_tool_calls_are_drawn_and_the_others_counted() -> None:
    turn = Turn("t", parts_of("go"), state=TurnState.DONE)
    turn.tool_calls = {number: ToolCall(f"f{number}", "{}") for number in range(10_000)}
    lines = [line.text for line in foot_lines(turn, 80)]
    assert len(lines) < 30
    assert "⚙ 9,984 more tool calls, not run" in lines


SPANS = st.builds(Span, st.text(max_size=5), st.integers(0, 4_000), st.sampled_from(["", "http://a.b"]))
LINES = st.builds(
    Line,
    st.lists(SPANS, max_size=5).map(tuple),
    st.integers(0, 3),
    st.booleans(),
    st.integers(0, 38),
    st.integers(-3, 9),
)


@given(st.lists(LINES, max_size=5))
def test_a_line_comes_off_the_shelf_as_it_was_put_there(lines: list[Line]) -> None:
    shelf = CompactLines()
    shelf.extend(lines)
    assert [shelf[index] for index in range(len(shelf))] == lines
    assert shelf.span_count == sum(len(line.spans) + 1 for line in lines)


def test_the_garbage_collector_does_not_look_at_lines_on_the_shelf() -> None:
    shelf = CompactLines()
    shelf.extend(markdown_lines("```python\ndef f(): return [1]\n```\n\nSee [x](http://a.b).", LAYOUT))
    for _ in range(2):  # the tuples within a tuple go first
        gc.collect()
    assert not any(gc.is_tracked(packed) for packed in shelf._lines)


# ---- in a document and on the screen


def test_a_huge_turn_is_rendered_in_part_and_goes_on_when_asked() -> None:
    document = TurnDocument(done_turn("t", "word " * 100_000))
    document.render(View(80))
    rows, steps = document.drawn_rows, 0
    while document.is_behind:
        document.advance(allowance=WorkBudget(100_000))
        steps += 1
    assert steps > 0
    assert document.drawn_rows > 2 * rows


async def test_what_a_frame_has_no_time_for_is_caught_up_with() -> None:
    async with chat() as (app, transcript, pilot):
        turn = Turn("live", parts_of("go"), "provider", "model", state=TurnState.ANSWERING)
        transcript.add_turn(turn)
        turn.answer.append("word \n\n" * 8_000 + "the very end")
        turn.state = TurnState.DONE
        transcript.turn_ended(turn)
        document = transcript.roll.documents[-1]
        assert document.is_behind
        later = Turn("later", parts_of("again"), "provider", "model")
        transcript.add_turn(later)
        await until(pilot, lambda: document.is_behind is False)
        await until(pilot, lambda: any("again" in row for row in app.shown()))
        transcript.viewport.reveal(0, document.drawn_rows - 4, document.drawn_rows - 1)
        transcript.relayout()
        await until(pilot, lambda: any("the very end" in row for row in app.shown()))


def test_what_a_row_says_is_known_without_making_its_line() -> None:
    text = "# One\n\n> two **three** " + "four " * 60 + "\n\n```sh\nls\n```\n\nfive"
    document = TurnDocument(done_turn("t", text, "prompt", "thought"))
    document.render(View(40))
    searched = 0
    for passage in document.passages():
        lines = passage.lines
        if isinstance(lines, GrowingText):
            said = [*lines.settled.words_from(0, 3), *lines.settled.words_from(3, len(lines))]
            assert list(lines.open_end) == []
        else:
            said = [words_of(line) for line in lines]
        for row, words in enumerate(said, passage.first_row):
            line = document.line(row) or EMPTY_LINE
            assert document.block_at(row) == line.block
            assert words == words_of(line)
            searched += 1
    # but for the reasoning's title, a blank row after each part, and the line that says which model answered
    assert searched == document.drawn_rows - 5
    assert document.block_at(document.reasoning_start) == REASONING_BLOCK
    assert words_of(document.line(document.answer_start + 2) or EMPTY_LINE).lead == 2


class CountingList(list[int]):
    """A list that counts accesses to its items."""

    taken = 0

    def __getitem__(self, index: Any) -> Any:
        self.taken += 1
        return super().__getitem__(index)


def test_a_match_far_down_costs_what_one_at_the_top_does() -> None:
    said = Said()
    said.extend([Words("xx4321", 2, False)] * 10_000)
    offsets = said.offsets = CountingList(said.offsets)
    costs = []
    for start in (0, 25_000, 49_990):
        offsets.taken = 0
        assert list(said.parts(start + 1, start + 7)) == [(start // 5, 3, 6), (start // 5 + 1, 2, 4)]
        costs.append(offsets.taken)
    assert max(costs) <= 30


async def test_code_in_a_long_answer_is_looked_for_beside_the_keyboard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seekers: list[threading.Thread] = []

    def seek(text: str) -> dict[int, str]:
        seekers.append(threading.current_thread())
        return code_blocks(text)

    monkeypatch.setattr("tui.ui.transcript.code.code_blocks", seek)
    answer = "word " * 20_000 + "\n\n```sh\nls\n```\n"
    async with chat(done_turn("t", answer)) as (app, transcript, pilot):
        transcript.action_copy_code()
        await until(pilot, lambda: bool(app.messages))
        assert (app.messages[-1].text, app.messages[-1].what) == ("ls", "code")
    assert seekers != [threading.main_thread()]
