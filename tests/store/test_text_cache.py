"""The cache of searched texts: up to date, private, safe to lose, removed with its chat."""

from __future__ import annotations

import errno
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run
from threading import Thread

import pytest

from tests.store.disk_support import REPOSITORY, BrokenDisk, all_files
from tui.core.parts import parts_of
from tui.core.query import read_query
from tui.core.search_text import Needles, SearchText, search_texts
from tui.core.secret import Redactor, Secret
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.store.conversations import ConversationStore
from tui.store.forget import forget
from tui.store.optional import OptionalFiles
from tui.store.paths import Paths
from tui.store.text_cache import TextCache

WORD = "Zebra"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def a_turn(number: int, prompt: str, answer: str = "", reasoning: str = "") -> Turn:
    return Turn(
        f"t{number}",
        parts_of(prompt),
        state=TurnState.DONE,
        answer=TextBuffer(answer),
        reasoning=TextBuffer(reasoning),
    )


def keep(store: ConversationStore, *turns: Turn) -> str:
    journal = store.create()
    for turn in turns:
        journal.write_turn(turn)
    assert journal.close()
    return journal.identity


def fits(text: SearchText, query: str, *, with_reasoning: bool = False) -> bool:
    return any(text.turns(Needles(read_query(query, NOW), with_reasoning=with_reasoning)))


@pytest.fixture
def store(paths: Paths) -> ConversationStore:
    return ConversationStore(paths)


@pytest.fixture
def texts(paths: Paths) -> TextCache:
    return TextCache(paths, OptionalFiles(), str)


def kept_file(paths: Paths, identity: str) -> Path:
    return paths.search_texts_dir / f"{identity}.txt"


def test_the_text_is_made_once_and_again_when_the_chat_has_grown(texts: TextCache, paths: Paths) -> None:
    store = ConversationStore(paths)
    identity = keep(store, a_turn(1, WORD))
    assert not texts.is_kept(identity)
    assert fits(texts.text_of(identity), "zebra")
    assert texts.is_kept(identity)
    written = kept_file(paths, identity).stat().st_mtime_ns
    assert fits(TextCache(paths, OptionalFiles(), str).text_of(identity), "zebra")
    assert kept_file(paths, identity).stat().st_mtime_ns == written
    journal = store.open(identity).journal
    assert journal is not None
    journal.write_turn(a_turn(2, "a lion"))
    assert journal.close()
    assert not texts.is_kept(identity)
    assert fits(texts.text_of(identity), "lion")


def test_files_and_folder_are_private(texts: TextCache, store: ConversationStore, paths: Paths) -> None:
    previous = os.umask(0)
    try:
        texts.text_of(keep(store, a_turn(1, WORD)))
    finally:
        os.umask(previous)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (*paths.search_texts_dir.iterdir(),)]
    assert modes == [0o600]
    assert stat.S_IMODE(paths.search_texts_dir.stat().st_mode) == 0o700


def test_all_words_are_of_one_turn_whichever_part(texts: TextCache, store: ConversationStore) -> None:
    text = texts.text_of(keep(store, a_turn(1, "one two", "three", "four"), a_turn(2, "five", "six")))
    assert fits(text, "three ONE")
    assert not fits(text, "one five")
    assert not fits(text, "one four")
    assert fits(text, "one four", with_reasoning=True)
    assert not fits(text, '"two three"')
    assert not fits(text, "t1") and not fits(text, "version") and not fits(text, "reasoning")


def test_what_a_turn_has_is_a_condition(texts: TextCache, store: ConversationStore) -> None:
    failed = a_turn(3, "broken")
    failed.state = TurnState.FAILED
    text = texts.text_of(
        keep(store, a_turn(1, "a", "x\n```python\ny\n```"), a_turn(2, "b", "z", "hm"), failed)
    )
    assert [fits(text, f"{word} has:code") for word in ("a", "b")] == [True, False]
    assert [fits(text, f"{word} has:reasoning") for word in ("z", "y")] == [True, False]
    assert [fits(text, f"{word} has:error") for word in ("broken", "z")] == [True, False]
    assert not fits(text, "has:code has:error")
    assert fits(text, "has:error")


def test_marks_of_the_cache_in_a_text_change_nothing(texts: TextCache, store: ConversationStore) -> None:
    text = texts.text_of(keep(store, a_turn(1, "one\x1etwo\x1fthree"), a_turn(2, "four")))
    assert fits(text, "one three")
    assert fits(text, '"one\x1etwo"')
    assert not fits(text, "three four")


def test_a_word_on_the_border_of_two_pieces_is_found(store: ConversationStore) -> None:
    for before in range((1 << 20) - 12, (1 << 20) + 2, 3):
        folded, packed = search_texts([a_turn(1, "." * before + "zebra")], (), str)
        assert fits(SearchText(folded + packed, 0, len(folded)), "zebra")


def test_a_damaged_journal_is_searched_as_far_as_it_is_readable(
    texts: TextCache, store: ConversationStore, paths: Paths
) -> None:
    identity = keep(store, a_turn(1, "first"), a_turn(2, "second"), a_turn(3, "third"))
    journal = paths.conversations_dir / f"{identity}.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"prompt":"second"', b'"prompt":\xff\x00'))
    text = texts.text_of(identity)
    assert [fits(text, word) for word in ("first", "second", "third")] == [True, False, True]


OTHER = b"lmdeck texts 0\n1 2 3\n" + b"6 0".rjust(138) + b"\x1e\x1flion"


@pytest.mark.parametrize("content", [b"", b"\n", b"\x00" * 4096, OTHER])
def test_a_file_that_is_none_of_ours_is_made_anew(
    texts: TextCache, store: ConversationStore, paths: Paths, content: bytes
) -> None:
    identity = keep(store, a_turn(1, WORD))
    texts.text_of(identity)
    kept_file(paths, identity).write_bytes(content)
    assert not texts.is_kept(identity)
    assert fits(texts.text_of(identity), "zebra")
    assert not fits(texts.text_of(identity), "lion")


def test_half_a_file_is_none(texts: TextCache, store: ConversationStore, paths: Paths) -> None:
    identity = keep(store, a_turn(1, "zebra", "and a lion"))
    texts.text_of(identity)
    file = kept_file(paths, identity)
    file.write_bytes(file.read_bytes()[:-4])
    assert fits(texts.text_of(identity), "lion")


def test_a_packed_part_that_a_power_failure_took_is_told_from_a_whole_one(
    texts: TextCache, store: ConversationStore, paths: Paths
) -> None:
    identity = keep(store, a_turn(1, WORD))
    text = texts.text_of(identity)
    zeros = b"\x00" * (len(text.data) - text.middle)
    kept_file(paths, identity).write_bytes(text.data[: text.middle] + zeros)
    with pytest.raises(ValueError, match="decompressing"):
        fits(texts.text_of(identity), "zebra")
    assert fits(texts.made(identity), "zebra")
    assert fits(texts.text_of(identity), "zebra")


@pytest.mark.parametrize("kind", ["folder", "fifo", "link"])
def test_something_else_in_its_place_harms_nothing(
    texts: TextCache, store: ConversationStore, paths: Paths, kind: str
) -> None:
    identity = keep(store, a_turn(1, WORD))
    file = kept_file(paths, identity)
    file.parent.mkdir(parents=True)
    if kind == "folder":
        file.mkdir()
    elif kind == "fifo":
        os.mkfifo(file)
    else:
        file.symlink_to(paths.home / "elsewhere")
    assert fits(texts.text_of(identity), "zebra")
    assert not (paths.home / "elsewhere").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("after", range(5))
def test_a_disk_that_refuses_costs_time_alone_and_is_told_once(
    paths: Paths, broken_disk: BrokenDisk, number: int, after: int
) -> None:
    optional = OptionalFiles()
    store, texts = ConversationStore(paths), TextCache(paths, optional, str)
    identities = [keep(store, a_turn(1, f"{WORD} {place}")) for place in range(3)]
    broken_disk.refuse(number, after=after)
    assert all(fits(texts.text_of(identity), "zebra") for identity in identities)
    broken_disk.recover()
    assert len(optional.notices) == (1 if after < 4 else len(optional.notices))
    assert all("takes longer" in notice for notice in optional.notices)
    assert not [path for path in all_files(paths.cache_dir) if path.suffix == ".tmp"] or after >= 2


def test_a_deleted_chat_leaves_no_text(texts: TextCache, store: ConversationStore, paths: Paths) -> None:
    identity = keep(store, a_turn(1, WORD))
    texts.text_of(identity)
    store.delete(identity)
    assert list(paths.search_texts_dir.iterdir()) == []
    store.trash.restore(identity)
    assert fits(texts.text_of(identity), "zebra")


@pytest.mark.parametrize("what", ["conversations", "caches"])
def test_what_is_forgotten_leaves_no_text(
    texts: TextCache, store: ConversationStore, paths: Paths, what: str
) -> None:
    identity = keep(store, a_turn(1, WORD))
    texts.text_of(identity)
    (paths.search_texts_dir / ".left.tmp").write_text("zebra")
    forget(paths, what)
    left = [path for path in all_files(paths.cache_dir) if path.is_file()]
    assert [path for path in left if "zebra" in path.read_text().lower()] == []
    assert not kept_file(paths, identity).exists()


def test_the_text_of_a_chat_that_went_away_is_removed(
    texts: TextCache, store: ConversationStore, paths: Paths
) -> None:
    gone, stays = keep(store, a_turn(1, WORD)), keep(store, a_turn(1, "lion"))
    for identity in (gone, stays):
        texts.text_of(identity)
    (paths.conversations_dir / f"{gone}.jsonl").unlink()
    old, new = paths.search_texts_dir / ".old.tmp", paths.search_texts_dir / ".new.tmp"
    for path in (old, new):
        path.write_text(WORD)
    os.utime(old, (1, 1))
    texts.tidy()
    assert {path.name for path in paths.search_texts_dir.iterdir()} == {f"{stays}.txt", new.name}


def test_known_keys_are_not_in_it(paths: Paths) -> None:
    key = "sk-abcdef0123456789abcdef"
    identity = keep(ConversationStore(paths), a_turn(1, f"my key is {key}"))
    text = TextCache(paths, OptionalFiles(), Redactor([Secret(key)]).redact).text_of(identity)
    assert key.encode() not in text.data
    assert [turn.prompt for turn in text.turns(Needles(read_query("key", NOW), with_reasoning=True))] == [
        "my key is •••"
    ]
    assert fits(text, "my key is")


def test_two_programs_at_once_leave_whole_texts(
    texts: TextCache, store: ConversationStore, paths: Paths
) -> None:
    identities = [keep(store, a_turn(1, f"{WORD} {number}", "x" * 50_000)) for number in range(20)]
    program = (
        "import os, sys\nfrom tui.store.optional import OptionalFiles\n"
        "from tui.store.paths import resolve_paths\nfrom tui.store.text_cache import TextCache\n"
        "texts = TextCache(resolve_paths(os.environ), OptionalFiles(), str)\n"
        "[texts.text_of(name) for name in sys.argv[1:] for _ in range(3)]\n"
    )
    environment = {"HOME": str(paths.home), "PATH": os.environ["PATH"]}

    def other() -> None:
        run([sys.executable, "-c", program, *identities], env=environment, cwd=REPOSITORY, check=True)

    thread = Thread(target=other)
    thread.start()
    for _ in range(3):
        for identity in identities:
            assert fits(texts.text_of(identity), "zebra")
    thread.join()
    assert all(texts.is_kept(identity) for identity in identities)
    assert len(list(paths.search_texts_dir.iterdir())) == len(identities)
