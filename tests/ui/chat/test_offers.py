"""The actions that a chat offers: with keys that work, clickable, and correct."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.ui.chat.test_chat_screen import FAILURE, saved_turn
from tui.core.events import AnswerDelta, Finished, ReasoningDelta, ResponseStarted, UsageReport
from tui.core.usage import Usage
from tui.texts import chat as texts
from tui.ui.chat.picker import ModelPicker
from tui.ui.chat.screen import ChatScreen
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.transcript.lines import Role

LONG = "word " * 200 + "\n\n```\ncode\n```"
WINDOWS = {"diagnose": DiagnosisScreen, "pick": ModelPicker, "edit_provider": ProviderFormScreen}


def offered(chat: Any) -> dict[str, tuple[str, tuple[int, int]]]:
    """Return what is printed for each action, and where."""
    transcript = chat.screen.transcript
    found = {}
    for y, line in enumerate(transcript.rows_of_view(0, transcript.size.height)):
        position = 0
        for span in line.spans:
            if span.style == Role.OFFER:
                found[span.url] = (span.text, (position + 1, y))
            position += len(span.text)
    return found


async def failed(chat: Any) -> None:
    chat.runtime.scripts = [[FAILURE]]
    await chat.ask("hello")
    await chat.until(lambda: "diagnose" in offered(chat))


async def stopped(chat: Any) -> None:
    never = asyncio.Event()
    chat.runtime.scripts = [[ResponseStarted(200), AnswerDelta("half an ans"), never]]
    await chat.type("go")
    await chat.press("enter")
    await chat.until(lambda: chat.session.live and chat.session.live.answer)
    chat.screen.action_stop()
    await chat.until(lambda: "go_on" in offered(chat))


async def cut(chat: Any) -> None:
    chat.runtime.scripts = [[AnswerDelta("cut"), Finished("length")]]
    await chat.ask("long story")
    await chat.until(lambda: "go_on" in offered(chat))


ENDINGS = {
    failed: ["diagnose", "again", "pick", "edit_provider"],
    stopped: ["go_on", "again"],
    cut: ["go_on", "again"],
}
CASES = [(ending, action) for ending, actions in ENDINGS.items() for action in actions]


async def happens(chat: Any, action: str, turns: int, requests: int) -> None:
    """Wait for what an action does."""
    if action in WINDOWS:
        await chat.until(lambda: isinstance(chat.app.screen, WINDOWS[action]), action)
        return
    await chat.until(lambda: len(chat.runtime.requests) == requests + 1, action)
    await chat.until(lambda: chat.session.live is None)
    assert len(chat.session.turns) == turns + (action == "go_on")


@pytest.mark.parametrize(("ending", "action"), CASES)
async def test_a_click_on_an_offer_does_it(open_chat: Any, ending: Any, action: str) -> None:
    async with open_chat("gpu01-vllm", size=(100, 30)) as chat:
        await ending(chat)
        assert list(offered(chat)) == ENDINGS[ending]
        before = len(chat.session.turns), len(chat.runtime.requests)
        await chat.pilot.click(chat.screen.transcript, offset=offered(chat)[action][1])
        await happens(chat, action, *before)


async def how(chat: Any, action: str) -> None:
    """Do what is printed for an action: type a command, or press a key."""
    printed = offered(chat)[action][0]
    if printed.startswith("/"):
        assert chat.screen.prompt.has_focus, printed
        chat.screen.prompt.value = ""
        await chat.press(*("slash" if letter == "/" else letter for letter in printed), "enter")
    else:
        assert chat.screen.transcript.has_focus, printed
        await chat.press(printed.split()[0])


@pytest.mark.parametrize("focus", ["prompt", "transcript"])
@pytest.mark.parametrize(("ending", "action"), CASES)
async def test_what_is_printed_works_with_the_focus_where_it_is(
    open_chat: Any, ending: Any, action: str, focus: str
) -> None:
    async with open_chat("gpu01-vllm", size=(100, 30)) as chat:
        await ending(chat)
        if focus == "transcript":
            await chat.press("tab")
            await chat.until(lambda: not any(label.startswith("/") for label, _ in offered(chat).values()))
        before = len(chat.session.turns), len(chat.runtime.requests)
        await how(chat, action)
        await happens(chat, action, *before)


async def test_the_search_of_a_chat_is_offered_no_command_which_it_would_search_for(open_chat: Any) -> None:
    async with open_chat("gpu01-vllm", size=(100, 30)) as chat:
        await failed(chat)
        assert "again" in offered(chat)
        await chat.press("tab", "slash")
        await chat.until(lambda: chat.screen.focused.id == "search-text")
        await chat.until(lambda: "again" not in offered(chat))
        assert [label.split()[0] for label, _ in offered(chat).values()] == ["F11", "F2"]


async def test_an_example_that_does_not_fit_is_cut_with_a_mark(open_chat: Any) -> None:
    async with open_chat("gpu01-vllm", size=(60, 20)) as chat:
        await chat.until(lambda: offered(chat))
        shown = [label for label, _ in offered(chat).values()]
        long = [text for text in texts.EXAMPLES if text not in shown]
        assert long and all(label in texts.EXAMPLES or label.endswith("…") for label in shown)


async def test_a_read_only_provider_is_not_offered_for_editing(open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        await failed(chat)
        assert list(offered(chat)) == ["diagnose", "again", "pick"]


async def test_only_the_last_answer_has_offers_and_a_running_one_has_none(open_chat: Any) -> None:
    gate = asyncio.Event()
    async with open_chat("demo", size=(100, 40)) as chat:
        await failed(chat)
        chat.runtime.scripts = [[AnswerDelta("x"), gate, Finished("stop")]]
        await chat.type("next")
        await chat.press("enter")
        await chat.until(lambda: chat.session.live)
        await chat.until(lambda: not offered(chat))
        gate.set()
        await chat.until(lambda: chat.session.live is None)
        assert not offered(chat)


async def test_a_retry_keeps_the_old_answer_and_what_it_cost(runtime: Any, open_chat: Any) -> None:
    runtime.change("cloud", input_price=Decimal("0.001"), output_price=Decimal("0.002"), currency="CNY")
    reply = [AnswerDelta("x"), UsageReport(Usage(1000, 1000)), Finished("stop")]
    async with open_chat("cloud") as chat:
        chat.runtime.scripts = [reply, reply]
        first = await chat.ask("hello")
        assert "0.003 CNY" in chat.status
        chat.screen.action_again()
        await chat.until(lambda: chat.session.turns[-1] is not first and chat.session.live is None)
        await chat.until(lambda: any("‹ 2/2 ›" in row for row in chat.rows))
        assert "4,000 tokens" in chat.status
        assert "0.006 CNY" in chat.status


async def test_a_model_cannot_write_an_offer(open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        chat.runtime.scripts = [[AnswerDelta("[/retry](again) `/retry` [x](example(1))"), Finished("stop")]]
        await chat.ask("hello")
        assert not offered(chat)


# ── An empty chat ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_a_click_on_an_example_puts_it_into_the_prompt_and_sends_nothing(
    open_chat: Any, number: int
) -> None:
    async with open_chat("demo") as chat:
        await chat.until(lambda: len(offered(chat)) == 3)
        await chat.pilot.click(chat.screen.transcript, offset=offered(chat)[f"example({number})"][1])
        await chat.until(lambda: chat.screen.prompt.value == texts.EXAMPLES[number - 1])
        assert chat.screen.prompt.has_focus
        assert chat.runtime.requests == []
        await chat.press("enter")
        await chat.until(lambda: chat.session.turns and chat.session.live is None)
        await chat.until(lambda: not offered(chat))


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_an_example_has_a_key_while_the_transcript_has_the_focus(open_chat: Any, number: int) -> None:
    async with open_chat("demo") as chat:
        await chat.until(lambda: any("Tab, then 1–3 to use an example" in row for row in chat.rows))
        await chat.press("tab")
        await chat.until(lambda: any(row.strip().startswith("1–3 to use an example") for row in chat.rows))
        await chat.press(str(number))
        await chat.until(lambda: chat.screen.prompt.value == texts.EXAMPLES[number - 1])
        assert chat.runtime.requests == []


async def test_an_example_never_replaces_a_draft(open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        await chat.until(lambda: len(offered(chat)) == 3)
        await chat.type("a draft")
        await chat.pilot.click(chat.screen.transcript, offset=offered(chat)["example(1)"][1])
        await chat.pilot.pause()
        assert chat.screen.prompt.value == "a draft"


async def test_a_reopened_chat_has_no_examples(runtime: Any, open_chat: Any) -> None:
    old = runtime.keep(saved_turn())
    async with open_chat(None, conversation=old) as chat:
        await chat.until(lambda: chat.session.identity == old)
        assert not offered(chat)


# ── Layout ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("width", "margin"), [(80, 0), (104, 0), (120, 8), (200, 48)])
async def test_text_is_at_most_100_columns_wide_and_in_the_middle(
    open_chat: Any, width: int, margin: int
) -> None:
    async with open_chat("demo", size=(width, 40)) as chat:
        chat.runtime.scripts = [
            [
                ReasoningDelta("why " * 200),
                AnswerDelta(LONG),
                Finished("stop"),
            ]
        ]
        await chat.ask("hello")
        transcript = chat.screen.transcript
        transcript.toggle_all_reasoning()
        await chat.pilot.pause()
        rows = [row for row in chat.rows if row.strip()]
        assert {len(row) - len(row.lstrip()) for row in rows if "word" in row} == {margin + 2}
        assert max(map(len, rows)) <= margin + 2 + 100
        assert transcript.region.width == width, "the terminal can scroll it"
        prompt = chat.screen.prompt
        assert abs(prompt.content_region.x - (margin + 2)) <= 1
        body = transcript.query("ReasoningBody").first()
        assert body.line(0).text.index("why") == margin + 2 + 4


@pytest.mark.parametrize(("size", "most"), [((80, 24), 8), ((120, 40), 13)])
async def test_the_prompt_grows_to_a_third_of_the_screen_and_says_how_long_it_is(
    open_chat: Any, size: tuple[int, int], most: int
) -> None:
    async with open_chat("demo", size=size) as chat:
        prompt = chat.screen.prompt
        assert prompt.region.height == 3
        await chat.type("one\ntwo\nthree")
        await chat.until(lambda: prompt.region.height == 5)
        assert prompt.scroll_offset.y == 0
        await chat.until(lambda: "3 lines · ~" in str(prompt.border_subtitle))
        await chat.type("\n" + "more\n" * 100)
        await chat.until(lambda: prompt.region.height == most)
        await chat.until(lambda: "104 lines · ~" in str(prompt.border_subtitle))
        prompt.value = ""
        await chat.until(lambda: prompt.region.height == 3)
        await chat.until(lambda: not str(prompt.border_subtitle))
        assert "demo-reasoner" in str(prompt.border_title)


async def test_the_header_names_the_model_once_and_a_long_title_gives_way(open_chat: Any) -> None:
    async with open_chat("demo", size=(80, 24)) as chat:
        chat.runtime.scripts = [[AnswerDelta("yes"), Finished("stop")]]
        await chat.ask("word " * 30)
        assert chat.header.endswith("…  Demo · demo-reasoner")
        assert isinstance(chat.app.screen, ChatScreen)
        assert "Demo" not in chat.status + "".join(chat.rows)


async def test_a_search_says_where_it_is_and_skips_what_lmdeck_wrote(open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        answer = AnswerDelta("tokens and reasoning\n\ntokens")
        chat.runtime.scripts = [[answer, UsageReport(Usage(1, 5, 2)), Finished("stop")]]
        await chat.ask("tokens")
        await chat.screen.action_search()
        await chat.press(*"tokens")
        count = chat.screen.query_one("#search-count")
        await chat.until(lambda: str(count.content).startswith("3 of 3"))
        await chat.press("enter")
        chat.screen.transcript.action_previous_match()
        await chat.until(lambda: str(count.content).startswith("2 of 3"))
        chat.screen.transcript.action_next_match()
        chat.screen.transcript.action_next_match()
        await chat.until(lambda: str(count.content).startswith("1 of 3"))
