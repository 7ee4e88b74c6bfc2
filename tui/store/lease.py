"""Lease files: one holder at a time, without any lock support of the file system.

A lease is a file made with ``O_EXCL``; its time stamp is the holder's heartbeat. A holder whose process is
known to be dead loses it at once, any other when its heartbeat is too old (a dead host, a stopped process). A
holder that slept so long finds out with ``is_held``.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from tui.core.lazy_dataclass import dataclass
from tui.store import disk
from tui.store.files import create_private, read_file, remove_quietly
from tui.store.optional import look_at
from tui.store.owner import Owner, decode_owner, new_owner

_OWNER_SIZE_LIMIT = 4096
_NAMELESS_STALE_SECONDS = 10.0
"""Without links a lease is empty for a moment; one that stays so was left by a writer that failed."""
_BREAK_SECONDS = 10.0
"""A stale lease is taken away within milliseconds: an older mark was left by one who died at it."""
_JUNK = frozenset((errno.EINVAL, errno.ELOOP, errno.ENXIO))
"""What is read of something that no lmdeck ever makes for a lease: a folder, a FIFO, a link in a circle."""
_NO_LINKS = frozenset((errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file with the name of a lease."""

    owner: Owner | None
    heartbeat: float
    """Seconds since the epoch."""
    is_junk: bool = False
    """It is no file that a lease could be."""
    is_unreadable: bool = False
    """Another process's: only its heartbeat is known."""

    @property
    def token(self) -> str:
        """What no other lease of this name has."""
        return self.owner.token if self.owner is not None else f"{self.heartbeat:.6f}"


class LeaseHeldError(Exception):
    """Another process holds the lease."""

    def __init__(self, owner: Owner | None) -> None:
        super().__init__("the lease is held")
        self.owner = owner


class Lease:
    """A lease that this object holds."""

    def __init__(self, path: Path, owner: Owner) -> None:
        self.path = path
        self._owner = owner

    @property
    def is_held(self) -> bool:
        """Whether the lease is still this one; asks the disk.

        Raises:
            OSError: the disk does not answer.
        """
        return _is_owned_by(self.path, self._owner)

    def beat(self) -> None:
        """Say that the holder lives.

        Raises:
            OSError: the disk refuses.
        """
        disk.touch(self.path)

    def release(self) -> None:
        """Give the lease back, if it is still this one."""
        with contextlib.suppress(OSError):  # it goes stale by itself
            if self.is_held:
                disk.unlink(self.path)


def acquire_lease(path: Path, stale_after_seconds: float) -> Lease:
    """Take a lease, or one whose holder is gone.

    Raises:
        LeaseHeldError: it is held. OSError: the disk refuses.
    """
    owner = new_owner()
    for _ in range(3):
        try:
            _create(path, owner)
        except FileExistsError:
            # A network disk may answer so to a link that it did make.
            if not _is_owned_by(path, owner) and not _take_over(path, owner, stale_after_seconds):
                continue
        return Lease(path, owner)
    raise LeaseHeldError(None)


def holder_of(path: Path, stale_after_seconds: float) -> Owner | None:
    """Return the current holder of a lease, or ``None``; a stale lease has no holder."""
    try:
        current = _read(path)
    except OSError:  # out of reach: nobody can be named
        return None
    if current is None or _is_stale(current, stale_after_seconds):
        return None
    return current.owner or Owner("", "", 0, "")


def is_abandoned(path: Path) -> bool:
    """Whether a process of this machine had a lease and died with it."""
    try:
        current = _read(path)
    except OSError:
        return False
    return current is not None and current.owner is not None and current.owner.is_dead


def _create(path: Path, owner: Owner) -> None:
    """Create the lease with its content in one step; with links, an empty one is never visible."""
    with _written(path, owner) as temporary:
        try:
            disk.link(temporary, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            create_private(path, owner.encode())


@contextlib.contextmanager
def _written(path: Path, owner: Owner) -> Iterator[Path]:
    """Have a lease's content in a file beside it."""
    temporary = _beside(path)
    create_private(temporary, owner.encode())
    try:
        yield temporary
    finally:
        remove_quietly(temporary)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")


def _is_owned_by(path: Path, owner: Owner) -> bool:
    current = _read(path)
    return current is not None and current.owner == owner


def _take_over(path: Path, owner: Owner, stale_after_seconds: float) -> bool:
    """Replace a stale owner in one step: the name is never free meanwhile.

    Only the holder of the lease on that stale one may do so. If it dies, that lease is taken over in the same
    way.

    Raises:
        LeaseHeldError: it is held, or another process takes it over.
        OSError: the disk refuses.
    """
    stale = _require_stale(path, stale_after_seconds)
    if stale is None:
        return False
    name = hashlib.sha256(f"{path.name} {stale.token}".encode("utf-8", "replace")).hexdigest()[:32]
    mark = acquire_lease(path.with_name(f".{name}.break"), _BREAK_SECONDS)
    try:
        return _require_stale(path, stale_after_seconds) == stale and _replace(path, owner)
    finally:
        mark.release()


def _replace(path: Path, owner: Owner) -> bool:
    with _written(path, owner) as temporary:
        try:
            disk.replace(temporary, path)
        except IsADirectoryError:  # no lmdeck made that
            disk.replace(path, _beside(path))
            return False
    return True


def _require_stale(path: Path, stale_after_seconds: float) -> _Seen | None:
    """Return the stale lease, or ``None`` if there is none any more."""
    current = _read(path)
    if current is not None and not _is_stale(current, stale_after_seconds):
        raise LeaseHeldError(current.owner)
    return current


def _read(path: Path) -> _Seen | None:
    """Return what has the lease's name, or ``None`` if nothing has.

    Raises:
        OSError: the disk does not answer.
    """
    try:
        content = read_file(path, _OWNER_SIZE_LIMIT)
    except OSError as error:
        status = look_at(path, follows_links=False).status
        if status is not None and error.errno in _JUNK:
            return _Seen(None, status.st_mtime, is_junk=True)
        if status is not None and error.errno == errno.EFBIG:
            return _Seen(None, status.st_mtime)
        if status is not None and error.errno in (errno.EACCES, errno.EPERM):
            return _Seen(None, status.st_mtime, is_unreadable=True)
        raise
    if content is None:
        status = look_at(path, follows_links=False).status
        return None if status is None else _Seen(None, status.st_mtime, is_junk=True)
    return _Seen(decode_owner(content.data), content.stamp.modified_ns / 1e9)


def _is_stale(seen: _Seen, stale_after_seconds: float) -> bool:
    age = time.time() - seen.heartbeat
    if seen.is_junk:
        return True
    if seen.is_unreadable:
        return age > stale_after_seconds
    if seen.owner is None:
        return age > min(_NAMELESS_STALE_SECONDS, stale_after_seconds)
    return seen.owner.is_dead or age > stale_after_seconds
