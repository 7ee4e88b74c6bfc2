"""A line counts as saved when it is on disk, in the file with that name, whatever happens."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.disk_support import BrokenDisk, wait_until
from tests.store.test_journal import a_turn
from tui.core.turn import Turn
from tui.store import disk
from tui.store.conversations import ConversationStore
from tui.store.files import read_file
from tui.store.journal import Journal
from tui.store.journal_file import FileLostError, JournalFile
from tui.store.journal_lines import LineMaker
from tui.store.packed_bytes import PackedBytes
from tui.store.paths import Paths
from tui.store.records import encode_line, header_record
from tui.store.transcript_file import Transcript, read_transcript


def transcript_of(path: Path) -> Transcript:
    return read_transcript(path.read_bytes())


def turns_of(path: Path) -> list[str]:
    return [turn.identity for turn in transcript_of(path).turns]


# -- another program takes the file away ------------------------------------------------------------


def deleted(path: Path) -> None:
    path.unlink()


def folder_deleted(path: Path) -> None:
    shutil.rmtree(path.parents[1])


def renamed(path: Path) -> None:
    path.rename(path.with_name("kept-elsewhere.jsonl"))


def replaced_by_a_copy(path: Path) -> None:
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


def replaced_by_something_else(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("somebody else's\n")
    other.replace(path)


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replaced_by_a_dangling_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def shortened(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def rewritten(path: Path) -> None:
    path.write_bytes(b"x" * (path.stat().st_size + 500) + b"\n")


FREE = (deleted, folder_deleted, renamed)
TAKEN = (
    replaced_by_a_copy,
    replaced_by_something_else,
    replaced_by_a_folder,
    replaced_by_a_dangling_link,
    emptied,
    shortened,
    rewritten,
)


@pytest.mark.parametrize(
    ("takes", "event"), [(deleted, "deleted"), (folder_deleted, "deleted"), (renamed, "moved")]
)
def test_a_file_that_is_elsewhere_now_is_not_called_deleted(
    paths: Paths, takes: Callable[[Path], None], event: str
) -> None:
    journal = ConversationStore(paths).create()
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    takes(journal.path)
    journal.write_turn(a_turn("two"))
    assert journal.close()
    assert f" was {event} by another program." in journal.notices[0]


@pytest.mark.parametrize("takes", [*FREE, *TAKEN])
@pytest.mark.parametrize("is_reopened", [False, True])
def test_the_whole_conversation_goes_on_in_a_new_file(
    paths: Paths, takes: Callable[[Path], None], is_reopened: bool
) -> None:
    store = ConversationStore(paths)
    journal = store.create()
    told: list[tuple[str, str]] = []
    journal.write_turn(a_turn("one"))
    journal.write_turn(a_turn("two"))
    assert journal.flush()
    if is_reopened:
        journal.close()
        opened = store.open(journal.identity).journal
        assert opened is not None
        journal = opened
    old = journal.path
    journal.watch_moves(lambda identity, sentence: told.append((identity, sentence)))
    takes(old)
    left = old.read_bytes() if old.is_file() else None
    journal.write_turn(a_turn("three"))
    assert journal.flush()
    journal.write_turn(a_turn("four"))
    assert journal.close()
    assert turns_of(journal.path) == ["one", "two", "three", "four"]
    read = transcript_of(journal.path)
    assert [turn.answer.text for turn in read.turns] == ["Because.\x1b[2J"] * 4
    assert (read.title, read.bad_lines, read.identity) == ("Why?", 0, journal.path.stem)
    assert told == [(journal.identity, journal.notices[0])]
    assert paths.shown(old) in journal.notices[0]
    assert (journal.path == old) is (takes in FREE)
    if takes in TAKEN:
        assert paths.shown(journal.path) in journal.notices[0]
        assert left is None or old.read_bytes() == left
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert not list(journal.path.parent.glob("*.lease"))


@pytest.mark.parametrize("takes", [*FREE, *TAKEN])
def test_what_is_taken_away_at_the_end_is_told_and_kept_too(
    paths: Paths, takes: Callable[[Path], None]
) -> None:
    journal = ConversationStore(paths).create()
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    takes(journal.path)
    assert journal.close()
    assert len(journal.notices) == 1
    assert turns_of(journal.path) == ["one"]


def test_it_is_taken_away_again_and_again(paths: Paths) -> None:
    journal = ConversationStore(paths).create()
    for number in range(6):
        journal.write_turn(a_turn(str(number)))
        assert journal.flush()
        (deleted, replaced_by_a_copy, shortened)[number % 3](journal.path)
    assert journal.close()
    assert turns_of(journal.path) == [str(number) for number in range(6)]
    assert len(journal.notices) == 6


def test_between_the_write_and_the_sync_counts_as_well(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = ConversationStore(paths).create()
    taken: list[Path] = []

    def write(descriptor: int, data: bytes) -> int:
        count = os.write(descriptor, data)
        if b'"record":"end"' in data and not taken:
            taken.append(journal.path)
            replaced_by_something_else(journal.path)
        return count

    monkeypatch.setattr(disk, "write", write)
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    assert taken
    assert journal.path != taken[0]
    assert turns_of(journal.path) == ["one"]
    assert journal.close()


def test_a_file_that_was_only_added_to_is_gone_on_with(paths: Paths) -> None:
    store = ConversationStore(paths)
    journal = store.create()
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    with journal.path.open("ab") as stream:
        stream.write(encode_line({"record": "title", "title": "By hand"}))
    journal.write_turn(a_turn("two"))
    assert journal.close()
    assert journal.notices == ()
    assert turns_of(journal.path) == ["one", "two"]
    assert transcript_of(journal.path).title == "By hand"


def test_a_disk_without_room_for_the_new_file_is_waited_for(paths: Paths, broken_disk: BrokenDisk) -> None:
    journal = ConversationStore(paths).create()
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    broken_disk.refuse(errno.ENOSPC, "open_file", "write")
    deleted(journal.path)
    journal.write_turn(a_turn("two"))
    wait_until(lambda: journal.storage_error is not None)
    assert not journal.path.exists()
    broken_disk.recover()
    assert journal.flush()
    assert journal.storage_error is None
    assert journal.close()
    assert turns_of(journal.path) == ["one", "two"]


def test_a_fork_and_a_new_name_find_the_conversation_where_it_went(paths: Paths) -> None:
    store = ConversationStore(paths)
    journal = store.create()
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    old = journal.identity
    replaced_by_something_else(journal.path)
    copy = store.fork(old)
    assert [turn.identity for turn in copy.turns] == ["one"]
    assert journal.identity != old
    store.rename(journal.identity, "Renamed")
    assert journal.close()
    assert transcript_of(journal.path).title == "Renamed"


def test_a_long_conversation_is_packed_and_comes_back_whole(paths: Paths) -> None:
    journal = ConversationStore(paths).create()
    answer = "".join(f"line {number} of the answer\n" for number in range(40_000))
    journal.write_turn(a_turn("one", answer))
    assert journal.flush()
    emptied(journal.path)
    journal.write_turn(a_turn("two"))
    assert journal.close()
    first, second = transcript_of(journal.path).turns
    assert first.answer.text == answer
    assert second.identity == "two"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 300_000, 1_000_000])
def test_packed_bytes_are_what_was_put_in(size: int) -> None:
    data = os.urandom(size)
    packed = PackedBytes(data[:7])
    for start in range(7, size, 50_021):
        packed.add(data[start : start + 50_021])
    assert (packed.whole(), packed.size, packed.tail) == (data, size, data[-256:])


# -- a line is saved when it was synced -------------------------------------------------------------


class ForgetfulDisk:
    """Drops what was not synced when ``fsync`` fails, and reports success ever after, as Linux may.

    ``damage`` is what it does to that part of the file: cut it off, or leave zeros in its place.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
        self.number = 0
        self.failures = 0
        self._damage = damage
        self._sizes: dict[int, int] = {}
        self._real = disk.fsync
        monkeypatch.setattr(disk, "fsync", self.fsync)

    def fsync(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        synced = self._sizes.get(status.st_ino, 0)
        if self.failures > 0 and status.st_size > synced:
            self.failures -= 1
            lost = status.st_size - synced
            os.truncate(f"/proc/self/fd/{descriptor}", synced)
            if self._damage == "zeros":
                os.truncate(f"/proc/self/fd/{descriptor}", synced + lost)
            raise OSError(self.number, os.strerror(self.number))
        self._real(descriptor)
        self._sizes[status.st_ino] = status.st_size


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["cut", "zeros"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("failures", [1, 2, 4])
def test_what_a_failed_sync_dropped_is_written_again(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, damage: str, number: int, failures: int
) -> None:
    dropping = ForgetfulDisk(monkeypatch, damage)
    monkeypatch.setattr("tui.store.journal_writer._FIRST_RETRY_SECONDS", 0.02)
    journal = ConversationStore(paths).create()
    told: list[str | None] = []
    journal.watch_storage_error(lambda: told.append(journal.storage_error))
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    dropping.number, dropping.failures = number, failures
    journal.write_turn(a_turn("two"))
    wait_until(lambda: bool(told))
    assert told[0] is not None
    assert journal.flush()
    assert told[-1] is None
    assert dropping.failures == 0
    assert turns_of(journal.path) == ["one", "two"]
    journal.write_turn(a_turn("three"))
    assert journal.close()
    assert turns_of(journal.path) == ["one", "two", "three"]
    assert transcript_of(journal.path).bad_lines == 0
    assert journal.notices == ()
    assert [path.name for path in paths.conversations_dir.iterdir()] == [journal.path.name]


def test_nothing_reports_success_before_the_disk_has_it(paths: Paths, broken_disk: BrokenDisk) -> None:
    journal = ConversationStore(paths).create()
    broken_disk.refuse(errno.EDQUOT, "fsync")
    journal.write_turn(a_turn())
    wait_until(lambda: journal.storage_error is not None)
    assert not journal.flush(0.1)
    assert journal.storage_error is not None
    assert not journal.close()
    assert journal.storage_error is not None


@pytest.mark.slow
def test_a_place_of_the_disk_that_fails_again_and_again_is_left(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = ConversationStore(paths).create()
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    bad = journal.path.stat().st_ino

    def fsync(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == bad:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fsync(descriptor)

    monkeypatch.setattr(disk, "fsync", fsync)
    journal.write_turn(a_turn("two"))
    wait_until(lambda: journal.path.stat().st_ino != bad)
    assert journal.close()
    assert turns_of(journal.path) == ["one", "two"]
    assert journal.notices == ()


HEADER = encode_line(header_record("a", "t", ""))


def test_lines_that_another_session_added_meanwhile_are_not_written_over(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "a.jsonl", is_new=True)
    file.add([HEADER])
    file.write()
    file.sync()
    file.add([b"ours 2\n"])
    file.write()
    file.lose(OSError(errno.EIO, "lost"))
    with file.path.open("ab") as stream:
        stream.write(b"theirs, cut")
    file.add([b"ours 3\n"])
    file.write()
    file.sync()
    assert file.is_saved
    assert file.path.read_bytes() == HEADER + b"ours 2\ntheirs, cut\nours 3\n"
    file.close()


@pytest.mark.parametrize("is_absorbed", [False, True])
def test_what_another_session_has_synced_is_never_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_absorbed: bool
) -> None:
    file = JournalFile(tmp_path / "a.jsonl", is_new=True)
    file.add([HEADER])
    file.write()
    file.sync()
    file.add([b"ours 1\n"])
    file.write()
    with file.path.open("ab") as stream:
        stream.write(b"theirs 1\n")
    if is_absorbed:
        file.verify()
    file.lose(OSError(errno.EIO, "lost"))
    whole = HEADER + b"ours 1\ntheirs 1\n"

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", full)
        file.add([b"ours 2\n"])
        for call in (file.write, file.sync):
            with pytest.raises(OSError, match="full"):
                call()
            assert file.path.read_bytes() == whole
            file.lose()
    file.write()
    file.sync()
    assert file.is_saved
    assert file.path.read_bytes() == whole + b"ours 2\n"
    file.close()


@pytest.mark.parametrize("landed", [0, 3, len(b"ours 1\n"), len(b"ours 1\nou"), len(b"ours 1\nours 2\n")])
@pytest.mark.parametrize("theirs", [b"", b"theirs\n"])
def test_bytes_that_landed_though_the_write_failed_are_not_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, landed: int, theirs: bytes
) -> None:
    file = JournalFile(tmp_path / "a.jsonl", is_new=True)
    file.add([HEADER])
    file.write()
    file.sync()
    lines = [b"ours 1\n", b"ours 2\n"]

    def failing(descriptor: int, data: bytes) -> int:
        os.write(descriptor, b"".join(lines)[:landed])
        raise OSError(errno.EDQUOT, "quota")

    file.add(lines)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", failing)
        with pytest.raises(OSError, match="quota"):
            file.write()
    file.lose()
    with file.path.open("ab") as stream:
        stream.write(theirs)
    file.write()
    file.sync()
    assert file.is_saved
    found = file.path.read_bytes()
    assert [found.count(line) for line in lines] == [1, 1]
    assert found.count(theirs) >= 1
    assert theirs or found == HEADER + b"".join(lines)
    file.close()


def test_a_pipe_in_the_place_of_the_file_hangs_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(encode_line(header_record("a", "", "")))
    file = JournalFile(path, is_new=False, content=read_file(path))
    path.unlink()
    os.mkfifo(path)
    file.add([b"{}\n"])
    with pytest.raises(FileLostError, match="was replaced"):
        file.write()
    file.close()


# -- the thread that writes --------------------------------------------------------------------------


@pytest.mark.parametrize("error", [MemoryError(), TypeError("a defect"), SystemExit(3)])
@pytest.mark.parametrize("place", ["write", "lines"])
def test_a_thread_that_ends_is_told_and_replaced_and_nothing_is_lost(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, error: BaseException, place: str
) -> None:
    monkeypatch.setattr("tui.store.journal_writer._FIRST_RETRY_SECONDS", 0.02)
    left = [3]
    make = LineMaker.lines_of

    def fail() -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise error

    def write(descriptor: int, data: bytes) -> int:
        count = os.write(descriptor, data)
        fail()
        return count

    def lines_of(maker: LineMaker, item: dict[str, object]) -> list[bytes]:
        fail()
        return make(maker, item)

    if place == "write":
        monkeypatch.setattr(disk, "write", write)
    else:
        monkeypatch.setattr(LineMaker, "lines_of", lines_of)
    journal = ConversationStore(paths).create()
    told: list[str | None] = []
    journal.watch_storage_error(lambda: told.append(journal.storage_error))
    journal.write_turn(a_turn("one"))
    assert journal.flush()
    assert left[0] < 0
    assert told[0] is not None
    assert ("memory is full" if isinstance(error, MemoryError) else type(error).__name__) in told[0]
    assert told[-1] is None
    journal.write_turn(a_turn("two"))
    assert journal.close()
    assert turns_of(journal.path) == ["one", "two"]
    assert transcript_of(journal.path).bad_lines == 0
    assert not list(paths.conversations_dir.glob("*.lease"))


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), MemoryError()])
def test_a_thread_that_cannot_be_started_is_tried_again(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        raise error

    monkeypatch.setattr(threading.Thread, "start", refuse)
    journal = ConversationStore(paths).create()
    journal.begin_turn(a_turn("one"))
    assert (str(error) or "memory is full") in (journal.storage_error or "")
    monkeypatch.setattr(threading.Thread, "start", start)
    journal.end_turn(a_turn("one"))
    assert journal.close()
    assert turns_of(journal.path) == ["one"]


def test_a_thread_that_ends_when_no_other_can_be_had_loses_nothing(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, make = threading.Thread.start, LineMaker.lines_of

    def lines_of(maker: LineMaker, item: dict[str, object]) -> list[bytes]:
        monkeypatch.setattr(LineMaker, "lines_of", make)
        monkeypatch.setattr(threading.Thread, "start", refuse)
        raise MemoryError

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    journal = ConversationStore(paths).create()
    monkeypatch.setattr(LineMaker, "lines_of", lines_of)
    journal.begin_turn(a_turn("one"))
    wait_until(lambda: "can't start new thread" in (journal.storage_error or ""))
    monkeypatch.setattr(threading.Thread, "start", start)
    journal.end_turn(a_turn("one"))
    assert journal.flush()
    assert journal.storage_error is None
    assert journal.close()
    assert turns_of(journal.path) == ["one"]


def test_without_any_thread_the_end_still_writes(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    journal = ConversationStore(paths).create()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    journal.write_turn(a_turn("one"))
    assert journal.storage_error is not None
    assert journal.close()
    assert turns_of(journal.path) == ["one"]
    assert not list(paths.conversations_dir.glob("*.lease"))


def test_a_thread_that_fails_for_ever_gives_up_at_the_end(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lines_of(maker: LineMaker, item: Turn) -> list[bytes]:
        raise TypeError("a defect")

    monkeypatch.setattr(LineMaker, "lines_of", lines_of)
    journal: Journal = ConversationStore(paths).create()
    journal.write_turn(a_turn("one"))
    assert not journal.close()
    assert "TypeError" in (journal.storage_error or "")
