"""What the list of conversations shows of each, without reading their texts twice.

Figures come from a scan that skips the lines of text. Summaries are kept in a cache file by the
stamp of the conversation's file; the cache is rebuilt at any time and deleted without loss.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Any

from tui.core.usage import Cost, Usage
from tui.store.errors import reason_of
from tui.store.files import FileStamp, read_file, stamp_of, write_atomically
from tui.store.migrations import CONVERSATION_SCHEMA
from tui.store.optional import OptionalFiles
from tui.store.records import (
    DELTA_START,
    Record,
    decode_cost,
    decode_line,
    decode_usage,
    encode_cost,
    encode_flat,
)
from tui.store.transcript_file import complete_lines
from tui.store.turn_path import TurnPath

CONVERSATION_SIZE_LIMIT = 1024 * 1024 * 1024
_INDEX_VERSION = 2
_TURN_AT = len(DELTA_START) + len(',"turn":"')


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line of the list of conversations. Texts are raw."""

    identity: str
    title: str = ""
    created_at: str = ""
    updated_at: str = ""
    """When its last turn ended, in UTC (ISO 8601), as its journal says: copying a file changes no date."""
    turns: int = 0
    provider: str = ""
    """Of the last turn."""
    model: str = ""
    usage: Usage | None = None
    costs: tuple[Cost, ...] = ()
    """One amount a currency; turns copied from another conversation are not counted again."""
    is_open_elsewhere: bool = False
    problem: str | None = None
    """What is wrong with the file, as a sentence."""


@dataclass(slots=True)
class Scan:
    """A scan's findings."""

    title: str = ""
    created_at: str = ""
    schema: object = None
    turns: dict[str, Record] = field(default_factory=dict)
    """All that were begun, those that another one replaced too: what they cost was paid all the same."""
    path: TurnPath = field(default_factory=TurnPath)
    complete: set[str] = field(default_factory=set)
    """Turns that were dropped: what is written of them again is a copy."""
    with_text: set[bytes] = field(default_factory=set)
    """Turns that brought any text."""
    bad_lines: int = 0


class SummaryIndex:
    """The cache of summaries. Losing it costs time, never data."""

    def __init__(self, path: Path, optional: OptionalFiles | None = None, shown_path: str = "") -> None:
        """``optional`` is told where the cache cannot be written; ``shown_path`` is for people."""
        self._path = path
        self._optional = optional or OptionalFiles()
        self._shown = shown_path or str(path)
        self._known: dict[str, tuple[FileStamp, ConversationSummary]] | None = None
        self._is_changed = False

    def summary_of(self, path: Path) -> ConversationSummary:
        """Return a conversation's summary: from the cache where the file is the same, else read anew."""
        known = self._load()
        stamp = stamp_of(path)
        cached = known.get(path.stem)
        if cached is not None and cached[0] == stamp:
            return cached[1]
        summary = summarise(path)
        if stamp is not None and stamp == stamp_of(path):
            known[path.stem] = (stamp, summary)
            self._is_changed = True
        return summary

    def save(self, identities: set[str]) -> None:
        """Write the cache for the conversations that there are."""
        known = self._load()
        for gone in known.keys() - identities:
            del known[gone]
            self._is_changed = True
        if not self._is_changed:
            return
        entries = {identity: _encode(stamp, summary) for identity, (stamp, summary) in known.items()}
        document = {"version": _INDEX_VERSION, "conversations": entries}
        with self._optional.attempt(self._shown, "The list of conversations takes longer to open."):
            write_atomically(self._path, json.dumps(document, separators=(",", ":")).encode("ascii"))
            self._is_changed = False

    def _load(self) -> dict[str, tuple[FileStamp, ConversationSummary]]:
        if self._known is None:
            self._known = _read_index(self._path)
        return self._known


def summarise(path: Path) -> ConversationSummary:
    """Read a conversation's figures. Never raises: what is wrong is in ``problem``."""
    try:
        content = read_file(path, CONVERSATION_SIZE_LIMIT)
    except OSError as error:
        return ConversationSummary(path.stem, problem=f"It cannot be read: {reason_of(error)}.")
    if content is None:
        return ConversationSummary(path.stem, problem="It is gone.")
    found = scan(content.data)
    shown = found.path.shown
    last: Mapping[str, Any] = found.turns[shown[-1]] if shown else {}
    return replace(
        ConversationSummary(path.stem),
        title=found.title,
        created_at=found.created_at,
        updated_at=_updated_at(found),
        turns=len(shown),
        provider=str(last.get("provider", "")),
        model=str(last.get("model", "")),
        usage=_total_usage(found),
        costs=_total_costs(found),
        problem=_problem(found),
    )


def scan(data: bytes) -> Scan:
    """Return what a journal tells without its texts."""
    found = Scan()
    for line in complete_lines(data):
        if line.startswith(DELTA_START) and line.endswith(b'"}'):
            found.with_text.add(line[_TURN_AT : line.find(b'"', _TURN_AT)])
            continue
        record = decode_line(line)
        if record is None:
            found.bad_lines += 1
        else:
            _note(record, found)
    found.path.settle(
        lambda turn: turn.encode() in found.with_text or bool(found.turns.get(turn, {}).get("tool_calls"))
    )
    return found


def _note(record: Record, found: Scan) -> None:
    kind, turn = record["record"], record.get("turn")
    if kind == "header":
        found.schema = record.get("schema")
        found.created_at = str(record.get("created_at", ""))
        found.title = str(record.get("title", ""))
    elif kind == "title":
        found.title = str(record.get("title", ""))
    elif isinstance(turn, str) and kind == "drop":
        found.path.drop(turn)
        found.complete.add(turn)
    elif isinstance(turn, str) and kind in ("turn", "end"):
        found.path.begin(turn)
        if turn not in found.complete:
            found.turns[turn] = {**found.turns.get(turn, {}), **record}


def _updated_at(found: Scan) -> str:
    """Return when the last turn ended (a copy: when it was made, if that was later); empty where unknown."""
    moments = [_moment(found.created_at), *(_end_of(record) for record in found.turns.values())]
    latest = max((moment for moment in moments if moment is not None), default=None)
    return "" if latest is None else latest.isoformat(timespec="milliseconds")


def _end_of(record: Record) -> datetime | None:
    started = _moment(record.get("started_at"))
    timings = record.get("timings")
    seconds = timings.get("ended") if isinstance(timings, dict) else None
    if started is None or not isinstance(seconds, int | float):
        return started
    try:
        return started + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return started


def _moment(stamp: object) -> datetime | None:
    """Return a moment in UTC; one without a zone is taken as UTC."""
    if not isinstance(stamp, str):
        return None
    try:
        moment = datetime.fromisoformat(stamp)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _problem(found: Scan) -> str | None:
    if isinstance(found.schema, int) and found.schema > CONVERSATION_SCHEMA:
        return "A newer lmdeck wrote it: it can be read, not continued."
    if found.bad_lines:
        return f"{found.bad_lines} of its lines cannot be read; the rest is there."
    return None


def paid_turns(found: Scan) -> list[Record]:
    """Return the records of the turns that were paid for here: replaced ones too, copies not."""
    return [record for record in found.turns.values() if not record.get("copy")]


def _total_usage(found: Scan) -> Usage | None:
    total: Usage | None = None
    for record in paid_turns(found):
        usage = decode_usage(record.get("usage"))
        if usage is not None:
            total = usage if total is None else total.plus(usage)
    return total


def _total_costs(found: Scan) -> tuple[Cost, ...]:
    totals: dict[str, Cost] = {}
    for record in paid_turns(found):
        cost = decode_cost(record.get("cost"))
        if cost is not None:
            known = totals.get(cost.currency)
            totals[cost.currency] = cost if known is None else known.plus(cost)
    return tuple(totals.values())


def _encode(stamp: FileStamp, summary: ConversationSummary) -> Record:
    return {
        "stamp": [stamp.modified_ns, stamp.inode, stamp.size],
        **{name: getattr(summary, name) for name in _PLAIN},
        "usage": encode_flat(summary.usage),
        "costs": [encode_cost(cost) for cost in summary.costs],
    }


_PLAIN: Mapping[str, type | UnionType] = {
    **dict.fromkeys(("identity", "title", "created_at", "updated_at", "provider", "model"), str),
    "turns": int,
    "problem": str | None,
}


def _read_index(path: Path) -> dict[str, tuple[FileStamp, ConversationSummary]]:
    try:
        content = read_file(path)
        document = json.loads(content.data) if content is not None else {}
        if document.get("version") != _INDEX_VERSION:
            return {}
        return {identity: _decode(entry) for identity, entry in document["conversations"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}  # a cache that cannot be read is built anew


def _decode(entry: Record) -> tuple[FileStamp, ConversationSummary]:
    modified_ns, inode, size = entry["stamp"]
    if any(not isinstance(entry[name], kind) for name, kind in _PLAIN.items()):
        raise TypeError("a summary has texts and numbers")
    costs = [decode_cost(cost) for cost in entry["costs"]]
    summary = ConversationSummary(
        **{name: entry[name] for name in _PLAIN},
        usage=decode_usage(entry["usage"]),
        costs=tuple(cost for cost in costs if cost is not None),
    )
    return FileStamp(modified_ns, inode, size), summary
