"""``lmdeck check --report FILE|-``: the diagnosis as text for a ticket."""

from __future__ import annotations

import os
import platform
import stat
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tui import __version__
from tui.cli.command import STDOUT
from tui.cli.output import Output
from tui.core.causes import explain
from tui.core.diagnosis import DiagnosisReport
from tui.core.failure import UsageError
from tui.core.secret import Redactor
from tui.core.ticket import ticket_text
from tui.store.export_file import file_exists, folder_missing
from tui.store.files import write_atomically
from tui.texts import cli as texts
from tui.texts.files import FOLDER

_LIBRARIES = ("httpx", "httpcore", "pydantic", "textual")
_VARIABLES = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip


class Ticket:
    """The destination of the text: a private file, or stdout for ``-``."""

    def __init__(self, target: str, *, replaces: bool) -> None:
        """Reject a file that cannot be written before anything is requested.

        Raises:
            UsageError: its folder does not exist or is not writable, it is a folder itself, or it exists and
                must not be replaced.
        """
        self._path = None if target == STDOUT else Path(target).expanduser()
        if self._path is None:
            return
        if reason := _refusal(self._path):
            raise UsageError(explain("store-failed", path=str(self._path), reason=reason))
        if self._path.is_file() and not replaces:
            raise file_exists(self._path)

    def write(
        self, report: DiagnosisReport, redactor: Redactor, variables: Mapping[str, str], output: Output
    ) -> None:
        """Write the text.

        Raises:
            UsageError: the file cannot be written.
        """
        text = ticket_text(
            report,
            redactor,
            at=datetime.now().astimezone().isoformat(timespec="seconds"),
            versions=_versions(),
            environment=_environment(report, variables),
        )
        if self._path is None:
            output.text(text, end="")
            return
        try:
            _write(self._path, text.encode("utf-8", "replace"))
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise UsageError(explain("store-failed", path=str(self._path), reason=reason)) from error
        output.aside(texts.REPORT_SAVED.format(path=self._path))


def _refusal(path: Path) -> str:
    """Return why a file cannot be written, or an empty text.

    Raises:
        UsageError: its folder is not there.
    """
    try:
        if path.is_dir():
            return FOLDER
        if not path.parent.is_dir():
            raise folder_missing(path)
        is_writable = os.access(path if path.exists() else path.parent, os.W_OK)
    except OSError as error:
        return (error.strerror or texts.UNREACHABLE).lower()
    return "" if is_writable else texts.NOT_WRITABLE


def _write(path: Path, data: bytes) -> None:
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):  # /dev/stderr, a pipe
        with path.open("wb") as stream:
            stream.write(data)
        return
    write_atomically(path, data)


def _versions() -> dict[str, str]:
    found = {"lmdeck": __version__, "Python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = texts.NOT_INSTALLED
    return {**found, texts.SYSTEM: f"{platform.system()} {platform.release()} {platform.machine()}"}


def _environment(report: DiagnosisReport, variables: Mapping[str, str]) -> dict[str, str]:
    around = report.surroundings
    places = ((texts.CONTAINER, around.container), (texts.WSL, around.wsl), (texts.SSH_SESSION, around.ssh))
    set_here = [name for name in _VARIABLES if variables.get(name) or variables.get(name.lower())]
    return {
        texts.RUNS_IN: ", ".join(place for place, is_so in places if is_so) or texts.ORDINARY_SYSTEM,
        texts.PROXY: around.proxy or texts.NO_PROXY,
        texts.VARIABLES: ", ".join(set_here) or texts.NO_VARIABLES,
        texts.TERMINAL: texts.STDOUT_TERMINAL if sys.stdout.isatty() else texts.STDOUT_NO_TERMINAL,
    }
