"""Locks for configuration files, even if the file system does not support locks."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import random
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.store import disk
from tui.store.files import ensure_private_directory
from tui.store.lease import Lease, LeaseHeldError, acquire_lease
from tui.store.optional import look_at

LOCK_TIMEOUT_SECONDS = 2.0
LEASE_STALE_SECONDS = 15.0
"""A configuration file is written within milliseconds: an older lease was left by a dead host."""

_NO_LOCKS = frozenset(
    (errno.ENOLCK, errno.EIO, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.ESTALE)
)
"""Errors of NFS without a lock daemon, Lustre without ``-o flock`` and FUSE file systems."""
_NO_LOCK_FILE = frozenset(
    (errno.EISDIR, errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENXIO, errno.ENOENT, errno.ENODEV)
)


_patience: ContextVar[float] = ContextVar("patience", default=LOCK_TIMEOUT_SECONDS)


class _Held(threading.local):
    """The locks of this thread, with their checks."""

    def __init__(self) -> None:
        self.checks: dict[Path, Callable[[], None]] = {}


_held = _Held()


@contextlib.contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Limit how long ``locked`` waits for another process; 0: not at all."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[Callable[[], None]]:
    """Hold the lock of a file; yields a check to call just before replacing the file.

    The lock is a file next to it (``.<name>.lock``) that is never removed, since two processes could hold it
    then. It is reentrant in one thread: several changes of a file, or of two, are one step.

    Raises:
        LmdeckError: another process holds it for more than two seconds (or ``waiting_at_most``).
        OSError: the disk refuses.
    """
    if path in _held.checks:
        yield _held.checks[path]
        return
    with _locked(path) as check:
        _held.checks[path] = check
        try:
            yield check
        finally:
            del _held.checks[path]


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[Callable[[], None]]:
    deadline = time.monotonic() + _patience.get()
    ensure_private_directory(path.parent)
    descriptor = _open_lock(path.with_name(f".{path.name}.lock"))
    try:
        if descriptor is not None and _take_flock(descriptor, path, deadline):
            yield _nothing
        else:
            lease = _take_lease(path, deadline)
            try:
                yield lambda: _require(lease, path)
            finally:
                lease.release()
    finally:
        if descriptor is not None:
            os.close(descriptor)  # also releases the flock


def _open_lock(path: Path) -> int | None:
    """Open the lock file; ``None`` if its name is used by something unsuitable, so that a lease is used.

    A folder, a FIFO, another user's file, or a link, which may lead to another file's lock.
    """
    try:
        descriptor = disk.open_file(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno in _NO_LOCK_FILE and look_at(path, follows_links=False).exists:
            return None
        raise
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _take_flock(descriptor: int, path: Path, deadline: float) -> bool:
    """Return whether the lock is held; ``False`` without support for locks."""
    while True:
        try:
            disk.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return False
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EINTR):
                raise
        else:
            return True
        _wait(path, deadline)


def _take_lease(path: Path, deadline: float) -> Lease:
    while True:
        with contextlib.suppress(LeaseHeldError):
            return acquire_lease(path.with_name(f".{path.name}.lease"), LEASE_STALE_SECONDS)
        _wait(path, deadline)


def _wait(path: Path, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise LmdeckError(explain("store-locked", path=path.name))
    time.sleep(random.uniform(0.001, 0.01))  # noqa: S311 (spreads the waiting, protects nothing)


def _require(lease: Lease, path: Path) -> None:
    if not lease.is_held:
        raise LmdeckError(explain("store-locked", path=path.name))


def _nothing() -> None:
    """Do nothing: a flock needs no second check."""
