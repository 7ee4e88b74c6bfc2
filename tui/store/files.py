"""Private files, replaced atomically: readers never see an incomplete file, other users see none."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tui.core.lazy_dataclass import dataclass
from tui.store import disk
from tui.store.optional import Sight, look_at
from tui.texts import files as texts

SIZE_LIMIT = 16 * 1024 * 1024
"""The maximum size of a configuration file in bytes."""

_NO_SYNC = frozenset((errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS))
"""Errors of file systems without fsync, for which there is nothing to wait for."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Identifies a version of a file; ``None`` means that the file does not exist."""

    modified_ns: int
    inode: int
    size: int


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content and metadata of a file, read from one open descriptor."""

    data: bytes
    stamp: FileStamp
    mode: int
    owner: int


def stamp_of(path: Path) -> FileStamp | None:
    """Return the stamp of a file (of the target for a link), or ``None`` if it is not accessible."""
    try:
        status = path.stat()
    except OSError:  # gone or not accessible: in either case there is no version to compare
        return None
    return _stamp(status)


def read_file(path: Path, limit: int = SIZE_LIMIT) -> FileContent | None:
    """Return a regular file's content, or ``None`` if it does not exist.

    Raises:
        OSError: it cannot be read, is not a regular file (``EINVAL``) or exceeds ``limit`` (``EFBIG``).
    """
    try:
        # O_NONBLOCK: a FIFO in the file's place must not hang the program.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, texts.NOT_REGULAR, str(path))
        if status.st_size > limit:
            raise OSError(errno.EFBIG, texts.TOO_LARGE, str(path))
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise OSError(errno.EFBIG, texts.TOO_LARGE, str(path))
        return FileContent(data, _stamp(status), stat.S_IMODE(status.st_mode), status.st_uid)
    finally:
        os.close(descriptor)


def ensure_private_directory(path: Path) -> None:
    """Create a folder and its missing parents with mode 0700; an existing folder is not changed.

    Raises:
        OSError: it cannot be created, or a parent is not accessible.
    """
    sight = look_at(path)
    if sight.is_folder:
        return
    if sight.refusal is not None:
        raise sight.refusal
    ensure_private_directory(path.parent)
    try:
        disk.make_directory(path)
    except FileExistsError as error:
        if not look_at(path).is_folder:  # a file, or a broken link
            raise NotADirectoryError(errno.ENOTDIR, texts.NOT_A_FOLDER, str(path)) from error


def require_writable(path: Path) -> None:
    """Check that a regular private file can be written in place, creating it if necessary.

    Raises:
        OSError: it cannot be created or written, or is not a regular file (``EINVAL``).
    """
    descriptor = disk.open_file(path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, texts.NOT_REGULAR, str(path))
    finally:
        os.close(descriptor)


def create_private(path: Path, data: bytes) -> None:
    """Write a new private file and sync it.

    Raises:
        OSError: the name exists, or the disk refuses; then no file is left.
    """
    descriptor = disk.open_file(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        try:
            write_all(descriptor, data)
            sync_file(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        remove_quietly(path)
        raise


def write_atomically(
    path: Path, data: bytes, *, keep_backup: bool = False, before_replace: Callable[[], None] | None = None
) -> None:
    """Replace a file atomically; for a link, its target is replaced.

    Args:
        path: the file, or a link to it.
        data: the complete new content.
        keep_backup: keep the previous version as ``<name>.bak`` next to ``path``.
        before_replace: called last; it can cancel the write by raising.

    Raises:
        OSError: the disk refuses, or the path is not a regular file (``EINVAL``): root could replace a device
            by a file. The existing content is unchanged then.
    """
    real = Path(os.path.realpath(path))
    sight = look_at(real)
    if sight.exists and not sight.is_file:
        raise OSError(errno.EINVAL, texts.NOT_REGULAR, str(path))
    ensure_private_directory(real.parent)
    if keep_backup:
        write_backup(path)
    temporary = _temporary_name(real)
    create_private(temporary, data)
    try:
        if before_replace is not None:
            before_replace()
        disk.replace(temporary, real)
    except BaseException:
        remove_quietly(temporary)
        raise
    sync_directory(real.parent)


def keep_aside(path: Path, data: bytes) -> Path:
    """Save a copy of an unreadable file as ``<name>.corrupt-<time>`` and return its path.

    Raises:
        OSError: the disk refuses.
    """
    for copy in _names_aside(path):
        with contextlib.suppress(FileExistsError):
            create_private(copy, data)
            return copy
    raise OSError(errno.EEXIST, texts.NAME_USED, str(path))


def move_aside(path: Path) -> Path:
    """Move something unreadable (a folder, a FIFO, another user's file) to such a name.

    A link itself is moved, not its target.

    Raises:
        OSError: the folder cannot be changed.
    """
    for target in _names_aside(path):
        if look_at(target, follows_links=False) == Sight():
            disk.replace(path, target)
            return target
    raise OSError(errno.EEXIST, texts.NAME_USED, str(path))


def kept_aside(path: Path) -> list[Path]:
    """Return the copies of a file that were set aside, newest first; none if the folder cannot be listed."""
    try:
        found = list(path.parent.glob(f"{_escape(path.name)}.corrupt-*"))
    except OSError:
        return []
    return sorted(found, key=lambda kept: kept.name, reverse=True)


def remove_leftovers(path: Path) -> None:
    """Remove temporary files left by a killed writer of ``path``; call it while holding the file's lock."""
    real = Path(os.path.realpath(path))
    for name in (real, backup_of(path)):
        for leftover in name.parent.glob(f".{_escape(name.name)}.*.tmp"):
            remove_quietly(leftover)


def backup_of(path: Path) -> Path:
    """Return the path of the previous version."""
    return path.with_name(f"{path.name}.bak")


def write_backup(path: Path) -> None:
    """Keep the current version as ``<name>.bak``.

    Raises:
        OSError: the disk refuses, or something other than a file has that name.
    """
    content = read_file(path)
    if content is None:
        return
    backup = backup_of(path)
    temporary = _temporary_name(backup)
    create_private(temporary, content.data)
    try:
        disk.replace(temporary, backup)
    except BaseException:
        remove_quietly(temporary)
        raise


def remove_quietly(path: Path) -> None:
    """Remove a file that is no longer needed, if possible."""
    with contextlib.suppress(OSError):  # a leftover is harmless; an error here would hide the original one
        disk.unlink(path)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes, with as many calls as needed.

    Raises:
        OSError: the disk refuses.
    """
    while data:
        count = disk.write(descriptor, data)
        if count <= 0:
            raise OSError(errno.EIO, texts.DISK_ERROR)
        data = data[count:]


def sync_file(descriptor: int) -> None:
    """Sync a file's data to the disk.

    Raises:
        OSError: the disk could not store it (network disks only report here that they are full).
    """
    try:
        disk.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def sync_directory(path: Path) -> None:
    """Sync a new or renamed directory entry, as far as the file system supports it."""
    with contextlib.suppress(OSError):  # not supported by every file system; the data itself is already safe
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            disk.fsync(descriptor)
        finally:
            os.close(descriptor)


def _names_aside(path: Path) -> Iterator[Path]:
    moment = time.strftime("%Y%m%d-%H%M%S")
    for number in range(100):
        yield path.with_name(f"{path.name}.corrupt-{moment}{f'-{number}' if number else ''}")


def _temporary_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")


def _escape(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def _stamp(status: os.stat_result) -> FileStamp:
    return FileStamp(status.st_mtime_ns, status.st_ino, status.st_size)
