"""Summaries for the list of conversations, without reading the texts twice.

Figures come from a scan that skips the lines of text. Summaries are cached in a file by the stamp of the
conversation's file; the cache can be deleted and rebuilt at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import UnionType

from tui import __version__
from tui.core.former_names import FormerNames
from tui.core.lazy_dataclass import dataclass
from tui.core.totals import totals_of
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, Usage
from tui.store.blobs import SIZE_LIMIT
from tui.store.errors import reason_of
from tui.store.files import FileStamp, read_file, stamp_of, write_atomically
from tui.store.optional import OptionalFiles
from tui.store.record_values import Record, decode_cost, decode_usage, encode_cost, encode_flat, texts_of
from tui.store.records import SCHEMA
from tui.store.transcript_file import Transcript, read_transcript
from tui.texts import store as texts

_INDEX_VERSION = f"8, lmdeck {__version__}, schema {SCHEMA}"
"""Other versions may read the same files differently."""
_READ_PER_SHOWN = 3
"""How many uncached files are read per recent conversation shown."""


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line of the list of conversations. Texts are unsanitised."""

    identity: str
    title: str = ""
    created_at: str = ""
    updated_at: str = ""
    """When its last turn ended, in UTC (ISO 8601), from the journal: copying a file does not change it."""
    turns: int = 0
    """The turns shown when it is opened."""
    hidden_turns: int = 0
    """The turns of other answers and branches."""
    provider: str = ""
    """The provider of the last turn."""
    model: str = ""
    providers: tuple[str, ...] = ()
    """The providers of all turns, including other answers and branches, without duplicates."""
    models: tuple[str, ...] = ()
    usage: Usage | None = None
    costs: tuple[Cost, ...] = ()
    """One amount per currency; turns copied from another conversation are not counted again."""
    not_priced: int = 0
    """The number of turns that used tokens and have no amount."""
    is_pinned: bool = False
    is_open_elsewhere: bool = False
    problem: str | None = None
    """What is wrong with the file, as a sentence."""

    def of_today(self, names: FormerNames) -> ConversationSummary:
        """Return this with the current names of its providers."""
        if names.renamed.keys().isdisjoint((self.provider, *self.providers)):
            return self
        today = [names.now(name, self.updated_at) for name in self.providers]
        return replace(
            self,
            provider=names.now(self.provider, self.updated_at),
            providers=tuple(dict.fromkeys(today)),
        )


@dataclass(frozen=True, slots=True)
class RecentConversations:
    """The conversations shown on the first screen."""

    newest: tuple[ConversationSummary, ...] = ()
    """Newest first; those without turns are omitted."""
    last_used: Mapping[str, str] = field(default_factory=dict)
    """By provider name: when a conversation's last turn with it ended, in ISO 8601."""
    total: int = 0
    """The total number of conversations."""


class SummaryIndex:
    """The cache of summaries, which can be lost without losing data."""

    def __init__(self, path: Path, optional: OptionalFiles | None = None, shown_path: str = "") -> None:
        """Create a cache.

        Args:
            optional: reports if the cache cannot be written.
            shown_path: for messages.
        """
        self._path = path
        self._optional = optional or OptionalFiles()
        self._shown = shown_path or str(path)
        self._known: dict[str, tuple[FileStamp, ConversationSummary]] | None = None
        self._is_changed = False

    def summary_of(self, path: Path) -> ConversationSummary:
        """Return a conversation's summary: from the cache if the file is unchanged, else read again."""
        stamp = stamp_of(path)
        cached = self.cached(path, stamp)
        if cached is not None:
            return cached
        summary = summarise(path)
        if stamp is not None and stamp == stamp_of(path):
            self._load()[path.stem] = (stamp, summary)
            self._is_changed = True
        return summary

    def cached(self, path: Path, stamp: FileStamp | None) -> ConversationSummary | None:
        """Return the cached summary of a file with this stamp."""
        kept = self._load().get(path.stem)
        return kept[1] if kept is not None and kept[0] == stamp else None

    def recent(self, paths: Iterable[Path], limit: int, names: FormerNames) -> RecentConversations:
        """Return the newest conversations, as far as cached.

        Of the others, only the most recently written files are read: a complete list of thousands would take
        seconds. ``summary_of`` adds them one by one. ``names`` are the current names of providers.
        """
        known: list[ConversationSummary] = []
        unknown: list[tuple[int, Path]] = []
        for path in paths:
            stamp = stamp_of(path)
            cached = self.cached(path, stamp)
            if cached is not None:
                known.append(cached)
            elif stamp is not None:
                unknown.append((stamp.modified_ns, path))
        total = len(known) + len(unknown)
        unknown.sort(key=lambda entry: entry[0], reverse=True)
        known += (self.summary_of(path) for _, path in unknown[: limit * _READ_PER_SHOWN])
        known = [summary.of_today(names) for summary in known]
        known.sort(key=newest_last, reverse=True)
        last_used: dict[str, str] = {}
        for summary in known:
            last_used.setdefault(summary.provider, summary.updated_at)
        return RecentConversations(tuple(item for item in known if item.turns)[:limit], last_used, total)

    def save(self, identities: set[str]) -> None:
        """Write the cache for the existing conversations."""
        known = self._load()
        for gone in known.keys() - identities:
            del known[gone]
            self._is_changed = True
        if not self._is_changed:
            return
        entries = {identity: _encode(stamp, summary) for identity, (stamp, summary) in known.items()}
        document = {"version": _INDEX_VERSION, "conversations": entries}
        with self._optional.attempt(self._shown, texts.SLOW_LIST):
            write_atomically(self._path, json.dumps(document, separators=(",", ":")).encode("ascii"))
            self._is_changed = False

    def _load(self) -> dict[str, tuple[FileStamp, ConversationSummary]]:
        if self._known is None:
            self._known = _read_index(self._path)
        return self._known


def newest_last(summary: ConversationSummary) -> tuple[str, str]:
    """Return the key that sorts summaries by the time of their last update."""
    return summary.updated_at, summary.identity


def summarise(path: Path) -> ConversationSummary:
    """Read a conversation's figures. Never raises: ``problem`` has the reason."""
    try:
        content = read_file(path, SIZE_LIMIT)
    except OSError as error:
        return ConversationSummary(
            path.stem, problem=texts.SUMMARY_UNREADABLE.format(reason=reason_of(error))
        )
    if content is None:
        return ConversationSummary(path.stem, problem=texts.SUMMARY_GONE)
    found = read_transcript(content.data, without_texts=True)
    if any(turn.state is TurnState.INTERRUPTED for turn in (*found.turns, *found.dropped)):
        found = read_transcript(content.data)  # only the texts show what interrupted turns used
    every, last = (*found.turns, *found.dropped), found.turns[-1] if found.turns else None
    totals = totals_of(every)
    return ConversationSummary(
        path.stem,
        title=found.title,
        created_at=found.created_at,
        is_pinned=found.is_pinned,
        updated_at=_updated_at(found.created_at, every),
        turns=len(found.turns),
        hidden_turns=len(found.dropped),
        provider=last.provider if last is not None else "",
        model=last.model if last is not None else "",
        providers=_each(turn.provider for turn in every),
        models=_each(turn.model for turn in every),
        usage=totals.usage,
        costs=totals.costs,
        not_priced=totals.not_priced,
        problem=_problem(found),
    )


def _each(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _updated_at(created_at: str, turns: Iterable[Turn]) -> str:
    """Return when the last turn ended (for a copy, when it was created if later); empty if unknown."""
    moments = [_moment(created_at), *map(_end_of, turns)]
    latest = max((moment for moment in moments if moment is not None), default=None)
    return "" if latest is None else latest.isoformat(timespec="milliseconds")


def _end_of(turn: Turn) -> datetime | None:
    started = _moment(turn.started_at)
    try:
        return None if started is None else started + timedelta(seconds=turn.timings.ended or 0)
    except (OverflowError, ValueError):
        return started


def _moment(stamp: str) -> datetime | None:
    """Return a timestamp in UTC, which is also the default time zone."""
    try:
        moment = datetime.fromisoformat(stamp)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _problem(found: Transcript) -> str | None:
    if found.is_newer:
        return texts.SUMMARY_NEWER
    if found.bad_lines:
        return texts.SUMMARY_DAMAGED.format(count=found.bad_lines)
    return None


def _encode(stamp: FileStamp, summary: ConversationSummary) -> Record:
    return {
        "stamp": [stamp.modified_ns, stamp.inode, stamp.size],
        **{name: getattr(summary, name) for name in _PLAIN},
        "providers": list(summary.providers),
        "models": list(summary.models),
        "usage": encode_flat(summary.usage),
        "costs": [encode_cost(cost) for cost in summary.costs],
    }


_PLAIN: Mapping[str, type | UnionType] = {
    **dict.fromkeys(("identity", "title", "created_at", "updated_at", "provider", "model"), str),
    **dict.fromkeys(("turns", "hidden_turns", "not_priced"), int),
    "is_pinned": bool,
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
        return {}  # an unreadable cache is rebuilt


def _decode(entry: Record) -> tuple[FileStamp, ConversationSummary]:
    modified_ns, inode, size = entry["stamp"]
    if any(not isinstance(entry[name], kind) for name, kind in _PLAIN.items()):
        raise TypeError("a summary has texts and numbers")
    costs = [decode_cost(cost) for cost in entry["costs"]]
    summary = ConversationSummary(
        **{name: entry[name] for name in _PLAIN},
        providers=texts_of(entry["providers"]),
        models=texts_of(entry["models"]),
        usage=decode_usage(entry["usage"]),
        costs=tuple(cost for cost in costs if cost is not None),
    )
    return FileStamp(modified_ns, inode, size), summary
