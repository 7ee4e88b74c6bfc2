"""The contents of the conversations folder: a summary of each, and the interrupted ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from tui.core.former_names import FormerNames
from tui.store.errors import disk_error
from tui.store.files import stamp_of
from tui.store.interrupted import note_interrupted, take_interrupted
from tui.store.journal_lease import LEASE_STALE_SECONDS, lease_path
from tui.store.lease import holder_of
from tui.store.optional import OptionalFiles, paths_in
from tui.store.paths import Paths
from tui.texts import store as texts

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary, RecentConversations, SummaryIndex


class ConversationList:
    """The list of saved conversations. All calls block briefly, and are thread-safe."""

    def __init__(
        self, paths: Paths, optional: OptionalFiles, former_names: Callable[[], FormerNames] = FormerNames
    ) -> None:
        """Create a list.

        Args:
            optional: reports if the cache of the list is unusable.
            former_names: returns the current names of providers, for the summaries.
        """
        self._former_names = former_names
        self._paths = paths
        self._optional = optional
        self._folder = paths.conversations_dir
        self._lock = Lock()
        """Held while the cache of summaries is used: several screens may request it at once."""

    @cached_property
    def _index(self) -> SummaryIndex:
        from tui.store.summaries import SummaryIndex  # not needed for a new conversation

        path = self._paths.conversation_index_file
        return SummaryIndex(path, self._optional, self._paths.shown(path))

    def all(self, on_read: Callable[[int, int], None] | None = None) -> list[ConversationSummary]:
        """Return a summary of every conversation, newest first.

        ``on_read`` receives the number read so far and the total.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        names = self._names()
        files = [name for name in names if name.endswith(".jsonl")]
        found = []
        former = self._former_names()
        with self._lock:
            for name in files:
                found.append(self._summary(name, names, former))
                if on_read is not None:
                    on_read(len(found), len(files))
            self._index.save({summary.identity for summary in found})
        return sorted(found, key=lambda summary: (summary.updated_at, summary.identity), reverse=True)

    def unread(self) -> int:
        """Return how many conversations must be read before all can be listed.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        paths = [self._folder / name for name in self._names() if name.endswith(".jsonl")]
        with self._lock:
            return sum(self._index.cached(path, stamp_of(path)) is None for path in paths)

    def each(self) -> Iterator[ConversationSummary]:
        """Yield a summary of every conversation, reading each on demand, the last written first.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        names = self._names()
        stamps = {name: stamp_of(self._folder / name) for name in names if name.endswith(".jsonl")}
        former = self._former_names()
        written = {name: stamp.modified_ns for name, stamp in stamps.items() if stamp is not None}
        try:
            for name in sorted(written, key=lambda name: (written[name], name), reverse=True):
                with self._lock:
                    summary = self._summary(name, names, former)
                yield summary
        finally:
            with self._lock:
                self._index.save({name.removesuffix(".jsonl") for name in written})

    def identities(self) -> Sequence[str]:
        """Return the ids of all conversations without reading them, the last created first.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        names = (name.removesuffix(".jsonl") for name in self._names() if name.endswith(".jsonl"))
        return sorted(names, reverse=True)

    def recent(self, limit: int) -> RecentConversations:
        """Return the newest conversations; ``SummaryIndex.recent`` describes what is read.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        paths = [self._folder / name for name in self._names() if name.endswith(".jsonl")]
        former = self._former_names()
        with self._lock:
            return self._index.recent(paths, limit, former)

    def _names(self) -> set[str]:
        try:
            return {path.name for path in paths_in(self._folder, "*")}
        except OSError as error:
            raise disk_error(error, self._paths.shown(self._folder)) from error

    def note_interrupted(self, identities: Sequence[str]) -> None:
        """Record that conversations were open when the program was interrupted.

        The next start offers to reopen them.
        """
        if identities:
            with self._optional.attempt(self._paths.shown(self._folder), texts.NOT_OFFERED):
                note_interrupted(self._folder, identities)

    def take_interrupted(self) -> Sequence[ConversationSummary]:
        """Return the conversations that were open when a program was interrupted, each only to one caller.

        The newest comes first; unreadable ones are skipped.
        """
        with self._optional.attempt(self._paths.shown(self._folder), texts.NOT_OFFERED, is_read=True):
            paths = list(take_interrupted(self._folder))
            found = [self.summary_of(path) for path in paths]
            known = [summary for summary in found if summary.turns]
            return sorted(known, key=lambda summary: summary.updated_at, reverse=True)
        return []

    def summary_of(self, path: Path) -> ConversationSummary:
        """Return the summary of a file that is or was in the folder."""
        former = self._former_names()
        with self._lock:
            return self._index.summary_of(path).of_today(former)

    def _summary(self, name: str, names: set[str], former: FormerNames) -> ConversationSummary:
        path = self._folder / name
        summary = self._index.summary_of(path).of_today(former)
        if lease_path(path).name not in names:
            return summary
        holder = holder_of(lease_path(path), LEASE_STALE_SECONDS)
        return replace(summary, is_open_elsewhere=holder is not None and not holder.is_this_process)
