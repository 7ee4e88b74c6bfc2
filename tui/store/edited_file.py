"""A text for an external editor: a private file in its own folder, where the editor can add others."""

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
"""The suffix makes editors highlight Markdown."""


class EditedFile:
    """The file with the text, which ends with a line feed, as editors expect."""

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
        """Return the text saved by the editor; ``None`` if unchanged.

        Raises:
            LmdeckError: it cannot be read, or is too long.
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
        """Delete the folder with all its files.

        Raises:
            LmdeckError: something remains.
        """
        try:
            shutil.rmtree(self._folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise disk_error(error, str(self._folder)) from error


def _place(environment: Mapping[str, str]) -> Path:
    """Return the folder for this login's files, or the one for temporary files.

    Most systems keep the former in memory.
    """
    for name in ("XDG_RUNTIME_DIR", "TMPDIR"):
        value = environment.get(name, "")
        if value.startswith("/") and os.access(value, os.W_OK | os.X_OK):
            return Path(value)
    return Path(tempfile.gettempdir())
