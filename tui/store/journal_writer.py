"""Writes a journal's lines to disk in a thread of its own, and goes on when the disk does not.

Whoever hands over a record waits for nothing and sees no error: what the disk refuses stays in memory
and is tried again, ``trouble`` says why. Each record is one ``write``; a record that was cut short by
a full disk is written again in full on a line of its own, and readers pass over the cut one.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from tui.core.failure import Failure
from tui.core.secret import Redactor
from tui.store import disk
from tui.store.errors import disk_failure
from tui.store.files import ensure_private_directory, sync_directory, sync_file, write_all
from tui.store.journal_lines import LineMaker, PendingText
from tui.store.lease import Lease, LeaseHeldError, acquire_lease
from tui.store.records import Record

BATCH_SECONDS = 0.25
"""Text is written at least this often: what a killed process can lose."""
SYNC_SECONDS = 2.0
"""Text is seen to the disk at least this often: what a power cut can lose."""
HEARTBEAT_SECONDS = 60.0
LEASE_STALE_SECONDS = 300.0
"""After how long without a heartbeat another host's lease counts as abandoned."""
_FIRST_RETRY_SECONDS = 0.5
_LONGEST_RETRY_SECONDS = 30.0


class LeaseLostError(Exception):
    """Another session writes to this conversation."""


class JournalWriter:
    """The thread of one journal. It starts with the first record (or with a lease to keep alive)."""

    def __init__(
        self,
        path: Path,
        *,
        redactor: Redactor,
        lease: Lease | None = None,
        is_new: bool = False,
        shown_path: str = "",
    ) -> None:
        self._path = path
        self._maker = LineMaker(redactor)
        self._lease = lease
        self._is_new = is_new
        self._shown_path = shown_path or str(path)
        self._changed = threading.Condition()
        self._waiting: deque[Record | PendingText] = deque()
        self._lines: deque[bytes] = deque()
        self._descriptor: int | None = None
        self._is_cut = False
        self._needs_sync_since: float | None = None
        self._beat_at = time.monotonic()
        self._seen_at = time.time()
        """When the lease was last known to be held, by the clock that goes on while a machine sleeps."""
        self._text_since: float | None = None
        self._is_urgent = False
        self._is_taking = False
        self._is_closing = False
        self._retry_seconds = 0.0
        self._retry_at = 0.0
        self._thread: threading.Thread | None = None
        self.failure: Failure | None = None
        self.on_trouble_changed: Callable[[], object] | None = None
        """Called from the writer's thread."""
        if lease is not None:
            self._start()

    def put(self, record: Record) -> None:
        """Hand over a record, to be written now."""
        with self._changed:
            self._waiting.append(record)
            self._is_urgent = True
            self._wake()

    def put_text(self, turn_identity: str, kind: str, text: str) -> None:
        """Hand over a piece of text, to be written with those that follow within a quarter of a second."""
        with self._changed:
            last = self._waiting[-1] if self._waiting else None
            if isinstance(last, PendingText) and (last.turn_identity, last.kind) == (turn_identity, kind):
                last.pieces.append(text)
                return
            self._waiting.append(PendingText(turn_identity, kind, [text]))
            if self._text_since is None:
                self._text_since = time.monotonic()
                self._wake()

    def close(self, timeout_seconds: float = 5.0) -> bool:
        """Write what is left, give the lease back; return whether everything is on disk.

        Waits at most ``timeout_seconds``: a network disk that hangs does not hold up the program's end.
        """
        with self._changed:
            self._is_closing = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(timeout_seconds)
        atexit.unregister(self.close)
        return self._is_written and self._needs_sync_since is None

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until everything handed over is written; return whether it is."""
        with self._changed:
            self._is_urgent = True
            self._retry_at = 0.0
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._is_written, timeout_seconds)

    @property
    def _is_written(self) -> bool:
        return not (self._waiting or self._is_taking or self._lines)

    def _wake(self) -> None:
        if self._thread is None:
            self._start()
        self._changed.notify_all()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"journal {self._path.name}", daemon=True)
        atexit.register(self.close)
        self._thread.start()

    def _run(self) -> None:
        while self._await_work():
            self._attempt()
        self._attempt()
        self._finish()

    def _await_work(self) -> bool:
        """Sleep until something is due; return whether to go on."""
        with self._changed:
            while not self._is_closing:
                pause = self._seconds_until_due()
                if pause is not None and pause <= 0:
                    return True
                self._changed.wait(pause)
            return False

    def _seconds_until_due(self) -> float | None:
        now = time.monotonic()
        dues: list[float] = []
        if self._lines or self._is_urgent:
            dues.append(now)
        if self._text_since is not None:
            dues.append(self._text_since + BATCH_SECONDS)
        if self._needs_sync_since is not None:
            dues.append(self._needs_sync_since + SYNC_SECONDS)
        if self._lease is not None:
            dues.append(self._beat_at + HEARTBEAT_SECONDS)
        return max(min(dues), self._retry_at) - now if dues else None

    def _attempt(self) -> None:
        """Write all that waits; on refusal keep it and say why."""
        is_end = self._take()
        try:
            self._write_lines()
            self._sync(is_end)
            self._beat()
        except OSError as error:
            self._lose_descriptor()
            self._postpone(disk_failure(error, self._shown_path))
        except LeaseLostError:
            # When the other one is done the lease is free again, and what waits here is added.
            self._lease = None
            self._lose_descriptor()
            self._postpone(_taken_over(self._shown_path))
        else:
            self._retry_seconds = self._retry_at = 0.0
            self._report(None)
        with self._changed:
            self._changed.notify_all()

    def _take(self) -> bool:
        """Turn what waits into lines; return whether a turn (or the title) is complete with them."""
        with self._changed:
            waiting = list(self._waiting)
            self._waiting.clear()
            self._text_since = None
            self._is_urgent = False
            self._is_taking = True
        for item in waiting:
            self._lines.extend(self._maker.lines_of(item))
        self._is_taking = False
        return any(not isinstance(item, PendingText) and item["record"] != "turn" for item in waiting)

    def _write_lines(self) -> None:
        if not self._lines:
            return
        descriptor = self._ready_descriptor()
        while self._lines:
            line = self._lines[0]
            write_all(descriptor, b"\n" + line if self._is_cut else line)
            self._is_cut = False
            self._lines.popleft()
            if self._needs_sync_since is None:
                self._needs_sync_since = time.monotonic()

    def _sync(self, is_end: bool) -> None:
        since = self._needs_sync_since
        if since is None:
            return
        if is_end or self._is_closing or time.monotonic() - since >= SYNC_SECONDS:
            sync_file(self._ready_descriptor())
            self._needs_sync_since = None

    def _beat(self) -> None:
        if self._lease is None or time.monotonic() - self._beat_at < HEARTBEAT_SECONDS:
            return
        self._require_lease(self._lease)
        self._lease.beat()
        self._note_lease()

    def _ready_descriptor(self) -> int:
        if self._lease is None:
            ensure_private_directory(self._path.parent)
            self._lease = _acquire(self._path)
            self._note_lease()
        elif abs(time.time() - self._seen_at) > LEASE_STALE_SECONDS / 2:
            self._require_lease(self._lease)  # a machine that slept may have lost it meanwhile
            self._seen_at = time.time()
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
            self._descriptor = disk.open_file(self._path, flags)
            if self._is_new:
                self._is_new = False
                sync_directory(self._path.parent)
            self._is_cut = not _ends_in_a_line(self._descriptor)
        return self._descriptor

    def _note_lease(self) -> None:
        self._beat_at, self._seen_at = time.monotonic(), time.time()

    def _require_lease(self, lease: Lease) -> None:
        if not lease.is_held:
            raise LeaseLostError

    def _lose_descriptor(self) -> None:
        """Open anew next time: after a stale handle the old descriptor never works again."""
        if self._descriptor is not None:
            _close(self._descriptor)
            self._descriptor = None

    def _postpone(self, failure: Failure) -> None:
        doubled = self._retry_seconds * 2 or _FIRST_RETRY_SECONDS
        self._retry_seconds = min(doubled, _LONGEST_RETRY_SECONDS)
        self._retry_at = time.monotonic() + self._retry_seconds
        self._report(failure)

    def _report(self, failure: Failure | None) -> None:
        if failure == self.failure:
            return
        self.failure = failure
        if self.on_trouble_changed is not None:
            with contextlib.suppress(RuntimeError):  # whoever listened has closed its event loop
                self.on_trouble_changed()

    def _finish(self) -> None:
        self._lose_descriptor()
        if self._lease is not None:
            self._lease.release()
            self._lease = None


def lease_path(path: Path) -> Path:
    """Return where the lease of a conversation's file is."""
    return path.with_suffix(".lease")


def _acquire(path: Path) -> Lease:
    try:
        return acquire_lease(lease_path(path), LEASE_STALE_SECONDS)
    except LeaseHeldError:
        raise LeaseLostError from None


def _ends_in_a_line(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _close(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # it repeats what the write or the fsync before was told
        os.close(descriptor)


def _taken_over(shown_path: str) -> Failure:
    return Failure(
        "store-locked",
        "Another lmdeck writes to this conversation; what is new here is in memory only.",
        "Close the other one and it is written, or fork it into a conversation of its own.",
        facts={"path": shown_path},
    )
