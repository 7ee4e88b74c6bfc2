"""A chat with a JSON Schema: each answer is validated, with and without screens."""

from __future__ import annotations

import json

import pytest
from textual.widgets import TextArea

from tests.support.real_deck import OpenDeck, RealDeck, bodies
from tests.support.schema_server import answering, refuses, replies
from tui.ui.chat.screen import ChatScreen
from tui.ui.chat.settings import ChatSetup
from tui.ui.start import ChatStart

SCHEMA = '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}'
GOOD, BAD = '{"city": "Ulm"}', '{"city": 7}'
INVALID = "not valid against the schema: $.city: must be string, not integer"


async def command(opened: OpenDeck, line: str, said: str) -> None:
    opened.screen(ChatScreen).prompt.value = line
    await opened.press("enter")
    await opened.until(lambda: said in opened.toasts + opened.refusal, line)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_one_line_under_the_answer_says_what_it_is_worth(deck: RealDeck, size: tuple[int, int]) -> None:
    with answering(replies(GOOD), replies(BAD), replies(GOOD, finish="length"), replies("Hello.")) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), size=size) as opened:
            await command(opened, f"/settings schema {SCHEMA}", "JSON schema: ")
            turn = await opened.ask("one")
            assert turn.notes == ["valid against the schema"]
            await opened.until(lambda: "· valid against the schema" in opened.text)
            assert (await opened.ask("two")).notes == [INVALID]
            await opened.until(lambda: INVALID in " ".join(opened.text.split()))
            assert (await opened.ask("three")).notes == ["cut off at 12 tokens: the JSON is incomplete"]
            await command(opened, "/settings schema default", "JSON schema: ")
            assert (await opened.ask("four")).notes == []
        first, last = bodies(server)[0], bodies(server)[-1]
        assert first["max_tokens"] == 4096
        assert first["messages"][0]["role"] == "system"
        assert "max_tokens" not in last
        assert "response_format" not in last
        assert last["messages"][0]["role"] == "user"
    (journal,) = (deck.home / "data").rglob("*.jsonl")
    ends = [json.loads(line) for line in journal.read_text().splitlines() if '"end"' in line]
    notes = {end["turn"]: end["notes"] for end in ends if end.get("notes")}  # late figures end a turn again
    assert [*notes.values()][1] == [INVALID]


async def test_endless_white_space_ends_the_answer_in_the_chat(deck: RealDeck) -> None:
    with answering(replies("{", " " * 250, holds=True)) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await command(opened, f"/settings schema {SCHEMA}", "JSON schema: ")
            turn = await opened.ask("one")
            assert turn.failure is not None
            assert turn.failure.cause == "endless-white-space"
            assert turn.answer.text.startswith("{ ")
            assert server.wait_for_eof()
            await opened.until(lambda: "white-space characters in a row" in opened.text)


REFUSED = [
    '{"type":"city"}',
    '{"$ref":"#"}',
    '{"anyOf":[{"$dynamicRef":"#n"}],"$dynamicAnchor":"n"}',
    '{"$ref":"https://own.example/x"}',
    '{"properties":{"a":{"pattern":"("}}}',
    '{"type":"object","type":"array"}',
    '{"title":"\\ud800"}',
    "[]",
    "{",
]


@pytest.mark.parametrize("schema", REFUSED)
async def test_a_schema_that_ask_refuses_is_refused_in_the_chat_in_the_same_words(
    deck: RealDeck, schema: str
) -> None:
    with answering(replies(GOOD)) as server:
        deck.provider(server.base_url)
        done = deck.run("ask", "x", "--schema", "-", "--json", stdin=schema)
        reason = (
            done.json["error"]["title"].partition("cannot be used: ")[2].rstrip(".…")
        )  # a long one is cut there
        assert reason
        plain = deck.run("chat", "main", "--plain", stdin=f"/settings schema {schema}\n/quit\n")
        assert f"JSON schema: {reason}" in " ".join(plain.out.split())
        async with deck.opened(ChatStart("main"), size=(120, 40)) as opened:
            await command(opened, f"/settings schema {schema}", f"JSON schema: {reason}")
            assert opened.screen(ChatScreen).prompt.value
            opened.screen(ChatScreen).prompt.value = ""
            await opened.press("f6")
            await opened.until(lambda: isinstance(opened.app.screen, ChatSetup))
            opened.screen(ChatSetup).query_one("#json_schema", TextArea).text = schema
            await opened.press("ctrl+s")
            await opened.until(
                lambda: f"JSON schema: {reason}" in " ".join(opened.text.replace("│", "").split())
            )
            assert isinstance(opened.app.screen, ChatSetup)
        assert bodies(server) == []


async def test_a_chat_judges_by_the_rules_of_ask(deck: RealDeck) -> None:
    """A price below a reference to the root, a pattern before a line feed, a wrong part and what follows."""
    tree = (
        '{"$schema":"https://json-schema.org/draft/2020-12/schema",'
        '"allOf":[{"properties":{"n":{"type":"integer"}}}],'
        '"properties":{"price":{"multipleOf":0.01},"code":{"pattern":"^[0-9]{3}$"},"kids":{"items":{"$ref":"#"}}},'
        '"unevaluatedProperties":false}'
    )
    answers = {
        '{"price":1,"kids":[{"price":19.99,"n":2}]}': "valid against the schema",
        '{"kids":[{"code":"123\\n"}]}': "$.kids[0].code: ",
        '{"kids":[{"n":"q"}]}': "$.kids[0].n: must be integer, not string",
        '{"kids":[{"z":1}]}': '$.kids[0]: "z" is not allowed',
    }
    with answering(*(replies(answer) for answer in answers)) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), size=(120, 40)) as opened:
            await command(opened, f"/settings schema {tree}", "JSON schema: ")
            for said in answers.values():
                turn = await opened.ask("next")
                assert said in turn.notes[0]
                await opened.until(lambda said=said: said in " ".join(opened.text.split()))  # type: ignore[misc]


async def test_a_refusal_in_a_chat_is_shown_and_asked_no_other_way(deck: RealDeck) -> None:
    with answering(refuses("response_format json_schema is not supported")) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await command(opened, f"/settings schema {SCHEMA}", "JSON schema: ")
            turn = await opened.ask("one")
            assert turn.failure is not None
            assert "response_format" in f"{turn.failure.server_message}"
        assert len(bodies(server)) == 1


def test_the_plain_chat_says_the_same(deck: RealDeck) -> None:
    with answering(replies(GOOD), replies(BAD)) as server:
        deck.provider(server.base_url)
        lines = f"/settings schema {SCHEMA}\none\ntwo\n/quit\n"
        done = deck.run("chat", "main", "--plain", stdin=lines)
    assert done.code == 0
    assert "note: valid against the schema" in done.err
    assert f"note: {INVALID}" in done.err
