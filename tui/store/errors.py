"""The words for what can go wrong with files: an ``OSError`` in plain language."""

from __future__ import annotations

import errno
from dataclasses import replace

from tui.core.causes import explain
from tui.core.failure import Failure, LmdeckError, UsageError

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
_CLOSED = frozenset((errno.EROFS, errno.EACCES, errno.EPERM))

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "you have no permission",
    errno.EPERM: "you have no permission",
    errno.ENOLCK: "the disk offers no locks",
    errno.ESTALE: "the network folder went away",
    errno.EIO: "the disk reports an error",
    errno.ENOENT: "it does not exist",
    errno.EEXIST: "something else has its name",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a folder of its path is no folder",
    errno.ELOOP: "its links go round in a circle",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EFBIG: "it is too large",
    errno.EINVAL: "it is not a regular file",
    errno.EBUSY: "it is in use",
    errno.ENODEV: "its disk is not there",
    errno.ENXIO: "its disk is not there",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
}


def reason_of(error: OSError) -> str:
    """Return why the system refused, as the end of a sentence: ``the disk is full``."""
    known = _REASONS.get(error.errno or 0)
    return known or (error.strerror or type(error).__name__).lower()


def disk_failure(error: OSError, shown_path: str, *, is_kept: bool = False) -> Failure:
    """Return the failure for a disk that refused to write (or to read) a path.

    ``is_kept``: what could not be written waits in memory, and is written as soon as that works.
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
    """Return the error for a key that cannot be had or cannot be right; never with the key in it."""
    return LmdeckError(replace(explain(cause, reason=reason, key_source=key_source), advice=advice))


def usage_error(
    cause: str, *, name: str | None = None, path: str | None = None, reason: str | None = None
) -> UsageError:
    """Return an error of use or configuration from the catalogue."""
    return UsageError(explain(cause, name=name, path=path, reason=reason))
