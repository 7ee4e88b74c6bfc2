"""The files of the ledger: one per month, to which any number of processes append whole lines.

Each line is appended in one write, so that those of several processes are never mixed. On a network disk,
where that is not guaranteed, each process has its own files. Readers merge all files; an incomplete line is
counted and skipped.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path

from tui.core.lazy_dataclass import dataclass
from tui.core.ledger import LedgerLine, price_later
from tui.store import disk
from tui.store.files import ensure_private_directory, read_file, write_atomically
from tui.store.ledger_lines import (
    LaterPrice,
    decode_later_price,
    decode_ledger_line,
    encode_later_price,
    encode_ledger_line,
    instant_text,
)
from tui.store.network_disk import is_network_disk
from tui.store.optional import look_at, paths_in

MONTH_FILES = "[0-9][0-9][0-9][0-9]-[0-9][0-9]*.jsonl"
PAST_FILE = "past.jsonl"
"""Costs from chats older than the ledger; exists once they have been read."""
SENT_SUFFIX = ".sent"
"""The exchanges in progress, or of killed processes (``store.ledger_sent``)."""
_PRICES = "prices"
_LINE_START = b'{"at":"'


@dataclass(slots=True)
class LedgerContent:
    """The content of the files."""

    lines: list[LedgerLine] = field(default_factory=list)
    bad_lines: int = 0
    """The number of incomplete or damaged lines, which are skipped."""
    refused: list[tuple[Path, OSError]] = field(default_factory=list)
    """Files that could not be read."""


@dataclass(slots=True)
class _ReadFile:
    """How far a file was read, and its content so far."""

    inode: int
    modified_ns: int
    offset: int = 0
    lines: list[LedgerLine] = field(default_factory=list)
    bad_lines: int = 0
    is_torn: bool = False
    """Whether an unterminated line follows ``offset``."""


class LedgerFile:
    """The folder of the ledger. All calls block briefly; for one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own: str | None = None
        self._read: dict[Path, _ReadFile] = {}

    def append(self, line: LedgerLine) -> None:
        """Append a line to the file of its month.

        Raises:
            OSError: the disk refuses.
        """
        self._append(f"{line.at:%Y-%m}", encode_ledger_line(line))

    def append_price(self, later: LaterPrice) -> None:
        """Append a price for lines that have none.

        Raises:
            OSError: the disk refuses.
        """
        self._append(_PRICES, encode_later_price(later))

    def read(
        self, since: datetime | None = None, until: datetime | None = None, *, is_once: bool = False
    ) -> LedgerContent:
        """Return the lines of all files that may cover a period, each file in order.

        Only the new part of a file that grew is read. With ``is_once``, nothing is cached, and lines before
        the period are skipped unread.
        """
        content = LedgerContent()
        try:
            paths = paths_in(self.folder, MONTH_FILES, PAST_FILE)
        except OSError as error:
            content.refused.append((self.folder, error))
            return content
        first = "" if since is None else f"{since.astimezone(UTC):%Y-%m}"
        last = "9" if until is None else f"{until.astimezone(UTC):%Y-%m}"
        for path in paths:
            if path.name == PAST_FILE or first <= path.name[:7] <= last:
                self._take(path, content, since if is_once else None)
        prices = self._prices(content)
        if prices:
            content.lines = [_priced(line, prices) for line in content.lines]
        return content

    def sent(self) -> list[Path]:
        """Return the files of exchanges in progress or of killed processes.

        Raises:
            OSError: the folder cannot be listed.
        """
        paths = paths_in(self.folder, f"*{SENT_SUFFIX}")
        return [path for path in paths if look_at(path, follows_links=False).is_file]

    def has_past(self) -> bool:
        """Return whether older chats have been read."""
        return look_at(self.folder / PAST_FILE).exists

    def write_past(self, lines: Iterable[LedgerLine]) -> None:
        """Write the costs of older chats.

        Raises:
            OSError: the disk refuses.
        """
        write_atomically(self.folder / PAST_FILE, b"".join(map(encode_ledger_line, lines)))

    def _append(self, name: str, line: bytes) -> None:
        if self._own is None:
            ensure_private_directory(self.folder)
            self._own = f".{_host()}-{os.getpid()}" if is_network_disk(self.folder) else ""
        append_line(self.folder / f"{name}{self._own}.jsonl", line)

    def _take(self, path: Path, content: LedgerContent, since: datetime | None) -> None:
        try:
            if since is None:
                known = self._read[path] = _read_on(path, self._read.get(path))
            else:
                known = _read_on(path, None, _LINE_START + instant_text(since).encode())
        except OSError as error:
            content.refused.append((path, error))
            return
        content.lines += known.lines
        content.bad_lines += known.bad_lines + known.is_torn

    def _prices(self, content: LedgerContent) -> dict[str, list[LaterPrice]]:
        found: dict[str, list[LaterPrice]] = {}
        for path in paths_in(self.folder, f"{_PRICES}*.jsonl"):
            try:
                data = read_file(path)
            except OSError as error:
                content.refused.append((path, error))
                continue
            for line in filter(None, (b"" if data is None else data.data).split(b"\n")):
                later = decode_later_price(line)
                if later is None:
                    content.bad_lines += 1
                else:
                    found.setdefault(later.provider, []).append(later)
        return found


def append_line(path: Path, line: bytes) -> None:
    """Append a line in one write, beginning a new line after an incomplete one.

    Raises:
        OSError: the disk refuses, or writes only part of it; or it is not a regular file (``EINVAL``).
    """
    descriptor = disk.open_file(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "It is not a regular file", str(path))
        if status.st_mode & 0o077:
            disk.make_private(descriptor)
        if status.st_size and os.pread(descriptor, 1, status.st_size - 1) != b"\n":
            line = b"\n" + line
        if disk.write(descriptor, line) != len(line):
            raise OSError(errno.ENOSPC, "Only a part was written", str(path))
    finally:
        os.close(descriptor)


def _read_on(path: Path, known: _ReadFile | None, first: bytes = b"") -> _ReadFile:
    """Return a file's lines, reading only what is new.

    Lines that begin regularly and sort before ``first`` as bytes, which is the order of time, are skipped.

    Raises:
        OSError: it cannot be read, or is not a regular file (``EINVAL``).
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "It is not a regular file", str(path))
        is_other = known is None or known.inode != status.st_ino or known.offset > status.st_size
        if known is None or is_other:
            known = _ReadFile(status.st_ino, status.st_mtime_ns)
        elif known.modified_ns == status.st_mtime_ns:
            return known
        stream.seek(known.offset)
        data = stream.read()
    known.modified_ns = status.st_mtime_ns
    end = data.rfind(b"\n") + 1
    known.offset += end
    known.is_torn = end < len(data)
    for each in filter(None, data[:end].split(b"\n")):
        if each < first and each.startswith(_LINE_START):
            continue
        line = decode_ledger_line(each)
        if line is None:
            known.bad_lines += 1
        else:
            known.lines.append(line)
    return known


def _priced(line: LedgerLine, prices: dict[str, list[LaterPrice]]) -> LedgerLine:
    later: Sequence[LaterPrice] = prices.get(line.provider, ())
    for each in later:
        if line.at < each.until:
            line = price_later(line, each.price, each.day)
    return line


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", socket.gethostname())[:40].strip("-") or "host"
