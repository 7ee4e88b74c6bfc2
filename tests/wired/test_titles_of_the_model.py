"""Titles from the model: requested only after the first answer, without disturbing the user."""

from __future__ import annotations

import threading

import pytest

from tests.support.fake_api import FakeApi, Replayed
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, bodies, replying
from tui.core.observed import ExchangeRecord, Purpose
from tui.core.titles import title_in
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("Ring buffers", "Ring buffers"),
        ('\n**"Ring buffers."**\nThey are', "Ring buffers"),
        ("Title: Ring \x1b[2J buffers", "Ring ␛[2J buffers"),
        ("“Ringpuffer in Python”", "Ringpuffer in Python"),
        ("  \n", ""),
        ("...", ""),
    ],
)
def test_a_title_is_one_plain_line(answer: str, title: str) -> None:
    assert title_in(answer) == title


def title(opened: OpenDeck) -> str:
    session = opened.screen(ChatScreen).control.session
    assert session is not None
    return session.title


def refusing_titles(connection: Connection) -> None:
    request = connection.read_request()
    if b"Write a title" in request:
        connection.respond(b'{"error": {"message": "no", "code": 400}}', status="400 Bad Request")
    else:
        replying("Yes.")(Replayed(connection, request))


async def test_a_refusal_leaves_the_title_of_the_prompt_and_costs_no_word(deck: RealDeck) -> None:
    deck.settings('titles = "model"\n')
    with FaultServer(FakeApi(chat=refusing_titles)) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await opened.ask("hello there")
            await opened.until(lambda: len(bodies(server)) >= 2)
            await opened.ask("again")
            assert title(opened) == "hello there"
            assert opened.toasts == ""
            assert sum("Write a title" in str(body) for body in bodies(server)) == 1


class Told:
    """Records the reported exchanges."""

    def __init__(self) -> None:
        self.purposes: list[Purpose] = []

    def finished(self, record: ExchangeRecord) -> None:
        self.purposes.append(record.origin.purpose)


async def test_it_is_counted_for_its_own_purpose(deck: RealDeck) -> None:
    deck.settings('titles = "model"\n')
    told = Told()
    with FaultServer(FakeApi(chat=replying("Ring buffers"))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            opened.runtime.observers.add(told)
            await opened.ask("hello there")
            await opened.until(lambda: title(opened) == "Ring buffers")
            await opened.until(lambda: told.purposes == [Purpose.CHAT, Purpose.OTHER])


async def test_the_next_message_does_not_wait_for_a_title(deck: RealDeck) -> None:
    deck.settings('titles = "model"\n')
    gate = threading.Event()

    def slow(connection: Connection) -> None:
        request = connection.read_request()
        if b"Write a title" in request:
            gate.wait(20)
        replying("Yes.")(Replayed(connection, request))

    with FaultServer(FakeApi(chat=slow)) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await opened.ask("hello there")
            await opened.until(lambda: len(bodies(server)) >= 2)
            await opened.ask("again")
            gate.set()
            await opened.ask("and again")
            assert title(opened) == "hello there"


async def test_beyond_a_budget_no_title_is_asked_for(deck: RealDeck) -> None:
    deck.settings('titles = "model"\n[budget]\nmonth = "0 EUR"\n')
    with FaultServer(FakeApi(chat=replying("Ring buffers"))) as server:
        deck.provider(server.base_url, input_price="0.5", output_price="2", currency="EUR")
        async with deck.opened(ChatStart("main")) as opened:
            control = opened.screen(ChatScreen).control
            await opened.until(lambda: control.session is not None and control.target is not None)
            control.allow_budget()
            await opened.ask("hello there")
            await opened.ask("again")
            assert title(opened) == "hello there"
            assert not any("Write a title" in str(body) for body in bodies(server))
