"""How the server's own sentence is shown below a failure: whole, safe, and not twice."""

from __future__ import annotations

from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.texts.answers import SERVER_SAYS


def server_words(failure: Failure) -> str | None:
    """Return the line that quotes the server, ``None`` where it said nothing or its words are in the title.

    One safe line, not cut: the words were limited when they came (``wire.errors.MESSAGE_LENGTH``).
    """
    return quoted_words(failure.server_message, failure.title)


def quoted_words(message: str | None, title: str) -> str | None:
    """Return the same for the parts of a failure."""
    words = safe_line(" ".join((message or "").split()))
    if not words or words.rstrip(".") in title:
        return None
    return SERVER_SAYS.format(words=words)


def failure_text(failure: Failure) -> str:
    """Return a failure in one line: what is wrong, what the server says, what to do."""
    parts = (safe_line(failure.title), server_words(failure), safe_line(failure.advice))
    return " ".join(part for part in parts if part)
