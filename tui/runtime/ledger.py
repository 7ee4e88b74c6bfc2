"""Writes the ledger: a line for each exchange, outside the event loop.

While an exchange is running, its line is in a separate file (``store.ledger_sent``). A thread that exists
while there is something to write does this; only the end of the program waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque

from tui.core.ledger import line_of, line_of_sent
from tui.core.observed import ExchangeRecord, SentExchange
from tui.store.errors import reason_of
from tui.store.ledger_file import LedgerFile
from tui.store.ledger_sent import SentFiles
from tui.store.optional import OptionalFiles
from tui.store.paths import Paths
from tui.texts import costs as texts


class Ledger:
    """An observer of exchanges that records their usage and cost."""

    def __init__(self, paths: Paths, optional: OptionalFiles) -> None:
        """Create an observer; ``optional`` receives how many exchanges could not be recorded, and why."""
        self._optional = optional
        self.file = LedgerFile(paths.ledger_dir)
        self.shown = paths.shown(paths.ledger_dir)
        """The folder for display."""
        self._sent = SentFiles(paths.ledger_dir)
        self._waiting: deque[ExchangeRecord | SentExchange] = deque()
        self._guard = threading.Lock()
        self._writer: threading.Thread | None = None
        self._missed = 0
        self.held = threading.Lock()
        """Held by the thread that uses ``file``."""

    def sent(self, exchange: SentExchange) -> None:
        """Receive an exchange in progress; a thread writes its line until it ends."""
        self._put(exchange)

    def finished(self, record: ExchangeRecord) -> None:
        """Receive a finished exchange; a thread writes it."""
        self._put(record)

    def _put(self, record: ExchangeRecord | SentExchange) -> None:
        with self._guard:
            self._waiting.append(record)
            if self._writer is None:
                # Not a daemon: the program does not exit before the line is written.
                self._writer = threading.Thread(target=self._write_all, name="ledger")
                self._writer.start()

    def flush(self) -> None:
        """Wait until everything received so far is written."""
        with self._guard:  # otherwise the thread may not have been started yet
            writer = self._writer
        if writer is not None:
            writer.join()

    async def aclose(self) -> None:
        """Wait for the same, outside the event loop."""
        if self._writer is not None:
            await asyncio.to_thread(self.flush)

    def _write_all(self) -> None:
        while True:
            with self._guard:
                if not self._waiting:
                    self._writer = None
                    return
                record = self._waiting.popleft()
            if isinstance(record, SentExchange):
                with contextlib.suppress(OSError):  # the final line reports a disk that refuses
                    self._sent.keep(record.number, line_of_sent(record))
            else:
                self._write(record)

    def _write(self, record: ExchangeRecord) -> None:
        line = line_of(record)
        try:
            if line is not None:
                with self.held:
                    self.file.append(line)
            self._sent.drop(record.number)
        except OSError as error:
            self._missed += 1
            count = texts.ANSWER if self._missed == 1 else texts.ANSWERS.format(count=self._missed)
            sentence = texts.NOT_RECORDED.format(count=count, path=self.shown, reason=reason_of(error))
            self._optional.tell(self.shown, sentence)
