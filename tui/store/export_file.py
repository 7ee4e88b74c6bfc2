"""The files written by exports: private, and existing ones are replaced only on request."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.store.errors import disk_error
from tui.store.files import create_private, write_atomically
from tui.store.optional import look_at
from tui.store.paths import Paths
from tui.texts import files
from tui.texts import history as texts

_ENDS = ("/", os.sep)
"""The end of a name that is a folder, which is created if missing."""


def is_folder(path: str) -> bool:
    """Return whether a destination is a folder that exists or is to be created."""
    return path.endswith(_ENDS) or look_at(Path(path).expanduser()).is_folder


def current_folder(paths: Paths) -> str:
    """Return the current folder for display; the home folder if it no longer exists."""
    try:
        return paths.shown(Path.cwd())
    except OSError:
        return "~"


def file_exists(path: Path, advice: str = texts.ADD_REPLACE) -> UsageError:
    """Return the error for an existing file that must not be replaced."""
    return UsageError(
        replace(explain("store-failed", path=str(path), reason=texts.FILE_EXISTS), advice=advice)
    )


def folder_missing(path: Path) -> UsageError:
    """Return the error for a file in a folder that is not there."""
    return UsageError(
        replace(
            explain("store-failed", path=str(path), reason=files.FOLDER_MISSING), advice=files.MAKE_FOLDER
        )
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        reason = texts.NO_FOLDER_THERE
        raise UsageError(explain("store-failed", path=str(folder), reason=reason)) from None


def write_export(path: str, name: str, text: str, *, replaces: bool, advice: str = texts.ADD_REPLACE) -> str:
    """Write a text to a file, or to a folder as ``name``, and return its path.

    A missing folder is created if its name ends with a slash.

    Args:
        advice: what to do if the file exists.

    Raises:
        LmdeckError: the file exists, or cannot be written.
    """
    target = Path(path).expanduser()
    data = text.encode("utf-8", "replace")
    try:
        if path.endswith(_ENDS):
            _make(target)
        target = target / name if look_at(target).is_folder else target
        if replaces:
            write_atomically(target, data)
        else:
            create_private(target, data)
    except FileExistsError:
        raise file_exists(target, advice) from None
    except FileNotFoundError as error:
        raise folder_missing(target) from error
    except OSError as error:
        raise disk_error(error, str(target)) from error
    return str(target)
