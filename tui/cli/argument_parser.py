"""argparse for untrusted arguments: its messages cannot contain control sequences or forged lines."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TextIO

from tui.cli.streams import discard
from tui.core.safe_text import in_encoding, safe_line
from tui.texts import command_help as texts

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_LONGEST_MESSAGE = 1000
"""In characters, since an argument may be the content of a file."""
_LEAST_COLUMNS = 20


class WrongUsage(SystemExit):
    """An invalid command line: the error was printed on stderr, and the program exits with 2."""

    def __init__(self, message: str, parser: ArgumentParser) -> None:
        super().__init__(2)
        self.message = message
        self.command = parser.prog.partition(" ")[2]
        """The command; empty if there is none."""
        self.read = parser.read
        """The arguments parsed so far."""


class ArgumentParser(argparse.ArgumentParser):
    """An ``ArgumentParser`` with sanitised messages."""

    _columns: int | None = None
    read = argparse.Namespace()
    """The arguments parsed so far."""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse arguments; unknown ones are rejected by the called command, with its usage."""
        self.read = argparse.Namespace() if namespace is None else namespace
        found, unknown = super().parse_known_args(args, self.read)
        if unknown:
            is_option = any(word.startswith("-") for word in unknown)
            text = texts.UNKNOWN if is_option else texts.UNKNOWN_WORDS
            self.error(text.format(words=" ".join(unknown)))
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """Print the usage and the error on stderr; exit with 2."""
        self._columns = window_columns(sys.stderr)
        message = safe_line(message, _LONGEST_MESSAGE)
        try:
            super().error(message)
        except SystemExit:
            raise WrongUsage(message, self) from None

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Write help or version, or raise ``OSError``, for which argparse would exit with 0.

        If stderr cannot be written, the exit code is sufficient.
        """
        is_stdout = file is sys.stdout  # argparse uses no streams but stdout and stderr
        stream = sys.stdout if is_stdout else sys.stderr
        try:
            stream.write(in_encoding(message, stream.encoding or "utf-8"))
            stream.flush()
        except OSError:
            if is_stdout:
                raise
            discard(stream)

    def _get_formatter(self) -> argparse.HelpFormatter:
        if self._columns is None:
            return super()._get_formatter()
        width = max(_LEAST_COLUMNS, self._columns - 2)
        return argparse.RawDescriptionHelpFormatter(self.prog, width=width)


def window_columns(stream: TextIO | None) -> int | None:
    """Return the width of a stream's terminal; ``None`` without a terminal."""
    with suppress(OSError, ValueError, AttributeError):  # not a terminal, closed, or None
        return os.get_terminal_size(stream.fileno()).columns or None  # type: ignore[union-attr]
    return None


def forget_stale_size(environment: MutableMapping[str, str], stdout: TextIO | None) -> None:
    """If stdout is a terminal, use its size, not the size exported by an earlier program.

    Without a terminal, ``COLUMNS`` is the desired width of the output.
    """
    if window_columns(stdout):
        environment.pop("COLUMNS", None)
        environment.pop("LINES", None)


def not_empty(text: str) -> str:
    """Return a non-empty argument; this and the following functions raise argparse's error.

    An empty value is usually an unset shell variable.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(texts.EMPTY_VALUE)
    return text


def positive_integer(text: str) -> int:
    """Return an integer from 1."""
    return int(_number(int, lambda value: value >= 1, texts.A_COUNT, text))


def port(text: str) -> int:
    """Return a port; 0 selects a free one."""
    return int(_number(int, lambda value: 0 <= value <= 65535, texts.A_PORT, text))


def non_negative(text: str) -> float:
    """Return a finite number from 0."""
    return _number(float, lambda value: 0 <= value < float("inf"), texts.NOT_NEGATIVE, text)


def positive_float(text: str) -> float:
    """Return a finite number above 0."""
    return _number(float, lambda value: 0 < value < float("inf"), texts.POSITIVE, text)


def _number(
    convert: Callable[[str], float], is_allowed: Callable[[float], bool], wanted: str, text: str
) -> float:
    try:
        value = convert(text)
    except ValueError:
        raise argparse.ArgumentTypeError(texts.IS_NOT.format(text=text, wanted=wanted)) from None
    if not is_allowed(value):
        raise argparse.ArgumentTypeError(texts.IS_NOT.format(text=text, wanted=wanted))
    return value
