"""The transcript as used by keys and mouse."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.geometry import Offset
from textual.selection import Selection
from textual.widgets import TextArea

from tests.transcript.transcript_host import Host, done_turn, until
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.ui.transcript.frame_clock import FrameClock
from tui.ui.transcript.lines import Role
from tui.ui.transcript.reasoning import ReasoningFold
from tui.ui.transcript.transcript import Transcript

CODE = "Before.\n\n```python\nprint(1)\n```\n\nBetween.\n\n```sh\nls\n```\n\nA [link](https://example.com/x)."


@asynccontextmanager
async def chat(*turns: Turn, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Host, Transcript, Any]]:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.transcript.show_turns(turns)
        app.transcript.focus()
        await pilot.pause()
        yield app, app.transcript, pilot


def many(count: int, reasoning: str = "") -> list[Turn]:
    return [
        done_turn(str(n), f"answer {n}\n\n" + "- item\n" * 8, f"prompt {n}", reasoning) for n in range(count)
    ]


async def test_a_thousand_turns_open_at_the_end_and_few_are_rendered() -> None:
    async with chat(*many(1000, "thought " * 20)) as (app, transcript, _):
        assert any("answer 999" in row for row in app.shown())
        assert sum(document.is_rendered for document in transcript.roll.documents) < 8
        assert len(transcript.query(ReasoningFold)) < 12
        assert transcript.viewport.is_following


async def test_scrolling_up_passes_every_row_once() -> None:
    async with chat(*many(30)) as (app, transcript, pilot):
        seen = []
        for _ in range(40):
            seen.append(transcript.viewport.anchor)
            await pilot.press("pageup")
        assert seen[-1] == (0, 0)
        await pilot.pause()
        assert any("prompt 0" in row for row in app.shown())
        await pilot.press("G")
        await until(pilot, lambda: any("answer 29" in row for row in app.shown()))


async def test_far_turns_keep_their_height_but_not_their_lines() -> None:
    long = [done_turn(str(n), "- item\n" * 900) for n in range(40)]
    async with chat(*long) as (_, transcript, pilot):
        for _ in range(20):
            transcript.action_move_turn(-1)
            await pilot.pause()
        rendered = [document for document in transcript.roll.documents if document.is_rendered]
        assert len(rendered) < 20
        forgotten = transcript.roll.documents[-4]
        assert not forgotten.is_rendered
        assert forgotten.rows(transcript.roll.view) == 904


async def test_scrolling_up_stops_following_and_new_output_is_announced() -> None:
    async with chat(*many(20)) as (app, transcript, pilot):
        turn = Turn("live", parts_of("go"), "provider", "model", state=TurnState.ANSWERING)
        transcript.add_turn(turn)
        await pilot.press("pageup")
        place = transcript.viewport.anchor
        turn.answer.append("more\n\n" * 10)
        transcript.turn_changed()
        await until(pilot, lambda: any("new output below" in row for row in app.shown()))
        assert transcript.viewport.anchor == place
        told = [(False, False), (False, True)]
        await until(pilot, lambda: [(m.following, m.unseen) for m in app.messages][-2:] == told)
        await pilot.press("end")
        await until(pilot, lambda: not any("new output below" in row for row in app.shown()))
        assert transcript.viewport.is_following


async def test_a_frame_without_new_output_announces_none() -> None:
    thoughtful = done_turn("b", "plain\n\n" * 30, reasoning="a clue\n\n" * 3000)
    async with chat(thoughtful, *many(20)) as (app, transcript, pilot):
        assert transcript.search("clue") == 3000
        transcript.action_next_match()
        transcript._frame()  # as for a text that is taken in a piece at a time
        await pilot.pause()
        assert not any("new output below" in row for row in app.shown())


async def test_output_that_is_in_view_is_not_announced_as_below() -> None:
    turn = Turn("live", parts_of("go"), "provider", "model", state=TurnState.ANSWERING)
    async with chat(turn) as (app, transcript, pilot):
        turn.answer.append("first\n\n")
        transcript.turn_changed()
        await until(pilot, lambda: any("first" in row for row in app.shown()))
        transcript.search("first")
        turn.answer.append("second\n\n")
        transcript.turn_changed()
        await until(pilot, lambda: any("second" in row for row in app.shown()))
        assert not transcript.has_unseen
        turn.answer.append("more\n\n" * 40)
        transcript.turn_changed()
        await until(pilot, lambda: any("new output below" in row for row in app.shown()))
        await pilot.resize_terminal(80, 120)
        await until(pilot, lambda: not any("new output below" in row for row in app.shown()))
        await until(pilot, lambda: (app.messages[-1].following, app.messages[-1].unseen) == (False, False))


async def test_the_cursor_goes_over_blocks_and_turns() -> None:
    async with chat(done_turn("a", CODE), done_turn("b", "# One\n\ntwo\n\nthree")) as (
        app,
        transcript,
        pilot,
    ):
        await pilot.press("k")
        await pilot.pause()
        assert [row for row in app.shown() if row.startswith("▐")] == ["▐ three"]
        await pilot.press("k", "up")
        await pilot.pause()
        assert [row for row in app.shown() if row.startswith("▐")] == ["▐ One"]
        await pilot.press("shift+up", "shift+up")
        await pilot.pause()
        assert transcript.cursor.identity == "a"
        assert [row for row in app.shown() if row.startswith("▐")] == ["▐ ┃ a question"]
        await pilot.press("shift+down", "j")
        await pilot.pause()
        assert transcript.cursor.identity == "b"
        await pilot.press("G")
        assert transcript.cursor.identity is None


async def test_the_cursor_goes_on_where_the_person_has_scrolled_to() -> None:
    async with chat(*many(40)) as (app, transcript, pilot):
        await pilot.press("k", "g")
        await pilot.press("j")
        await pilot.pause()
        assert transcript.cursor.identity == transcript.roll.documents[0].turn.identity
        assert app.shown()[0].startswith("▐")


async def test_copying_takes_what_is_under_the_cursor() -> None:
    async with chat(done_turn("a", CODE, reasoning="because")) as (app, _, pilot):
        await pilot.press("y", "unbound.transcript.copy_code", "unbound.transcript.copy_reasoning")
        await pilot.press("k", "k", "unbound.transcript.copy_code")
        await pilot.press("shift+up", "y")
        await pilot.pause()
        found = [(m.what, m.text) for m in app.messages if isinstance(m, Transcript.CopyRequested)]
        assert found == [
            ("answer", CODE),
            ("code", "ls"),
            ("reasoning", "because"),
            ("code", "ls"),
            ("prompt", "a question"),
        ]


async def test_links_are_asked_for_by_key_and_by_click() -> None:
    async with chat(done_turn("a", CODE)) as (app, _, pilot):
        await pilot.press("k", "unbound.transcript.open_link")
        row = next(y for y, text in enumerate(app.shown()) if "link" in text)
        await pilot.click(Transcript, offset=(5, row))
        await pilot.pause()
        found = [m.url for m in app.messages if isinstance(m, Transcript.LinkActivated)]
        assert found == ["https://example.com/x"] * 2


async def test_reasoning_folds_by_key_by_click_and_all_at_once() -> None:
    async with chat(*many(3, "one thought\n\nanother")) as (app, transcript, pilot):

        def shown() -> int:
            return sum("┊ another" in row for row in app.shown())

        await pilot.press("space")
        await until(pilot, lambda: shown() == 1)
        await pilot.press("space")
        await until(pilot, lambda: shown() == 0)
        transcript.toggle_all_reasoning()
        await until(pilot, lambda: shown() >= 1)
        transcript.toggle_all_reasoning()
        await until(pilot, lambda: shown() == 0)
        fold = next(fold for fold in transcript.query(ReasoningFold) if fold.document.turn.identity == "2")
        title = fold.query_one("CollapsibleTitle")
        await until(pilot, lambda: not any("┊" in row for row in app.shown()))
        await pilot.click(title)
        await until(pilot, lambda: shown() == 1)
        assert fold.document.is_reasoning_shown


@pytest.mark.slow
async def test_a_fold_comes_back_as_it_was() -> None:
    async with chat(*many(60, "one thought\n\nanother")) as (app, transcript, pilot):
        await pilot.press("space")
        for _ in range(30):
            await pilot.press("pageup")
        identities = {fold.document.turn.identity for fold in transcript.query(ReasoningFold)}
        assert "59" not in identities
        await pilot.press("G")
        await until(pilot, lambda: any("┊ another" in row for row in app.shown()))


async def test_live_reasoning_shows_its_newest_lines_and_folds_when_the_answer_begins() -> None:
    async with chat(*many(1)) as (app, transcript, pilot):
        turn = Turn("live", parts_of("go"), "provider", "model", state=TurnState.REASONING)
        transcript.add_turn(turn)
        for number in range(30):
            turn.reasoning.append(f"thought {number}\n\n")
        transcript.turn_changed()
        await until(pilot, lambda: any("thought 29" in row for row in app.shown()))
        rows = [row for row in app.shown() if "┊" in row]
        assert len(rows) == 10
        assert any("▼ Thinking…" in row for row in app.shown())
        turn.state, turn.thinking_seconds = TurnState.ANSWERING, 2.5
        turn.answer.append("so")
        transcript.turn_changed()
        await until(pilot, lambda: any("▶ Thought 2.5 s" in row for row in app.shown()))
        assert not any("┊" in row for row in app.shown())


async def test_search_finds_marks_and_goes_around() -> None:
    async with chat(*many(40)) as (app, transcript, pilot):
        assert transcript.search("nothing of the kind") == 0
        assert transcript.search("ANSWER  1") == 11
        await pilot.pause()
        assert any("answer 19" in row for row in app.shown())
        await pilot.press("quotation_mark")
        await until(pilot, lambda: any("answer 18" in row for row in app.shown()))
        await pilot.press("apostrophe", "apostrophe")
        await until(pilot, lambda: any(row.strip() == "answer 1" for row in app.shown()))
        transcript.search("")
        assert not transcript.matches.is_active


async def test_a_match_over_a_wrapped_line_is_found() -> None:
    async with chat(done_turn("a", "word " * 30 + "needle in " + "word " * 5)) as (_, transcript, _pilot):
        assert transcript.search("word needle in word") == 1
        assert transcript.search("word word") > 5


def thoughtful(count: int) -> list[Turn]:
    return [
        done_turn(str(n), f"answer {n}\n\n" + "- item\n" * 30, f"prompt {n}", f"weigh it\n\nclue {n} here")
        for n in range(count)
    ]


async def test_a_match_in_folded_reasoning_is_unfolded_and_folded_again() -> None:
    async with chat(*thoughtful(5)) as (app, transcript, pilot):
        assert transcript.search("clue") == 5
        await until(pilot, lambda: any("clue 4 here" in row for row in app.shown()))
        await pilot.press("quotation_mark")
        await until(pilot, lambda: any("clue 3 here" in row for row in app.shown()))
        assert [document.is_reasoning_shown for document in transcript.roll.documents] == [
            number == 3 for number in range(5)
        ]
        assert transcript.search("answer 1") == 1
        await until(pilot, lambda: any("answer 1" in row for row in app.shown()))
        assert not any(document.is_reasoning_shown for document in transcript.roll.documents)


async def test_what_the_search_found_in_reasoning_stays_in_sight_when_it_ends() -> None:
    async with chat(*thoughtful(3)) as (app, transcript, pilot):
        assert transcript.search("clue 1") == 1
        transcript.search("")
        await until(pilot, lambda: any("clue 1 here" in row for row in app.shown()))


async def test_reasoning_that_a_person_unfolded_is_searched_and_stays_open() -> None:
    async with chat(*thoughtful(3)) as (_, transcript, pilot):
        transcript.toggle_all_reasoning()
        await pilot.pause()
        assert transcript.search("clue") == 3
        await pilot.press(*["apostrophe"] * 4)
        transcript.search("item")
        assert all(document.is_reasoning_shown for document in transcript.roll.documents)


async def test_a_match_in_reasoning_is_marked_where_it_is() -> None:
    async with chat(*thoughtful(1)) as (_, transcript, pilot):
        transcript.search("clue")
        await pilot.pause()
        body = transcript.query_one(ReasoningFold).body
        marked = {
            span.text
            for row in range(body.size.height)
            for span in body.line(row).spans
            if span.style is Role.CURRENT_MATCH
        }
        assert marked == {"clue"}


async def test_selected_text_has_no_decoration_and_joins_wrapped_lines() -> None:
    text = "> " + "word " * 30 + "end\n\n```\ncode\n```"
    async with chat(done_turn("a", text)) as (app, transcript, _):
        rows = app.shown()
        first = next(y for y, row in enumerate(rows) if "word" in row)
        last = next(y for y, row in enumerate(rows) if "│ code" in row)
        selection = Selection(Offset(0, first), Offset(40, last))
        found = transcript.get_selection(selection)
        assert found is not None
        assert found[0] == ("word " * 30 + "end\n\n\ncode")


async def test_text_is_selected_with_the_mouse() -> None:
    async with chat(done_turn("a", "select these words")) as (app, _, pilot):
        row = next(y for y, text in enumerate(app.shown()) if "select" in text)
        await pilot.mouse_down(Transcript, offset=(9, row))
        await pilot.hover(Transcript, offset=(13, row))
        await pilot.mouse_up(Transcript, offset=(13, row))
        await pilot.pause()
        assert app.screen.get_selected_text() == "these"


async def test_raw_text_and_wrapping_toggle() -> None:
    async with chat(done_turn("a", "**bold**\x1b[2J\n\n```\n" + "x" * 100 + "\n```")) as (
        app,
        transcript,
        pilot,
    ):
        assert any("1 control character neutralised" in row for row in app.shown())
        transcript.toggle_raw()
        await until(pilot, lambda: any("**bold**‹U+001B›[2J" in row for row in app.shown()))
        transcript.toggle_raw()
        transcript.toggle_wrap()
        await until(pilot, lambda: any(row.rstrip().endswith("x…") for row in app.shown()))


async def test_resizing_keeps_the_place() -> None:
    async with chat(*many(50)) as (_, transcript, pilot):
        for _ in range(6):
            await pilot.press("pageup")
        turn = transcript.viewport.anchor.turn
        await pilot.resize_terminal(50, 30)
        await pilot.pause()
        assert transcript.viewport.anchor.turn == turn
        assert transcript.roll.view.width == 47


async def test_another_answer_takes_the_place_of_a_turn_and_goes_again() -> None:
    turns = many(3, "thought")
    async with chat(*turns) as (app, transcript, pilot):
        for _ in range(2):
            transcript.show_path([turns[0], done_turn("1b", "in its place", "other thought")])
            await until(pilot, lambda: any("in its place" in row for row in app.shown()))
            assert not any("answer 1" in row for row in app.shown())
            assert not any("answer 2" in row for row in app.shown()), "it followed the other answer"
            transcript.show_path(turns)
            await until(pilot, lambda: any("answer 1" in row for row in app.shown()))
            assert not any("in its place" in row for row in app.shown())
        assert [document.turn for document in transcript.roll.documents] == turns


async def test_changes_are_drawn_together_and_the_last_at_once() -> None:
    async with chat() as (app, transcript, pilot):
        turn = Turn("live", parts_of("go"), "provider", "model", state=TurnState.ANSWERING)
        transcript.add_turn(turn)
        for number in range(200):
            turn.answer.append(f"{number} ")
            transcript.turn_changed()
        turn.state = TurnState.DONE
        transcript.turn_ended(turn)
        await until(pilot, lambda: any("199" in row for row in app.shown()))


async def test_what_arrives_when_the_screen_has_gone_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = Turn("live", parts_of("go"), "provider", "model", state=TurnState.REASONING)
    turn.reasoning.append("first\n")
    async with chat(turn) as (_, transcript, pilot):
        await pilot.pause(0.2)
        body = transcript.query_one(ReasoningFold).body
    drawn: list[object] = []
    monkeypatch.setattr(Transcript, "refresh", lambda *_, **__: drawn.append("refresh"))
    monkeypatch.setattr(FrameClock, "request", lambda _: drawn.append("frame"))
    turn.answer.append("late " * 100)
    transcript._ask_for_frame()
    transcript._end_pause()
    transcript._catch_up()
    transcript.turn_changed()
    body.show_frame()
    turn.state = TurnState.DONE
    transcript.turn_ended(turn)
    transcript.add_turn(done_turn("late", "answer"))
    transcript.relayout()
    transcript.toggle_raw()
    assert drawn == []


async def test_an_answer_that_had_ended_can_go_on() -> None:
    turn = done_turn("a", "1. one\n2. tw")
    async with chat(turn) as (app, transcript, pilot):
        assert any(row.strip() == "2. tw" for row in app.shown())
        turn.state = TurnState.ANSWERING
        turn.answer.append("o\n3. three")
        transcript.turn_changed()
        await until(pilot, lambda: any(row.strip() == "3. three" for row in app.shown()))
        assert any(row.strip() == "2. two" for row in app.shown())


async def test_an_empty_transcript_takes_every_key() -> None:
    async with chat() as (app, transcript, pilot):
        await pilot.press(
            "j", "k", "J", "K", "g", "G", "y", "c", "r", "space", "o", "n", "N", "pageup", "ctrl+d", "home"
        )
        transcript.toggle_all_reasoning()
        assert transcript.search("x") == 0
        assert app.messages == []


async def test_typing_is_never_the_transcripts() -> None:
    async with chat(*many(3)) as (app, _, pilot):
        prompt = app.query_one(TextArea)
        prompt.focus()
        await pilot.press(*"jkgGycrn")
        assert prompt.text == "jkgGycrn"


@pytest.mark.parametrize("module", ["markdown_it", "pygments.lexers", "httpx", "pydantic"])
def test_importing_it_loads_nothing_that_the_first_screen_does_not_need(module: str) -> None:
    script = f"import sys, tui.ui.transcript; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


async def test_an_error_in_a_frame_ends_the_program_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("a frame that cannot be drawn")

    with pytest.raises(RuntimeError, match="cannot be drawn"):
        async with Host().run_test() as pilot:
            transcript = pilot.app.query_one(Transcript)
            monkeypatch.setattr(transcript, "_frame", broken)
            transcript.clock.request()
            await pilot.pause(0.3)
