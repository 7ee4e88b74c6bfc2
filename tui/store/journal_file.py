"""The file of one journal: a line counts as saved when it is on disk, in the file with that name.

Lines that were written but not synced are kept and written again after any failure: a failed ``fsync`` may
have dropped them from memory, and the next one then reports success. Synced lines are kept too, compressed:
if another program removes or changes the file, everything is written to a new one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from tui.store import disk
from tui.store.files import FileContent, create_private, sync_directory, sync_file, write_atomically
from tui.store.optional import look_at
from tui.store.packed_bytes import TAIL_BYTES, PackedBytes
from tui.store.records import SCHEMA, decode_line, encode_line, header_record, schema_of
from tui.texts import files as texts

_FAILURES_IN_PLACE = 2
"""After this many failed writes, the file is rewritten elsewhere on the disk."""


class FileLostError(Exception):
    """The file with this name is not the one that was written, or has lost its content."""

    def __init__(self, what_happened: str) -> None:
        """Create the error; ``what_happened`` follows the file's name: ``was deleted``."""
        super().__init__(what_happened)
        self.what_happened = what_happened


class NewerFileError(Exception):
    """A newer version wrote the file: nothing is appended to it."""


class JournalFile:
    """Writes lines to a file, which is created with the first one. For one thread at a time.

    If the disk refuses, ``write``, ``sync``, ``verify`` and ``move`` raise ``OSError``; the caller then calls
    ``lose`` and retries later.
    """

    def __init__(self, path: Path, *, is_new: bool, content: FileContent | None = None) -> None:
        """Create a writer; ``content`` is the file as read earlier, ``None`` if not read yet."""
        self.path = path
        self._may_create = is_new
        self._is_read = is_new or content is not None
        self._saved = PackedBytes(content.data if content is not None else b"")
        self._is_older = content is not None and _is_older(content.data)
        """An older schema: the first line written converts the file to the current one."""
        self._is_newer = content is not None and _is_newer(content.data)
        self._lines: list[bytes] = []
        """Lines that may not be on disk, in the order of the file."""
        self._written = 0
        """How many of them were written since the last sync."""
        self._size = self._saved.size
        """The maximum size of the file with the lines written by this process."""
        self._descriptor: int | None = None
        self._inode = None if content is None else content.stamp.inode
        self._is_made = False
        self._failures = 0
        self._is_shared = False
        """Another session has appended to unsynced lines: nothing of that may be truncated."""
        self._must_replace = False
        """Lines must be written again, but another session has appended to them."""

    @property
    def is_saved(self) -> bool:
        """Whether all lines are on disk."""
        return not self._lines

    @property
    def is_made(self) -> bool:
        """Whether there is a file that was opened for writing."""
        return self._is_made

    def add(self, lines: Sequence[bytes]) -> None:
        """Add lines, including their line feeds."""
        self._lines += lines

    def write(self) -> None:
        """Write all lines to the file.

        Raises:
            FileLostError: see ``verify``.
            NewerFileError: the file has a later schema.
        """
        if self._written == len(self._lines) and not self._must_replace:
            return
        descriptor = self.verify()
        if self._is_newer:
            raise NewerFileError
        if self._failures >= _FAILURES_IN_PLACE or self._is_older or self._must_replace:
            self._replace()
            return
        while self._written < len(self._lines):
            if not self._ends_in_a_line():  # the last line was truncated by whoever wrote it
                self._lines[self._written] = b"\n" + self._lines[self._written]
            data = self._lines[self._written]
            while data:
                count = disk.write(descriptor, data)
                if count <= 0:
                    raise OSError(errno.EIO, texts.DISK_ERROR)
                data = data[count:]
                self._size += count
            self._written += 1

    def sync(self) -> None:
        """Sync what was written to the disk.

        Raises:
            FileLostError: see ``verify``.
        """
        descriptor = self.verify()
        if self._must_replace:
            self._replace()
            return
        sync_file(descriptor)
        for line in self._lines[: self._written]:
            self._saved.add(line)
        del self._lines[: self._written]
        self._written = self._failures = 0
        self._is_shared = False

    def verify(self) -> int:
        """Return the descriptor of the file with this name, which contains everything written.

        Raises:
            FileLostError: another program removed, replaced or changed it.
        """
        is_fresh = self._descriptor is None
        descriptor = self._open() if self._descriptor is None else self._descriptor
        status, sight = os.fstat(descriptor), look_at(self.path)
        if sight.refusal is not None:
            raise sight.refusal
        if sight.status is None:
            raise FileLostError(texts.MOVED if status.st_nlink else texts.DELETED)
        is_same = stat.S_ISREG(status.st_mode) and os.path.samestat(sight.status, status)
        if not is_same or self._inode not in (None, status.st_ino):
            raise FileLostError(texts.REPLACED)
        if not self._is_read:
            data = _read_at(descriptor, 0, status.st_size)
            self._saved, self._is_read, self._is_older = PackedBytes(data), True, _is_older(data)
            self._size, self._is_newer = self._saved.size, _is_newer(data)
        self._compare(descriptor, status.st_size, is_fresh)
        self._inode, self._is_made, self._may_create = status.st_ino, True, False
        start = self._saved.size if is_fresh else self._size
        found = _read_at(descriptor, start, status.st_size - start)
        if is_fresh:
            self._recognise(descriptor, found)
        else:
            self._absorb(found)
        return descriptor

    def lose(self, error: BaseException | None = None) -> None:
        """Reopen the file next time, and write everything that was not synced again.

        The descriptor cannot be used again after a stale handle.
        """
        if isinstance(error, OSError) and error.errno == errno.EIO and self._written:
            self._failures += 1
        self.close()

    def move(self, path: Path) -> None:
        """Continue in a new file that contains everything, synced.

        Raises:
            FileExistsError: the name exists.
        """
        content = self._whole(path.stem)
        create_private(path, content)
        sync_directory(path.parent)
        self._restart(path, content)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):  # repeats the error of an earlier write or fsync
                os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_NONBLOCK  # a FIFO must not hang the thread
        try:
            self._descriptor = disk.open_file(self.path, flags | (os.O_CREAT if self._may_create else 0))
        except FileNotFoundError:
            if self._may_create:
                raise
            raise FileLostError(texts.DELETED) from None
        except OSError as error:
            if error.errno in (errno.EISDIR, errno.ENXIO, errno.ELOOP) and not self._may_create:
                raise FileLostError(texts.REPLACED) from None
            raise
        if self._may_create:
            sync_directory(self.path.parent)
        return self._descriptor

    def _compare(self, descriptor: int, size: int, is_fresh: bool) -> None:
        """Check that the file contains everything synced and, if not reopened, everything written."""
        end, tail = (self._saved.size, self._saved.tail) if is_fresh else (self._size, self._tail())
        if size < end or _read_at(descriptor, end - len(tail), len(tail)) != tail:
            raise FileLostError(texts.CHANGED)

    def _recognise(self, descriptor: int, found: bytes) -> None:
        """Distinguish our lines from those of others, after the synced part of a reopened file.

        Our lines may be there whatever a write has reported, or only in memory: then they are written again.
        If another session has appended to them, the whole file is rewritten.
        """
        ours, handed = b"".join(self._lines), self._size - self._saved.size
        if _is_of(found, ours):
            self._must_replace = self._is_shared
            if found and not self._is_shared:
                disk.truncate(descriptor, self._saved.size)
                found = b""
            self._size, self._written = self._saved.size + len(found), 0
            return
        count = end = 0
        while count < len(self._lines) and found.startswith(self._lines[count], end):
            end += len(self._lines[count])
            count += 1
        if end < handed and _is_of(found[:handed], ours):
            count, end = self._written, handed
        self._written, self._size, self._must_replace = count, self._saved.size + end, bool(end)
        self._absorb(found[end:])

    def _absorb(self, found: bytes) -> None:
        """Adopt what another session has added while it held the lease."""
        if found:
            self._lines.insert(self._written, found)
            self._written += 1
            self._size += len(found)
            self._is_shared = True

    def _tail(self) -> bytes:
        return b"".join((self._saved.tail, *self._lines[: self._written]))[-TAIL_BYTES:]

    def _ends_in_a_line(self) -> bool:
        before = self._lines[self._written - 1] if self._written else self._saved.tail
        return not before or before.endswith(b"\n")

    def _whole(self, identity: str) -> bytes:
        """Return the content of the file with everything in it, with this id."""
        saved = self._saved.whole()
        pieces = [saved]
        for line in self._lines:
            is_cut = bool(pieces[-1]) and not pieces[-1].endswith(b"\n") and not line.startswith(b"\n")
            pieces += (b"\n", line) if is_cut else (line,)
        return under_identity(b"".join(pieces), identity)

    def _replace(self) -> None:
        """Rewrite everything elsewhere on the disk, with the same name."""
        content = self._whole(self.path.stem)
        write_atomically(self.path, content)
        self._restart(self.path, content)

    def _restart(self, path: Path, content: bytes) -> None:
        self.close()
        self.path, self._inode = path, None
        self._saved, self._size, self._is_older = PackedBytes(content), len(content), False
        self._lines.clear()
        self._is_shared = self._must_replace = False
        self._written = self._failures = 0
        with contextlib.suppress(OSError, FileLostError):  # the next write checks it again
            self.verify()


def _is_older(data: bytes) -> bool:
    """Return whether a file has a header with an older schema, or none."""
    schema = _schema_in(data)
    return bool(data) and (schema is None or schema < SCHEMA)


def _is_newer(data: bytes) -> bool:
    """Return whether a file has a header with a later schema."""
    return (_schema_in(data) or SCHEMA) > SCHEMA


def _schema_in(data: bytes) -> int | None:
    header = decode_line(data.partition(b"\n")[0])
    return None if header is None or header["record"] != "header" else schema_of(header)


def _is_of(found: bytes, ours: bytes) -> bool:
    """Return whether bytes are a prefix of others, apart from zeros where the disk has lost some."""
    pairs = zip(found, ours, strict=False)
    return len(found) <= len(ours) and (ours.startswith(found) or all(one in (0, two) for one, two in pairs))


def _read_at(descriptor: int, start: int, count: int) -> bytes:
    """Return bytes from the middle of a file, fewer at its end."""
    pieces: list[bytes] = []
    while count > 0 and (piece := os.pread(descriptor, count, start)):
        pieces.append(piece)
        start, count = start + len(piece), count - len(piece)
    return b"".join(pieces)


def under_identity(content: bytes, identity: str) -> bytes:
    """Return the content of a journal as that of a conversation with this id."""
    first, _, rest = content.partition(b"\n")
    header = decode_line(first)
    if header is None or header["record"] != "header":  # it was damaged, or cut off
        return encode_line(header_record(identity, "", "")) + content
    schema = max(SCHEMA, schema_of(header) or SCHEMA)
    return encode_line({**header, "schema": schema, "identity": identity}) + rest
