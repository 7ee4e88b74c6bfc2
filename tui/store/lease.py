"""Lease files: one holder at a time, without any lock support of the file system.

A lease is a file made with ``O_EXCL``; its time stamp is the holder's heartbeat. A holder whose
process is known to be dead loses it at once, any other when its heartbeat is too old (a host that
died, a process that was stopped). A holder that slept so long finds that out with ``is_held``.
"""

from __future__ import annotations

import contextlib
import errno
import secrets
import time
from pathlib import Path

from tui.store import disk
from tui.store.files import create_private, read_file, remove_quietly
from tui.store.owner import Owner, decode_owner, new_owner

_OWNER_SIZE_LIMIT = 4096
_NAMELESS_STALE_SECONDS = 10.0
"""Without links a lease is empty for a moment; one that stays so was left by a writer that failed."""
_NO_LINKS = frozenset((errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK))


class LeaseHeldError(Exception):
    """Somebody else holds the lease."""

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
        LeaseHeldError: somebody has it.
        OSError: the disk refuses.
    """
    owner = new_owner()
    for _ in range(3):
        try:
            _create(path, owner)
        except FileExistsError:
            # A network disk may answer so to a link that it did make.
            if not _is_owned_by(path, owner):
                _break_if_stale(path, stale_after_seconds)
                continue
        return Lease(path, owner)
    raise LeaseHeldError(None)


def holder_of(path: Path, stale_after_seconds: float) -> Owner | None:
    """Return who holds a lease now, or ``None``; a stale lease is held by nobody."""
    try:
        current = _read(path)
    except OSError:  # out of reach: nobody can be named
        return None
    if current is None or _is_stale(*current, stale_after_seconds):
        return None
    return current[0] or Owner("", "", 0, "")


def _create(path: Path, owner: Owner) -> None:
    """Make the lease with its content in one step; nobody ever sees an empty one where links exist."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    create_private(temporary, owner.encode())
    try:
        disk.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        create_private(path, owner.encode())
    finally:
        remove_quietly(temporary)


def _is_owned_by(path: Path, owner: Owner) -> bool:
    current = _read(path)
    return current is not None and current[0] == owner


def _break_if_stale(path: Path, stale_after_seconds: float) -> None:
    current = _read(path)
    if current is None:
        return
    if not _is_stale(*current, stale_after_seconds):
        raise LeaseHeldError(current[0])
    _break(path, current[0])


def _break(path: Path, stale: Owner | None) -> None:
    """Take a stale lease away. Of several that try only one gets it; a fresh lease is put back."""
    taken = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        disk.replace(path, taken)
    except FileNotFoundError:
        return
    try:
        current = _read(taken)
        if current is not None and current[0] != stale:
            with contextlib.suppress(FileExistsError):
                disk.link(taken, path)
    finally:
        remove_quietly(taken)


def _read(path: Path) -> tuple[Owner | None, float] | None:
    """Return the holder and its heartbeat (seconds since the epoch), or ``None`` without a lease."""
    try:
        content = read_file(path, _OWNER_SIZE_LIMIT)
    except OSError as error:
        if error.errno in (errno.EFBIG, errno.EINVAL):
            return None, path.lstat().st_mtime
        raise
    if content is None:
        return None
    return decode_owner(content.data), content.stamp.modified_ns / 1e9


def _is_stale(owner: Owner | None, heartbeat: float, stale_after_seconds: float) -> bool:
    age = time.time() - heartbeat
    if owner is None:
        return age > min(_NAMELESS_STALE_SECONDS, stale_after_seconds)
    return owner.is_dead or age > stale_after_seconds
