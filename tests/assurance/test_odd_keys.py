"""Random keys on every screen, in any order, break nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.assurance.kit import by_length, crash_reports, publish
from tests.support import fault_server as faults
from tests.support.fake_api import FakeApi, model_list, refusal
from tests.support.fault_server import FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tui.ui.bindings import CHORD, KEYS
from tui.ui.start import ChatStart

SEEDS = by_length(tuple(range(2)), tuple(range(20)))
PRESSES = by_length(150, 300)
LEAVES = {"app.quit", "app.suspend", "providers.quit"}
ORDINARY = (*"abcdefghijklmnoprstuvwxyzABCDEMGNRX0123456789/?:@[]$!. ", "enter", "escape", "tab", "shift+tab")
MOVES = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "backspace", "delete", "f1")
BOUND = sorted(
    {
        name
        for keys in KEYS.values()
        for key in keys
        if key.identifier not in LEAVES
        for name in key.names
        if CHORD not in name
    }
    - {name for keys in KEYS.values() for key in keys if key.identifier in LEAVES for name in key.names}
)
BEGINNINGS = ((), ("h",), ("$",), ("M",), ("e",), ("d",), ("c",), ("h", "/"))
"""What leads from the list of providers to the screen where it begins."""
GOOD = replying("It is **four**.\n\n```py\n1 + 1\n```\n", reasoning="two and two")
CHATS = (
    GOOD,
    faults.stall_mid_stream,
    refusal("No such key", "401 Unauthorized"),
    faults.error_mid_stream,
    faults.reset_mid_stream,
    faults.silence,
    faults.malformed_events,
)
"""How the server answers while the keys are pressed."""
SIZES = ((80, 24), (120, 40), (60, 18), (200, 50))


def lived_in(home: Path, server: FaultServer) -> RealDeck:
    """Return a home with providers, one of which is not there, and chats, which cost something."""
    deck = RealDeck(home, {"EDITOR": "true", "VISUAL": "true", "PATH": "/usr/bin:/bin"})
    prices = {"input_price": 0.1, "output_price": 0.2, "currency": "USD"}
    deck.provider(server.base_url, "main", **prices)
    deck.provider(server.base_url, "vectors", category="Embedding")
    deck.provider("http://127.0.0.1:9/v1", "gone")
    return deck


@pytest.mark.parametrize("seed", SEEDS)
async def test_any_keys_can_be_pressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.chdir(tmp_path)  # what they export goes here
    api = FakeApi(models=model_list("m", "other"), chat=GOOD)
    with FaultServer(api) as server:
        deck = lived_in(tmp_path / "home", server)
        await live(deck)
        api.chat = CHATS[seed % len(CHATS)]
        await press_keys(deck, seed)
    assert crash_reports(tmp_path) == []
    if seed == SEEDS[-1]:
        publish("input", f"{len(SEEDS)} × {PRESSES:,} random keys on the screens: 0 crashes")


async def live(deck: RealDeck) -> None:
    """Chat, and test an ability."""
    async with deck.opened(ChatStart("main")) as opened:
        for prompt in ("two and two?", "and three?"):
            await opened.ask(prompt)
    deck.run("check", "main", "--only", "max_tokens")


async def press_keys(deck: RealDeck, seed: int) -> None:
    """Press random keys, beginning on one of the screens; print the last ones where something breaks."""
    chance, pressed = random.Random(seed), list[str]()
    try:
        async with deck.opened("providers", SIZES[seed % len(SIZES)]) as opened:
            await opened.press("home", *BEGINNINGS[seed % len(BEGINNINGS)])
            while len(pressed) < PRESSES and opened.app.is_running:
                await press(opened, chance, pressed)
    except BaseException:
        print(f"after {' '.join(pressed[-40:])}")
        raise


async def press(opened: OpenDeck, chance: random.Random, pressed: list[str]) -> None:
    """Press a key, or drop and take a few columns of the terminal."""
    if chance.random() < 0.02:
        await opened.pilot.resize_terminal(*chance.choice(SIZES))
    key = chance.choice(chance.choices((ORDINARY, MOVES, BOUND), (3, 2, 3))[0])
    pressed.append(key)
    await opened.press(key)
