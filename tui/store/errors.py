"""Error messages for files: an ``OSError`` in plain language."""

from __future__ import annotations

import errno
from dataclasses import replace

from tui.core.causes import explain
from tui.core.failure import Failure, LmdeckError, UsageError
from tui.texts import files as texts

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
_CLOSED = frozenset((errno.EROFS, errno.EACCES, errno.EPERM))

_REASONS = {
    errno.ENOSPC: texts.DISK_FULL,
    errno.EDQUOT: texts.QUOTA_FULL,
    errno.EROFS: texts.DISK_READ_ONLY,
    errno.EACCES: texts.FORBIDDEN,
    errno.EPERM: texts.FORBIDDEN,
    errno.ENOLCK: texts.NO_LOCKS,
    errno.ESTALE: texts.FOLDER_GONE,
    errno.EIO: texts.DISK_ERROR,
    errno.ENOENT: texts.MISSING,
    errno.EEXIST: texts.NAME_USED,
    errno.EISDIR: texts.FOLDER,
    errno.ENOTDIR: texts.PATH_BROKEN,
    errno.ELOOP: texts.LINK_LOOP,
    errno.ENAMETOOLONG: texts.NAME_LONG,
    errno.EFBIG: texts.TOO_LARGE,
    errno.EINVAL: texts.NOT_REGULAR,
    errno.EBUSY: texts.BUSY,
    errno.ENODEV: texts.DISK_GONE,
    errno.ENXIO: texts.DISK_GONE,
    errno.EMFILE: texts.MANY_OPEN,
    errno.ENFILE: texts.MANY_OPEN,
}


def reason_of(error: OSError, *, is_write: bool = False) -> str:
    """Return why the system refused, as the end of a sentence: ``the disk is full``.

    ``is_write``: the file would have been made.
    """
    if is_write and error.errno == errno.ENOENT:
        return texts.FOLDER_MISSING
    known = _REASONS.get(error.errno or 0)
    return known or (error.strerror or type(error).__name__).lower()


def disk_failure(error: OSError, shown_path: str, *, is_kept: bool = False) -> Failure:
    """Return the failure for a disk that refused to write (or read) a path.

    ``is_kept``: the data stays in memory, and is written as soon as possible.
    """
    kept = "yes" if is_kept else None
    if error.errno in _FULL:
        return explain("store-full", path=shown_path, is_kept=kept)
    if error.errno in _CLOSED:
        return explain("store-read-only", path=shown_path, is_kept=kept)
    return explain("store-failed", path=shown_path, reason=reason_of(error))


def disk_error(error: OSError, shown_path: str) -> LmdeckError:
    """Return ``disk_failure`` as an exception."""
    return LmdeckError(disk_failure(error, shown_path))


def key_error(cause: str, reason: str, advice: str, key_source: str = "") -> LmdeckError:
    """Return the error for a key that is unavailable or invalid, without the key."""
    return LmdeckError(replace(explain(cause, reason=reason, key_source=key_source), advice=advice))


def usage_error(
    cause: str, *, name: str | None = None, path: str | None = None, reason: str | None = None
) -> UsageError:
    """Return a usage or configuration error from the catalogue."""
    return UsageError(explain(cause, name=name, path=path, reason=reason))
