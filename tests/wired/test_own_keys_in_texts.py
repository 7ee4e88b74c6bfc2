"""Texts show remapped keys: no catalogue contains the name of a key that can change."""

from __future__ import annotations

import re

import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.imports import sources
from tests.support.literals import literals
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tui.ui.chat.screen import ChatScreen
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.start import ChatStart

KEY_NAME = re.compile(
    r"(?<!\w)(?:(?:Ctrl|Alt|Shift)\+\S|F\d{1,2}\b|Esc\b|PgUp\b|PgDn\b|Tab\b|Space\b"
    r"|Enter\b(?! (?:a|an|the|it|its|0|your|another)\b))"
)
FIXED = {
    "tui.texts.ability_matrix": {"Enter export · {cancel} cancel · .md or .json"},
    "tui.texts.branches": {"Enter show this branch · {cancel} cancel"},
    "tui.texts.chat": {
        " · Enter to go there",
        "Enter save · {cancel} cancel",
        "{save} save (from the next message) · Tab next · {cancel} cancel",
        "Enter select · {cancel} cancel",
    },
    "tui.texts.cli": {"Checking every {seconds:g} s (Ctrl+C to stop). Each check {cost}"},
    "tui.texts.conversations": {
        "A folder gets Markdown files; a file's ending sets its format.\nEnter export · {cancel} cancel"
    },
    "tui.texts.costs_screen": {"The ending sets the format.\nEnter export · {cancel} cancel"},
    "tui.texts.demo": {"Press Ctrl+C to stop."},
    "tui.texts.form": {"Enter or Space opens and closes the settings that most servers don't need."},
    "tui.texts.plain_chat": {
        "Write a message and press Enter. End a line with \\ to add another. Ctrl+C stops an answer. "
        "Messages typed while an answer streams are queued and sent after it; Ctrl+C pauses the queue."
    },
    "tui.texts.provider_list": {
        "Tab to read on",
        "Filter by name, model or state. Enter to open, Down for the list, {key} to clear",
    },
}
"""Texts with keys that no setting maps: of one-line fields, of the focus, and outside the screens."""


def test_no_catalogue_names_a_key_that_the_settings_can_map() -> None:
    found = {
        name: {text for _, text in literals(tree) if KEY_NAME.search(text)}
        for name, tree in sources().items()
        if name.startswith("tui.texts.") and not name.endswith("command_help")
    }
    assert {name: hits for name, hits in found.items() if hits} == FIXED


OWN = """
check_reachability = false

[keys]
"app.quit" = "f8"
"prompt.send" = "ctrl+s"
"prompt.newline" = "ctrl+o"
"reading.example_1" = "7"
"reading.example_3" = "9"
"form.save" = "f11"
"form.cancel" = "f12"
"choice.open" = "v"
"help.close" = "f9"
"figures.close" = "f10"
"""


async def says(opened: OpenDeck, *words: str) -> None:
    await opened.until(lambda: all(each in opened.text + opened.toasts for each in words), str(words))


@pytest.mark.parametrize("size", [(100, 30)])
async def test_texts_name_the_keys_of_the_settings(deck: RealDeck, size: tuple[int, int]) -> None:
    deck.settings(OWN)
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), size) as opened:
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))
            await says(opened, "(Ctrl+S to send, Ctrl+O for a new line)", "7–9 to use an example")
            await opened.press("ctrl+c")
            await says(opened, "Press F8 to quit.")
            await opened.press("f1")
            await says(opened, "F9 close", "Ctrl+S          Send the message")
        async with deck.opened(size=size) as opened:
            await opened.press("home", "e")
            await opened.until(lambda: isinstance(opened.app.screen, ProviderFormScreen))
            await says(opened, "Save F11", "Cancel F12")
            opened.screen(ProviderFormScreen).row("state").editor.focus()
            await says(opened, "v opens the list, Left and Right change")
