"""Tests from the screens are in the ledger, where the built-in model is free."""

from __future__ import annotations

import asyncio

import pytest

from tests.engine.engine_client import needs_engine
from tests.support.fake_api import Embedder, FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck
from tui.core.ledger import Certainty, LedgerLine
from tui.core.observed import Purpose
from tui.runtime.runtime import Runtime
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.start import ChatStart


async def lines_of(runtime: Runtime) -> list[LedgerLine]:
    return await asyncio.to_thread(runtime.costs.lines)


@pytest.mark.parametrize("category", ["Model", "Embedding"])
@pytest.mark.parametrize("place", ["list", "form"])
async def test_a_test_from_a_screen_leaves_exactly_one_line(
    deck: RealDeck, place: str, category: str
) -> None:
    deck.settings("check_reachability = false\n")
    with FaultServer(FakeApi(embeddings=Embedder())) as server:
        deck.provider(server.base_url, category=category, input_price="0.5", currency="EUR")
        async with deck.opened() as opened:
            await opened.press("home")
            if place == "form":
                await opened.press("e")
                await opened.until(lambda: isinstance(opened.app.screen, ProviderFormScreen))
                await opened.press("f5")
            else:
                await opened.press("t")
                await opened.until(lambda: isinstance(opened.app.screen, ProviderTestScreen))
            await opened.until(lambda: list(opened.runtime.paths.ledger_dir.glob("*.jsonl")))
            (line,) = await lines_of(opened.runtime)
    assert (line.provider, line.purpose, line.currency) == ("main", Purpose.TEST, "EUR")
    assert line.source is Certainty.REPORTED


async def test_an_answer_in_a_chat_on_screen_is_a_line_of_that_chat(deck: RealDeck) -> None:
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            turn = await opened.ask("hello")
            (line,) = await lines_of(opened.runtime)
    assert (line.usage.prompt_tokens, line.usage.completion_tokens) == (9, 10)
    assert turn.usage is not None
    assert line.conversation != ""


@pytest.mark.engine
@needs_engine
async def test_the_embedded_model_is_free_and_counts_as_it_does_itself(deck: RealDeck) -> None:
    async with deck.opened(ChatStart("smollm2")) as opened:
        turn = await opened.ask("What is the capital of France?")
        (line,) = await lines_of(opened.runtime)
    assert turn.failure is None
    assert (line.provider, line.is_free) == ("smollm2", True)
    assert turn.usage is not None
    assert turn.server_timings is not None
    assert line.usage.prompt_tokens == turn.usage.prompt_tokens
    assert line.usage.completion_tokens == turn.server_timings.predicted_tokens
    evaluated = (turn.server_timings.prompt_tokens or 0) + (turn.server_timings.cached_tokens or 0)
    assert line.usage.prompt_tokens == evaluated
