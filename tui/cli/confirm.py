"""Asks for confirmation on a terminal; scripts confirm with an option."""

from __future__ import annotations

from tui.cli.output import Output
from tui.cli.stdin import is_piped
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.texts import cli as texts


def confirmed(output: Output, question: str, flag: str) -> bool:
    """Return whether the answer is yes; anything else, including Ctrl+D, is no.

    Raises:
        UsageError: stdin is not a terminal. The message names the option.
    """
    if is_piped():
        raise UsageError(explain("usage", reason=texts.NO_TERMINAL.format(flag=flag)))
    output.aside(question)
    output.aside(texts.TYPE_YES, end="")
    try:
        return input().strip().lower() == "yes"
    except EOFError:
        output.aside("")
        return False
