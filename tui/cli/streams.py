"""Handles broken stdout and stderr: closed before the start, full, or without a reader."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from tui.core.safe_text import safe_line
from tui.texts import cli as texts

BROKEN_PIPE = 141
"""The exit code if nothing reads the output."""


def fill_closed_streams() -> None:
    """Open closed streams to nothing: otherwise the next opened file would get their number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(descriptor, "r" if number == 0 else "w", encoding="utf-8"))


def report_failed_output(reason: str, untold: Sequence[str]) -> None:
    """Print why the result is incomplete, and what has changed nevertheless."""
    tell([texts.OUTPUT_FAILED.format(reason=reason), *untold])
    silence()


def tell(sentences: Sequence[str]) -> None:
    """Write on stderr if possible; stdout is only for results."""
    with contextlib.suppress(OSError):
        for sentence in sentences:
            sys.stderr.write(texts.PROGRAM.format(text=safe_line(sentence)) + "\n")
        sys.stderr.flush()


def silence() -> None:
    """Prevent errors of the interpreter at exit when nothing reads the streams."""
    discard(sys.stdout)
    discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Redirect a stream to nothing, including its buffer, which the interpreter writes at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        with contextlib.suppress(OSError):  # a stream implemented in Python has no descriptor
            os.dup2(null, stream.fileno())
    finally:
        os.close(null)
