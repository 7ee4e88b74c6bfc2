"""The whole program tests the abilities of an endpoint, and remembers them in its next run."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.ability_server import AbilityServer, answer
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import OpenDeck, RealDeck
from tui.ui.diagnosis.screen import DiagnosisScreen

PROSE = answer("Hello there, how can I help you today?", prompt=30, completion=9)


async def diagnose(opened: OpenDeck) -> DiagnosisScreen:
    """Open the diagnosis of the provider, and go to its end."""
    await opened.until(lambda: "main" in opened.text)
    await opened.press("d")
    await opened.until(lambda: isinstance(opened.app.screen, DiagnosisScreen))
    screen = opened.screen(DiagnosisScreen)
    await opened.until(lambda: not screen.is_checking)
    await opened.press("G")
    return screen


async def test_a_key_tests_and_the_next_run_remembers(deck: RealDeck) -> None:
    with FaultServer(AbilityServer(default=PROSE)) as server:
        deck.provider(server.base_url)
        async with deck.opened(size=(120, 40)) as opened:
            screen = await diagnose(opened)
            await opened.until(lambda: "Not tested. t to test" in opened.text)
            await opened.press("t")
            await opened.until(lambda: "! System prompt" in opened.text and not screen.is_checking)
        async with deck.opened(size=(120, 40)) as opened:
            await diagnose(opened)
            await opened.until(lambda: "Tested just now. t to test again" in opened.text)
            assert "! Continued answer    ignored" in opened.text


@pytest.mark.parametrize("keys", [("escape",), ("q", "q"), ()], ids=["stop", "leave", "quit"])
async def test_what_a_stopped_test_has_found_is_remembered(deck: RealDeck, keys: tuple[str, ...]) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def silent(connection: Connection) -> None:
        connection.read_request()
        loop.call_soon_threadsafe(asked.set)
        connection.hold()

    with FaultServer(AbilityServer([PROSE, PROSE], default=silent)) as server:
        deck.provider(server.base_url)
        async with deck.opened(size=(120, 40)) as opened:
            screen = await diagnose(opened)
            await opened.press("t")
            await asked.wait()
            assert screen.is_checking
            await opened.press(*keys)
            if keys == ("escape",):
                await opened.until(lambda: not screen.is_checking)
                await opened.press("G")
                await opened.until(lambda: "! System prompt" in opened.text)
                print(opened.text)
        async with deck.opened(size=(120, 40)) as opened:
            await diagnose(opened)
            await opened.until(lambda: "Tested just now. t to test again" in opened.text)
            assert "! System prompt       ignored" in opened.text
            assert "Tools" not in opened.text
