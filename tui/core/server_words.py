"""How the server's own message is shown below a failure: in full, sanitised, and not twice."""

from __future__ import annotations

from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.texts.answers import SERVER_SAYS


def server_words(failure: Failure) -> str | None:
    """Return the line that quotes the server; ``None`` without a message, or if the title contains it.

    One sanitised line, not cut: ``wire.errors.MESSAGE_LENGTH`` limits the message on arrival.
    """
    return quoted_words(failure.server_message, failure.title)


def quoted_words(message: str | None, title: str) -> str | None:
    """Return the same for a message and a title."""
    words = safe_line(" ".join((message or "").split()))
    if not words or words.rstrip(".") in title:
        return None
    return SERVER_SAYS.format(words=words)


def failure_text(failure: Failure) -> str:
    """Return a failure on one line: the problem, the server's message, the fix."""
    parts = (safe_line(failure.title), server_words(failure), safe_line(failure.advice))
    return " ".join(part for part in parts if part)
