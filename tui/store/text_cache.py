"""The texts of the saved conversations for searching, one private file each.

A journal itself cannot be searched, since its lines split words. The files are created from the journals,
each with the stamp of its journal, and can be deleted at any time, which only makes a search slower.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from tui import __version__
from tui.core.search_text import SearchText, search_texts
from tui.store import disk
from tui.store.blobs import SIZE_LIMIT
from tui.store.conversation_files import search_text_path
from tui.store.files import (
    FileStamp,
    ensure_private_directory,
    read_file,
    remove_quietly,
    stamp_of,
    write_all,
)
from tui.store.merged_lines import merged_lines
from tui.store.optional import OptionalFiles, paths_in
from tui.store.paths import Paths
from tui.store.records import SCHEMA
from tui.store.transcript_file import read_transcript
from tui.texts import store as texts

_VERSION = f"lmdeck texts 1, {__version__}, schema {SCHEMA}"
"""Other versions may read the same journals or fold the same texts differently."""
_HEAD = 160
"""Bytes of a file's header: what its text was created from, and the sizes of its two parts."""
_SUFFIX = ".txt"
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
_LEFTOVER_SECONDS = 600
"""Older temporary files were left by a killed program."""


class TextCache:
    """The folder of these texts, which can be lost without losing data. Thread- and process-safe."""

    def __init__(self, paths: Paths, optional: OptionalFiles, redact: Callable[[str], str]) -> None:
        self._paths = paths
        self._journals = paths.conversations_dir
        self._folder = paths.search_texts_dir
        self._shown = paths.shown(self._folder)
        self._optional = optional
        self._redact = redact
        self._is_refused = False
        """Whether the disk refused a text: it is not tried again for each of thousands."""

    def text_of(self, identity: str) -> SearchText:
        """Return the text of a conversation, created if the stored one is outdated.

        Raises:
            OSError: the journal is gone, or cannot be read.
        """
        return self._kept(identity) or self.made(identity)

    def is_kept(self, identity: str) -> bool:
        """Return whether the text of a conversation is available."""
        return self._kept(identity, is_whole=False) is not None

    def made(self, identity: str) -> SearchText:
        """Create and store the text of a conversation from its journal.

        Raises:
            OSError: the journal is gone, or cannot be read.
        """
        content = read_file(self._journals / f"{identity}.jsonl", SIZE_LIMIT)
        if content is None:
            raise FileNotFoundError(identity)
        found = read_transcript(merged_lines(content.data))
        folded, packed = search_texts(found.turns, found.dropped, self._redact)
        data = b"".join((_head(content.stamp, len(folded), len(packed)), folded, packed))
        if not self._is_refused:
            self._is_refused = True  # reset on success: a refusal leaves ``attempt`` early
            with self._optional.attempt(self._shown, texts.SLOW_SEARCH):
                self._keep(identity, data)
                self._is_refused = False
        return SearchText(data, _HEAD, _HEAD + len(folded))

    def tidy(self) -> None:
        """Remove the texts of deleted conversations, and the leftovers of killed programs."""
        with self._optional.attempt(self._shown, texts.SLOW_SEARCH, is_read=True):
            kept = {path.stem: path for path in paths_in(self._folder, f"*{_SUFFIX}")}
            there = {path.stem for path in paths_in(self._journals, "*.jsonl")}
            for identity in kept.keys() - there:
                remove_quietly(kept[identity])
            for path in paths_in(self._folder, ".*.tmp"):
                if _is_left(path):
                    remove_quietly(path)

    def _keep(self, identity: str, data: bytes) -> None:
        """Write a text atomically, without syncing: one lost in a power cut is created again."""
        path = search_text_path(self._paths, identity)
        ensure_private_directory(self._folder)
        temporary = path.with_name(f".{token_hex(8)}.tmp")
        descriptor = disk.open_file(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            try:
                write_all(descriptor, data)
            finally:
                os.close(descriptor)
            disk.replace(temporary, path)
        except BaseException:
            remove_quietly(temporary)
            raise
        if stamp_of(self._journals / f"{identity}.jsonl") is None:
            remove_quietly(path)  # deleted meanwhile: nothing of it may remain

    def _kept(self, identity: str, *, is_whole: bool = True) -> SearchText | None:
        """Return the stored text if it is complete and up to date.

        Uses simple calls, since each search reads thousands.
        """
        try:
            status = os.stat(f"{self._journals}/{identity}.jsonl")  # noqa: PTH116
            descriptor = os.open(f"{self._folder}/{identity}{_SUFFIX}", _READ)
        except (OSError, ValueError):  # in any case, the journal has the text, or cannot be read either
            return None
        try:
            own = os.fstat(descriptor)
            if not stat.S_ISREG(own.st_mode) or own.st_size > 2 * SIZE_LIMIT:
                return None
            data = os.read(descriptor, own.st_size if is_whole else _HEAD)
        except OSError:
            return None
        finally:
            os.close(descriptor)
        sizes = data[:_HEAD].rpartition(b"\n")[2].split()
        if len(sizes) != 2 or not all(size.isdigit() for size in sizes):
            return None
        folded, packed = map(int, sizes)
        stamp = FileStamp(status.st_mtime_ns, status.st_ino, status.st_size)
        is_right = data[:_HEAD] == _head(stamp, folded, packed)
        is_right &= own.st_size == _HEAD + folded + packed and (len(data) == own.st_size or not is_whole)
        return SearchText(data, _HEAD, _HEAD + folded) if is_right else None


def _head(stamp: FileStamp, folded: int, packed: int) -> bytes:
    """Return the head of a file."""
    made_of = f"{_VERSION}\n{stamp.modified_ns} {stamp.inode} {stamp.size}\n"
    return (made_of + f"{folded} {packed}".rjust(_HEAD - len(made_of))).encode("ascii")


def _is_left(path: Path) -> bool:
    stamp = stamp_of(path)
    return stamp is None or time.time() - stamp.modified_ns / 1e9 > _LEFTOVER_SECONDS
