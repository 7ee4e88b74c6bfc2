"""The lease of a conversation being written: held, renewed, and checked after a long sleep."""

from __future__ import annotations

import time
from pathlib import Path

from tui.store.files import ensure_private_directory
from tui.store.lease import Lease, LeaseHeldError, acquire_lease

LEASE_STALE_SECONDS = 300.0
"""How long after the last heartbeat another host's lease counts as abandoned."""
_HEARTBEAT_SECONDS = 60.0


class LeaseLostError(Exception):
    """Another session writes to this conversation."""


class JournalLease:
    """The lease of one journal, if it has one yet. For one thread at a time."""

    def __init__(self, lease: Lease | None) -> None:
        self._lease = lease
        self._note()

    def _note(self) -> None:
        self._beat_at = time.monotonic()
        self._seen_at = time.time()
        """When it was last known to be held, by a clock that continues while the machine sleeps."""

    @property
    def next_beat(self) -> float | None:
        """When the next heartbeat is due, on the monotonic clock; ``None`` without a lease."""
        return None if self._lease is None else self._beat_at + _HEARTBEAT_SECONDS

    def hold(self, path: Path) -> None:
        """Acquire or keep the lease of a conversation's file.

        Raises:
            LeaseLostError: another process has it.
            OSError: the disk refuses.
        """
        if self._lease is None:
            ensure_private_directory(path.parent)
            try:
                self._lease = acquire_lease(lease_path(path), LEASE_STALE_SECONDS)
            except LeaseHeldError:
                raise LeaseLostError from None
            self._note()
        elif abs(time.time() - self._seen_at) > LEASE_STALE_SECONDS / 2:
            self._require()  # it may have been lost while the machine slept
            self._seen_at = time.time()

    def beat_if_due(self) -> bool:
        """Renew the lease if that is due; return whether it was.

        Raises:
            LeaseLostError: another process has it.
            OSError: the disk refuses.
        """
        if self._lease is None or time.monotonic() < self._beat_at + _HEARTBEAT_SECONDS:
            return False
        self._require()
        self._lease.beat()
        self._note()
        return True

    def move(self, path: Path, *, is_other: bool) -> None:
        """Acquire the lease of the file where the conversation continues."""
        if is_other:
            self.release()
        elif self._lease is not None and not self._lease.is_held:
            self._lease = None  # removed together with the file
        self.hold(path)

    def drop(self) -> None:
        """Drop a lease that another process holds now; it can be acquired again later."""
        self._lease = None

    def release(self) -> None:
        """Give it back."""
        if self._lease is not None:
            self._lease.release()
            self._lease = None

    def _require(self) -> None:
        if self._lease is not None and not self._lease.is_held:
            raise LeaseLostError


def lease_path(path: Path) -> Path:
    """Return the path of the lease of a conversation's file."""
    return path.with_suffix(".lease")
