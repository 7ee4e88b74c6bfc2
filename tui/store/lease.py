"""Lease files: one holder at a time, without lock support of the file system.

A lease is a file created with ``O_EXCL``; its timestamp is the holder's heartbeat. A holder whose process is
known to be dead loses it at once, any other when its heartbeat is too old (a dead host, a stopped process). A
holder that slept that long notices with ``is_held``.
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
"""Without links, a lease is briefly empty; one that stays empty was left by a failed writer."""
_BREAK_SECONDS = 10.0
"""A stale lease is broken within milliseconds: an older mark was left by a process that died doing it."""
_JUNK = frozenset((errno.EINVAL, errno.ELOOP, errno.ENXIO))
"""Errors for something that lmdeck never creates as a lease: a folder, a FIFO, a cycle of links."""
_NO_LINKS = frozenset((errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file with the name of a lease."""

    owner: Owner | None
    heartbeat: float
    """Seconds since the epoch."""
    is_junk: bool = False
    """It cannot be a lease."""
    is_unreadable: bool = False
    """It belongs to another process, and only its heartbeat is known."""

    @property
    def token(self) -> str:
        """A token that no other lease with this name has."""
        return self.owner.token if self.owner is not None else f"{self.heartbeat:.6f}"


class LeaseHeldError(Exception):
    """Another process holds the lease."""

    def __init__(self, owner: Owner | None) -> None:
        super().__init__("the lease is held")
        self.owner = owner


class Lease:
    """A lease held by this object."""

    def __init__(self, path: Path, owner: Owner) -> None:
        self.path = path
        self._owner = owner

    @property
    def is_held(self) -> bool:
        """Read from the disk whether the lease is still held.

        Raises:
            OSError: the disk does not respond.
        """
        return _is_owned_by(self.path, self._owner)

    def beat(self) -> None:
        """Renew the heartbeat.

        Raises:
            OSError: the disk refuses.
        """
        disk.touch(self.path)

    def release(self) -> None:
        """Release the lease, if it is still held."""
        with contextlib.suppress(OSError):  # it becomes stale by itself
            if self.is_held:
                disk.unlink(self.path)


def acquire_lease(path: Path, stale_after_seconds: float) -> Lease:
    """Acquire a lease that is free or stale.

    Raises:
        LeaseHeldError: it is held.
        OSError: the disk refuses.
    """
    owner = new_owner()
    for _ in range(3):
        try:
            _create(path, owner)
        except FileExistsError:
            # A network disk may report this for a link that it did create.
            if not _is_owned_by(path, owner) and not _take_over(path, owner, stale_after_seconds):
                continue
        return Lease(path, owner)
    raise LeaseHeldError(None)


def holder_of(path: Path, stale_after_seconds: float) -> Owner | None:
    """Return the current holder of a lease, or ``None`` if it is free or stale."""
    try:
        current = _read(path)
    except OSError:  # not accessible, so there is no name to report
        return None
    if current is None or _is_stale(current, stale_after_seconds):
        return None
    return current.owner or Owner("", "", 0, "")


def is_abandoned(path: Path) -> bool:
    """Return whether a process on this machine died while holding a lease."""
    try:
        current = _read(path)
    except OSError:
        return False
    return current is not None and current.owner is not None and current.owner.is_dead


def _create(path: Path, owner: Owner) -> None:
    """Create the lease with its content atomically; with links, an empty one is never visible."""
    with _written(path, owner) as temporary:
        try:
            disk.link(temporary, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            create_private(path, owner.encode())


@contextlib.contextmanager
def _written(path: Path, owner: Owner) -> Iterator[Path]:
    """Write a lease's content to a temporary file next to it."""
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
    """Replace a stale owner atomically: the name is never free meanwhile.

    Only the holder of the lease on that stale one may do so. If that process dies, its lease is taken over in
    the same way.

    Raises:
        LeaseHeldError: it is held, or another process is taking it over.
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
        except IsADirectoryError:  # lmdeck does not create folders there
            disk.replace(path, _beside(path))
            return False
    return True


def _require_stale(path: Path, stale_after_seconds: float) -> _Seen | None:
    """Return the stale lease, or ``None`` if it no longer exists."""
    current = _read(path)
    if current is not None and not _is_stale(current, stale_after_seconds):
        raise LeaseHeldError(current.owner)
    return current


def _read(path: Path) -> _Seen | None:
    """Return whatever has the lease's name, or ``None`` if nothing does.

    Raises:
        OSError: the disk does not respond.
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
