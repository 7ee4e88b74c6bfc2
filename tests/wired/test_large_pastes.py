"""A large paste is a token in the prompt: expandable, counted, sent in full, and never lost."""

from __future__ import annotations

from pathlib import Path

from textual import events

from tests.support.real_deck import OpenDeck, RealDeck
from tests.wired.test_attaching import answered, chatting, contents
from tui.core.usage import estimate_tokens
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.prompt_text import TOKEN_STARTS

LINES = [f"line {number} of a log" for number in range(1, 144)]
LOG = "\n".join(LINES)


async def paste(opened: OpenDeck, prompt: Prompt, text: str) -> None:
    before = prompt.text
    prompt.post_message(events.Paste(text))
    await opened.until(lambda: prompt.text != before)


async def test_a_large_paste_is_a_token_that_is_sent_in_full(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, server):
        await opened.press(*"Why? ")
        await paste(opened, prompt, LOG)
        await opened.until(lambda: "Why? [pasted 143 lines]" in opened.text)
        await opened.until(lambda: "143 lines · ~" in opened.text, "it is counted")
        await opened.press(*" Thanks")
        assert prompt.value == f"Why? {LOG} Thanks"
        await opened.press("enter")
        await answered(opened)
        assert contents(server) == [f"Why? {LOG} Thanks"]
        assert "line 143 of a log Thanks" in opened.text


async def test_a_key_opens_it(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, _):
        await paste(opened, prompt, LOG)
        await opened.until(lambda: "[pasted 143 lines]" in opened.text)
        counted = f"143 lines · ~{estimate_tokens(LOG):,} tokens"
        await opened.until(lambda: counted in opened.text, counted)
        await opened.press("ctrl+x", "ctrl+o")
        await opened.until(lambda: "line 143 of a log" in opened.text)
        assert prompt.value == prompt.text == LOG
        await opened.press("ctrl+underscore")
        await opened.until(lambda: "[pasted 143 lines]" in opened.text)
        await paste(opened, prompt, LOG)
        assert prompt.text == LOG, "pasted a second time it is opened"


async def test_it_is_moved_over_and_deleted_as_one(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, _):
        await opened.press(*"ab")
        await paste(opened, prompt, LOG)
        await opened.press("left", *"c")
        assert prompt.value == f"abc{LOG}"
        await opened.press("right", *"d")
        assert prompt.value == f"abc{LOG}d"
        await opened.press("backspace", "backspace")
        assert prompt.value == "abc"
        await opened.press("ctrl+underscore")
        assert prompt.value == f"abc{LOG}d"
        await opened.press("ctrl+a", "right", "right", "right", "delete")
        assert prompt.value == "abcd"
        await opened.press("ctrl+underscore", "ctrl+e", "ctrl+w")
        assert prompt.value == ""
        await opened.press("ctrl+y")
        assert prompt.value == f"abc{LOG}d", "what was cut comes back whole"


async def test_a_draft_with_one_is_never_lost(deck: RealDeck, tmp_path: Path) -> None:
    async with chatting(deck) as (opened, prompt, _):
        await opened.press(*"Hello", "enter")
        await answered(opened)
        await opened.press(*"Why? ")
        await paste(opened, prompt, LOG)
        await opened.press("ctrl+c")
        await opened.until(lambda: prompt.text == "")
        await opened.press("up")
        await opened.until(lambda: "Why? [pasted 143 lines]" in opened.text)
        assert prompt.value == f"Why? {LOG}"
        await opened.press("tab", "e")
        await opened.until(lambda: prompt.value == "Hello")
        await opened.press("escape")
        await opened.until(lambda: prompt.value == f"Why? {LOG}")


async def test_what_looks_like_a_token_is_text(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, server):
        forged = f"{chr(TOKEN_STARTS.start)}\U000ff041\U000ff05d"
        await paste(opened, prompt, LOG)
        await opened.press("ctrl+e")
        await paste(opened, prompt, f" [pasted 143 lines] {forged}")
        await opened.press("enter")
        await answered(opened)
        assert contents(server) == [f"{LOG} [pasted 143 lines] {forged}"]


async def test_twenty_lines_are_shown_as_they_are(deck: RealDeck) -> None:
    async with chatting(deck) as (opened, prompt, _):
        text = "\n".join(LINES[:20])
        await paste(opened, prompt, text)
        assert prompt.text == text
