"""The files that an export writes: private, and none is replaced that nobody said to replace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.store.errors import disk_error, reason_of
from tui.store.files import create_private, write_atomically
from tui.store.optional import look_at
from tui.store.paths import Paths
from tui.texts import history as texts


def is_folder(path: str) -> bool:
    """Return whether a place to write to is a folder."""
    return look_at(Path(path).expanduser()).is_folder


def current_folder(paths: Paths) -> str:
    """Return the folder in which the program runs, as users write it; the home where that is gone."""
    try:
        return paths.shown(Path.cwd())
    except OSError:
        return "~"


def write_export(path: str, name: str, text: str, *, replaces: bool, advice: str = texts.ADD_REPLACE) -> str:
    """Write a text into a file, or into a folder under ``name``, and return where it is.

    ``advice``: what to do where the file exists.

    Raises:
        LmdeckError: the file exists, or cannot be written.
    """
    target = Path(path).expanduser()
    target = target / name if look_at(target).is_folder else target
    data = text.encode("utf-8", "replace")
    try:
        if replaces:
            write_atomically(target, data)
        else:
            create_private(target, data)
    except FileExistsError:
        failure = explain("store-failed", path=str(target), reason=texts.FILE_EXISTS)
        raise UsageError(replace(failure, advice=advice)) from None
    except FileNotFoundError as error:
        raise UsageError(explain("store-failed", path=str(target), reason=reason_of(error))) from error
    except OSError as error:
        raise disk_error(error, str(target)) from error
    return str(target)
