"""The key from a command is fetched again after a 401: once, then the failure is reported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.fake_api import Embedder, FakeApi, model_list
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, heads
from tui.core.turn import TurnState
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart

GOOD = "sk-renewed-4711-abcd"
OLD = "sk-expired-0815-wxyz"


class KeyCommand:
    """A command that prints one key after another, repeating the last, and counts its runs."""

    def __init__(self, folder: Path, *keys: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._script, self._count = folder / "key.py", folder / "count"
        self._count.write_text("")
        self._script.write_text(
            f"from pathlib import Path\ncount = Path({str(self._count)!r})\n"
            "runs = len(count.read_text())\ncount.write_text('x' * (runs + 1))\n"
            f"print({keys!r}[min(runs, {len(keys) - 1})])\n"
        )

    @property
    def reference(self) -> str:
        return f"cmd:{sys.executable} {self._script}"

    @property
    def runs(self) -> int:
        return len(self._count.read_text())


@pytest.fixture
def expiring(tmp_path: Path) -> KeyCommand:
    """A command whose first key has run out."""
    return KeyCommand(tmp_path / "keys", OLD, GOOD)


def api(**options: object) -> FakeApi:
    return FakeApi(models=model_list("m"), key=f"Bearer {GOOD}", **options)  # type: ignore[arg-type]


def keys_sent(server: FaultServer, path: str) -> list[str]:
    """Return the keys that came with requests for a path, oldest first."""
    asked = [head for head in heads(server) if f" /v1{path} " in head]
    return [line.split()[-1] for head in asked for line in head.splitlines() if "bearer" in line.lower()]


async def test_a_chat_goes_on_with_the_next_key(deck: RealDeck, expiring: KeyCommand) -> None:
    with FaultServer(api()) as server:
        deck.provider(server.base_url, api_key=expiring.reference)
        deck.settings("check_reachability = false\n")
        async with deck.opened(ChatStart("main")) as opened:
            turn = await opened.ask("hello")
            assert (turn.state, expiring.runs) == (TurnState.DONE, 2), turn.failure
            await opened.ask("again")
            assert expiring.runs == 2, "the key that works is kept"
    assert keys_sent(server, "/chat/completions") == [OLD, GOOD, GOOD]


async def test_a_key_that_runs_out_in_a_chat_is_replaced(deck: RealDeck, tmp_path: Path) -> None:
    valid = [OLD]
    command = KeyCommand(tmp_path / "keys", OLD, GOOD)
    with FaultServer(FakeApi(accepts=lambda head: f"bearer {valid[-1]}" in head)) as server:
        deck.provider(server.base_url, api_key=command.reference)
        async with deck.opened(ChatStart("main")) as opened:
            await opened.ask("hello")
            valid.append(GOOD)
            turn = await opened.ask("hello")
            assert (turn.state, command.runs) == (TurnState.DONE, 2), turn.failure


@pytest.mark.parametrize("keys", [(OLD,), (OLD, "sk-other-0000-zzzz")])
async def test_a_key_that_stays_wrong_is_told_after_one_more_fetch(
    deck: RealDeck, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    command = KeyCommand(tmp_path / "keys", *keys)
    with FaultServer(api()) as server:
        deck.provider(server.base_url, api_key=command.reference)
        deck.settings("check_reachability = false\n")
        async with deck.opened(ChatStart("main")) as opened:
            turn = await opened.ask("hello")
            assert turn.failure is not None
            assert (turn.failure.cause, command.runs) == ("auth", 2)
            assert "Authentication error" in opened.text
            assert isinstance(opened.app.screen, ChatScreen)
    assert keys_sent(server, "/chat/completions") == list(keys)
    for key in keys:
        assert not [
            path for path in deck.home.rglob("*") if path.is_file() and key in path.read_text("latin-1")
        ]


def test_ask_check_and_a_test_of_embeddings_fetch_it_again(deck: RealDeck, tmp_path: Path) -> None:
    with FaultServer(api(embeddings=Embedder())) as server:
        for name, arguments, category in (
            ("asked", ("ask", "hello", "-p", "asked"), "Model"),
            ("plain", ("chat", "plain", "--plain"), "Model"),
            ("checked", ("check", "checked"), "Model"),
            ("vectors", ("check", "vectors"), "Embedding"),
        ):
            command = KeyCommand(tmp_path / name, OLD, GOOD)
            deck.provider(server.base_url, name, api_key=command.reference, category=category)
            done = deck.run(*arguments, stdin="hello\n/quit\n" if name == "plain" else "")
            assert (done.code, command.runs) == (0, 2), (name, done.out, done.err)
            assert OLD not in done.out + done.err
            assert GOOD not in done.out + done.err


async def test_the_form_and_the_test_of_a_provider_fetch_it_again(deck: RealDeck, tmp_path: Path) -> None:
    with FaultServer(api(embeddings=Embedder())) as server:
        deck.settings("check_reachability = false\n")
        command = KeyCommand(tmp_path / "a", OLD, GOOD)
        deck.provider(server.base_url, api_key=command.reference)
        other = KeyCommand(tmp_path / "b", OLD, GOOD)
        deck.provider(server.base_url, "vectors", api_key=other.reference, category="Embedding")
        async with deck.opened() as opened:
            directory = opened.runtime.directory
            turn = await opened.runtime.test(directory.get("main"))
            assert (turn.failure, command.runs) == (None, 2)
            outcome = await opened.runtime.test_vectors(directory.get("vectors"), on_progress=lambda _: None)
            assert (outcome.failure, other.runs) == (None, 2)


def test_a_command_that_fails_the_second_time_is_told(deck: RealDeck, tmp_path: Path) -> None:
    once = tmp_path / "once"
    once.write_text(OLD)
    with FaultServer(api()) as server:
        deck.provider(
            server.base_url,
            api_key=f"cmd:{sys.executable} -c "
            f"\"import os; print(open('{once}').read()); os.remove('{once}')\"",
        )
        done = deck.run("ask", "hello", "-p", "main")
    assert done.code != 0
    assert "key" in done.err
    assert OLD not in done.err


def test_other_keys_are_not_fetched_again(deck: RealDeck) -> None:
    deck.extra["SOME_KEY"] = OLD
    with FaultServer(api()) as server:
        deck.provider(server.base_url, api_key="env:SOME_KEY")
        done = deck.run("ask", "hello", "-p", "main")
    assert "Authentication error" in done.err
    assert keys_sent(server, "/chat/completions") == [OLD]
