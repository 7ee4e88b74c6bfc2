"""An interrupted chat: the program prints how to resume it, and the next start offers it once."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.support.real_deck import RealDeck
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.store.conversations import ConversationStore
from tui.store.interrupted import take_interrupted
from tui.store.journal_lease import LEASE_STALE_SECONDS, lease_path
from tui.store.lease import acquire_lease
from tui.store.paths import resolve_paths

OFFER = "“remember me” was interrupted. Press 1 to continue it."


def cut_off(home: Path, number: signal.Signals | None, *arguments: str) -> str:
    """Chat, cut it off, and return what is on the terminal then."""
    with TerminalProgram(lmdeck("chat", "demo", *arguments), private_environment(home)) as terminal:
        terminal.wait_for("you>" if arguments else "Enter to send")
        terminal.send("remember me", "enter")
        terminal.wait_for("answer:" if arguments else "answering")
        if number is None:
            terminal.hang_up()
        else:
            terminal.kill(number)
        code = terminal.wait(15)
        assert code == (-number if number is signal.SIGKILL else 128 + (number or signal.SIGHUP))
        terminal.drain()
        return "" if number is None else terminal.text


def identity_in(home: Path) -> str:
    (journal,) = (home / "data" / "lmdeck" / "conversations").glob("*.jsonl")
    return journal.stem


@pytest.mark.parametrize(
    "number",
    [None, signal.SIGHUP, signal.SIGTERM, signal.SIGKILL],
    ids=["hang-up", "SIGHUP", "SIGTERM", "SIGKILL"],
)
def test_the_next_start_offers_it_once(tmp_path: Path, number: signal.Signals | None) -> None:
    shown = cut_off(tmp_path, number)
    identity = identity_in(tmp_path)
    if number in (signal.SIGHUP, signal.SIGTERM):
        assert f"To resume the chat: lmdeck chat --resume {identity}" in shown
    with TerminalProgram(lmdeck(), private_environment(tmp_path)) as terminal:
        terminal.wait_for(re.escape(OFFER))
        terminal.send("1")
        terminal.wait_for("┃ remember me")
        terminal.send("tab", "q")
        terminal.wait_for("Providers ─")
        assert "was interrupted" not in terminal.text
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    with TerminalProgram(lmdeck(), private_environment(tmp_path)) as terminal:
        terminal.wait_for("1 remember me")
        assert "was interrupted" not in terminal.text
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    assert not [*(tmp_path / "data" / "lmdeck" / "conversations").glob("*.interrupted")]


def test_a_chat_that_is_started_at_once_tells_of_it(tmp_path: Path) -> None:
    cut_off(tmp_path, signal.SIGHUP)
    with TerminalProgram(lmdeck("chat", "demo"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("“remember me” was interrupted. /chats lists it.")
        terminal.kill(signal.SIGTERM)
        assert terminal.wait(15) == 128 + signal.SIGTERM
        assert "To resume" not in terminal.text, "nothing was said in this chat"


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_line_by_line(tmp_path: Path, number: signal.Signals) -> None:
    shown = cut_off(tmp_path, number, "--plain")
    command = f"lmdeck chat --resume {identity_in(tmp_path)}"
    if number is not signal.SIGKILL:
        assert f"To resume the chat: {command}" in " ".join(shown.split())
    deck = RealDeck(tmp_path)
    done = deck.run("chat", "demo", "--plain", stdin="/quit\n")
    assert f"“remember me” was interrupted. To resume it: {command}" in done.out
    done = deck.run("chat", "demo", "--plain", stdin="/quit\n")
    assert "was interrupted" not in done.out


def test_one_that_is_resumed_at_once_is_not_offered(tmp_path: Path) -> None:
    cut_off(tmp_path, signal.SIGHUP)
    deck = RealDeck(tmp_path)
    done = deck.run("chat", "--plain", "--resume", "last", stdin="/quit\n")
    assert "you> remember me" in done.out
    assert "was interrupted" not in done.out
    assert not [*(tmp_path / "data" / "lmdeck" / "conversations").glob("*.interrupted")]


def test_only_what_is_there_and_was_left_by_a_dead_program_is_offered(tmp_path: Path) -> None:
    paths = resolve_paths(private_environment(tmp_path))
    store = ConversationStore(paths)
    folder = paths.conversations_dir
    folder.mkdir(parents=True)
    (folder / "gone.interrupted").touch()
    (folder / "../x.interrupted").resolve().touch()
    (folder / "odd name.lease").write_text("nobody")
    held = folder / "held.jsonl"
    held.touch()
    lease = acquire_lease(lease_path(held), LEASE_STALE_SECONDS)
    os.utime(lease_path(held), (0, 0))  # a program that was stopped long ago, and may go on
    assert [*take_interrupted(folder)] == []
    assert lease.is_held
    assert store.listing.take_interrupted() == []
    assert not (folder / "gone.interrupted").exists()
