"""Writes a journal's lines to disk in a separate thread that continues after disk errors.

A caller that passes a record never waits and sees no error: what the disk refuses stays in memory and is
retried; ``failure`` has the reason. A thread that dies early is reported and replaced.
"""

from __future__ import annotations

import atexit
import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import Failure, LmdeckError
from tui.core.parts import NO_ATTACHMENTS
from tui.core.secret import Redactor
from tui.store.blobs import BlobStore
from tui.store.errors import disk_failure
from tui.store.journal_file import FileLostError, JournalFile, NewerFileError
from tui.store.journal_lease import JournalLease, LeaseLostError
from tui.store.journal_queue import JournalQueue
from tui.store.lease import Lease
from tui.store.optional import Sight, look_at
from tui.store.record_values import Record
from tui.texts import store as texts
from tui.texts.files import MEMORY_FULL

BATCH_SECONDS = 0.25
"""The longest delay until text is written: what is lost if the process is killed."""
SYNC_SECONDS = 2.0
"""The longest delay until text is synced: what is lost in a power cut."""
_FIRST_RETRY_SECONDS = 0.5
_LONGEST_RETRY_SECONDS = 30.0
_LAST_STARTS = 3
"""How many threads may fail at the very end before the rest is given up."""


class JournalWriter:
    """The thread of one journal. It starts with the first record (or with a lease to keep alive)."""

    def __init__(
        self,
        file: JournalFile,
        *,
        redactor: Redactor,
        blobs: BlobStore,
        shown: Callable[[Path], str],
        lease: Lease | None = None,
    ) -> None:
        """Create a writer; ``shown`` returns a path for display."""
        self._file = file
        self._shown = shown
        self._queue = JournalQueue(redactor)
        self._blobs = blobs
        self._waiting_blobs: dict[str, bytes] = {}
        self._taken_blobs: dict[str, bytes] = {}
        """Attachments of encoded lines; no others are written before the lines that refer to them."""
        self._lease = JournalLease(lease)
        self._changed = threading.Condition()
        self._unsynced_since: float | None = None
        self._is_sync_due = False
        self._is_flushing = False
        self._text_since: float | None = None
        self._is_urgent = False
        self._is_closing = False
        self._last_starts = 0
        self._retry_seconds = 0.0
        self._retry_at = 0.0
        self._thread: threading.Thread | None = None
        self.failure: Failure | None = None
        self.notices: tuple[str, ...] = ()
        """What other programs did to the file and where the conversation continues, one or two sentences
        each."""
        self.on_storage_error_changed: Callable[[], object] | None = None
        """Called when ``failure`` or ``notices`` change, from the writer thread."""
        self.on_moved: Callable[[str], object] | None = None
        """Called before that with the last of the ``notices``; ``path`` is the new one then."""
        if lease is not None:
            self._start()

    @property
    def path(self) -> Path:
        """The file; it changes if another program removes it."""
        return self._file.path

    def put(self, *records: Record, blobs: Mapping[str, bytes] = NO_ATTACHMENTS) -> None:
        """Add records to write now, and attachments to write before them."""
        with self._changed:
            self._waiting_blobs |= blobs
            for record in records:
                self._queue.put(record)
            self._is_urgent = True
            self._wake()

    def put_text(self, turn_identity: str, kind: str, text: str) -> None:
        """Add a piece of text, to be written with later ones within a quarter of a second."""
        with self._changed:
            is_joined = self._queue.put_text(turn_identity, kind, text)
            if not is_joined and self._text_since is None:
                self._text_since = time.monotonic()
                self._wake()

    def close(self, timeout_seconds: float = 5.0) -> bool:
        """Write what remains and release the lease; return whether everything is on disk.

        Waits at most ``timeout_seconds``, so that a network disk that hangs does not block the exit.
        """
        deadline = time.monotonic() + timeout_seconds
        with self._changed:
            self._is_closing = True
            if not self._is_saved:
                self._wake()
            self._changed.notify_all()
        if self._thread is None and not self._is_saved:
            self._run()  # no thread available
        while (thread := self._thread) is not None and thread.is_alive():
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread is self._thread and time.monotonic() >= deadline:
                break
        atexit.unregister(self.close)
        return self._is_saved

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until everything is on disk, in the file with its name; return whether it is."""
        with self._changed:
            if self._is_saved and not self._file.is_made:
                return True
            self._is_urgent = self._is_flushing = True
            self._retry_at = 0.0
            self._wake()
            return self._changed.wait_for(lambda: self._is_flushed, timeout_seconds)

    @property
    def _is_saved(self) -> bool:
        return self._queue.is_empty and self._file.is_saved

    @property
    def _is_flushed(self) -> bool:
        return self._is_saved and not (self._is_flushing or self._is_sync_due)

    def _wake(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._start()
        self._changed.notify_all()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"journal {self.path.name}", daemon=True)
        atexit.register(self.close)
        try:
            self._thread.start()
        except (RuntimeError, MemoryError) as error:  # no more threads for now; the next record tries again
            self._thread = None
            self._report(self._stopped(error))

    def _run(self) -> None:
        try:
            while self._await_work():
                self._attempt()
            self._attempt()
            self._finish()
        except BaseException as error:  # noqa: BLE001 (nobody else would hear of it)
            self._replace_thread(error)

    def _replace_thread(self, error: BaseException) -> None:
        """Report that this thread ends, and start another one to continue."""
        with self._changed:
            self._file.lose()
            self._postpone(self._stopped(error))
            self._last_starts += self._is_closing
            if self._last_starts < _LAST_STARTS:
                self._start()
            self._changed.notify_all()

    def _stopped(self, error: BaseException) -> Failure:
        reason = MEMORY_FULL if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
        return explain("store-failed", path=self._shown(self.path), reason=reason)

    def _await_work(self) -> bool:
        """Sleep until something is due; return whether to continue."""
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
        if self._is_urgent or (self._retry_at and not self._is_saved):
            dues.append(now)
        if self._text_since is not None:
            dues.append(self._text_since + BATCH_SECONDS)
        if self._unsynced_since is not None:
            dues.append(self._unsynced_since + SYNC_SECONDS)
        if (next_beat := self._lease.next_beat) is not None:
            dues.append(next_beat)
        return max(min(dues), self._retry_at) - now if dues else None

    def _attempt(self) -> None:
        """Write everything in the queue; if the disk refuses, keep it and record the reason."""
        self._take()
        try:
            try:
                self._save()
            except FileLostError as lost:
                self._move(lost)
        except OSError as error:
            self._file.lose(error)
            self._postpone(disk_failure(error, self._shown(self.path), is_kept=True))
        except LmdeckError as error:  # another process locks the attachments for too long
            self._file.lose()
            self._postpone(error.failure)
        except NewerFileError:
            self._file.lose()
            self._postpone(explain("config-newer", path=self._shown(self.path)))
        except LeaseLostError:
            self._lease.drop()  # lines are added once the other session is done
            self._file.lose()
            self._postpone(_taken_over(self._shown(self.path)))
        else:
            self._retry_seconds = self._retry_at = 0.0
            self._report(None)
        with self._changed:
            self._changed.notify_all()

    def _take(self) -> None:
        """Encode the queued items as lines."""
        with self._changed:
            self._text_since = None
            self._is_sync_due |= self._is_flushing
            self._is_urgent = self._is_flushing = False
        self._take_lines()
        with self._changed:
            while not self._queue.is_empty:
                self._take_lines()
            self._taken_blobs = dict(self._waiting_blobs)

    def _take_lines(self) -> None:
        while (taken := self._queue.next_lines()) is not None:
            lines, is_complete = taken
            self._file.add(lines)
            self._queue.done()
            self._is_sync_due |= is_complete

    def _save(self) -> None:
        blobs = self._taken_blobs
        if not blobs:
            self._save_lines()
            return
        with self._blobs.held():  # nobody removes them before the lines that refer to them are written
            self._blobs.write(blobs)
            self._is_sync_due = True
            self._save_lines()
        with self._changed:
            if self._queue.is_empty:  # otherwise, a queued record may refer to them as well
                self._waiting_blobs.clear()

    def _save_lines(self) -> None:
        if not self._file.is_saved:
            self._lease.hold(self.path)
            self._file.write()
        is_beat = self._lease.beat_if_due()
        if self._file.is_made and (is_beat or self._is_sync_due or self._is_closing):
            self._file.verify()
        self._sync_if_due()

    def _sync_if_due(self) -> None:
        now = time.monotonic()
        if self._unsynced_since is None:
            self._unsynced_since = now
        is_due = self._is_sync_due or self._is_closing or now - self._unsynced_since >= SYNC_SECONDS
        if is_due and not self._file.is_saved:
            self._file.sync()
        if self._file.is_saved:
            self._synced()

    def _synced(self) -> None:
        self._unsynced_since = None
        self._is_sync_due = False

    def _move(self, lost: FileLostError) -> None:
        """Continue in a new file: with the same name if that is free, otherwise next to the existing one."""
        before = self.path
        is_free = look_at(before, follows_links=False) == Sight()
        path = before if is_free else before.with_name(f"{new_identity()}{before.suffix}")
        self._lease.move(path, is_other=path != before)
        self._file.move(path)
        self._synced()
        text = (texts.MOVED_BACK if path == before else texts.MOVED).format(
            path=self._shown(before), event=lost.what_happened, place=self._shown(path)
        )
        self.notices = (*self.notices, text)
        if self.on_moved is not None:
            self.on_moved(text)
        self._tell()

    def _postpone(self, failure: Failure) -> None:
        doubled = self._retry_seconds * 2 or _FIRST_RETRY_SECONDS
        self._retry_seconds = min(doubled, _LONGEST_RETRY_SECONDS)
        self._retry_at = time.monotonic() + self._retry_seconds
        self._report(failure)

    def _report(self, failure: Failure | None) -> None:
        if failure != self.failure:
            self.failure = failure
            self._tell()

    def _tell(self) -> None:
        if self.on_storage_error_changed is not None:
            with contextlib.suppress(RuntimeError):  # the listener has closed its event loop
                self.on_storage_error_changed()

    def _finish(self) -> None:
        self._file.close()
        self._lease.release()


def new_identity() -> str:
    """Return the id of a new conversation, which is the name of its file."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(6)}"


def _taken_over(shown_path: str) -> Failure:
    return Failure(
        "store-locked",
        texts.TAKEN_OVER,
        texts.CLOSE_OTHER,
        facts={"path": shown_path},
    )
