"""The output of commands: text or JSON on stdout, everything else on stderr.

JSON is ASCII, so that it cannot contain control sequences; text is sanitised with ``safe_text``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from typing import TextIO

from tui.cli.streams import discard
from tui.core.causes import in_full
from tui.core.failure import Failure
from tui.core.failure_report import failure_report
from tui.core.safe_text import in_encoding, safe_line, safe_text
from tui.core.server_words import server_words
from tui.texts import cli as texts

SCHEMA_VERSION = 1

DIM = "\x1b[2m"
BOLD = "\x1b[1m"
RED = "\x1b[31m"
GREEN = "\x1b[32m"
YELLOW = "\x1b[33m"
RESET = "\x1b[0m"
_CLEAR = "\r\x1b[K"


_STALLED_SECONDS = 0.5
"""How long a write may take once the command is ending."""
_TICK_SECONDS = 0.2
_PIECE = 16_384


class OutputFailed(Exception):  # noqa: N818 - it names what happened, as others do
    """Stdout cannot be written: the disk is full, or the terminal is gone."""


class Output:
    """Writes a command's results, with styles only on a terminal."""

    def __init__(
        self,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.untold: list[str] = []
        """Permanent changes by the command that were not reported yet: lines for whichever stream works."""
        self.has_json = False
        """Whether the object was printed that tells how the command ended: one is, whatever becomes of it."""
        self.ended_by: int | None = None
        """The signal that interrupted the command."""
        self._writing_since: float | None = None
        self._hurried_by: int | None = None
        self._is_interrupted = False
        self._has_progress = False
        self.stdout = stdout or sys.stdout
        self.stderr = stderr or sys.stderr
        plain = bool(environment.get("NO_COLOR")) or environment.get("TERM") in ("", "dumb")
        self._style_out = not plain and _is_terminal(self.stdout)
        self._shows_progress = environment.get("TERM") not in ("", "dumb") and _is_terminal(self.stderr)
        self._style_err = not plain and _is_terminal(self.stderr)

    def hurry(self, number: int) -> None:
        """Give up writing without a reader after a signal. Call it in the signal handler.

        From then on such a write raises ``OutputFailed``, and ``ended_by`` is that signal.
        """
        self._hurried_by = number
        signal.signal(signal.SIGALRM, self._on_tick)
        signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)

    def calm(self) -> None:
        """The signal was handled, and the command continues."""
        if self._hurried_by is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._hurried_by = None

    def on_interrupt(self, number: int, _: object) -> None:
        """Handle SIGINT by default: end the command after the current write."""
        if self._writing_since is None:
            self.ended_by = number
            raise KeyboardInterrupt
        self.hurry(number)
        self._is_interrupted = True

    def _on_tick(self, *_: object) -> None:
        begun = self._writing_since
        if begun is not None and time.monotonic() - begun > _STALLED_SECONDS:
            self.ended_by = self._hurried_by
            self._writing_since = None
            raise OutputFailed(texts.NO_READER)

    @property
    def is_terminal(self) -> bool:
        """Whether stdout is a terminal."""
        return _is_terminal(self.stdout)

    @property
    def is_ascii(self) -> bool:
        """Whether stdout only supports ASCII."""
        name = (getattr(self.stdout, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
        return not name.startswith("utf")

    def text(self, text: str, *, end: str = "\n", after: str = "") -> None:
        """Print sanitised text.

        For a piece of a text, ``after`` is the end of what was printed before.
        """
        self._write(self.stdout, safe_text(text, after) + end)

    def line(self, text: str) -> None:
        """Print one line; a line feed inside becomes visible."""
        self._write(self.stdout, safe_line(text) + "\n")

    def result(self, text: str) -> None:
        """Print a line about a change, on stderr if stdout does not work."""
        self.changed(text)
        self.line(text)
        self.untold.remove(text)

    def changed(self, text: str) -> None:
        """Record a change, if ``result`` is called only after other lines."""
        if text not in self.untold:
            self.untold.append(text)

    def styled(self, text: str, style: str) -> None:
        """Print one line, styled on a terminal."""
        body = safe_line(text)
        self._write(self.stdout, (f"{style}{body}{RESET}" if self._style_out and style else body) + "\n")

    def json(self, value: Mapping[str, object], failure: Failure | None = None) -> None:
        """Print one object, with what all of them have; ``failure``: why the exit code is not 0."""
        self._print_object(value, failure, indent=2, is_last=True)

    def json_line(
        self, value: Mapping[str, object], failure: Failure | None = None, *, is_last: bool = True
    ) -> None:
        """Print one object on one line; ``is_last``: it tells how the command ended."""
        self._print_object(value, failure, indent=None, is_last=is_last)

    def _print_object(
        self, value: Mapping[str, object], failure: Failure | None, *, indent: int | None, is_last: bool
    ) -> None:
        document = {"schema_version": SCHEMA_VERSION, "ok": failure is None, **value}
        document.setdefault("error", failure_report(failure))
        self.has_json = is_last
        text = json.dumps(document, ensure_ascii=True, indent=indent, allow_nan=False)
        self._write(self.stdout, text + "\n")

    def aside(self, text: str, *, end: str = "\n", after: str = "") -> None:
        """Print additional text on stderr, dimmed; ``after`` as for ``text``."""
        body = safe_text(text, after)
        self._write(self.stderr, (f"{DIM}{body}{RESET}" if self._style_err and body else body) + end)

    def progress(self, text: str) -> None:
        """Show a line on stderr until the next output, on a terminal only."""
        if self._shows_progress:
            body = safe_line(text)[: shutil.get_terminal_size().columns - 1]
            self._write(self.stderr, f"{DIM}{body}{RESET}" if body and self._style_err else body)
            self._has_progress = bool(body)

    def notes(self, sentences: Iterable[str]) -> None:
        """Print notes on stderr, one per line."""
        for sentence in sentences:
            self.aside(texts.NOTE.format(text=safe_line(sentence)))

    def failure(self, failure: Failure) -> None:
        """Print problem, server message and advice on stderr, in full."""
        failure = in_full(failure)
        title = safe_line(failure.title)
        styled = f"{BOLD}{RED}{title}{RESET}" if self._style_err else title
        below = "".join(
            f"        {line}\n" for line in (server_words(failure), safe_line(failure.advice)) if line
        )
        self._write(self.stderr, texts.PROGRAM.format(text=f"{styled}\n{below}"))

    def heading(self, text: str) -> None:
        """Print a heading on stdout."""
        body = safe_line(text)
        self._write(self.stdout, (f"{BOLD}{body}{RESET}" if self._style_out else body) + "\n")

    def _write(self, stream: TextIO, text: str) -> None:
        encoding = getattr(stream, "encoding", None) or "utf-8"
        shown = in_encoding(text, encoding)
        if self._has_progress:
            self._has_progress = False
            self._write(self.stderr, _CLEAR)
        try:
            for start in range(0, len(shown), _PIECE):
                self._writing_since = time.monotonic()
                stream.write(shown[start : start + _PIECE])
                stream.flush()
        except OSError as error:
            if stream is not self.stdout:
                discard(stream)  # other output never affects the result
            elif isinstance(error, BrokenPipeError):
                raise
            else:
                raise OutputFailed(error.strerror or type(error).__name__) from None
        finally:
            self._writing_since = None
        if self._is_interrupted:
            self.ended_by = self._hurried_by
            raise KeyboardInterrupt


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
