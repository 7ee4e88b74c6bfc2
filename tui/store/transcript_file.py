"""Reads a conversation's journal: any prefix of a journal is a conversation, a bad line costs only itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui.core.fold import move_text
from tui.core.turn import Turn, TurnState
from tui.store.migrations import CONVERSATION_SCHEMA
from tui.store.records import Record, apply_end, apply_turn, decode_line


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
    bad_lines: int = 0
    """Complete lines that could not be read: damage, unlike a torn last line."""
    is_torn: bool = False
    """The last line is incomplete: its writer died while it wrote."""

    @property
    def is_newer(self) -> bool:
        """Whether a newer lmdeck wrote it."""
        return self.schema is not None and self.schema > CONVERSATION_SCHEMA


def read_transcript(data: bytes) -> Transcript:
    """Fold a journal into a conversation. Never raises.

    A turn without an end was interrupted. Text for a turn whose first line is lost is kept.
    """
    transcript = Transcript()
    turns: dict[str, Turn] = {}
    for line in complete_lines(data, transcript):
        record = decode_line(line)
        if record is None:
            transcript.bad_lines += 1
        else:
            _apply(record, transcript, turns)
    for turn in turns.values():
        if turn.state.is_live:
            turn.state = TurnState.INTERRUPTED
    transcript.turns = list(turns.values())
    return transcript


def complete_lines(data: bytes, transcript: Transcript) -> Iterator[bytes]:
    """Yield the lines; an incomplete one that was written again in full, or stands last, is left out."""
    lines = data.split(b"\n")
    last = lines.pop()
    if last:
        if decode_line(last) is None:
            transcript.is_torn = True
        else:
            lines.append(last)
    for index, line in enumerate(lines):
        is_repeated = index + 1 < len(lines) and lines[index + 1].startswith(line)
        if line and not (is_repeated and decode_line(line) is None):
            yield line


def _apply(record: Record, transcript: Transcript, turns: dict[str, Turn]) -> None:
    kind, identity = record["record"], record.get("turn")
    if kind == "header":
        _apply_header(record, transcript)
    elif kind == "title" and isinstance(record.get("title"), str):
        transcript.title = record["title"]
    elif not isinstance(identity, str):
        return  # a kind of record that a later lmdeck of this schema added
    elif kind == "drop":
        turns.pop(identity, None)
    elif kind == "turn":
        apply_turn(record, _turn(turns, identity))
    elif kind == "delta":
        _apply_delta(record, _turn(turns, identity))
    elif kind == "reclassify":
        move_text(_turn(turns, identity), to_answer=record.get("kind") == "answer")
    elif kind == "end":
        apply_end(record, _turn(turns, identity))


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


def _turn(turns: dict[str, Turn], identity: str) -> Turn:
    return turns.setdefault(identity, Turn(identity, ""))
