"""Reads a conversation's journal: any prefix of a journal is a conversation, a bad line costs only itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui.core.fold import move_text
from tui.core.parts import Parts
from tui.core.turn import Turn, TurnState
from tui.core.variants import has_content, link_variants
from tui.store.migrations import CONVERSATION_SCHEMA
from tui.store.records import Record, apply_end, apply_turn, decode_line
from tui.store.turn_path import TurnPath

_OF_A_TURN = frozenset(("turn", "delta", "reclassify", "end"))


@dataclass(slots=True)
class Transcript:
    """A conversation as its journal tells it."""

    identity: str = ""
    title: str = ""
    created_at: str = ""
    forked_from: str = ""
    schema: int | None = None
    """``None``: no header could be read."""
    turns: list[Turn] = field(default_factory=list)
    dropped: list[Turn] = field(default_factory=list)
    """Turns that another one replaced, or that were taken out: what they cost was paid all the same."""
    recorded: list[str] = field(default_factory=list)
    """The identities of ``turns`` as far as the journal says so: a retry that died early leaves the rest."""
    bad_lines: int = 0
    """Complete lines that could not be read: damage, unlike a torn last line."""

    @property
    def is_newer(self) -> bool:
        """Whether a newer lmdeck wrote it."""
        return self.schema is not None and self.schema > CONVERSATION_SCHEMA


def read_transcript(data: bytes) -> Transcript:
    """Fold a journal into a conversation. Never raises.

    A turn without an end was interrupted. Text for a turn whose first line is lost is kept.
    """
    transcript = Transcript()
    reading = _Reading()
    for line in complete_lines(data):
        record = decode_line(line)
        if record is None:
            transcript.bad_lines += 1
        else:
            _apply(record, transcript, reading)
    for turn in reading.turns.values():
        _interrupt(turn)
    _arrange(transcript, reading)
    return transcript


@dataclass(slots=True)
class _Reading:
    """The turns of a journal while it is read."""

    turns: dict[str, Turn] = field(default_factory=dict)
    path: TurnPath = field(default_factory=TurnPath)
    complete: set[str] = field(default_factory=set)
    """Turns that were dropped: what is written of them again is a copy."""

    def turn(self, identity: str) -> Turn:
        """Return the turn that a record is about."""
        self.path.begin(identity)
        return self.turns.setdefault(identity, Turn(identity, Parts()))

    def drop(self, identity: str) -> None:
        """Take note of a turn that was dropped."""
        if identity in self.turns:
            _interrupt(self.turns[identity])
            self.complete.add(identity)
            self.path.drop(identity)


def _interrupt(turn: Turn) -> None:
    if turn.state.is_live:
        turn.state = TurnState.INTERRUPTED


def _arrange(transcript: Transcript, reading: _Reading) -> None:
    """Tell the conversation from the other answers to its prompts."""
    turns, path = reading.turns, reading.path
    transcript.recorded = path.shown
    path.settle(lambda identity: has_content(turns[identity]))
    transcript.turns = [turns[identity] for identity in path.shown]
    shown = set(path.shown)
    transcript.dropped = [turn for identity, turn in turns.items() if identity not in shown]
    for turn, identities in zip(transcript.turns, path.variants, strict=True):
        if len(identities) > 1:
            link_variants([turns[identity] for identity in identities], turn)


def complete_lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines; an incomplete one that was written again in full, or stands last, is left out."""
    lines = data.split(b"\n")
    last = lines.pop()
    if last and decode_line(last) is not None:
        lines.append(last)
    for index, line in enumerate(lines):
        is_repeated = index + 1 < len(lines) and lines[index + 1].startswith(line)
        if line and not (is_repeated and decode_line(line) is None):
            yield line


def _apply(record: Record, transcript: Transcript, reading: _Reading) -> None:
    kind, identity = record["record"], record.get("turn")
    if kind == "header":
        _apply_header(record, transcript)
    elif kind == "title" and isinstance(record.get("title"), str):
        transcript.title = record["title"]
    elif not isinstance(identity, str):
        return  # a kind of record that a later lmdeck of this schema added
    elif kind == "drop":
        reading.drop(identity)
    elif kind in _OF_A_TURN:
        _apply_to_turn(record, identity, reading)


def _apply_to_turn(record: Record, identity: str, reading: _Reading) -> None:
    turn, kind = reading.turn(identity), record["record"]
    if identity in reading.complete:
        return
    if kind == "turn":
        apply_turn(record, turn)
    elif kind == "delta":
        _apply_delta(record, turn)
    elif kind == "reclassify":
        move_text(turn, to_answer=record.get("kind") == "answer")
    elif kind == "end":
        apply_end(record, turn)


def _apply_header(record: Record, transcript: Transcript) -> None:
    schema = record.get("schema")
    transcript.schema = schema if isinstance(schema, int) and not isinstance(schema, bool) else None
    for name in ("identity", "title", "created_at", "forked_from"):
        value = record.get(name)
        if isinstance(value, str):
            setattr(transcript, name, value)


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
