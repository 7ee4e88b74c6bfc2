"""Names in texts exist: fields and keys of a screen, options of a command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fake_machine import FakeMachine
from tests.support.fault_server import Answer, Connection, FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tests.support.stream_samples import delta
from tui.cli.parser import build_parser
from tui.core.cause import fill
from tui.core.causes import SECTIONS
from tui.net.machine.machine import Machine
from tui.ui.chat.screen import ChatScreen
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.start import ChatStart

REFUSED = Answer(b'{"error": {"message": "No API key."}}', status="401 Unauthorized")
FIELD = "Enter one in the provider's form, in the field API key."
OPTION = "Give one with --key-env VAR, or in the provider's form."


@pytest.fixture
def locked() -> Iterator[FaultServer]:
    with FaultServer(REFUSED) as server:
        yield server


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from (word for word in action.option_strings if word.startswith("--"))
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from options(below)


def test_what_a_screen_can_show_names_no_option_of_a_command() -> None:
    own = set(options(build_parser()))
    assert "--key-env" in own
    own -= {"--rerank"}  # of lmdeck embed; llama.cpp's option for a server has the same name
    shown = [section for title, section in SECTIONS.items() if title != "The program itself"]
    for cause in (cause for section in shown for cause in section):
        for facts in ({}, {"without_key": "yes"}):
            named = set(re.findall(r"--[a-z-]+", fill(f"{cause.title} {cause.advice}", facts)))
            assert not named & own, cause.identifier


def flat(opened: OpenDeck) -> str:
    return " ".join(opened.text.split())


async def test_no_screen_names_an_option_where_a_key_is_wanted(deck: RealDeck, locked: FaultServer) -> None:
    deck.provider(locked.base_url)
    async with deck.opened(ChatStart("main"), size=(110, 36)) as opened:
        await opened.ask("hello")
        await opened.until(lambda: FIELD in flat(opened))
        await opened.press("f11")
        await opened.until(lambda: isinstance(opened.app.screen, DiagnosisScreen) and FIELD in flat(opened))
        await opened.press("escape", "ctrl+c", *"/providers", "enter")
        await opened.until(lambda: isinstance(opened.app.screen, (ProvidersScreen, ChatScreen)))
    async with deck.opened(size=(110, 36)) as opened:
        await opened.press("home", "e")
        await opened.until(lambda: isinstance(opened.app.screen, ProviderFormScreen))
        await opened.press("f5")
        await opened.until(lambda: "in the field API key." in flat(opened))
        assert "--key-env" not in opened.text


def test_a_command_names_its_option(deck: RealDeck, locked: FaultServer) -> None:
    deck.provider(locked.base_url)
    asked = deck.run("ask", "--url", locked.base_url, "--model", "m", "hi")
    assert OPTION in asked.err
    assert OPTION in " ".join(deck.run("check", locked.base_url, "--model", "m").out.split())
    assert FIELD in deck.run("ask", "-p", "main", "hi").err, "ask takes --key-env with --url alone"
    assert FIELD in " ".join(deck.run("chat", "main", "--plain", stdin="hi\n").out.split())


# ── Questions nobody can answer ─────────────────────────────────────────────────────────────


def test_a_check_that_cannot_be_answered_asks_nothing(deck: RealDeck) -> None:
    done = deck.run("check", "localhost:1/v1", "--model", "m")
    assert "?" not in done.out
    assert "→ Use http://localhost:1/v1 instead." in done.out
    assert "Try it: lmdeck check http://localhost:1/v1 --model m" in done.out


# ── Footers ─────────────────────────────────────────────────────────────────────────────────


async def test_a_footer_offers_a_repair_only_where_there_is_one(deck: RealDeck) -> None:
    deck.provider("http://127.0.0.1:9/v1")
    async with deck.opened() as opened:
        await opened.press("home", "e")
        await opened.until(lambda: "F1 Help" in opened.text and "Provider URL" in opened.text)
        assert "F4" not in opened.text and "Fix" not in opened.text
        form = opened.screen(ProviderFormScreen)
        form.row("provider_url").editor.focus()
        await opened.press("end", "ctrl+u", *"gpu:8000/v1")
        await opened.until(lambda: "Fix" in opened.text)
        await opened.press("tab", "enter")
        await opened.until(lambda: "Fix" not in opened.text)
        assert form.row("provider_url").value == "http://gpu:8000/v1"


async def test_the_footer_of_a_diagnosis_offers_only_what_was_found(deck: RealDeck, tmp_path: Path) -> None:
    deck.provider("http://127.0.0.1:9/v1")
    deck.provider("gpu.invalid:8000/v1", "odd")
    async with deck.opened() as opened:
        opened.runtime.machine = Machine({}, FakeMachine(tmp_path).root)  # not what runs here
        for name, is_offered in (("main", False), ("odd", True)):
            opened.screen(ProvidersScreen).table.rearrange(name)
            await opened.press("d")
            await opened.until(lambda: "Copy report" in opened.text and "Checking" not in opened.text)
            await opened.until(lambda: ("A Apply fix" in opened.text) is is_offered)  # noqa: B023
            await opened.press("escape")
            await opened.until(lambda: isinstance(opened.app.screen, ProvidersScreen))


# ── Built in is not remote ──────────────────────────────────────────────────────────────────


async def test_a_built_in_provider_is_called_that(deck: RealDeck) -> None:
    async with deck.opened(size=(120, 40)) as opened:
        opened.screen(ProvidersScreen).table.rearrange("smollm2")
        await opened.until(lambda: "built in (read-only)" in opened.text)
        assert "remote" not in opened.text
        await opened.press("D")
        await opened.until(lambda: "smollm2 is built in and can't be changed." in opened.toasts)
        await opened.press("e")
        await opened.until(lambda: "smollm2 is built in and can't be changed." in opened.toasts)
        opened.screen(ProvidersScreen)
        await opened.press("w")
        await opened.until(lambda: "Display name" in opened.text)
    shown = deck.run("providers", "show", "smollm2").out
    assert re.search(r"^is remote +built in$", shown, re.MULTILINE)
    assert deck.run("providers", "show", "smollm2", "--json").json["provider"]["is_remote"] is True


async def test_a_site_wide_provider_says_where_it_is_from(deck: RealDeck) -> None:
    site = deck.home / "site" / "lmdeck"
    site.mkdir(parents=True)
    (site / "providers.toml").write_text(
        '[providers.shared]\nprovider_url = "http://127.0.0.1:9/v1"\ncompatible_provider = "m"\n'
    )
    async with deck.opened(size=(120, 40)) as opened:
        opened.screen(ProvidersScreen).table.rearrange("shared")
        await opened.until(lambda: "site-wide (read-only)" in opened.text)


# ── A notice that is over ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["prompt", "r"])
async def test_the_notice_of_a_lost_conversation_ends_with_the_next_exchange(
    deck: RealDeck, key: str
) -> None:
    with FaultServer(replying("an answer")) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), size=(120, 40)) as opened:
            await opened.ask("first")
            folder = deck.home / "data" / "lmdeck" / "conversations"
            await opened.until(lambda: any('"end"' in file.read_text() for file in folder.glob("*.jsonl")))
            for file in folder.glob("*.jsonl"):
                file.unlink()
            await opened.ask("second")
            await opened.until(lambda: "was deleted by another program" in flat(opened))
            if key == "prompt":
                await opened.ask("third")
            else:
                asked = len(server.requests)
                await opened.press("tab", key)
                await opened.until(lambda: len(server.requests) > asked)
                await opened.until(lambda: opened.screen(ChatScreen).control.live is None)
            await opened.until(lambda: "was deleted by another program" not in flat(opened))


# ── The plain chat ──────────────────────────────────────────────────────────────────────────


def test_a_failed_answer_that_is_shown_again_says_why_again(deck: RealDeck) -> None:
    def half(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(delta("half of"))

    with FaultServer(half) as server:
        deck.provider(server.base_url)
        done = deck.run("chat", "main", "--plain", stdin="hello\n/again\n/previous\n/next\n/quit\n")
    assert done.out.count("half of") == 4
    assert done.out.count("failed: ") == 4
    assert done.out.count("failed") == 4, "nowhere without a sentence"
