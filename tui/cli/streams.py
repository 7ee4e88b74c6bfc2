"""Stdout and stderr when they do not work: closed before the start, full, or without a reader."""

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
    """A stream that was closed is nothing; else the next file opened would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(descriptor, "r" if number == 0 else "w", encoding="utf-8"))


def report_failed_output(reason: str, untold: Sequence[str]) -> None:
    """Say why the result is not complete, and what has changed all the same."""
    tell([texts.OUTPUT_FAILED.format(reason=reason), *untold])
    silence()


def tell(sentences: Sequence[str]) -> None:
    """Write on stderr, as far as it works: stdout is for results alone."""
    with contextlib.suppress(OSError):
        for sentence in sentences:
            sys.stderr.write(texts.PROGRAM.format(text=safe_line(sentence)) + "\n")
        sys.stderr.flush()


def silence() -> None:
    """Nothing reads the streams any more: keep the interpreter from complaining about it at exit."""
    discard(sys.stdout)
    discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Let a stream lead to nothing, with what waits in it: the interpreter writes that at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        with contextlib.suppress(OSError):  # a stream of Python's own has no descriptor
            os.dup2(null, stream.fileno())
    finally:
        os.close(null)
