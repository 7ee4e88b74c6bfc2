"""Asks a person at a terminal for a yes; whoever runs a script says it with a flag."""

from __future__ import annotations

from tui.cli.output import Output
from tui.cli.stdin import is_piped
from tui.core.causes import explain
from tui.core.failure import UsageError


def confirmed(output: Output, question: str, flag: str) -> bool:
    """Return whether the answer is yes; anything else, and Ctrl+D, is no.

    Raises:
        UsageError: nobody can be asked: stdin is no terminal. The message names the flag.
    """
    if is_piped():
        raise UsageError(explain("usage", reason=f"nobody can be asked here: give {flag}"))
    output.aside(question)
    output.aside("Type yes to continue: ", end="")
    try:
        return input().strip().lower() == "yes"
    except EOFError:
        output.aside("")
        return False
