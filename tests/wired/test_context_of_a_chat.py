"""A chat that is opened by its name learns how much the model takes, and shows it in the header."""

from __future__ import annotations

import pytest

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, heads, replying
from tui.ui.app import ChatStart


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
