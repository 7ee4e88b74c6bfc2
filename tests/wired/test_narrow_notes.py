"""What an empty prompt and an empty list say is never cut without a mark."""

from __future__ import annotations

import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck
from tui.ui.start import ChatStart

NAME = "a-provider-with-a-rather-long-name"


@pytest.mark.parametrize(("width", "end"), [(60, "… │"), (120, "for a new line)")])
async def test_the_invitation_of_the_prompt(deck: RealDeck, width: int, end: str) -> None:
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url, NAME)
        async with deck.opened(ChatStart(NAME), size=(width, 24)) as opened:
            line = f"│ Message {NAME}…  (Enter to send"[: width - 10]
            await opened.until(lambda: line in opened.text, line)
            await opened.until(lambda: end in opened.text, end)


async def test_the_note_of_a_list_without_chats(deck: RealDeck) -> None:
    async with deck.opened(size=(60, 24)) as opened:
        await opened.until(lambda: "No chats yet. Enter starts one" in opened.text, "the note")
        line = next(line for line in opened.text.splitlines() if "No chats yet" in line)
        assert line.endswith("… │")
