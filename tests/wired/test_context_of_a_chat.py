"""A chat opened by name learns the model's context length, and shows it in the header."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual import events

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import FaultServer, silence
from tests.support.real_deck import RealDeck, bodies, heads, replying
from tests.transcript.transcript_host import done_turn
from tui.core.context_use import context_use
from tui.core.parts import FilePart, Parts
from tui.core.usage import Usage
from tui.runtime import chat_context
from tui.runtime.chat_context import excess_words
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart


@pytest.mark.parametrize("is_asked", [True, False])
async def test_the_window_is_asked_for_once_after_an_answer(deck: RealDeck, is_asked: bool) -> None:
    deck.settings(f"check_reachability = {str(is_asked).lower()}\n")
    models = model_list("m", "other", max_model_len=4096)
    with FaultServer(FakeApi(models=models, chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), size=(120, 30)) as opened:
            await opened.pilot.pause()
            assert heads(server) == [], "nothing is asked before the first message"
            await opened.ask("hello")
            if is_asked:
                await opened.until(lambda: " of 4,096 (" in opened.text)
            await opened.ask("again")
            listed = [head for head in heads(server) if head.startswith("GET /v1/models ")]
            assert len(listed) == int(is_asked)
            assert ("of 4,096" in opened.text) == is_asked


@contextmanager
def small_model(deck: RealDeck, name: str = "main", **fields: object) -> Iterator[FaultServer]:
    """A model that takes 4,096 tokens."""
    models = model_list("m", "other", max_model_len=4096)
    with FaultServer(FakeApi(models=models, chat=replying("Yes."))) as server:
        deck.provider(server.base_url, name, **fields)
        yield server


@pytest.mark.parametrize("is_asked", [True, False])
@pytest.mark.parametrize("is_file", [True, False])
async def test_a_first_message_that_cannot_fit_is_asked_about(
    deck: RealDeck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_asked: bool, is_file: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "long.txt").write_text("some words\n" * 2500)
    deck.settings(f"check_reachability = {str(is_asked).lower()}\n")
    with small_model(deck) as server:
        async with deck.opened(ChatStart("main"), size=(120, 30)) as opened:
            prompt = opened.screen(ChatScreen).prompt
            if is_file:
                await opened.press(*"@long.txt what is this?")
            else:
                prompt.post_message(events.Paste("some words\n" * 2500))
                await opened.until(lambda: prompt.value)
            written = prompt.value
            await opened.press("enter")
            if not is_asked:
                await opened.until(lambda: len(bodies(server)) == 1)
                return
            await opened.until(lambda: "This does not fit the model's context" in opened.text)
            assert bodies(server) == []
            await opened.press("escape")
            await opened.until(lambda: prompt.value == written)
            await opened.press("enter")
            await opened.until(lambda: "This does not fit the model's context" in opened.text)
            await opened.press("y")
            await opened.until(lambda: len(bodies(server)) == 1)
            asked = [head.partition(" HTTP/")[0] for head in heads(server)]
            assert asked.count("GET /v1/models") == 1, (asked, opened.text)


async def test_a_retry_by_a_model_whose_window_is_unknown_is_asked_about(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as large, small_model(deck, "small") as small:
        deck.provider(large.base_url)
        async with deck.opened(ChatStart("main"), size=(120, 30)) as opened:
            prompt = opened.screen(ChatScreen).prompt
            prompt.value = "some words " * 2500
            await opened.press("enter")
            await opened.until(lambda: len(bodies(large)) == 1)
            await opened.until(lambda: opened.screen(ChatScreen).control.live is None)
            await opened.press(*"/model small", "enter")
            await opened.press(*"/retry", "enter")
            await opened.until(lambda: "This does not fit the model's context" in opened.text)
            assert bodies(small) == []


async def test_a_slow_server_is_not_waited_for(deck: RealDeck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_context, "_LOOK_SECONDS", 0.1)
    with FaultServer(FakeApi(models=silence, chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), size=(120, 30)) as opened:
            opened.screen(ChatScreen).prompt.value = "some words " * 2500
            await opened.press("enter")
            await opened.until(lambda: len(bodies(server)) == 1)


async def test_max_tokens_counts(deck: RealDeck) -> None:
    with small_model(deck, max_tokens=4090) as server:
        async with deck.opened(ChatStart("main"), size=(120, 30)) as opened:
            await opened.press(*"a message of some words, about thirty characters", "enter")
            await opened.until(lambda: "the answer, up to 4,090 tokens (max_tokens)" in opened.text)
            assert "Lower max_tokens" in opened.text
            assert bodies(server) == []
            await opened.press("escape")
            await opened.until(lambda: "max_tokens 4,090" in opened.text)
            opened.screen(ChatScreen).prompt.value = "/settings max_tokens 500"
            await opened.press("enter")
            opened.screen(ChatScreen).prompt.value = "a message"
            await opened.press("enter")
            await opened.until(lambda: len(bodies(server)) == 1)


@pytest.mark.parametrize(("size", "words"), [(120, "(over: "), (70, "context over: ~")])
async def test_the_gauge_says_over(deck: RealDeck, size: int, words: str) -> None:
    with small_model(deck):
        async with deck.opened(ChatStart("main"), size=(size, 30)) as opened:
            await opened.ask("hello")
            await opened.until(lambda: "4,096" in opened.text or "context ~" in opened.text)
            opened.screen(ChatScreen).prompt.value = "some words " * 2500
            await opened.until(lambda: words in opened.text)


def test_the_plain_chat_asks_before_a_first_message_too(deck: RealDeck) -> None:
    with small_model(deck, is_default=True) as server:
        done = deck.run("chat", "--plain", stdin=f"{'some words ' * 2500}\n/quit\n")
        assert "too many for a context of 4,096" in done.out
        assert "(over: " not in done.out
        assert len(bodies(server)) == 1, "nobody can be asked: it is said, and sent"


def test_a_file_is_as_large_as_the_message_it_is_in() -> None:
    file = FilePart("a" * 64, "notes.txt", "text/plain", 40_000)
    draft = Parts((file,))
    counted = done_turn("t", "yes", "x" * 400)
    counted.usage = Usage(52, 10)  # 104 by our own count
    use = context_use([counted], draft, provider="provider", model="model", window=4096)
    words = excess_words(use, [counted], draft)
    assert "this message, ~5,000 tokens" in words
    assert "~5,000 tok" in words.partition("largest file")[2]
