"""Runs lmdeck on a disk that fails on demand: ``ENOSPC 3`` in a file begins after three more calls."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tui.cli.main import main
from tui.store import disk

CONTROL = "LMDECK_TEST_DISK"
"""The environment variable that names the file."""
CALLS = ("open_file", "write", "fsync", "flock", "replace", "link", "unlink", "make_directory", "touch")


class Control:
    """Counts the calls since the file was last written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._order = ""
        self._calls = 0

    def error_number(self) -> int | None:
        """Return the error of this call, or ``None`` where it works."""
        order = self._path.read_text() if self._path.exists() else ""
        if order != self._order:
            self._order, self._calls = order, 0
        self._calls += 1
        name, _, after = order.partition(" ")
        if not name or self._calls <= int(after):
            return None
        return int(getattr(errno, name))


def refusing(real: Callable[..., Any], control: Control) -> Callable[..., Any]:
    """Wrap a call that changes the disk."""

    def call(*arguments: Any) -> Any:
        number = control.error_number()
        if number is not None:
            raise OSError(number, os.strerror(number))
        return real(*arguments)

    return call


if __name__ == "__main__":
    control = Control(Path(os.environ[CONTROL]))
    for name in CALLS:
        setattr(disk, name, refusing(getattr(disk, name), control))
    sys.exit(main())
