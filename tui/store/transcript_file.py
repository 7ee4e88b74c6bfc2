"""Reads a conversation's journal: any prefix is valid, and an invalid line affects nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.parts import Parts
from tui.core.queued_prompt import QueuedPrompt
from tui.core.turn import UNTOLD, Turn, TurnState
from tui.core.turn_tree import TurnTree
from tui.core.variants import has_content
from tui.store.record_values import Record
from tui.store.records import (
    DELTA_START,
    SCHEMA,
    apply_end,
    apply_sent,
    apply_turn,
    decode_line,
    read_queue,
    schema_of,
)
from tui.store.turn_path import TurnPath

if TYPE_CHECKING:
    from tui.store.journal import Journal

_TURN_AT = len(DELTA_START) + len(',"turn":"')
_DELTA_END = b'"}'
_PIECES = lazy_pattern(
    rb'(\{"record":"delta","turn":"([^"\\\n]*)"[^\n]*"\})(?:\n\{"record":"delta","turn":"\2"[^\n]*"\})+$',
    re.MULTILINE,
)


@dataclass(slots=True)
class Transcript:
    """A conversation as read from its journal."""

    identity: str = ""
    title: str = ""
    created_at: str = ""
    forked_from: str = ""
    is_pinned: bool = False
    """Whether it is pinned at the top of the list."""
    schema: int | None = None
    """``None`` without a readable header."""
    turns: list[Turn] = field(default_factory=list)
    dropped: list[Turn] = field(default_factory=list)
    """Turns of other branches, or that were removed; their costs were paid nevertheless."""
    tree: TurnTree = field(default_factory=TurnTree)
    """All turns, with those shown as its path."""
    recorded: list[str] = field(default_factory=list)
    """The ids of those ``turns`` that the journal contains: an early end of a retry leaves others."""
    queued: tuple[QueuedPrompt, ...] = ()
    """Prompts that were queued, and not sent."""
    bad_lines: int = 0
    """The number of complete lines that are invalid: damage, unlike an incomplete last line."""
    journal: Journal | None = None
    """The journal to continue with. ``None`` if it can only be read (and forked), as the notices explain."""
    is_elsewhere: bool = False
    """Whether another session writes to it; it becomes writable here once that is closed."""
    notices: tuple[str, ...] = ()
    """The notices about it, one or two sentences each."""

    @property
    def is_newer(self) -> bool:
        """Whether a newer version wrote it."""
        return self.schema is not None and self.schema > SCHEMA


def read_transcript(data: bytes, *, without_texts: bool = False) -> Transcript:
    """Parse a journal. Never raises.

    A turn without an end was interrupted. Text for a turn whose first line is lost is kept. With
    ``without_texts``, reasoning and answers are skipped, which is many times faster, but leaves the usage of
    interrupted turns unknown.
    """
    reader = _Reader(without_texts=without_texts)
    for line in complete_lines(_first_pieces(data) if without_texts else data):
        if without_texts and line.startswith(DELTA_START) and line.endswith(_DELTA_END):
            reader.skip(line)
            continue
        record = decode_line(line)
        if record is None:
            reader.transcript.bad_lines += 1
        else:
            reader.take(record)
    return reader.arranged()


def _first_pieces(data: bytes) -> bytes:
    """Return the journal with only the first of consecutive pieces of a text."""

    def first(match: re.Match[bytes]) -> bytes:
        is_line = match.start() == 0 or data[match.start() - 1 : match.start()] == b"\n"
        return match[1] if is_line else match[0]

    return _PIECES.sub(first, data)


class _Reader:
    """Applies a journal's records one by one."""

    def __init__(self, *, without_texts: bool) -> None:
        self.transcript = Transcript()
        self._without_texts = without_texts
        self._turns: dict[str, Turn] = {}
        self._path = TurnPath()
        self._complete: set[str] = set()
        """Dropped turns: if they occur again, they are copies."""
        self._sent: dict[str, Record] = {}
        """What is known about turns in case they never ended."""
        self._with_text: set[str] = set()
        """Turns whose text was skipped."""

    def take(self, record: Record) -> None:
        """Apply a record. One of an unknown kind was added by a later version with the same schema."""
        kind, identity = record["record"], record.get("turn")
        if kind == "header":
            self._take_header(record)
        elif kind == "title" and isinstance(record.get("title"), str):
            self.transcript.title = record["title"]
        elif kind == "queue":
            self.transcript.queued = read_queue(record)
        elif kind == "pin" and isinstance(record.get("pinned"), bool):
            self.transcript.is_pinned = record["pinned"]
        elif isinstance(identity, str):
            self._take_of_turn(kind, identity, record)

    def skip(self, line: bytes) -> None:
        """Record that a turn has text."""
        identity = line[_TURN_AT : line.find(b'"', _TURN_AT)].decode("ascii", "replace")
        self._turn(identity)
        self._with_text.add(identity)

    def arranged(self) -> Transcript:
        """Finish: separate the conversation from its other branches and answers."""
        turns, path, transcript = self._turns, self._path, self.transcript
        transcript.queued = tuple(prompt for prompt in transcript.queued if prompt.identity not in turns)
        for turn in turns.values():
            self._interrupt(turn)
        transcript.recorded = path.shown
        path.settle(lambda identity: identity in self._with_text or has_content(turns[identity]))
        transcript.turns = [turns[identity] for identity in path.shown]
        shown = set(path.shown)
        transcript.dropped = [turn for identity, turn in turns.items() if identity not in shown]
        for identity, turn in turns.items():
            turn.parent = path.parents[identity]
        transcript.tree = TurnTree(turns.values(), transcript.turns, path.chosen)
        return transcript

    def _take_header(self, record: Record) -> None:
        self.transcript.schema = schema_of(record)
        for name in ("identity", "title", "created_at", "forked_from"):
            if isinstance(record.get(name), str):
                setattr(self.transcript, name, record[name])

    def _take_of_turn(self, kind: str, identity: str, record: Record) -> None:
        if kind == "drop" and identity in self._turns:
            self._interrupt(self._turns[identity])
            self._complete.add(identity)
            self._path.drop(identity)
        elif kind == "path":
            self._path.show(identity)
        elif kind == "sent":
            self._sent[identity] = record
        elif kind in _OF_A_TURN:
            parent = record.get("parent", UNTOLD) if kind == "turn" else UNTOLD
            turn = self._turn(identity, parent if parent is None or isinstance(parent, str) else UNTOLD)
            if identity not in self._complete:
                _OF_A_TURN[kind](record, turn)

    def _turn(self, identity: str, parent: str | None = UNTOLD) -> Turn:
        self._path.begin(identity, parent)
        if identity not in self._turns:
            self._turns[identity] = Turn(identity, Parts())
        return self._turns[identity]

    def _interrupt(self, turn: Turn) -> None:
        if not turn.state.is_live:
            return
        turn.state = TurnState.INTERRUPTED
        if turn.identity in self._sent and not self._without_texts:
            apply_sent(self._sent[turn.identity], turn)


def complete_lines(data: bytes) -> Iterator[bytes]:
    """Yield the complete lines; an incomplete one that was written again, or is the last, is skipped."""
    lines = data.split(b"\n")
    last = lines.pop()
    if last and decode_line(last) is not None:
        lines.append(last)
    for index, line in enumerate(lines):
        is_repeated = index + 1 < len(lines) and lines[index + 1].startswith(line)
        if line and not (is_repeated and decode_line(line) is None):
            yield line


def _apply_delta(record: Record, turn: Turn) -> None:
    text = record.get("text")
    if not isinstance(text, str):
        return
    if record.get("kind") == "reasoning":
        turn.reasoning.append(text)
        turn.state = TurnState.REASONING
    else:
        turn.answer.append(text)
        turn.state = TurnState.ANSWERING


def _reclassify(record: Record, turn: Turn) -> None:
    turn.move_text(to_answer=record.get("kind") == "answer")


_OF_A_TURN = {"turn": apply_turn, "delta": _apply_delta, "reclassify": _reclassify, "end": apply_end}
