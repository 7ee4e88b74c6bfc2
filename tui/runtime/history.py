"""The saved conversations for commands: found by name, read without being opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from tui.core.former_names import FormerNames
from tui.core.lazy_dataclass import dataclass
from tui.core.outside import read_local_moment
from tui.runtime.find_conversation import the_one
from tui.runtime.history_search import Found, search
from tui.store.joined_records import SavedConversation
from tui.store.text_cache import TextCache

if TYPE_CHECKING:
    from tui.core.query import CostLimit, Query
    from tui.session.history.incoming import Incoming
    from tui.store.conversations import ConversationStore, Intake
    from tui.store.optional import OptionalFiles
    from tui.store.paths import Paths
    from tui.store.summaries import ConversationSummary


_MOST_UNREAD = 200
"""The number of chats that are read within a moment."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter for conversations; an unset condition matches all."""

    since: datetime | None = None
    provider: str = ""
    """The full name of a provider."""
    model: str = ""
    """A part of a model name."""
    cost: CostLimit | None = None

    @classmethod
    def by(cls, query: Query) -> Wanted:
        """Return the conditions of a query that select conversations."""
        return cls(query.since, query.provider, query.model, query.cost)

    @property
    def is_any(self) -> bool:
        """Whether every conversation matches."""
        return self == Wanted()

    def fits(self, summary: ConversationSummary) -> bool:
        """Return whether a conversation has a turn with that provider and model, and is recent enough."""
        moment = read_local_moment(summary.updated_at) if self.since is not None else None
        return (
            (self.since is None or (moment is not None and moment >= self.since))
            and (not self.provider or self.provider in summary.providers)
            and any(self.model.casefold() in model.casefold() for model in summary.models or ("",))
            and (self.cost is None or self.cost.fits(summary.costs))
        )


def open_history(
    conversations: ConversationStore,
    paths: Paths,
    optional: OptionalFiles,
    redact: Callable[[str], str],
    learn_keys: Callable[[], None],
    former_names: Callable[[], FormerNames],
) -> History:
    """Return the saved conversations of a user; see ``History``."""
    return History(conversations, TextCache(paths, optional, redact), learn_keys, former_names)


class History:
    """The saved conversations for commands."""

    def __init__(
        self,
        conversations: ConversationStore,
        texts: TextCache,
        learn_keys: Callable[[], None],
        former_names: Callable[[], FormerNames] = FormerNames,
    ) -> None:
        """Create an instance.

        Args:
            learn_keys: adds all keys that a text may contain to the redactor; called once, before the first
                read.
        """
        self._former_names = former_names
        self._unread = conversations
        self._texts = texts
        self._learn_keys = learn_keys

    @cached_property
    def _conversations(self) -> ConversationStore:
        self._learn_keys()
        return self._unread

    def redact(self, text: str) -> str:
        """Return a text with all known keys erased."""
        return self._conversations.redact(text)

    def _told(self, summaries: Iterable[ConversationSummary]) -> list[ConversationSummary]:
        """Return summaries for display, with keys erased from the titles."""
        return [replace(summary, title=self.redact(summary.title)) for summary in summaries]

    def _named(self, wanted: Wanted) -> Wanted:
        """Return conditions with the current name of the provider."""
        return replace(wanted, provider=self._former_names().now(wanted.provider, None))

    def numbered(
        self, wanted: Wanted, on_read: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[int, ConversationSummary]]:
        """Yield the matching conversations, newest first, with their numbers in the whole list.

        ``on_read`` receives the number read so far and the total.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        wanted = self._named(wanted)
        return (
            (number, summary)
            for number, summary in enumerate(self._told(self._conversations.listing.all(on_read)), 1)
            if wanted.fits(summary)
        )

    def to_search(
        self, wanted: Wanted, on_read: Callable[[int, int], None] | None = None
    ) -> tuple[int, Iterator[tuple[int | None, ConversationSummary]]]:
        """Return the maximum number of conversations, and the matching ones with their numbers.

        If too many must be read first, the numbers are unknown: each is yielded as soon as it is read, the
        last written first.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        wanted = self._named(wanted)
        if self._conversations.listing.unread() <= _MOST_UNREAD:
            listed = list(self.numbered(wanted, on_read))
            return len(listed), iter(listed)
        each = self._conversations.listing.each()
        return len(self.identities()), (
            (None, summary) for read in each for summary in self._told((read,)) if wanted.fits(summary)
        )

    def titles(self) -> dict[str, str]:
        """Return the titles of all conversations, by id.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        return {summary.identity: summary.title for summary in self._told(self._conversations.listing.all())}

    def find(self, *names: str) -> list[ConversationSummary]:
        """Return the conversations for names, all in the same list, without duplicates; see ``the_one``.

        Raises:
            LmdeckError: a name has no match, or several, or the folder cannot be read.
        """
        known = self._told(self._conversations.listing.all())
        found = (the_one(known, name) for name in names)
        return list({summary.identity: summary for summary in found}.values())

    def read(self, identity: str) -> SavedConversation:
        """Return a conversation with known keys erased; it may be open elsewhere.

        Raises:
            LmdeckError: it does not exist, or cannot be read.
        """
        data, notices = self._conversations.read(identity)
        return SavedConversation.of(identity, data, self.redact, notices)

    def search(
        self,
        listed: Iterable[tuple[int | None, ConversationSummary]],
        query: Query,
        *,
        with_reasoning: bool,
        most: int | None = None,
    ) -> Iterator[Found | None]:
        """Yield the matches in each of the conversations; see ``runtime.history_search``."""
        self._learn_keys()  # includes keys that became known since the screens were opened
        texts, redact = self._texts, self.redact
        return search(texts, listed, query, with_reasoning=with_reasoning, redact=redact, most=most)

    def identities(self) -> Sequence[str]:
        """Return the ids of the conversations, the last created first.

        Raises:
            LmdeckError: the folder cannot be read.
        """
        return self._conversations.listing.identities()

    def prepare_search(self, identities: Sequence[str]) -> Iterator[str]:
        """Prepare the texts for searching these conversations, one per step."""
        self._learn_keys()
        for identity in identities:
            if not self._texts.is_kept(identity):
                with suppress(OSError):  # deleted meanwhile, or unreadable: the list reports it
                    self._texts.made(identity)
                yield identity

    def tidy_search(self) -> None:
        """Remove the texts of conversations whose files were removed by other programs."""
        self._texts.tidy()

    def take_in(self, incoming: Incoming) -> Intake:
        """Save an imported conversation.

        Raises:
            LmdeckError: another session writes to it, or the disk refuses.
        """
        return self._conversations.take_in(incoming.identity, incoming.records)

    def delete(self, identity: str) -> str:
        """Move a conversation to the trash and return the token to restore it.

        Raises:
            LmdeckError: another session writes to it, or the disk refuses.
        """
        return self._conversations.delete(identity)

    def restore(self, name: str) -> ConversationSummary:
        """Restore the deleted conversation with a name.

        Raises:
            LmdeckError: there is none, or more than one, or the disk refuses.
        """
        found = the_one(self.deleted(), name, is_trash=True)
        self._conversations.trash.restore(found.identity)
        return found

    def deleted(self) -> Sequence[ConversationSummary]:
        """Return the conversations in the trash, the last deleted first.

        Raises:
            LmdeckError: the trash cannot be read.
        """
        return self._told(self._conversations.trash.deleted())
