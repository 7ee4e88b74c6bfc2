"""``lmdeck forget`` reports what was deleted, what was not and why, also with its exit code."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.store.disk_support import BrokenDisk
from tests.support.commands import Call
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.store import disk
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths

ADD = ("providers", "add", "qwen", "--url", "https://h/v1", "--model", "m")
FORGET = ("forget", "conversations", "--yes")


@pytest.fixture
def store(home: Path) -> ConversationStore:
    assert home.is_dir()
    return ConversationStore(resolve_paths(os.environ))


def chat(store: ConversationStore) -> str:
    """Make a conversation and return its identity."""
    journal = store.create()
    journal.write_turn(Turn("1", parts_of("Secret plans"), state=TurnState.DONE))
    journal.close()
    return journal.identity


def test_a_conversation_that_another_program_has_open_is_not_reported_as_removed(
    call: Call, store: ConversationStore, home: Path
) -> None:
    identity = chat(store)
    chat(store)
    environment = private_environment(home)
    opening = lmdeck("chat", "demo", "--plain", "--resume", identity)
    with TerminalProgram(opening, environment, columns=200) as terminal:
        terminal.wait_for("Type /help")
        done = call(*FORGET)
        assert done.code == 1
        assert done.out == "Deleted 1 conversation; could not delete 1 more.\n"
        assert f"{identity}.jsonl is still there: another lmdeck (process {terminal.pid} on" in done.err
        assert [summary.identity for summary in store.listing.all()] == [identity]
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0
    done = call(*FORGET)
    assert (done.code, done.out, done.err) == (0, "Deleted all chats: 1 conversation.\n", "")
    assert store.listing.all() == []
    assert call(*FORGET).out == "No conversations to delete.\n"


@pytest.mark.parametrize("what", ["keys", "conversations", "caches"])
def test_what_the_disk_does_not_let_go_is_named(
    call: Call, store: ConversationStore, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    identity = chat(store)
    store.listing.all()
    assert call(*ADD, "--key-env", "KEY").code == 0
    credentials = resolve_paths(os.environ).credentials_file
    credentials.write_text('[keys]\nqwen = "sk-0123456789abcdef"\n')
    credentials.chmod(0o600)
    broken = BrokenDisk(monkeypatch)
    broken.refuse(errno.EROFS)
    done = call("forget", what, "--yes")
    broken.recover()
    name = {"keys": "credentials.toml", "conversations": f"{identity}.jsonl", "caches": "conversations.json"}
    assert done.code == 1
    assert done.out.startswith("Deleted 0 ")
    assert f"{name[what]} is still there: the disk is read-only." in done.err
    assert "memory" not in done.err
    assert call("forget", what, "--yes").code == 0


def test_an_interruption_tells_what_is_gone_by_then(
    call: Call, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        chat(store)
    real, removed = disk.unlink, []

    def unlink(path: Path) -> None:
        if path.suffix == ".jsonl":
            removed.append(path)
            if len(removed) == 3:
                raise KeyboardInterrupt
        real(path)

    monkeypatch.setattr(disk, "unlink", unlink)
    done = call(*FORGET)
    assert done.code == 130
    assert done.out == "Interrupted: deleted 2 conversations; the rest is still there.\n"
    assert len(store.listing.all()) == 1


def test_a_lock_that_is_left_is_no_key(call: Call, home: Path) -> None:
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True)
    (folder / ".credentials.toml.lock").touch()
    assert call("forget", "keys", "--yes").out == "No keys to delete.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ADD,
        (*ADD[:2], "other", *ADD[3:], "--default"),
        ("providers", "default", "old"),
        ("providers", "remove", "old"),
    ],
)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_nothing_is_kept_in_memory_by_a_command_that_ends(
    call: Call, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], number: int
) -> None:
    assert call("providers", "add", "old", *ADD[3:]).code == 0
    BrokenDisk(monkeypatch).refuse(number, "open_file", "write", "replace")
    done = call(*arguments)
    assert (done.code, done.out) == (1, "")
    assert "then retry." in done.err
    assert "memory" not in done.err
