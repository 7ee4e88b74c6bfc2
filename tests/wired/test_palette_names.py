"""The palette opens providers, models and conversations by name, and shows keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart
from tui.ui.textual_compat.palette import Palette


async def search(opened: OpenDeck, text: str, shown: str) -> None:
    await opened.press("ctrl+p")
    await opened.until(lambda: isinstance(opened.app.screen, Palette), "the palette")
    await opened.press(*text)
    await opened.until(lambda: shown in opened.text, shown)


async def test_providers_models_and_conversations_open_by_name(deck: RealDeck) -> None:
    api = FakeApi(models=model_list("m", "model-b"), chat=replying("It is four."))
    with FaultServer(api) as server:
        deck.provider(server.base_url)
        deck.provider(server.base_url, "second", compatible_provider="model-b")
        async with deck.opened(ChatStart("main")) as opened:
            await opened.press(*"two-and-two", "enter")
            await opened.until(lambda: "It is four." in opened.text, "the answer")
            await search(opened, "second", "Chat: second · model-b")
            await opened.press("enter", "enter")
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen), "the chat")
            await opened.until(
                lambda: "second · model-b" in opened.text, "the other provider in the same chat"
            )
            assert "It is four." in opened.text
        async with deck.opened() as opened:
            await search(opened, "two-and", "Open: two-and-two")
            await opened.press("enter", "enter")
            await opened.until(lambda: "It is four." in opened.text, "the conversation")
        async with deck.opened() as opened:
            await search(opened, "model-b", "Chat: second · model-b")
            await opened.press("enter", "enter")
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen), "a new chat")
            await opened.until(lambda: "second · model-b" in opened.text, "with that provider")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("reload", "Reload: providers"),
        ("reload", "Reload and recheck all providers · R"),
        ("diagn", "· d"),
        ("quit lm", "· q"),
    ],
)
async def test_a_command_of_the_palette_shows_its_key(deck: RealDeck, text: str, shown: str) -> None:
    deck.settings("check_reachability = false\n")
    async with deck.opened() as opened:
        await search(opened, text, shown)


async def test_a_theme_is_used_by_its_name(deck: RealDeck) -> None:
    deck.settings("check_reachability = false\n")
    async with deck.opened() as opened:
        await search(opened, "light", "Use theme: light")
        await opened.press("enter", "enter")
        await opened.until(lambda: opened.app.theme == "light")
        await opened.until(lambda: 'theme = "light"' in (deck.config / "config.toml").read_text())


async def test_a_folder_of_conversations_that_cannot_be_read_hides_no_command(
    deck: RealDeck, tmp_path: Path
) -> None:
    async with deck.opened() as opened:
        folder = opened.runtime.paths.conversations_dir
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("no folder")
        await search(opened, "smoll", "Chat: smollm2")
