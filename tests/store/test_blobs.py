"""Images and files of conversations: stored once, before the line that refers to them, and removed last."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from tests.store.disk_support import REPOSITORY, BrokenDisk, wait_until
from tui.core.parts import FilePart, ImagePart, Part, Parts, TextPart
from tui.core.secret import Redactor, Secret
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.store import disk
from tui.store.blobs import BlobStore
from tui.store.conversations import ConversationStore
from tui.store.forget import forget
from tui.store.journal import Journal
from tui.store.journal_writer import JournalWriter
from tui.store.lock import locked
from tui.store.paths import Paths

PICTURE = b"\x89PNG\r\n\x1a\n\x00\xff" * 9
TEXT = b"proxy_buffering on;\n"


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


IMAGE = ImagePart(name_of(PICTURE), "plot.png", "image/png", len(PICTURE))
FILE = FilePart(name_of(TEXT), "deploy/nginx.conf", "text/plain", len(TEXT), (12, 12))
ATTACHED = {IMAGE.sha256: PICTURE, FILE.sha256: TEXT}


def asking(*parts: Part, identity: str = "t1") -> Turn:
    prompt = Parts((TextPart("Why?"), *parts))
    return Turn(identity, prompt, state=TurnState.DONE, answer=TextBuffer("So."))


def saved(store: ConversationStore, *parts: Part) -> str:
    journal = store.create()
    journal.begin_turn(asking(*parts), ATTACHED)
    journal.append("t1", "answer", "So.")
    journal.end_turn(asking(*parts))
    assert journal.close()
    return journal.identity


def kept(paths: Paths) -> dict[str, bytes]:
    folder = paths.attachments_dir
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.fixture
def store(paths: Paths) -> ConversationStore:
    return ConversationStore(paths)


# -- kept ---------------------------------------------------------------------------------------------


def test_a_prompt_comes_back_with_its_files_and_each_is_kept_once_and_private(
    store: ConversationStore, paths: Paths
) -> None:
    before = os.umask(0)
    try:
        first, second = saved(store, IMAGE, FILE), saved(store, FILE)
    finally:
        os.umask(before)
    assert kept(paths) == ATTACHED
    assert paths.attachments_dir.is_relative_to(paths.conversations_dir)
    assert stat.S_IMODE(paths.attachments_dir.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths.attachments_dir.iterdir()} == {0o600}
    opened = store.open(first)
    assert opened.journal is not None
    assert (opened.turns[0].prompt, opened.notices) == ((TextPart("Why?"), IMAGE, FILE), ())
    assert opened.journal.read_attachments(opened.turns[0].prompt.blobs) == (ATTACHED, [])
    opened.journal.close()
    assert {item.identity: item.problem for item in store.listing.all()} == {first: None, second: None}


def test_a_file_is_on_the_disk_before_the_line_that_names_it(
    paths: Paths, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    at_the_line: list[list[str]] = []

    def fsync(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        os.fsync(descriptor)

    def write(descriptor: int, data: bytes) -> int:
        if FILE.sha256.encode() in data:
            at_the_line.append([*kept(paths), *synced])
        return os.write(descriptor, data)

    monkeypatch.setattr(disk, "fsync", fsync)
    monkeypatch.setattr(disk, "write", write)
    saved(store, FILE)
    (found,) = at_the_line
    assert FILE.sha256 in found
    assert any(Path(path).name.startswith(f".{FILE.sha256}") for path in found), "its content was synced"
    assert str(paths.attachments_dir) in found, "and its name"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fsync", "replace", "make_directory"])
def test_while_the_disk_refuses_the_file_the_line_waits_too(
    paths: Paths, store: ConversationStore, broken_disk: BrokenDisk, number: int, call: str
) -> None:
    journal = store.create()
    journal.write_turn(asking(identity="t0"))
    assert journal.flush()
    broken_disk.refuse(number, call)
    journal.begin_turn(asking(FILE), ATTACHED)
    wait_until(lambda: journal.storage_error is not None)
    assert FILE.sha256.encode() not in journal.path.read_bytes()
    broken_disk.recover()
    assert journal.flush()
    assert journal.storage_error is None
    assert FILE.sha256.encode() in journal.path.read_bytes()
    assert kept(paths)[FILE.sha256] == TEXT
    assert journal.close()


def test_a_key_in_an_attached_text_is_not_kept(paths: Paths) -> None:
    data = b"key = sk-0123456789abcdef\n"
    part = FilePart(name_of(data), "a.toml", "text/plain", len(data))
    store = ConversationStore(paths, Redactor([Secret("sk-0123456789abcdef")]))
    journal = store.create()
    journal.begin_turn(asking(part, IMAGE), {part.sha256: data, IMAGE.sha256: PICTURE})
    assert journal.close()
    assert all(b"0123456789abcdef" not in content for content in kept(paths).values())
    opened = store.open(journal.identity)
    assert isinstance(opened.journal, Journal)
    found, problems = opened.journal.read_attachments(opened.turns[0].prompt.blobs)
    assert (sorted(found.values()), problems) == (sorted(["key = •••\n".encode(), PICTURE]), [])
    opened.journal.close()


def test_what_the_line_names_is_what_was_given_whatever_the_caller_called_it(
    paths: Paths, store: ConversationStore
) -> None:
    wrong = FilePart("0" * 64, "../../a", "text/plain", 3)
    journal = store.create()
    journal.begin_turn(asking(wrong), {"0" * 64: TEXT})
    assert journal.close()
    assert kept(paths) == {FILE.sha256: TEXT}
    (part,) = store.open(journal.identity).turns[0].prompt.blobs
    assert (part.sha256, part.size) == (FILE.sha256, len(TEXT))


# -- lost, damaged, hostile ---------------------------------------------------------------------------


def removed(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def changed(path: Path) -> None:
    path.write_bytes(b"x" + path.read_bytes()[1:])


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (removed, "is missing"),
        (emptied, "is damaged"),
        (changed, "is damaged"),
        (a_folder, "cannot be read (it is not a regular file)"),
        (a_pipe, "cannot be read (it is not a regular file)"),
    ],
)
def test_a_file_that_is_lost_is_told_and_the_rest_is_there(
    paths: Paths, store: ConversationStore, harm: object, words: str
) -> None:
    identity = saved(store, FILE, IMAGE)
    assert callable(harm)
    harm(paths.attachments_dir / FILE.sha256)
    opened = store.open(identity)
    assert opened.notices == (f"deploy/nginx.conf {words}: only its name is left.",)
    assert opened.turns[0].answer.text == "So."
    assert opened.journal is not None
    found, problems = opened.journal.read_attachments(opened.turns[0].prompt.blobs)
    assert (found, problems) == ({IMAGE.sha256: PICTURE}, list(opened.notices))
    opened.journal.close()


@pytest.mark.parametrize("harm", [removed, emptied, changed])
def test_a_file_that_is_lost_is_whole_again_when_it_is_attached_again(
    paths: Paths, store: ConversationStore, harm: object
) -> None:
    identity = saved(store, FILE)
    assert callable(harm)
    harm(paths.attachments_dir / FILE.sha256)
    saved(store, FILE)
    opened = store.open(identity)
    assert opened.notices == ()
    assert opened.journal is not None
    opened.journal.close()


def test_a_link_in_the_place_of_a_file_leads_nothing_out_of_the_folder(
    paths: Paths, store: ConversationStore, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    paths.attachments_dir.mkdir(parents=True)
    (paths.attachments_dir / FILE.sha256).symlink_to(outside)
    identity = saved(store, FILE)
    assert not outside.exists()
    assert not (paths.attachments_dir / FILE.sha256).is_symlink()
    assert store.open(identity).notices == ()


# -- removed ------------------------------------------------------------------------------------------


def test_a_file_goes_with_the_last_conversation_that_names_it(paths: Paths, store: ConversationStore) -> None:
    first, _ = saved(store, FILE, IMAGE), saved(store, FILE)
    token = store.delete(first)
    assert kept(paths) == ATTACHED, "a deleted conversation can come back"
    store.trash.restore(token)
    assert store.open(first).notices == ()
    forget(paths, "conversations")  # the first one is open here
    assert sorted(path.stem for path in paths.conversations_dir.glob("*.jsonl")) == [first]
    assert kept(paths) == ATTACHED


def test_emptying_the_trash_removes_what_nobody_else_names(paths: Paths, store: ConversationStore) -> None:
    first, second = saved(store, FILE, IMAGE), saved(store, FILE)
    store.delete(first)
    assert store.trash.purge(older_than_days=-1) == 1
    assert kept(paths) == {FILE.sha256: TEXT}
    store.delete(second)
    assert store.trash.purge(older_than_days=-1) == 1
    assert kept(paths) == {}


def test_a_trash_that_could_not_be_emptied_is_emptied_with_its_files_later(
    paths: Paths, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.delete(saved(store, IMAGE))
    removing = store.trash.purge

    def killed(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("tui.store.conversation_trash.remove_quietly", killed)
        with pytest.raises(KeyboardInterrupt):
            removing(-1)
    with monkeypatch.context() as patch:
        patch.setattr("tui.store.lock.LOCK_TIMEOUT_SECONDS", 0.05)
        with_lock = threading.Event(), threading.Event()

        def hold() -> None:
            with locked(paths.attachments_dir):
                with_lock[0].set()
                assert with_lock[1].wait(30)

        other = threading.Thread(target=hold)
        other.start()
        assert with_lock[0].wait(10)
        assert removing(-1) == 0
        with_lock[1].set()
        other.join()
    assert kept(paths) == {IMAGE.sha256: ATTACHED[IMAGE.sha256]}
    assert ConversationStore(paths).trash.purge(-1) == 1
    assert kept(paths) == {}
    assert list(paths.trash_dir.iterdir()) == []


def test_a_file_that_is_handed_over_during_a_save_comes_with_its_line(
    paths: Paths, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = store.create()
    states: list[tuple[bool, bool]] = []
    take, save = JournalWriter._take, JournalWriter._save

    def taking(writer: JournalWriter) -> None:
        take(writer)
        if not states:
            journal.begin_turn(asking(IMAGE), ATTACHED)

    def saving(writer: JournalWriter) -> None:
        save(writer)
        line = journal.path.exists() and IMAGE.sha256.encode() in journal.path.read_bytes()
        states.append((IMAGE.sha256 in kept(paths), line))

    monkeypatch.setattr(JournalWriter, "_take", taking)
    monkeypatch.setattr(JournalWriter, "_save", saving)
    journal.begin_turn(asking(identity="t0"))
    assert journal.flush()
    assert journal.close()
    assert states[0] == (False, False)
    assert states[-1] == (True, True)
    assert {file == line for file, line in states} == {True}


def test_forgetting_conversations_removes_every_file_and_counts_it(
    paths: Paths, store: ConversationStore
) -> None:
    saved(store, FILE, IMAGE)
    store.delete(saved(store, FILE))
    (paths.attachments_dir / f".{'0' * 64}.abc.tmp").write_text("left by a program that died")
    forgotten = forget(paths, "conversations")
    assert (forgotten.conversations, forgotten.kept) == (2, [])
    assert kept(paths) == {}


def test_a_fork_keeps_the_files_of_the_conversation_it_came_from(
    paths: Paths, store: ConversationStore
) -> None:
    identity = saved(store, FILE)
    fork = store.fork(identity)
    assert fork.journal is not None
    assert fork.journal.close()
    store.delete(identity)
    assert store.trash.purge(older_than_days=-1) == 1
    assert kept(paths) == {FILE.sha256: TEXT}
    assert store.open(fork.identity).turns[0].prompt == (TextPart("Why?"), FILE)


def test_nothing_is_removed_while_a_conversation_cannot_be_read(
    paths: Paths, store: ConversationStore
) -> None:
    saved(store, FILE)
    odd = paths.trash_dir / "odd.jsonl"
    odd.mkdir(parents=True)
    forgotten = forget(paths, "conversations")
    assert kept(paths) == {FILE.sha256: TEXT}
    assert forgotten.kept == [
        "The files in ~/.local/share/lmdeck/conversations/files are still there: it is not a regular file."
    ]
    odd.rmdir()
    assert forget(paths, "conversations").kept == []
    assert kept(paths) == {}


def test_nobody_removes_a_file_between_its_writing_and_its_line(
    paths: Paths, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[list[str]] = []
    write = BlobStore.write

    def write_slowly(blobs: BlobStore, contents: dict[str, bytes]) -> None:
        write(blobs, contents)
        sweep = "import os; from tui.store.forget import forget; from tui.store.paths import resolve_paths; "
        sweep += "print(forget(resolve_paths(os.environ), 'conversations').kept)"
        environment = {"HOME": str(paths.home), "PATH": os.environ["PATH"]}
        told = subprocess.run(
            [sys.executable, "-c", sweep], cwd=REPOSITORY, env=environment, capture_output=True, check=True
        )
        swept.append([told.stdout.decode()])

    monkeypatch.setattr(BlobStore, "write", write_slowly)
    journal = store.create()
    journal.begin_turn(asking(FILE), ATTACHED)
    assert journal.flush(20)
    assert "still there" in swept[0][0]
    assert kept(paths)[FILE.sha256] == TEXT
    assert journal.close()
    assert store.open(journal.identity).notices == ()


def test_a_folder_that_another_program_holds_is_waited_for(
    paths: Paths, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.lock.LOCK_TIMEOUT_SECONDS", 0.05)
    holder = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from tui.store.lock import locked
        with locked(Path(sys.argv[1])):
            print("held", flush=True)
            sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(paths.attachments_dir)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        journal = store.create()
        journal.begin_turn(asking(FILE), ATTACHED)
        wait_until(lambda: journal.storage_error is not None)
        assert not journal.path.exists()
        other.kill()
    assert journal.flush(10)
    assert (journal.storage_error, kept(paths)) == (None, {FILE.sha256: TEXT})
    assert journal.close()


def test_a_folder_that_went_away_is_told_when_the_conversation_opens(
    paths: Paths, store: ConversationStore
) -> None:
    identity = saved(store, FILE, IMAGE)
    shutil.rmtree(paths.attachments_dir)
    assert len(store.open(identity).notices) == 2
    with locked(paths.attachments_dir):
        assert BlobStore(paths.attachments_dir).unnamed((paths.conversations_dir,)) == []
