"""Unsent messages on disk: private, without keys, removed with their chat."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.store.disk_support import all_files
from tui.core.parts import parts_of
from tui.core.secret import Redactor, Secret
from tui.core.turn import Turn, TurnState
from tui.store.conversations import ConversationStore
from tui.store.forget import forget
from tui.store.paths import Paths

KEY = "sk-abcdef0123456789abcdef"
TEXT = "Why?\n\n  \x1b[2J \ud800 ünï\r"


@pytest.fixture
def store(paths: Paths) -> ConversationStore:
    return ConversationStore(paths, Redactor([Secret(KEY)]))


def saved(store: ConversationStore) -> str:
    journal = store.create()
    journal.write_turn(Turn("t1", parts_of("Why?"), state=TurnState.DONE))
    assert journal.close()
    return journal.identity


def is_written_by_a_dead_program(paths: Paths, identity: str) -> None:
    path = paths.drafts_dir / f"{identity}.txt"
    head, _, text = path.read_bytes().partition(b"\n")
    owner = {**json.loads(head), "process": 2**22 + 1}
    path.write_bytes(json.dumps(owner).encode() + b"\n" + text)


def test_a_draft_is_read_as_it_was_until_it_is_sent(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    store.drafts.keep(identity, TEXT)
    assert ConversationStore(paths).drafts.read(identity) == TEXT.replace("\ud800", "\ufffd" * 3)
    (path,) = all_files(paths.drafts_dir)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.drafts_dir.stat().st_mode) == 0o700
    store.drafts.keep(identity, "")
    assert store.drafts.read(identity) == ""
    assert all_files(paths.drafts_dir) == []


def test_no_key_is_in_it(store: ConversationStore, paths: Paths) -> None:
    store.drafts.keep("c1", f"my key {KEY} works")
    assert KEY not in (paths.drafts_dir / "c1.txt").read_text()


@pytest.mark.parametrize("how", ["delete", "forget"])
def test_it_goes_with_its_chat(store: ConversationStore, paths: Paths, how: str) -> None:
    identity = saved(store)
    store.drafts.keep(identity, "secret plans")
    if how == "delete":
        store.delete(identity)
    else:
        forget(paths, "conversations")
    assert store.drafts.read(identity) == ""


def test_the_draft_of_a_new_chat_is_given_once_after_its_program_died(
    store: ConversationStore, paths: Paths
) -> None:
    store.drafts.keep("new", "a long message")
    assert store.drafts.take_lost() == "", "this program lives"
    is_written_by_a_dead_program(paths, "new")
    identity = saved(store)
    store.drafts.keep(identity, "of a saved chat")
    is_written_by_a_dead_program(paths, identity)
    assert store.drafts.take_lost() == "a long message"
    assert store.drafts.take_lost() == ""
    assert store.drafts.read(identity) == "of a saved chat"


def test_a_disk_that_refuses_costs_the_draft_alone(paths: Paths) -> None:
    store = ConversationStore(paths)
    paths.drafts_dir.parent.mkdir(parents=True)
    paths.drafts_dir.write_text("in the way")
    store.drafts.keep("c1", "text")
    assert store.drafts.read("c1") == ""
    assert store.drafts.take_lost() == ""
    assert Path(paths.drafts_dir).read_text() == "in the way"
