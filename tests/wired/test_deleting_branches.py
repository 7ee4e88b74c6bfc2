"""Deleting a conversation names all its turns, including other answers and branches."""

from __future__ import annotations

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, replying
from tui.ui.chat.screen import ChatScreen
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.start import ChatStart


async def test_the_question_counts_what_is_out_of_sight(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url, is_default=True)
        async with deck.opened(ChatStart("main"), size=(120, 30)) as opened:
            chat = opened.screen(ChatScreen).control
            await opened.ask("one")
            await opened.ask("two")
            await opened.ask("three")
            await opened.press(*"/edit 2", "enter")
            prompt = opened.screen(ChatScreen).prompt
            await opened.until(lambda: prompt.edited)
            await opened.press(*"!", "enter")
            await opened.until(lambda: len(chat.turns) == 2 and chat.live is None)
            opened.screen(ChatScreen).transcript.focus()
            await opened.pilot.pause()
            await opened.press("h")
            await opened.until(lambda: isinstance(opened.app.screen, ConversationsScreen))
            await opened.until(lambda: "Model" in opened.text)
            await opened.press("D")
            await opened.until(lambda: "4 turns, 2 of them in other answers and branches" in opened.text)
