"""A URL copied from a shell or a settings file: a repair is offered in all fields for URLs."""

from __future__ import annotations

import pytest

from tests.support.real_deck import RealDeck
from tui.ui.providers.form_screen import ProviderFormScreen

COPIED = "OPENAI_BASE_URL=gpu.invalid:8000/v1"
REPAIR = "http://gpu.invalid:8000/v1"

COMMANDS = {
    "add": ("providers", "add", "gpu", "--model", "m", "--url", COPIED),
    "ask": ("ask", "--model", "m", "--url", COPIED, "hi"),
    "check": ("check", COPIED),
    "check-json": ("check", "--json", COPIED),
    "stored": ("check", "copied"),
    "ask-stored": ("ask", "-p", "copied", "hi"),
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_command_offers_the_address_behind_a_name(deck: RealDeck, arguments: tuple[str, ...]) -> None:
    deck.provider("http://127.0.0.1:9/v1")
    deck.provider(COPIED, "copied")
    done = deck.run(*arguments)
    assert done.code in (1, 2)
    assert REPAIR in done.out + done.err


async def test_the_form_writes_the_address_behind_a_name(deck: RealDeck) -> None:
    async with deck.opened() as opened:
        await opened.press("a")
        await opened.until(lambda: isinstance(opened.app.screen, ProviderFormScreen))
        form = opened.screen(ProviderFormScreen)
        form.row("provider_url").editor.focus()
        await opened.press(*COPIED)
        await opened.until(lambda: "Fix" in opened.text and REPAIR in opened.text, "the repair is offered")
        await opened.press("f4")
        await opened.until(lambda: form.row("provider_url").value == REPAIR)
