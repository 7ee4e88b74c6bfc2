"""Recent conversations are found without reading all of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.store.test_conversations import a_turn
from tui.store import summaries
from tui.store.conversations import ConversationStore
from tui.store.paths import Paths

COUNT = 60


def stamped(number: int, provider: str = "p") -> object:
    turn = a_turn(f"t{number}")
    turn.started_at = f"2999-01-01T00:{number:02}:00+00:00"
    turn.provider = provider
    return turn


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are read."""
    found: list[Path] = []
    summarise = summaries.summarise

    def watched(path: Path) -> summaries.ConversationSummary:
        found.append(path)
        return summarise(path)

    monkeypatch.setattr(summaries, "summarise", watched)
    return found


def filled(store: ConversationStore, folder: Path) -> None:
    for number in range(COUNT):
        journal = store.adopt([stamped(number, f"p{number % 3}")], f"chat {number}")  # type: ignore[list-item]
        assert journal.close()
        path = folder / f"{journal.identity}.jsonl"
        os.utime(path, (number, number))


def test_only_the_files_written_last_are_read(paths: Paths, read: list[Path]) -> None:
    store = ConversationStore(paths)
    filled(store, paths.conversations_dir)
    read.clear()
    found = ConversationStore(paths).listing.recent(5)
    assert [summary.title for summary in found.newest] == [f"chat {COUNT - 1 - n}" for n in range(5)]
    assert found.total == COUNT
    assert len(read) == 15


def test_with_the_cache_nothing_is_read_and_each_provider_has_its_last_use(
    paths: Paths, read: list[Path]
) -> None:
    store = ConversationStore(paths)
    filled(store, paths.conversations_dir)
    store.listing.all()
    read.clear()
    found = ConversationStore(paths).listing.recent(2)
    assert read == []
    assert [summary.title for summary in found.newest] == [f"chat {COUNT - 1}", f"chat {COUNT - 2}"]
    assert set(found.last_used) == {"p0", "p1", "p2"}
    assert found.last_used["p2"] > found.last_used["p1"] > found.last_used["p0"]


def test_the_order_is_that_of_the_conversations_not_of_the_files(paths: Paths) -> None:
    store = ConversationStore(paths)
    filled(store, paths.conversations_dir)
    store.listing.all()
    for path in paths.conversations_dir.glob("*.jsonl"):
        os.utime(path, (1, 1))
    store.listing.all()
    assert ConversationStore(paths).listing.recent(1).newest[0].title == f"chat {COUNT - 1}"


def test_without_a_folder_there_is_none(paths: Paths) -> None:
    found = ConversationStore(paths).listing.recent(5)
    assert (found.newest, found.total, dict(found.last_used)) == ((), 0, {})
