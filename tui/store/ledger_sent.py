"""The lines of running exchanges, one file each, which remain if the process is killed.

Each file is locked by the process of the exchange, and removed once the final line is written. An unlocked
file belongs to a dead process (``store.ledger_killed``). Without support for locks, there are none.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

from tui.core.ledger import LedgerLine
from tui.store import disk
from tui.store.files import ensure_private_directory, remove_quietly, write_all
from tui.store.ledger_file import SENT_SUFFIX
from tui.store.ledger_lines import encode_ledger_line


class SentFiles:
    """The running exchanges of this process. For one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[int, tuple[Path, int]] = {}

    def keep(self, number: int, line: LedgerLine) -> None:
        """Store the line of an exchange until it ends.

        Raises:
            OSError: the disk refuses, or does not support locks; then no file is left.
        """
        ensure_private_directory(self._folder)
        name = secrets.token_hex(6)
        temporary = self._folder / f".{name}.tmp"
        path = self._folder / f"{name}{SENT_SUFFIX}"
        descriptor = disk.open_file(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            # the name is unknown to others until it is locked
            disk.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            write_all(descriptor, encode_ledger_line(line))
            disk.replace(temporary, path)
        except BaseException:
            remove_quietly(temporary)
            os.close(descriptor)
            raise
        self._open[number] = path, descriptor

    def drop(self, number: int) -> None:
        """Remove the line of an exchange whose final line is written, or that used nothing."""
        kept = self._open.pop(number, None)
        if kept is not None:
            path, descriptor = kept
            remove_quietly(path)
            os.close(descriptor)
