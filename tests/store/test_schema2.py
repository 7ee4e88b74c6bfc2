"""Conversations of schema 2 are read completely, as far as they were written."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.test_variants import ACTIONS, Desk, play
from tests.store.disk_support import REPOSITORY, often, rounds
from tests.store.test_journal import a_turn
from tests.store.test_schema1 import FILES, plain
from tui.core.failure import Failure
from tui.core.parts import FilePart, ImagePart, Parts, TextPart, parts_of
from tui.core.phases import Phase
from tui.core.timings import Timings
from tui.core.turn import TextBuffer, ToolCall, Turn, TurnState
from tui.core.usage import Cost, ServerCost, ServerTimings, Source, Usage
from tui.store.conversations import ConversationStore
from tui.store.paths import Paths
from tui.store.record_values import Record
from tui.store.records import (
    SCHEMA,
    delta_record,
    encode_line,
    end_record,
    header_record,
    turn_record,
)
from tui.store.transcript_file import Transcript, read_transcript

TEXTS = st.text(st.characters(codec=None), max_size=12)
COUNTS = st.none() | st.integers(0, 10**7)
AMOUNTS = st.decimals(0, 10**6, places=7)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
PARTS = st.one_of(
    st.builds(TextPart, TEXTS),
    st.builds(ImagePart, HASHES, TEXTS, TEXTS, st.integers(0, 10**9), st.none() | st.just((640, 480))),
    st.builds(FilePart, HASHES, TEXTS, TEXTS, st.integers(0, 10**9), st.none() | st.just((12, 40)), COUNTS),
)
ENDED = [state for state in TurnState if not state.is_live]


def turns(identity: str) -> st.SearchStrategy[Turn]:
    """Any turn of that identity."""
    return st.builds(
        Turn,
        st.just(identity),
        TEXTS.map(parts_of) | st.lists(PARTS, min_size=1, max_size=3).map(Parts),
        provider=TEXTS,
        model=TEXTS,
        started_at=TEXTS,
        state=st.sampled_from(ENDED),
        reasoning=TEXTS.map(TextBuffer),
        answer=TEXTS.map(TextBuffer),
        tool_calls=st.dictionaries(st.integers(0, 9), st.builds(ToolCall, TEXTS, TEXTS), max_size=2),
        usage=st.none()
        | st.builds(
            Usage, *[COUNTS] * 4, st.sampled_from(list(Source)), st.just(("a",)), COUNTS, st.booleans()
        ),
        cost=st.none()
        | st.builds(Cost, AMOUNTS, AMOUNTS, TEXTS, st.sampled_from(list(Source)), *[st.booleans()] * 3),
        server_cost=st.none() | st.builds(ServerCost, AMOUNTS, st.just("EUR") | st.none(), TEXTS),
        timings=st.builds(
            Timings, started=st.just(0.0), headers=st.integers(0, 9), text_events=st.integers(0, 9)
        ),
        server_timings=st.none() | st.builds(ServerTimings, prompt_tokens=st.integers(0, 9)),
        thinking_seconds=st.none() | st.floats(0, 1e6),
        finish_reason=st.none() | TEXTS,
        notes=st.lists(TEXTS, max_size=2),
        malformed_events=st.integers(0, 9),
        failure=st.none() | st.builds(Failure, TEXTS, TEXTS, TEXTS, facts=st.dictionaries(TEXTS, TEXTS)),
        is_copy=st.booleans(),
        settings=st.dictionaries(TEXTS, JSON, max_size=2),
        phases=st.lists(st.builds(Phase, TEXTS, st.floats(0, 1e9), TEXTS, TEXTS), max_size=2).map(tuple),
        unknown=st.dictionaries(
            st.sampled_from(["turn", "end"]), st.dictionaries(TEXTS.map("x{}".format), JSON, min_size=1)
        ),
    )


CONVERSATIONS = st.integers(0, 3).flatmap(
    lambda count: st.tuples(*(turns(f"t{number}") for number in range(count)))
)


def linked(found: Sequence[Turn]) -> list[Turn]:
    """Return turns that each follow the one before."""
    for index, turn in enumerate(found):
        turn.parent = found[index - 1].identity if index else None
    return list(found)


def records_of(found: Sequence[Turn]) -> list[Record]:
    """Return the lines of a conversation, as a session hands them over."""
    records = [header_record("c", "Title", "2026-01-01T00:00:00+00:00")]
    for turn in found:
        records.append(turn_record(turn))
        for kind, text in (("reasoning", turn.reasoning.text), ("answer", turn.answer.text)):
            middle = len(text) // 2
            records += [
                delta_record(turn.identity, kind, part) for part in (text[:middle], text[middle:]) if part
            ]
        records.append(end_record(turn, is_copy=turn.is_copy))
    return records


def file_of(records: Sequence[Record]) -> bytes:
    return b"".join(map(encode_line, records))


def as_schema_1(data: bytes) -> bytes:
    """Return a conversation without what schema 2 added."""
    records = [json.loads(line) for line in data.splitlines()]
    for record in records:
        record.pop("parent", None)
        if record["record"] == "header":
            record["schema"] = 1
    return file_of(records)


def told(transcript: Transcript) -> dict[str, Any]:
    """Return all of a conversation but the number of its schema."""
    found: dict[str, Any] = {
        name: getattr(transcript, name)
        for name in ("identity", "title", "created_at", "forked_from", "recorded", "bad_lines")
    }
    for name, members in (("turns", transcript.turns), ("dropped", transcript.dropped)):
        found[name] = [
            {
                **plain(turn),
                "parent": turn.parent,
                "settings": turn.settings,
                "phases": plain(turn.phases),
                "unknown": turn.unknown,
                "variants": [variant.identity for variant in turn.variants],
            }
            for turn in members
        ]
    return found


# -- any conversation ---------------------------------------------------------------------------------


@often
@given(CONVERSATIONS)
def test_any_conversation_comes_back_as_it_was_written(found: tuple[Turn, ...]) -> None:
    written = Transcript("c", "Title", "2026-01-01T00:00:00+00:00", turns=linked(found))
    written.recorded = [turn.identity for turn in found]
    read = read_transcript(file_of(records_of(found)))
    assert told(read) == told(written)
    assert read.schema == SCHEMA == 2
    assert all(isinstance(turn.prompt, Parts) for turn in read.turns)


@often
@given(CONVERSATIONS, st.data())
def test_any_beginning_of_the_bytes_is_a_beginning_of_the_conversation(
    found: tuple[Turn, ...], data: st.DataObject
) -> None:
    whole = file_of(records_of(linked(found)))
    for length in data.draw(st.lists(st.integers(0, len(whole)), max_size=20)):
        part = read_transcript(whole[:length])
        assert part.bad_lines == 0
        names = [turn.identity for turn in part.turns]
        assert names == [turn.identity for turn in found][: len(names)]
        for turn, complete in zip(part.turns, found, strict=False):
            assert (turn.prompt, turn.parent) == (complete.prompt, complete.parent)
            assert complete.answer.text.startswith(turn.answer.text)
            assert complete.reasoning.text.startswith(turn.reasoning.text)
        for turn, complete in zip(part.turns[:-1], found, strict=False):
            assert turn.state is complete.state, "only the last one can be cut"


LINEAR = ACTIONS.map(lambda actions: [action for action in actions if action[0] in ("ask", "reopen", "fork")])
"""lmdeck 0.1.0 wrote no branches, and marked a retry in another way: ``schema1`` has files with those."""


@settings(max_examples=rounds(40, 1_000), deadline=None)
@given(LINEAR)
def test_schema_1_of_any_conversation_reads_as_schema_2(actions: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        asyncio.run(play(desk, actions))
        for path in desk.path.parent.glob("*.jsonl"):
            data = path.read_bytes()
            assert b'"parent":' in data
            lines = data.splitlines(keepends=True)
            for count in range(1, len(lines) + 1):
                now = b"".join(lines[:count])
                assert told(read_transcript(now)) == told(read_transcript(as_schema_1(now)))


# -- branches -----------------------------------------------------------------------------------------


def asked(identity: str, parent: str | None) -> list[Record]:
    turn = Turn(identity, parts_of(f"prompt {identity}"), state=TurnState.DONE, parent=parent)
    return [turn_record(turn), delta_record(identity, "answer", f"answer {identity}"), end_record(turn)]


BRANCHES: list[tuple[list[tuple[str, str | None]], list[str]]] = [
    ([("a", None), ("b", "a"), ("c", "b")], ["a", "b", "c"]),
    ([("a", None), ("b", "a"), ("c", "b"), ("b2", "a")], ["a", "b2"]),
    ([("a", None), ("b", "a"), ("c", "b"), ("b2", "a"), ("d", "c")], ["a", "b", "c", "d"]),
    ([("a", None), ("b", "a"), ("a2", None), ("b2", "a2")], ["a2", "b2"]),
    ([("a", None), ("b", "lost"), ("c", "b")], ["a", "b", "c"]),
]


@pytest.mark.parametrize(("members", "shown"), BRANCHES)
def test_the_newest_branch_is_the_conversation_and_the_others_are_kept(
    members: list[tuple[str, str | None]], shown: list[str]
) -> None:
    records = [header_record("c", "", "")]
    for identity, parent in members:
        records += asked(identity, parent)
    read = read_transcript(file_of(records))
    assert [turn.identity for turn in read.turns] == shown
    everything = {turn.identity: turn.parent for turn in (*read.turns, *read.dropped)}
    expected = {identity: "a" if parent == "lost" else parent for identity, parent in members}
    assert everything == expected
    assert all(turn.answer.text == f"answer {turn.identity}" for turn in read.turns)


def test_a_path_line_shows_another_branch_and_the_chat_goes_on_there() -> None:
    records = [header_record("c", "", "")]
    for identity, parent in (("a", None), ("b", "a"), ("b2", "a")):
        records += asked(identity, parent)
    records.append({"record": "path", "turn": "b"})
    assert [turn.identity for turn in read_transcript(file_of(records)).turns] == ["a", "b"]
    records += asked("c", "b")
    assert [turn.identity for turn in read_transcript(file_of(records)).turns] == ["a", "b", "c"]
    records.append({"record": "path", "turn": "nowhere"})
    assert [turn.identity for turn in read_transcript(file_of(records)).turns] == ["a", "b", "c"]


@often
@given(st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 6), st.integers(0, 3)), max_size=12))
def test_every_order_of_turns_drops_and_branches_is_a_conversation(
    steps: list[tuple[int, int | None, int]],
) -> None:
    records = [header_record("c", "", "")]
    for name, parent, kind in steps:
        other = None if parent is None else f"t{parent}"
        if kind < 2:
            records += asked(f"t{name}", other)
        else:
            records.append({"record": ("drop", "path")[kind - 2], "turn": f"t{name}"})
    read = read_transcript(file_of(records))
    names = [turn.identity for turn in (*read.turns, *read.dropped)]
    assert sorted(names) == sorted({record["turn"] for record in records if record["record"] == "turn"})
    seen: set[str | None] = {None}
    for turn in read.turns:
        seen.add(turn.identity)
    assert len(seen) == len(read.turns) + 1


# -- what a newer lmdeck adds -------------------------------------------------------------------------


def newer_file(identity: str) -> bytes:
    """A file of this schema, with what a later lmdeck of it might add."""
    turn = linked([a_turn("t1")])[0]
    begin, end = turn_record(turn), end_record(turn)
    begin |= {"mood": ["new"], "parts": [{"kind": "sound", "sha256": "0" * 64}]}
    end |= {"later": {"x": 1}}
    header = {**header_record(identity, "Title", "2026-01-01T00:00:00+00:00"), "compare": "c9"}
    pin = {"record": "pin", "pinned": True}
    return file_of([header, begin, delta_record("t1", "answer", "Because."), {**pin, "turn": "t1"}, end, pin])


def test_what_is_unknown_is_kept_where_the_file_is_written_anew(paths: Paths) -> None:
    path = paths.conversations_dir / "c.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(newer_file("c"))
    store = ConversationStore(paths)
    opened = store.open("c")
    assert opened.journal is not None
    assert (opened.notices, opened.turns[0].prompt.text) == ((), "Why?\nReally?")
    path.unlink()
    opened.journal.write_turn(a_turn("t2"))
    assert opened.journal.close()
    assert path.read_bytes().startswith(newer_file("c"))


def test_what_is_unknown_of_a_turn_is_kept_in_a_copy(paths: Paths) -> None:
    path = paths.conversations_dir / "c.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(newer_file("c"))
    fork = ConversationStore(paths).fork("c")
    assert fork.journal is not None
    assert fork.journal.close()
    records = {
        record["record"]: record for record in map(json.loads, fork.journal.path.read_bytes().splitlines())
    }
    assert records["turn"]["mood"] == ["new"]
    assert records["turn"]["parts"] == [{"kind": "sound", "sha256": "0" * 64}]
    assert records["end"]["later"] == {"x": 1}


@often
@given(st.dictionaries(st.sampled_from(["parts", "settings", "phases", "parent", "prompt"]), JSON))
def test_values_of_any_shape_never_stop_the_reader(values: dict[str, object]) -> None:
    turn = a_turn("t1")
    data = file_of(
        [header_record("c", "", ""), {**turn_record(turn), **values}, {**end_record(turn), **values}]
    )
    (read,) = read_transcript(data).turns
    assert isinstance(read.prompt, Parts)
    json.dumps([turn_record(read), end_record(read)])


# -- what a session writes ----------------------------------------------------------------------------


def test_a_prompt_with_parts_has_its_plain_reading_beside_them(paths: Paths) -> None:
    prompt = Parts((TextPart("Why?"), FilePart("0" * 64, "a.py", "text/x-python", 7, (3, 5))))
    record = turn_record(Turn("t", prompt))
    assert record["prompt"] == "Why?\n[a.py:3-5]"
    assert record["parts"][1] == {
        "kind": "file",
        "sha256": "0" * 64,
        "name": "a.py",
        "media_type": "text/x-python",
        "size": 7,
        "lines": [3, 5],
    }
    assert "parts" not in turn_record(Turn("t", parts_of("Why?")))


@pytest.mark.parametrize("name", ["../../etc/passwd", "0" * 63, "0" * 65, "A" * 64, 7, None, ["0" * 64]])
def test_what_is_no_checksum_names_no_file(name: object) -> None:
    record = {**turn_record(Turn("t", parts_of("Why?"))), "parts": [{"kind": "file", "sha256": name}]}
    (read,) = read_transcript(file_of([record])).turns
    assert read.prompt == parts_of("Why?")


# -- conversations of schema 1 that go on -------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_conversation_of_schema_1_goes_on_as_one_of_schema_2(paths: Paths, path: Path) -> None:
    store, mine = ConversationStore(paths), paths.conversations_dir / "old.jsonl"
    mine.parent.mkdir(parents=True)
    shutil.copy(path, mine)
    before = told(read_transcript(path.read_bytes()))
    opened = store.open("old")
    assert opened.journal is not None
    assert mine.read_bytes() == path.read_bytes(), "reading changes nothing"
    opened.journal.write_turn(Turn("new", parts_of("And now?"), state=TurnState.DONE))
    assert opened.journal.close()
    assert mine.stat().st_mode & 0o777 == 0o600
    lines, old = mine.read_bytes().splitlines(), path.read_bytes().splitlines()
    header = json.loads(lines[0])
    assert (header["record"], header["schema"]) == ("header", 2), "so that lmdeck 0.1.0 only reads it"
    kept = old[1:] if old[0].startswith(b'{"record":"header"') else old
    assert lines[1 : len(kept) + 1] == kept
    now = read_transcript(mine.read_bytes())
    assert [turn.identity for turn in now.turns] == [turn["identity"] for turn in before["turns"]] + ["new"]
    shown = [
        {**turn, "variants": before["turns"][n]["variants"]} for n, turn in enumerate(told(now)["turns"][:-1])
    ]
    assert shown == before["turns"]
    assert told(now)["dropped"] == before["dropped"]
    size = mine.stat().st_size
    again = store.open("old").journal
    assert again is not None
    assert again.close()
    assert mine.stat().st_size == size


CONTINUER = textwrap.dedent(
    """
    import os, sys
    from tui.core.parts import parts_of
    from tui.core.turn import Turn
    from tui.store.conversations import ConversationStore
    from tui.store.paths import resolve_paths

    journal = ConversationStore(resolve_paths(os.environ)).open("old").journal
    print("open", flush=True)
    journal.begin_turn(Turn("new", parts_of("And now?")))
    for number in range(10**6):
        journal.append("new", "answer", f"{number} ")
    """
)


def test_a_program_that_is_killed_while_it_goes_on_loses_no_line(
    environment: dict[str, str], paths: Paths
) -> None:
    mine = paths.conversations_dir / "old.jsonl"
    mine.parent.mkdir(parents=True)
    (old,) = (path for path in FILES if path.stem == "packed")
    before = old.read_bytes()
    states = set()
    for number in range(rounds(6, 200)):
        shutil.copy(old, mine)
        with subprocess.Popen(
            [sys.executable, "-c", CONTINUER], cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(random.Random(number).uniform(0, 0.02))
            writer.kill()
        now = mine.read_bytes()
        states.add(now == before)
        if now != before:
            assert now.split(b"\n", 1)[1].startswith(before.split(b"\n", 1)[1])
        read = read_transcript(now)
        assert (len(read.turns) >= 2, read.bad_lines) == (True, 0)
        opened = ConversationStore(paths).open("old")
        assert opened.journal is not None
        assert opened.journal.close()


def test_amounts_keep_every_digit() -> None:
    turn = a_turn("t1")
    turn.cost = Cost(Decimal("0.00000010"), Decimal("1234567.10"), "EUR")
    (read,) = read_transcript(file_of([end_record(turn)])).turns
    assert read.cost is not None
    assert str(read.cost.output) == "1234567.10"
