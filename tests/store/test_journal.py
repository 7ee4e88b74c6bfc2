from __future__ import annotations

import errno
import json
import os
import stat
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.disk_support import BrokenDisk, often, wait_until
from tui.core.failure import Failure
from tui.core.parts import FilePart, ImagePart, TextPart, parts_of
from tui.core.phases import Phase
from tui.core.secret import Redactor, Secret
from tui.core.timings import Timings
from tui.core.titles import title_of
from tui.core.turn import TextBuffer, ToolCall, Turn, TurnState
from tui.core.usage import Cost, ServerTimings, Source, Usage
from tui.store import journal_lines
from tui.store.conversations import ConversationStore
from tui.store.journal import Journal, MemoryJournal
from tui.store.journal_lines import LineMaker, PendingText
from tui.store.paths import Paths
from tui.store.records import SCHEMA, delta_record, encode_line, end_record, header_record, turn_record
from tui.store.transcript_file import read_transcript


def a_turn(identity: str = "t1", answer: str = "Because.\x1b[2J") -> Turn:
    return Turn(
        identity,
        parts_of("Why?\nReally?"),
        provider="qwen",
        model="qwen-plus",
        started_at="2026-01-01T00:00:00+00:00",
        state=TurnState.DONE,
        reasoning=TextBuffer("Hm \ud800 …"),
        answer=TextBuffer(answer),
        tool_calls={0: ToolCall("f", "{}")},
        usage=Usage(3, 5, 2, 1, Source.ESTIMATED),
        cost=Cost(Decimal("0.0000300"), Decimal("1e-7"), "EUR"),
        timings=Timings(
            started=10.0, headers=10.5, first_text=11.0, last_text=12.0, ended=12.5, text_events=4
        ),
        server_timings=ServerTimings(prompt_tokens=3, prompt_ms=1.5, draft_accepted=2),
        thinking_seconds=0.5,
        finish_reason="stop",
        served_model="qwen-plus-2",
        system_fingerprint="fp",
        reasoning_source="reasoning_content",
        notes=["retried without stream_options"],
        malformed_events=2,
        failure=Failure("auth", "No.", "Yes.", 401, "bad", {"a": "b"}, ("c",)),
        settings={"thinking": "high", "sampling": {"temperature": 0.2}},
        phases=(Phase("queue", 41.0, "reported", "vllm.metrics"),),
    )


def a_journal(paths: Paths, redactor: Redactor | None = None) -> Journal:
    return ConversationStore(paths, redactor).create()


def lines(journal: Journal) -> list[dict[str, object]]:
    return [json.loads(line) for line in journal.path.read_bytes().splitlines()]


# -- what is written --------------------------------------------------------------------------------


def test_a_turn_comes_back_as_it_was(paths: Paths) -> None:
    journal = a_journal(paths)
    turn = a_turn()
    journal.write_turn(turn)
    assert journal.close()
    transcript = read_transcript(journal.path.read_bytes())
    (read,) = transcript.turns
    assert transcript.title == "Why?"
    assert transcript.identity == journal.identity
    assert read.parent is None
    apart = ("reasoning", "answer", "timings", "parent")
    plain = [name for name in Turn.__dataclass_fields__ if name not in apart]
    assert {name: getattr(read, name) for name in plain} == {name: getattr(turn, name) for name in plain}
    assert read.reasoning.text == turn.reasoning.text
    assert read.answer.text == turn.answer.text
    assert read.timings.ttfb_ms == turn.timings.ttfb_ms
    assert read.timings.ttft_ms == turn.timings.ttft_ms
    assert read.timings.total_ms == turn.timings.total_ms
    assert read.timings.text_events == 4
    assert str(read.cost.output) == "1E-7" if read.cost else False


def test_pieces_are_written_in_batches_and_in_order(paths: Paths) -> None:
    journal = a_journal(paths)
    turn = Turn("t", parts_of("Go"))
    journal.begin_turn(turn)
    for number in range(200):
        journal.append("t", "reasoning" if number < 100 else "answer", f"{number} ")
    turn.state = TurnState.DONE
    journal.end_turn(turn)
    assert journal.close()
    kinds = [record["record"] for record in lines(journal)]
    assert kinds[:2] == ["header", "turn"]
    assert kinds[-1] == "end"
    assert kinds.count("delta") <= 4
    (read,) = read_transcript(journal.path.read_bytes()).turns
    assert read.reasoning.text + read.answer.text == "".join(f"{number} " for number in range(200))


def test_a_prompt_is_on_disk_before_the_answer_and_text_follows_by_itself(paths: Paths) -> None:
    journal = a_journal(paths)
    journal.begin_turn(Turn("t", parts_of("Go")))
    assert journal.flush()
    assert lines(journal)[-1]["prompt"] == "Go"
    journal.append("t", "answer", "piece")
    wait_until(lambda: b"piece" in journal.path.read_bytes())
    journal.close()


def test_a_conversation_without_a_turn_leaves_no_file(paths: Paths) -> None:
    journal = a_journal(paths)
    journal.set_title("named")
    assert journal.close()
    assert not paths.conversations_dir.exists()


def test_the_file_is_private_and_the_lease_goes_with_the_journal(paths: Paths) -> None:
    before = os.umask(0)
    try:
        journal = a_journal(paths)
        journal.write_turn(a_turn())
        assert journal.flush()
        names = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in paths.conversations_dir.iterdir()}
        assert journal.close()
    finally:
        os.umask(before)
    assert names == {".jsonl": 0o600, ".lease": 0o600}
    assert stat.S_IMODE(paths.conversations_dir.stat().st_mode) == 0o700
    assert [path.suffix for path in paths.conversations_dir.iterdir()] == [".jsonl"]


def test_each_record_is_one_write(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    def write(descriptor: int, data: bytes) -> int:
        written.append(data)
        return os.write(descriptor, data)

    monkeypatch.setattr("tui.store.disk.write", write)
    journal = a_journal(paths)
    journal.write_turn(a_turn(answer="x" * 100_000))
    journal.close()
    records = [data for data in written if data.startswith(b'{"record"')]
    assert len(records) == len(lines(journal))
    assert all(data.count(b"\n") == 1 and data.endswith(b"\n") for data in records)


def test_the_end_of_an_answer_is_seen_to_the_disk(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr("tui.store.disk.fsync", fsync)
    journal = a_journal(paths)
    journal.write_turn(a_turn())
    assert journal.flush()
    wait_until(lambda: journal.path.stat().st_size in synced)
    journal.close()


def test_choosing_a_branch_and_renaming_are_records_too(paths: Paths) -> None:
    journal = a_journal(paths)
    journal.write_turn(a_turn("one"))
    journal.write_turn(a_turn("two"))
    journal.show_path("one")
    journal.set_title("Better")
    journal.close()
    transcript = read_transcript(journal.path.read_bytes())
    assert [turn.identity for turn in transcript.turns] == ["one"]
    assert transcript.title == "Better"


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("Hello", "Hello"),
        ("\n\n  Why  is\tit?\nmore", "Why is it?"),
        ("word " * 30, "word word word word word word word word word word word…"),
        ("x" * 100, "x" * 59 + "…"),
        ("Review this:\n\n```\nint main()\n```", "Review this: int main()"),
        ("Review this:\n\n", "Review this:"),
        ("", ""),
    ],
)
def test_a_conversation_is_named_after_its_first_prompt(prompt: str, title: str) -> None:
    assert title_of(prompt) == title


def test_a_conversation_that_is_not_saved_has_the_same_calls_and_writes_nothing(paths: Paths) -> None:
    public = {name for name in dir(Journal) if not name.startswith("_")}
    journal = MemoryJournal()
    assert public - {"path", "add", "set_pinned"} <= {
        name for name in dir(journal) if not name.startswith("_")
    }
    journal.write_turn(a_turn())
    journal.begin_turn(a_turn())
    journal.append("t1", "answer", "x")
    journal.end_turn(a_turn())
    journal.show_path("t1")
    journal.watch_storage_error(None)
    assert journal.title == "Why?"
    journal.set_title("x")
    assert journal.flush()
    assert journal.close()
    assert journal.storage_error is None
    assert journal.title == "x"
    assert not paths.data_dir.exists()


# -- keys -------------------------------------------------------------------------------------------


@often
@given(st.integers(1, 7), st.sampled_from(["sk-abcdef0123456789", "c2stYWJjZGVm"]))
def test_a_key_is_not_stored_however_it_is_cut_into_pieces(size: int, key: str) -> None:
    redactor = Redactor([Secret(key)])
    text = f"the key is {key}, again {key}{key} and its beginning {key[:9]}"
    maker = LineMaker(redactor)
    lines: list[bytes] = []
    for start in range(0, len(text), size):
        lines += maker.lines_of(PendingText("t", "answer", [text[start : start + size]]))
    lines += maker.lines_of({"record": "end", "turn": "t"})
    stored = "".join(json.loads(line).get("text", "") for line in lines)
    assert key not in stored
    assert stored == redactor.redact(text)


def test_a_real_key_is_redacted_in_every_text_and_a_word_in_none(paths: Paths) -> None:
    redactor = Redactor([Secret("done"), Secret("turn"), Secret("sk-0123456789")])
    journal = a_journal(paths, redactor)
    turn = a_turn(answer="all done sk-0123456789")
    turn.prompt = parts_of("my key is sk-0123456789")
    turn.notes = ["sk-0123456789"]
    turn.failure = Failure(
        "auth", "t", "a", 401, "bad key sk-0123456789", {"x": "sk-0123456789"}, ("sk-0123456789",)
    )
    journal.write_turn(turn)
    journal.close()
    data = journal.path.read_bytes()
    assert b"sk-0123456789" not in data
    (read,) = read_transcript(data).turns
    assert read.state is TurnState.DONE
    assert read.answer.text == "all done •••"


# -- a disk that refuses ----------------------------------------------------------------------------

NUMBERS = [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ENOLCK, errno.ESTALE, errno.EIO]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 8])
def test_the_chat_goes_on_in_memory_and_is_written_when_the_disk_is_back(
    paths: Paths, broken_disk: BrokenDisk, number: int, after: int
) -> None:
    journal = a_journal(paths)
    told: list[str | None] = []
    journal.watch_storage_error(lambda: told.append(journal.storage_error))
    broken_disk.refuse(number, after=after)
    journal.write_turn(a_turn("one"))
    wait_until(lambda: journal.storage_error is not None)
    journal.write_turn(a_turn("two"))
    assert "~/.local/share/lmdeck/conversations/" in (journal.storage_error or "") or number == errno.ENOSPC
    broken_disk.recover()
    assert journal.flush()
    wait_until(lambda: journal.storage_error is None)
    assert journal.close()
    assert told[0] is not None
    assert told[-1] is None
    transcript = read_transcript(journal.path.read_bytes())
    assert [turn.answer.text for turn in transcript.turns] == ["Because.\x1b[2J"] * 2
    assert transcript.bad_lines == 0


def test_a_record_that_a_full_disk_cut_short_is_written_again_and_costs_nothing(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [400]

    def write(descriptor: int, data: bytes) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = os.write(descriptor, data[: room[0]])
        room[0] -= taken
        return taken

    journal = a_journal(paths)
    journal.begin_turn(a_turn())
    assert journal.flush()
    monkeypatch.setattr("tui.store.disk.write", write)
    journal.append("t1", "answer", "long " * 200)
    wait_until(lambda: journal.storage_error is not None)
    assert "full" in (journal.storage_error or "")
    assert not journal.path.read_bytes().endswith(b"\n"), "the last line is torn"
    room[0] = 10**6
    journal.end_turn(a_turn())
    assert journal.close()
    transcript = read_transcript(journal.path.read_bytes())
    assert transcript.turns[0].answer.text == "long " * 200
    assert transcript.bad_lines == 0


def test_closing_on_a_broken_disk_says_that_not_everything_is_written(
    paths: Paths, broken_disk: BrokenDisk
) -> None:
    journal = a_journal(paths)
    broken_disk.refuse(errno.EROFS)
    journal.write_turn(a_turn())
    assert not journal.close()
    assert journal.failure is not None
    assert journal.failure.cause == "store-read-only"


def test_a_listener_that_is_gone_does_not_stop_the_writing(paths: Paths, broken_disk: BrokenDisk) -> None:
    def listener() -> None:
        raise RuntimeError("Event loop is closed")

    journal = a_journal(paths)
    journal.watch_storage_error(listener)
    broken_disk.refuse(errno.EIO)
    journal.write_turn(a_turn())
    wait_until(lambda: journal.storage_error is not None)
    broken_disk.recover()
    assert journal.close()
    assert len(read_transcript(journal.path.read_bytes()).turns) == 1


def test_a_journal_goes_on_after_a_torn_line(paths: Paths) -> None:
    store = ConversationStore(paths)
    journal = store.create()
    journal.write_turn(a_turn("one"))
    journal.close()
    with journal.path.open("ab") as stream:
        stream.write(b'{"record":"delta","turn":"one","te')
    opened = store.open(journal.identity)
    assert opened.journal is not None
    assert opened.notices == ()
    opened.journal.write_turn(a_turn("two"))
    assert opened.journal.close()
    transcript = read_transcript(journal.path.read_bytes())
    assert [turn.identity for turn in transcript.turns] == ["one", "two"]
    assert transcript.bad_lines == 1


# -- reading ----------------------------------------------------------------------------------------


def a_file() -> bytes:
    turn = a_turn("t1", answer="")
    turn.answer = TextBuffer()
    return b"".join(
        encode_line(record)
        for record in [
            header_record("c", "Title \ud800", "2026-01-01T00:00:00+00:00"),
            turn_record(turn),
            delta_record("t1", "reasoning", "Hm… "),
            delta_record("t1", "answer", "An\nswer\udfff"),
            end_record(turn),
            turn_record(Turn("t2", parts_of("Next"))),
            delta_record("t2", "answer", "half"),
        ]
    )


def test_any_prefix_of_a_file_is_a_conversation() -> None:
    data = a_file()
    whole = read_transcript(data)
    assert whole.turns[-1].state is TurnState.INTERRUPTED
    for length in range(len(data) + 1):
        part = read_transcript(data[:length])
        assert part.bad_lines == 0
        assert not any(turn.state.is_live for turn in part.turns)
        for turn, complete in zip(part.turns, whole.turns, strict=False):
            assert turn.prompt.text in ("", complete.prompt.text)
            assert complete.answer.text.startswith(turn.answer.text)
            assert complete.reasoning.text.startswith(turn.reasoning.text)
        # Every record whose line is complete counts.
        assert len(part.turns) == sum(
            data[:length].count(b'{"record":"turn","turn":"%b"' % name)
            for name in (b"t1", b"t2")
            if data[:length].rfind(b'"turn":"%b","prompt"' % name) >= 0
            and (
                b"\n" in data[data.find(b'{"record":"turn","turn":"%b"' % name) : length]
                or _ends(data, length)
            )
        )


def _ends(data: bytes, length: int) -> bool:
    """Whether the prefix ends in a record that lacks only its line feed."""
    return data[length : length + 1] == b"\n"


@often
@given(st.binary(max_size=200), st.integers(0, 10**6), st.booleans())
def test_damage_anywhere_costs_only_the_lines_it_hits(noise: bytes, place: int, replaces: bool) -> None:
    data = a_file()
    at = place % len(data)
    damaged = data[:at] + noise + data[at + (len(noise) if replaces else 0) :]
    transcript = read_transcript(damaged)
    assert transcript.bad_lines <= noise.count(b"\n") + 3 + len(noise) // 20
    untouched = data[:at].rpartition(b"\n")[0]
    before = read_transcript(untouched + b"\n" if untouched else b"")
    for turn, complete in zip(before.turns, transcript.turns, strict=False):
        assert complete.answer.text.startswith(turn.answer.text)


records = st.dictionaries(
    st.sampled_from(
        ["record", "turn", "text", "kind", "usage", "cost", "timings", "state", "failure", "schema"]
    ),
    st.sampled_from(
        ["header", "turn", "delta", "end", "title", "drop", "t1", "answer", None, 1, -1, 2.5, True]
    )
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.sampled_from(["input", "output", "source", "prompt_tokens"]), st.text(max_size=3)),
)


@often
@given(st.lists(records, max_size=8))
def test_records_of_any_shape_never_stop_the_reader(found: list[dict[str, object]]) -> None:
    data = a_file() + b"".join(json.dumps(record).encode() + b"\n" for record in found)
    transcript = read_transcript(data)
    assert not any(turn.state.is_live for turn in transcript.turns)


@pytest.mark.parametrize(
    "line", [b"[" * 100_000, b"1" * 10_000, b"\x00" * 50, b'"x"', b"null", b"{}", b"\xff\xfe"]
)
def test_lines_that_are_no_records_are_counted(line: bytes) -> None:
    transcript = read_transcript(line + b"\n" + a_file())
    assert transcript.bad_lines == 1
    assert len(transcript.turns) == 2


def test_text_of_a_turn_whose_beginning_is_lost_is_kept() -> None:
    data = encode_line(delta_record("lost", "answer", "kept"))
    (turn,) = read_transcript(data).turns
    assert turn.answer.text == "kept"
    assert turn.state is TurnState.INTERRUPTED


@pytest.mark.parametrize("schema", range(1, SCHEMA + 1))
def test_the_golden_file_of_each_schema_reads_as_ever(schema: int) -> None:
    golden = Path(__file__).parent / "golden" / f"conversation-{schema}.jsonl"
    transcript = read_transcript(golden.read_bytes())
    assert (transcript.schema, transcript.title, transcript.bad_lines) == (schema, "Better", 0)
    first, second = transcript.turns
    assert (first.prompt.text, first.reasoning.text, first.answer.text) == ("Why?", "Hm… ", "Because.")
    assert first.state is TurnState.DONE
    assert first.usage == Usage(17, 11, 7, 3)
    assert first.cost == Cost(Decimal("0.000017"), Decimal("0.000022"), "USD")
    assert first.timings.ttft_ms == pytest.approx(80.4)
    assert second.state is TurnState.FAILED
    assert second.failure is not None
    assert second.failure.cause == "connection-reset"
    assert (first.parent, second.parent) == (None, "a1")
    if schema == 1:
        assert second.prompt == parts_of("And?")
        return
    assert second.prompt == (
        TextPart("And?"),
        FilePart("0f" * 32, "deploy/nginx.conf", "text/plain", 812, (12, 40)),
        ImagePart("a0" * 32, "plot.png", "image/png", 81920),
    )
    assert second.settings == {
        "thinking": "high",
        "system_prompt": "Be brief.",
        "sampling": {"temperature": 0.2},
    }
    assert first.phases == (
        Phase("connect", 12.1, "measured"),
        Phase("queue", 41.0, "reported", "vllm.metrics"),
    )


def test_a_huge_piece_is_encoded_in_several_lines_and_read_as_one(paths: Paths) -> None:
    journal = a_journal(paths)
    turn = Turn("t", parts_of("Go"))
    text = "é\ud83d" * 150_000
    journal.begin_turn(turn)
    journal.append("t", "answer", text)
    turn.state = TurnState.DONE
    journal.end_turn(turn)
    assert journal.close()
    pieces = [record["text"] for record in lines(journal) if record["record"] == "delta"]
    assert len(pieces) == -(-len(text) // journal_lines._LINE_CHARACTERS)
    (read,) = read_transcript(journal.path.read_bytes()).turns
    assert read.answer.text == text
