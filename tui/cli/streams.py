"""Stdout and stderr where they do not work: closed before the start, full, or without a reader."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from tui.core.safe_text import safe_line
from tui.texts import cli as texts

BROKEN_PIPE = 141
"""The exit code where nobody reads the output."""


def fill_closed_streams() -> None:
    """A stream that was closed is nothing; else the next file opened would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(descriptor, "r" if number == 0 else "w", encoding="utf-8"))


def tell_failed_output(reason: str, untold: Sequence[str]) -> None:
    """Say why the result is not complete, and what has changed all the same."""
    tell([texts.OUTPUT_FAILED.format(reason=reason), *untold])
    silence()


def tell(sentences: Sequence[str]) -> None:
    """Write on stderr; on stdout what nobody would hear else, as stderr is where it failed."""
    text = "".join(texts.PROGRAM.format(text=safe_line(sentence)) + "\n" for sentence in sentences)
    for stream in (sys.stderr, sys.stdout):
        with contextlib.suppress(OSError):
            stream.write(text)
            stream.flush()
            return


def silence() -> None:
    """Nobody reads the streams any more: keep the interpreter from complaining of it at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # a stream of Python's own has no descriptor
            os.dup2(null, stream.fileno())
