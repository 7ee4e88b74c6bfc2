"""The texts of the saved conversations as they are searched, a private file for each.

A journal itself cannot be searched: words are split over its lines. The files are made from the journals,
each with the stamp of its journal, and can be deleted without loss: then a search takes longer.
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
"""Another lmdeck reads the same journals, or folds the same texts, in another way."""
_HEAD = 160
"""Bytes of the head of a file: what its text was made of, and the sizes of its two parts."""
_SUFFIX = ".txt"
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
_LEFTOVER_SECONDS = 600
"""From then on a temporary file is one that a killed program left."""


class TextCache:
    """A folder of such texts. Losing it costs time, never data. Safe for several threads and processes."""

    def __init__(self, paths: Paths, optional: OptionalFiles, redact: Callable[[str], str]) -> None:
        self._paths = paths
        self._journals = paths.conversations_dir
        self._folder = paths.search_texts_dir
        self._shown = paths.shown(self._folder)
        self._optional = optional
        self._redact = redact
        self._is_refused = False
        """Whether the disk took no text: it is not tried with each of thousands."""

    def text_of(self, identity: str) -> SearchText:
        """Return the text of a conversation, made where the one that is kept is not of this journal.

        Raises:
            OSError: the journal is gone, or cannot be read.
        """
        return self._kept(identity) or self.made(identity)

    def is_kept(self, identity: str) -> bool:
        """Return whether the text of a conversation is at hand."""
        return self._kept(identity, is_whole=False) is not None

    def made(self, identity: str) -> SearchText:
        """Return the text of a conversation as its journal has it, and keep it.

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
            self._is_refused = True  # until it has worked: a refusal ends in ``attempt``
            with self._optional.attempt(self._shown, texts.SLOW_SEARCH):
                self._keep(identity, data)
                self._is_refused = False
        return SearchText(data, _HEAD, _HEAD + len(folded))

    def tidy(self) -> None:
        """Remove the texts of conversations that are gone, and what killed programs left."""
        with self._optional.attempt(self._shown, texts.SLOW_SEARCH, is_read=True):
            kept = {path.stem: path for path in paths_in(self._folder, f"*{_SUFFIX}")}
            there = {path.stem for path in paths_in(self._journals, "*.jsonl")}
            for identity in kept.keys() - there:
                remove_quietly(kept[identity])
            for path in paths_in(self._folder, ".*.tmp"):
                if _is_left(path):
                    remove_quietly(path)

    def _keep(self, identity: str, data: bytes) -> None:
        """Write a text in one step. It is not waited for: one that a power failure takes is made again."""
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
            remove_quietly(path)  # deleted meanwhile: nothing of it may stay

    def _kept(self, identity: str, *, is_whole: bool = True) -> SearchText | None:
        """Return the text that is kept where it is whole and of this journal.

        With plain calls, as thousands are read for each search.
        """
        try:
            status = os.stat(f"{self._journals}/{identity}.jsonl")  # noqa: PTH116
            descriptor = os.open(f"{self._folder}/{identity}{_SUFFIX}", _READ)
        except (OSError, ValueError):  # whatever it is: the journal has the text, or cannot be read either
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
