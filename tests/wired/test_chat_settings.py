"""The settings of a chat reach the server, are stored with its turns, and restored on resuming."""

from __future__ import annotations

import json
from typing import Any

import pytest
from textual.widget import Widget

from tests.support.fake_api import FakeApi
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, bodies, replying
from tui.ui.chat.screen import ChatScreen
from tui.ui.chat.settings import ChatSetup
from tui.ui.shell.plain_input import PlainInput
from tui.ui.start import ChatStart

SCHEMA = '{"type":"object","properties":{"city":{"type":"string"}}}'
OWN = ("temperature", "top_p", "max_tokens", "seed", "stop", "response_format")


def own_fields(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in OWN if name in body}


def last_body(server: FaultServer) -> dict[str, Any]:
    return own_fields(bodies(server)[-1])


async def command(opened: OpenDeck, line: str, said: str) -> None:
    opened.screen(ChatScreen).prompt.value = line
    await opened.press("enter")
    await opened.until(lambda: said in opened.toasts + opened.refusal, line)


async def test_commands_set_what_is_sent_and_a_resumed_chat_has_it_again(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url, temperature=0.6, top_p=0.9, extra_body={"seed": 1, "stop": ["X"]})
        async with deck.opened(ChatStart("main")) as opened:
            await opened.ask("as the provider")
            assert last_body(server) == {"temperature": 0.6, "top_p": 0.9, "seed": 1, "stop": ["X"]}
            await command(opened, "/settings temperature 0.2", "Temperature: 0.2 (this chat)")
            await command(opened, "/settings top-p none", "Top P: not sent (this chat)")
            await command(opened, "/settings seed 7", "Seed: 7")
            await command(opened, "/settings stop none", "Stop: not sent")
            await command(opened, "/settings max_tokens 50", "Max tokens: 50")
            await command(opened, f"/settings schema {SCHEMA}", "JSON schema: ")
            await opened.ask("with settings of its own")
            wanted = {
                "temperature": 0.2,
                "seed": 7,
                "max_tokens": 50,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": json.loads(SCHEMA)},
                },
            }
            assert last_body(server) == wanted
            session = opened.screen(ChatScreen).control.session
            assert session is not None
            identity = session.identity
        (journal,) = (deck.home / "data").rglob("*.jsonl")
        turns = [json.loads(line) for line in journal.read_text().splitlines()]
        kept = [turn.get("settings") for turn in turns if turn["record"] == "turn"]
        assert kept == [
            None,
            {
                "sampling": {"temperature": 0.2, "top_p": None, "max_tokens": 50},
                "seed": 7,
                "stop": None,
                "json_schema": json.loads(SCHEMA),
            },
        ]
        async with deck.opened(ChatStart(None, identity)) as opened:
            await opened.until(lambda: opened.screen(ChatScreen).control.turns)
            await opened.ask("resumed")
            assert last_body(server) == wanted
            await command(opened, "/settings temperature default", "Temperature: 0.6 (provider)")
            await opened.ask("the provider's again")
            assert last_body(server) == {**wanted, "temperature": 0.6}
        done = deck.run("chat", "--plain", "--resume", identity, stdin="resumed plainly\n/quit\n")
        assert done.code == 0, done.err
        assert last_body(server) == {**wanted, "temperature": 0.6}


async def test_the_window_shows_whose_a_value_is_and_keeps_what_is_wrong(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url, temperature=0.6)
        async with deck.opened(ChatStart("main"), size=(80, 24)) as opened:
            await opened.press("f6")
            await opened.until(lambda: isinstance(opened.app.screen, ChatSetup))
            await opened.until(lambda: "0.6 (provider)" in opened.text)
            assert "server's default" in opened.text
            assert "Save" in opened.text
            window = opened.screen(ChatSetup)
            seed = window.query_one("#seed", PlainInput)
            seed.focus()
            await opened.press(*"many", "ctrl+s")
            await opened.until(lambda: "Seed must be a whole number" in opened.text)
            assert opened.app.screen is window
            assert seed.has_focus
            await opened.press("ctrl+u", *"11", "tab", *"END", "tab", *'{"type"', "ctrl+s")
            await opened.until(lambda: "JSON schema: " in opened.text)
            await opened.press(*': "object"}', "ctrl+s")
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))
            await opened.ask("hello")
            body = last_body(server)
            assert (body["seed"], body["stop"], body["temperature"]) == (11, ["END"], 0.6)
            assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
            await opened.press("f6")
            await opened.until(lambda: isinstance(opened.app.screen, ChatSetup))
            assert opened.screen(ChatSetup).query_one("#seed", PlainInput).value == "11"


async def test_every_field_and_button_is_seen_while_it_has_the_focus(deck: RealDeck) -> None:
    deck.provider("http://127.0.0.1:9/v1")
    async with deck.opened(ChatStart("main"), size=(60, 16)) as opened:
        await opened.press("f6")
        await opened.until(lambda: isinstance(opened.app.screen, ChatSetup))
        window = opened.screen(ChatSetup)
        for wanted in window.focus_chain:
            await opened.until(lambda wanted=wanted: window.focused is wanted)  # type: ignore[misc]
            await opened.until(lambda: window.focused and seen(window.focused))
            assert {"Save", "Cancel"} <= set(opened.text.split())
            await opened.press("tab")


def seen(widget: Widget) -> bool:
    """Whether the whole widget is in view."""
    shown = widget.screen.find_widget(widget)
    return shown.visible_region == shown.region and shown.region.size == widget.outer_size


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/settings temperature hot", "Temperature must be a number from 0 to 2."),
        ("/settings colour red", "There is no setting colour."),
        ("/settings thinking much", "Thinking must be one of default, off"),
    ],
)
async def test_a_wrong_value_stays_in_the_prompt(deck: RealDeck, line: str, said: str) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await command(opened, line, said)
            assert opened.screen(ChatScreen).prompt.value == line
            assert bodies(server) == []


async def test_a_refused_schema_is_not_dropped_and_has_its_cause(deck: RealDeck) -> None:
    def refuse(connection: Connection) -> None:
        connection.read_request()
        error = {
            "message": "Unsupported parameter: 'response_format' is not supported with this model.",
            "type": "invalid_request_error",
            "param": "response_format",
            "code": "unsupported_parameter",
        }
        connection.respond(json.dumps({"error": error}).encode(), status="400 Bad Request")

    with FaultServer(FakeApi(chat=refuse)) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await command(opened, f"/settings json_schema {SCHEMA}", "JSON schema: ")
            turn = await opened.ask("hello")
            assert turn.failure is not None
            assert turn.failure.cause == "unsupported-param"
            assert "response_format" in f"{turn.failure.title} {turn.failure.advice}"
            assert len(bodies(server)) == 1


def test_the_plain_chat_lists_and_changes_settings(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url, temperature=0.6, system_prompt="Be kind.")
        lines = "/settings\n/settings seed 5\n/settings system Be brief.\n/settings seed x\nhello\n/quit\n"
        done = deck.run("chat", "main", "--plain", stdin=lines)
        assert done.code == 0, done.err
        assert "temperature: 0.6 (provider)" in done.out
        assert "seed: server's default" in done.out
        assert "system_prompt: Be kind. (provider)" in done.out
        assert "Seed: 5 (this chat), from the next message." in done.out
        assert "Seed must be a whole number" in done.out
        body = bodies(server)[-1]
        assert (body["seed"], body["messages"][0]["content"]) == (5, "Be brief.")


async def test_a_system_prompt_of_the_provider_is_marked_until_it_is_changed(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url, system_prompt="Be brief.")
        async with deck.opened(ChatStart("main")) as opened:
            opened.screen(ChatScreen).prompt.value = "/settings"
            await opened.press("enter")
            await opened.until(lambda: isinstance(opened.app.screen, ChatSetup))
            area = opened.app.screen.query_one("#system")
            await opened.until(lambda: "System prompt · from the provider" in opened.text)
            assert area.has_class("-inherited")
            area.focus()
            await opened.press("x")
            await opened.until(lambda: "from the provider" not in opened.text)
            assert not area.has_class("-inherited")
