"""A text for an external editor: in a private file, in a private folder for what the editor adds."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tui.store import disk
from tui.store.errors import disk_error
from tui.store.files import create_private, read_file

_NAME = "text.md"
"""Editors colour Markdown by it."""


class EditedFile:
    """The file with a text in it. A text ends with a line feed there, as editors leave it."""

    def __init__(self, text: str, environment: Mapping[str, str]) -> None:
        """Write the file.

        Raises:
            LmdeckError: the disk refuses.
        """
        self._text = text
        self._written = f"{text}\n".encode("utf-8", "replace") if text else b""
        self._folder = _place(environment) / f"lmdeck-{secrets.token_hex(8)}"
        self.path = self._folder / _NAME
        try:
            disk.make_directory(self._folder)
            create_private(self.path, self._written)
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise disk_error(error, str(self.path)) from error

    def read(self) -> str | None:
        """Return the text that the editor saved; ``None``: the one that was written.

        Raises:
            LmdeckError: it cannot be read, or is far too long.
            UnicodeDecodeError: it is not UTF-8.
        """
        try:
            content = read_file(self.path)
        except OSError as error:
            raise disk_error(error, str(self.path)) from error
        if content is None or content.data == self._written:
            return None
        text = content.data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        text = text.removesuffix("\n")
        return None if text == self._text else text

    def remove(self) -> None:
        """Delete the folder with all that is in it.

        Raises:
            LmdeckError: something stays.
        """
        try:
            shutil.rmtree(self._folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise disk_error(error, str(self._folder)) from error


def _place(environment: Mapping[str, str]) -> Path:
    """Return the folder for files of this login, in memory on most systems, or that for temporary files."""
    for name in ("XDG_RUNTIME_DIR", "TMPDIR"):
        value = environment.get(name, "")
        if value.startswith("/") and os.access(value, os.W_OK | os.X_OK):
            return Path(value)
    return Path(tempfile.gettempdir())
