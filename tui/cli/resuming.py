"""How to resume an interrupted chat: printed when the program ends, and when the next one starts."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Iterator

from tui.core.safe_text import safe_line
from tui.runtime.runtime import Runtime
from tui.texts import cli as texts

_WAIT_MILLISECONDS = 200
_MOST = 3


def print_how_to_resume(runtime: Runtime) -> None:
    """Print on stderr how to resume what was open when a signal arrived."""
    for identity in runtime.sessions.interrupted:
        _tell(texts.PROGRAM.format(text=texts.HOW_TO_RESUME.format(identity=identity)))


def _tell(line: str) -> None:
    """Write a line bypassing Python's buffers, which could fail at exit.

    Does not wait for the terminal, which may be gone or stalled.
    """
    with contextlib.suppress(OSError, ValueError):  # not a file, or closed
        number = sys.stderr.fileno()
        poll = select.poll()
        poll.register(number, select.POLLOUT)
        if poll.poll(_WAIT_MILLISECONDS) == [(number, select.POLLOUT)]:
            os.write(number, f"{line}\n".encode())


def interrupted_chats(runtime: Runtime, resumed: str = "") -> Iterator[str]:
    """Yield a line for each interrupted chat, except the one being resumed."""
    for summary in runtime.conversations.listing.take_interrupted()[:_MOST]:
        if summary.identity != resumed:
            title = safe_line(summary.title, 60) or texts.UNTITLED_CHAT
            yield texts.WAS_INTERRUPTED.format(title=title, identity=summary.identity)
