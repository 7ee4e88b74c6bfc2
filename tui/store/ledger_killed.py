"""Adds missing lines to the ledger: of exchanges whose processes were killed, and of older chats."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tui.core.ledger import LedgerLine, with_usage
from tui.core.turn import Turn
from tui.store import disk
from tui.store.blobs import SIZE_LIMIT
from tui.store.files import read_file
from tui.store.ledger_file import LedgerFile
from tui.store.ledger_lines import decode_ledger_line
from tui.store.ledger_past import moment_of, outcome_of, past_lines, turn_at
from tui.store.optional import paths_in
from tui.store.transcript_file import read_transcript

_SIZE_LIMIT = 16_384
_IS_LOCKED = (errno.EAGAIN, errno.EACCES)


def add_missing(file: LedgerFile, conversations: Path) -> None:
    """Add the lines of killed exchanges and, once, those of chats older than the ledger.

    Raises:
        OSError: the disk refuses.
    """
    settle_killed(file, conversations)
    if not file.has_past():
        file.write_past(past_lines(paths_in(conversations, "*.jsonl"), lambda: _known(file)))


def settle_killed(file: LedgerFile, conversations: Path) -> None:
    """Add the lines of exchanges whose processes are gone, each once, even if others do the same.

    Each line includes what the chat's journal has of the answer.

    Raises:
        OSError: the disk refuses.
    """
    for path in file.sent():
        # a missing file: its exchange has just ended
        with contextlib.suppress(FileNotFoundError), _opened(path) as descriptor:
            if _is_left(descriptor):
                _settle(_line_in(descriptor), file, conversations)
                disk.unlink(path)


def _known(file: LedgerFile) -> list[LedgerLine]:
    """Return the lines of exchanges in progress, then the final ones.

    In this order, an exchange that ends meanwhile is in one of them. Lines that another process is just
    writing for older chats are missing: they are written again.
    """
    known: list[LedgerLine] = []
    for path in file.sent():
        with contextlib.suppress(FileNotFoundError), _opened(path) as descriptor:
            known += filter(None, [_line_in(descriptor)])
    return known + [line for line in file.read().lines if not line.is_from_chat]


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = disk.open_file(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _line_in(descriptor: int) -> LedgerLine | None:
    return decode_ledger_line(os.pread(descriptor, _SIZE_LIMIT, 0))


def _is_left(descriptor: int) -> bool:
    """Lock an unlocked file; return whether it still has its name."""
    try:
        disk.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _IS_LOCKED:
            return False
        raise
    return os.fstat(descriptor).st_nlink > 0


def _settle(line: LedgerLine | None, file: LedgerFile, conversations: Path) -> None:
    if line is None:
        return
    month = file.read(line.at, line.at)
    for _, refusal in month.refused:
        raise refusal
    # its final line may have been written before the process was killed
    if not any(_who(other) == _who(line) for other in month.lines):
        file.append(_with_answer(line, conversations))


def _who(line: LedgerLine) -> tuple[object, ...]:
    return line.at, line.purpose, line.provider, line.server, line.model, line.conversation


def _with_answer(line: LedgerLine, conversations: Path) -> LedgerLine:
    """Return the line with what the chat's journal has of the turn, so that both agree."""
    turn = _turn_of(line, conversations)
    if turn is None or turn.usage is None:
        return line
    cost = turn.server_cost
    line = with_usage(replace(line, outcome=outcome_of(turn)), turn.usage)
    if cost is None:
        return line
    return replace(line, reported_amount=cost.amount, reported_currency=cost.currency or "USD")


def _turn_of(line: LedgerLine, conversations: Path) -> Turn | None:
    """Return the turn of a chat's line."""
    if not line.conversation:
        return None
    try:
        content = read_file(conversations / f"{line.conversation}.jsonl", SIZE_LIMIT)
    except OSError:  # reported when that chat is opened
        return None
    if content is None:
        return None
    transcript = read_transcript(content.data)
    turns = (*transcript.turns, *transcript.dropped)
    found = turn_at(line.at, [(at, turn) for turn in turns if (at := moment_of(turn)) is not None])
    return None if found is None or found[1].is_copy else found[1]
