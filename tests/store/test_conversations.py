from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.store.disk_support import REPOSITORY, BrokenDisk, rounds
from tui import __version__
from tui.core import turn_tree
from tui.core.failure import LmdeckError, UsageError
from tui.core.parts import parts_of
from tui.core.timings import Timings
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost, Usage
from tui.store.conversations import ConversationStore
from tui.store.journal import Journal
from tui.store.owner import decode_owner, machine_identity
from tui.store.paths import Paths
from tui.store.record_values import Record
from tui.store.records import encode_line


def a_turn(identity: str = "t1", prompt: str = "Why?", price: str = "0.5", currency: str = "USD") -> Turn:
    return Turn(
        identity,
        parts_of(prompt),
        provider="qwen",
        model="qwen-plus",
        state=TurnState.DONE,
        answer=TextBuffer("Because."),
        usage=Usage(3, 5),
        cost=Cost(Decimal(price), Decimal(0), currency),
    )


def saved(store: ConversationStore, *turns: Turn) -> str:
    journal = store.create()
    for turn in turns or (a_turn(),):
        journal.write_turn(turn)
    assert journal.close()
    return journal.identity


@pytest.fixture
def store(paths: Paths) -> ConversationStore:
    return ConversationStore(paths)


def cause_of(error: pytest.ExceptionInfo[LmdeckError]) -> str:
    return error.value.failure.cause


# -- the list ---------------------------------------------------------------------------------------


def test_an_empty_list_makes_nothing(store: ConversationStore, paths: Paths) -> None:
    assert store.listing.all() == []
    assert not paths.data_dir.exists()
    assert not paths.cache_dir.exists()


def test_a_summary_tells_what_the_list_shows(store: ConversationStore) -> None:
    dropped = a_turn("t2", price="0.25")
    journal = store.create()
    for turn in (a_turn("t1"), dropped):
        journal.write_turn(turn)
    journal.write_turn(replace(a_turn("t3", price="0.0000001", currency="EUR"), parent="t1"))
    journal.close()
    (summary,) = store.listing.all()
    assert (summary.identity, summary.title, summary.turns) == (journal.identity, "Why?", 2)
    assert (summary.provider, summary.model) == ("qwen", "qwen-plus")
    assert summary.usage == Usage(9, 15)
    # What a retry replaced was paid all the same.
    assert summary.costs == (
        Cost(Decimal("0.75"), Decimal(0), "USD"),
        Cost(Decimal("0.0000001"), Decimal(0), "EUR"),
    )
    assert summary.problem is None
    assert not summary.is_open_elsewhere
    assert summary.updated_at >= summary.created_at[:19]


def test_the_newest_conversation_stands_first(store: ConversationStore) -> None:
    stamps = ("2026-01-02T10:00:00+00:00", "2026-01-02T12:00:00+09:00", "2026-01-02T04:00:00.250+00:00")
    identities = [saved(store, replace(a_turn(), started_at=stamp)) for stamp in stamps]
    for identity in identities:
        written_long_ago(store, identity)
    newest_first = [identities[0], identities[2], identities[1]]
    assert [summary.identity for summary in store.listing.all()] == newest_first


def written_long_ago(store: ConversationStore, identity: str) -> None:
    """Give a conversation's header an old date: a test makes it now."""
    path = store._folder / f"{identity}.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    header = {**json.loads(lines[0]), "created_at": "2026-01-01T00:00:00+00:00"}
    path.write_text(json.dumps(header) + "\n" + "".join(lines[1:]))


def test_the_date_of_a_conversation_is_its_own_and_not_its_files(
    store: ConversationStore, paths: Paths
) -> None:
    turn = replace(a_turn(), started_at="2026-01-02T10:00:00+02:00", timings=Timings(started=5.0, ended=6.5))
    old, new = saved(store, turn), saved(store, replace(turn, started_at="2026-01-03T10:00:00+02:00"))
    for identity in (old, new):
        written_long_ago(store, identity)
    before = [(summary.identity, summary.updated_at) for summary in store.listing.all()]
    assert before == [(new, "2026-01-03T08:00:01.500+00:00"), (old, "2026-01-02T08:00:01.500+00:00")]
    os.utime(paths.conversations_dir / f"{old}.jsonl")  # as cp, rsync or touch do
    copied = paths.conversations_dir / "copied.jsonl"
    copied.write_bytes((paths.conversations_dir / f"{old}.jsonl").read_bytes())
    listed = [(summary.identity, summary.updated_at) for summary in store.listing.all()]
    assert listed == [before[0], *sorted([before[1], ("copied", before[1][1])], reverse=True)]


@pytest.mark.parametrize("stamp", ["", "yesterday", "0001-01-01T00:00:00+14:00", 7, None])
def test_a_date_that_nobody_can_read_breaks_no_list(
    store: ConversationStore, paths: Paths, stamp: object
) -> None:
    paths.conversations_dir.mkdir(parents=True)
    header = {"record": "header", "schema": 1, "identity": "odd", "created_at": stamp}
    begin = {"record": "turn", "turn": "a", "prompt": "x", "started_at": stamp}
    end = {"record": "end", "turn": "a", "state": "done", "timings": {"ended": 1e300}}
    lines = (json.dumps(record) + "\n" for record in (header, begin, end))
    (paths.conversations_dir / "odd.jsonl").write_text("".join(lines))
    (summary,) = store.listing.all()
    assert summary.updated_at == ""


def test_the_cache_is_used_rebuilt_and_never_wrong(
    store: ConversationStore, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = saved(store), saved(store)
    listed = store.listing.all()
    assert paths.conversation_index_file.stat().st_mode & 0o777 == 0o600
    with monkeypatch.context() as patch:
        patch.setattr("tui.store.summaries.summarise", None)  # nothing may be read anew
        assert ConversationStore(paths).listing.all() == listed
    store.rename(first, "Other")
    assert {summary.title for summary in ConversationStore(paths).listing.all()} == {"Other", "Why?"}
    for garbage in ("", "{", '{"version":1}', '{"version":1,"conversations":{"x":[]}}', "[]"):
        paths.conversation_index_file.write_text(garbage)
        assert len(ConversationStore(paths).listing.all()) == 2
    store.delete(second)
    store.listing.all()
    assert second not in paths.conversation_index_file.read_text()


def test_a_cache_that_cannot_be_written_costs_nothing(
    store: ConversationStore, broken_disk: BrokenDisk
) -> None:
    saved(store)
    broken_disk.refuse(errno.EROFS)
    assert len(store.listing.all()) == 1


def test_a_thousand_conversations_are_listed_without_reading_one_twice(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ConversationStore(paths)
    content = (paths.conversations_dir / f"{saved(store)}.jsonl").read_bytes()
    for number in range(1_000):
        (paths.conversations_dir / f"c{number}.jsonl").write_bytes(content)
    assert len(store.listing.all()) == 1_001
    monkeypatch.setattr("tui.store.summaries.summarise", None)
    assert len(ConversationStore(paths).listing.all()) == 1_001


def test_odd_files_are_listed_with_their_problem(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    path = paths.conversations_dir / f"{identity}.jsonl"
    path.write_bytes(path.read_bytes() + b"garbage\n")
    (paths.conversations_dir / "newer.jsonl").write_text('{"record":"header","schema":99,"title":"N"}\n')
    (paths.conversations_dir / "folder.jsonl").mkdir()
    (paths.conversations_dir / "notes.txt").touch()
    problems = {summary.identity: summary.problem for summary in store.listing.all()}
    assert problems == {
        identity: "1 of its lines cannot be read; the rest is there.",
        "newer": "A newer lmdeck wrote it: it can be read, not continued.",
        "folder": "It cannot be read: it is not a regular file.",
    }


# -- open, fork, rename, delete ---------------------------------------------------------------------


def test_a_conversation_is_reopened_and_continued(store: ConversationStore) -> None:
    identity = saved(store)
    opened = store.open(identity)
    assert opened.notices == ()
    assert opened.journal is not None
    opened.journal.write_turn(a_turn("t2"))
    opened.journal.close()
    assert [turn.identity for turn in store.open(identity).turns] == ["t1", "t2"]
    assert store.listing.all()[0].title == "Why?"


@pytest.mark.parametrize("identity", ["none", "../x", "", "a/b", ".hidden", "x" * 200])
def test_what_is_no_conversation_is_told(store: ConversationStore, identity: str) -> None:
    restore = store.trash.restore
    for call in (store.open, store.fork, store.delete, restore, lambda name: store.rename(name, "x")):
        with pytest.raises(UsageError) as caught:
            call(identity)
        assert cause_of(caught) == "conversation-unknown"


def test_one_session_writes_the_other_reads_or_forks(paths: Paths) -> None:
    mine, theirs = ConversationStore(paths), ConversationStore(paths)
    identity = saved(mine)
    opened = mine.open(identity)
    second = theirs.open(identity)
    assert second.journal is None
    assert "this lmdeck" in second.notices[0]
    assert len(second.turns) == 1
    for change in (lambda: theirs.rename(identity, "x"), lambda: theirs.delete(identity)):
        with pytest.raises(LmdeckError) as caught:
            change()
        assert cause_of(caught) == "store-locked"
        assert caught.value.failure.title.endswith(" is in use by this lmdeck.")
    assert opened.journal is not None
    opened.journal.close()
    third = theirs.open(identity)
    assert third.journal is not None
    third.journal.close()


def test_a_fork_is_a_conversation_of_its_own_and_costs_nothing_twice(
    store: ConversationStore, paths: Paths
) -> None:
    identity = saved(store)
    fork = store.fork(identity)
    assert fork.journal is not None
    assert fork.identity != identity
    fork.journal.write_turn(a_turn("t2"))
    fork.journal.close()
    again = store.open(fork.identity)
    assert again.title == "Why? (copy)"
    assert again.forked_from == identity
    assert [turn.cost for turn in again.turns] == [a_turn().cost] * 2
    costs = {summary.identity: summary.costs[0].total for summary in store.listing.all()}
    assert costs == {identity: Decimal("0.5"), fork.identity: Decimal("0.5")}


def test_a_conversation_that_shows_nothing_is_forked(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    path = paths.conversations_dir / f"{identity}.jsonl"
    records: list[Record] = [
        {"record": "drop", "turn": "t1"},
        {"record": "turn", "turn": "t2", "prompt": "Why?"},
        {"record": "drop", "turn": "t2"},
    ]
    with path.open("ab") as file:
        file.writelines(map(encode_line, records))
    assert store.open(identity).turns == []
    fork = store.fork(identity)
    assert fork.journal is not None
    assert fork.journal.close()
    again = store.open(fork.identity)
    assert [turn.identity for turn in again.turns] == [turn.identity for turn in fork.turns]
    assert sorted(again.tree.turns) == ["t1", "t2"]


def test_a_fork_shows_its_turns_once_and_not_after_each(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = saved(store, *(a_turn(f"t{number}") for number in range(100)))
    linked: list[Turn] = []
    monkeypatch.setattr(turn_tree, "link_variants", lambda _, turn, __: linked.append(turn))
    fork = store.fork(identity)
    assert len(fork.turns) == 100
    assert len(linked) < 500


def test_a_newer_conversation_is_read_only(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    path = paths.conversations_dir / f"{identity}.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"schema":2', b'"schema":3'))
    before = path.read_bytes()
    opened = store.open(identity)
    assert opened.journal is None
    assert "newer" in opened.notices[0]
    assert path.read_bytes() == before
    assert not list(paths.conversations_dir.glob("*.lease"))


def test_a_newer_conversation_is_not_renamed(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    path = paths.conversations_dir / f"{identity}.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"schema":2', b'"schema":3'))
    before = path.read_bytes()
    with pytest.raises(LmdeckError) as caught:
        store.rename(identity, "Other")
    assert cause_of(caught) == "config-newer"
    assert path.read_bytes() == before
    assert not list(paths.conversations_dir.glob("*.lease"))


@pytest.mark.parametrize("change", [("schema 2", "schema 1"), (f"lmdeck {__version__}", "lmdeck 0.0.9")])
def test_the_verdict_of_another_lmdeck_is_not_used(
    store: ConversationStore, paths: Paths, change: tuple[str, str]
) -> None:
    saved(store)
    listed = store.listing.all()
    index = json.loads(paths.conversation_index_file.read_text())
    for entry in index["conversations"].values():
        entry["problem"] = "A newer lmdeck wrote it."
    paths.conversation_index_file.write_text(json.dumps(index))
    (cached,) = ConversationStore(paths).listing.all()
    assert cached.problem == "A newer lmdeck wrote it.", "the cache is used"
    assert change[0] in index["version"]
    index["version"] = index["version"].replace(*change)
    paths.conversation_index_file.write_text(json.dumps(index))
    assert ConversationStore(paths).listing.all() == listed


def test_damage_is_told_and_the_rest_is_shown(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    path = paths.conversations_dir / f"{identity}.jsonl"
    path.write_bytes(b"\x00\n" + path.read_bytes())
    opened = store.open(identity)
    assert opened.notices == ("1 line of this chat cannot be read. The rest is shown.",)
    assert len(opened.turns) == 1


def test_a_conversation_on_a_read_only_disk_goes_on_in_memory(
    store: ConversationStore, broken_disk: BrokenDisk
) -> None:
    identity = saved(store)
    broken_disk.refuse(errno.EROFS)
    opened = store.open(identity)
    assert opened.journal is not None
    opened.journal.write_turn(a_turn("t2"))
    assert not opened.journal.flush(0.2)
    assert "read-only" in (opened.journal.storage_error or "")
    broken_disk.recover()
    assert opened.journal.close()
    assert len(store.open(identity).turns) == 2


def test_a_conversation_is_renamed_whether_it_is_open_or_not(store: ConversationStore) -> None:
    identity = saved(store)
    store.rename(identity, "One")
    assert store.listing.all()[0].title == "One"
    opened = store.open(identity)
    store.rename(identity, "Two")
    assert opened.journal is not None
    assert opened.journal.title == "Two"
    opened.journal.close()
    assert store.listing.all()[0].title == "Two"


def test_a_pin_is_turned_whether_the_conversation_is_open_or_not(store: ConversationStore) -> None:
    identity = saved(store)
    assert store.turn_pin(identity)
    opened = store.open(identity)
    assert not store.turn_pin(identity)
    assert store.turn_pin(identity)
    assert opened.journal is not None
    opened.journal.close()
    assert store.listing.all()[0].is_pinned


def test_what_is_open_here_is_read_to_its_last_word(store: ConversationStore) -> None:
    opened = store.open(saved(store))
    assert opened.journal is not None
    for word in ("One", "Two", "Three"):
        opened.journal.set_title(word)
        assert word.encode() in store.read(opened.identity)[0]
    opened.journal.close()


def test_a_rename_that_the_disk_refuses_is_told(store: ConversationStore, broken_disk: BrokenDisk) -> None:
    identity = saved(store)
    broken_disk.refuse(errno.ENOSPC, "write", after=1)  # the lease is written, the title is not
    with pytest.raises(LmdeckError) as caught:
        store.rename(identity, "x")
    assert cause_of(caught) == "store-full"


def test_a_deleted_conversation_comes_back(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    before = (paths.conversations_dir / f"{identity}.jsonl").read_bytes()
    token = store.delete(identity)
    assert store.listing.all() == []
    assert not list(paths.conversations_dir.iterdir())
    store.trash.restore(token)
    assert (paths.conversations_dir / f"{identity}.jsonl").read_bytes() == before
    with pytest.raises(UsageError):
        store.trash.restore(token)


def test_a_version_in_the_trash_is_never_overwritten(store: ConversationStore, paths: Paths) -> None:
    """The same chat is imported again, and deleted again."""
    identity = saved(store)
    path = paths.conversations_dir / f"{identity}.jsonl"
    versions = [path.read_bytes()]
    tokens = [store.delete(identity)]
    for title in ("Second", "Third"):
        path.write_bytes(versions[0])
        store.rename(identity, title)
        versions.append(path.read_bytes())
        tokens.append(store.delete(identity))
    assert tokens[0] == identity
    assert len(set(tokens)) == 3
    assert {each.identity for each in store.trash.deleted()} == set(tokens)
    assert [store.trash.restore(token) for token in tokens] == tokens
    assert path.read_bytes() == versions[0]
    titles = {each.identity: each.title for each in store.listing.all()}
    assert titles == {tokens[0]: "Why?", tokens[1]: "Second", tokens[2]: "Third"}
    for token in tokens:
        opened = store.open(token)
        assert [turn.identity for turn in opened.turns] == ["t1"]


def test_a_deleted_version_comes_back_beside_one_that_is_there(
    store: ConversationStore, paths: Paths
) -> None:
    identity = saved(store)
    path = paths.conversations_dir / f"{identity}.jsonl"
    old = path.read_bytes()
    token = store.delete(identity)
    path.write_bytes(old)
    store.rename(identity, "Newer")
    restored = store.trash.restore(token)
    assert restored != identity
    assert {each.identity: each.title for each in store.listing.all()} == {
        identity: "Newer",
        restored: "Why?",
    }
    assert store.trash.deleted() == []


def test_the_trash_is_emptied_after_a_while(store: ConversationStore, paths: Paths) -> None:
    assert store.trash.purge() == 0
    token = store.delete(saved(store))
    assert store.trash.purge() == 0
    assert store.trash.purge(older_than_days=-1) == 1
    with pytest.raises(UsageError):
        store.trash.restore(token)


def test_an_unsaved_conversation_can_be_saved_after_all(store: ConversationStore) -> None:
    journal = store.adopt([a_turn("t1"), a_turn("t2")], "Kept")
    journal.close()
    opened = store.open(journal.identity)
    assert [turn.answer.text for turn in opened.turns] == ["Because."] * 2
    assert opened.title == "Kept"
    assert store.listing.all()[0].costs == (Cost(Decimal(1), Decimal(0), "USD"),)


# -- leases -----------------------------------------------------------------------------------------


def lease_of(paths: Paths, identity: str) -> Path:
    return paths.conversations_dir / f"{identity}.lease"


def foreign_lease(
    paths: Paths, identity: str, *, host: str = "other", process: int = 1, age: float = 0
) -> Path:
    path = lease_of(paths, identity)
    _, machine = machine_identity()
    path.write_text(json.dumps({"host": host, "machine": machine, "process": process, "token": "x"}))
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_a_live_lease_of_another_host_is_respected(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    foreign_lease(paths, identity)
    opened = store.open(identity)
    assert opened.journal is None
    assert "process 1 on other" in opened.notices[0]
    assert store.listing.all()[0].is_open_elsewhere


def test_a_lease_survives_its_host_only_for_minutes(store: ConversationStore, paths: Paths) -> None:
    identity = saved(store)
    foreign_lease(paths, identity, age=3_600)
    assert not store.listing.all()[0].is_open_elsewhere
    opened = store.open(identity)
    assert opened.journal is not None
    opened.journal.close()
    assert not lease_of(paths, identity).exists()


def test_a_lease_of_a_dead_process_is_taken_at_once(store: ConversationStore, paths: Paths) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    identity = saved(store)
    foreign_lease(paths, identity, host=machine_identity()[0], process=gone.pid)
    opened = store.open(identity)
    assert opened.journal is not None
    opened.journal.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"host": 1}', b"x" * 10_000])
def test_a_lease_that_names_nobody_is_held_for_seconds(
    store: ConversationStore, paths: Paths, content: bytes
) -> None:
    identity = saved(store)
    path = lease_of(paths, identity)
    path.write_bytes(content)
    assert store.open(identity).journal is None
    os.utime(path, (time.time() - 60, time.time() - 60))
    opened = store.open(identity)
    assert opened.journal is not None
    opened.journal.close()


def test_a_disk_without_links_has_leases_too(
    store: ConversationStore, broken_disk: BrokenDisk, paths: Paths
) -> None:
    broken_disk.refuse(errno.EPERM, "link")
    identity = saved(store)
    opened = store.open(identity)
    assert opened.journal is not None
    assert broken_disk.refused == 2
    assert decode_owner(lease_of(paths, identity).read_bytes()) is not None
    assert ConversationStore(paths).open(identity).journal is None
    opened.journal.close()


def test_a_writer_whose_lease_was_taken_keeps_its_text_until_it_may_write(
    store: ConversationStore, paths: Paths
) -> None:
    """A machine that slept for an hour: another session went on with the conversation meanwhile."""
    identity = saved(store)
    opened = store.open(identity)
    assert opened.journal is not None
    before = opened.journal.path.read_bytes()
    opened.journal._writer._lease._seen_at -= 3_600
    lease = foreign_lease(paths, identity)
    opened.journal.write_turn(a_turn("mine"))
    assert not opened.journal.flush(0.2)
    assert "Another lmdeck writes" in (opened.journal.storage_error or "")
    assert opened.journal.path.read_bytes() == before
    lease.unlink()
    assert opened.journal.flush()
    assert opened.journal.close()
    assert [turn.identity for turn in store.open(identity).turns] == ["t1", "mine"]


# -- a killed writer --------------------------------------------------------------------------------

STREAMER = textwrap.dedent(
    """
    import os, sys, time
    from tui.core.parts import parts_of
    from tui.core.turn import Turn
    from tui.store.conversations import ConversationStore
    from tui.store.paths import resolve_paths

    journal = ConversationStore(resolve_paths(os.environ)).create()
    journal.begin_turn(Turn("t", parts_of("Count")))
    print(journal.identity, flush=True)
    number = 0
    while True:
        journal.append("t", "answer", f"{number} ")
        number += 1
        print(f"{number} {time.monotonic()}", flush=True)
        time.sleep(0.002)
    """
)


def kill_while_streaming(
    environment: dict[str, str], after_pieces: int
) -> tuple[str, list[tuple[int, float]]]:
    """Run a writer until it has handed over some pieces, kill it; return what it said."""
    said: list[tuple[int, float]] = []
    with subprocess.Popen(
        [sys.executable, "-c", STREAMER], cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        identity = writer.stdout.readline().strip()
        for line in writer.stdout:
            number, moment = line.split()
            said.append((int(number), float(moment)))
            if len(said) == after_pieces:
                writer.kill()
    return identity, said


def test_a_killed_writer_loses_at_most_two_seconds_and_its_lease(
    environment: dict[str, str], paths: Paths
) -> None:
    for round_number in range(rounds(2, 200)):
        identity, said = kill_while_streaming(environment, 150 + 37 * (round_number % 20))
        opened = ConversationStore(paths).open(identity)
        assert isinstance(opened.journal, Journal)
        opened.journal.close()
        assert opened.notices == ()
        (turn,) = opened.turns
        assert turn.state is TurnState.INTERRUPTED
        kept = turn.answer.text.split()
        assert kept == [str(number) for number in range(len(kept))]
        last = said[-1][1]
        lost = [moment for number, moment in said if number > len(kept)]
        assert not lost or last - lost[0] <= 2.0


def test_what_was_written_here_a_moment_ago_is_listed(paths: Paths) -> None:
    store = ConversationStore(paths)
    journal = store.create("T")
    journal.write_turn(Turn("t1", parts_of("Hi"), state=TurnState.DONE, answer=TextBuffer("x" * 200_000)))
    store.flush_open()
    assert [summary.title for summary in store.listing.all()] == ["T"]
    for count in range(1, 11):
        copy = store.fork(journal.identity)
        titles = [summary.title for summary in store.listing.all()]
        assert titles.count("T (copy)") == count, "as soon as it is made"
        journal.set_title("T")
        assert copy.journal is not None
        copy.journal.close()
