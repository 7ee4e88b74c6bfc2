"""The search in the list of conversations: query, scope and results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.core.counted import Counted
from tui.core.query import ConditionError, Query, fold, typed_query
from tui.core.safe_text import safe_line
from tui.core.search_place import HitPlace, SearchScope
from tui.runtime.history import Wanted
from tui.texts import conversations as texts
from tui.texts.history import NOT_UNDERSTOOD
from tui.ui.conversations.full_text import FullTextSearch
from tui.ui.conversations.view import NEWEST, sorted_by
from tui.ui.deck import NarrowsSearch

if TYPE_CHECKING:
    from tui.runtime.history_search import Found
    from tui.store.summaries import ConversationSummary

_SECOND = 1000


class Finding:
    """The search of one list. ``show`` is called when there are more matches."""

    def __init__(self, screen: Screen[None], show: Callable[[], None]) -> None:
        self._screen = screen
        self._full_text = FullTextSearch(screen, show)
        self._query = Query()
        self._chosen: Sequence[ConversationSummary] = ()
        """In the order in which they are searched and listed by date."""
        self._places: dict[str, int] = {}
        self._titled: set[str] = set()
        """Those whose title or names contain every word."""
        self._every: Sequence[ConversationSummary] = ()
        self._names: dict[str, str] = {}
        """Their titles and names, case-folded, by id."""
        self._scopes: list[SearchScope] | None = None
        self.with_reasoning = False
        self.problem = ""
        """What is wrong with the query, as a sentence."""

    # ── The query ───────────────────────────────────────────────────────────────────────────

    @property
    def scope(self) -> SearchScope:
        """The scope of the search."""
        return self._order[0]

    @property
    def _order(self) -> list[SearchScope]:
        """Return the available scopes, the current one first."""
        if self._scopes is None:
            below = self._screen.app.screen_stack[-2]
            here = below.search_scope if isinstance(below, NarrowsSearch) else SearchScope()
            narrow = (SearchScope(provider=here.provider), SearchScope(conversation=here.conversation))
            self._scopes = [SearchScope(), *(scope for scope in narrow if scope != SearchScope())]
        return self._scopes

    def turn_scope(self) -> None:
        """Switch to the next scope."""
        self._scopes = [*self._order[1:], self._order[0]]

    @property
    def scope_words(self) -> str:
        """Return the scope as shown in the box."""
        scope = self.scope
        if scope.conversation:
            return texts.IN_THIS_CHAT
        return texts.IN_PROVIDER.format(provider=safe_line(scope.provider)) if scope.provider else texts.ALL

    def ask(self, text: str, every: Sequence[ConversationSummary]) -> None:
        """Search the given conversations."""
        if every is not self._every:
            self._every = every
            self._names = {summary.identity: _names_of(summary) for summary in every}
        try:
            self._query, self.problem = typed_query(text, datetime.now().astimezone()), ""
        except ConditionError as error:
            self._choose(every)
            self.problem = NOT_UNDERSTOOD[error.name].format(text=safe_line(error.value, 40))
            return
        self._choose(every)
        self._titled = self._with_title()
        listed = list(enumerate(self._chosen, 1))
        self._full_text.begin(self._query, listed, with_reasoning=self.with_reasoning)

    # ── Results ─────────────────────────────────────────────────────────────────────────────

    def found(self) -> list[ConversationSummary]:
        """Return the conversations whose title, names or texts match."""
        if not self._query.is_about_turns:
            return list(self._chosen)
        texts_found = self._full_text.found
        return [
            summary
            for summary in self._chosen
            if summary.identity in texts_found or summary.identity in self._titled
        ]

    def best_first(self) -> list[ConversationSummary]:
        """Return the matches: titles with every word first, then the most matching lines, then the newest."""

        def rank(summary: ConversationSummary) -> tuple[bool, int]:
            hits = self.hits_of(summary.identity)
            return summary.identity not in self._titled, 0 if hits is None else -len(hits.hits)

        return sorted(self.found(), key=rank)

    def is_settled(self, identity: str) -> bool:
        """Return whether the results for a conversation, and for those before it by date, are complete."""
        return self._places.get(identity, len(self._chosen)) < self._full_text.done

    def hits_of(self, identity: str | None) -> Found | None:
        """Return the matches in the texts of a conversation."""
        return self._full_text.found.get(identity or "")

    def place_in(self, identity: str) -> HitPlace | None:
        """Return the first match in a conversation with the most words."""
        found = self.hits_of(identity)
        if found is None:
            return None
        best = found.best[0]
        return HitPlace(best.identity, self._query.words_in(best.line), best.where, best.line.text)

    @property
    def is_in_texts(self) -> bool:
        """Return whether texts are searched, not only titles."""
        return self._query.is_about_turns

    @property
    def words(self) -> str:
        """Return the progress of the search, or its result."""
        search = self._full_text
        if search.is_running:
            return texts.SEARCHING.format(done=search.done, total=search.total)
        if search.seconds is None:
            return ""
        return texts.LINES_FOUND.format(count=Counted(search.lines), time=round(search.seconds * _SECOND))

    @property
    def is_running(self) -> bool:
        """Whether more matches may follow."""
        return self._full_text.is_running

    @property
    def has_just_begun(self) -> bool:
        """Whether the search of texts has only just begun."""
        return self._full_text.is_running and not self._full_text.done

    def _choose(self, every: Sequence[ConversationSummary]) -> None:
        """Filter the conversations by the conditions and the scope."""
        wanted, scope = Wanted.by(self._query), self.scope
        self._chosen = every
        if not wanted.is_any:
            self._chosen = [summary for summary in self._chosen if wanted.fits(summary)]
        if scope.provider:
            self._chosen = [summary for summary in self._chosen if scope.provider in summary.providers]
        if scope.conversation:
            self._chosen = [summary for summary in self._chosen if scope.conversation == summary.identity]
        self._chosen = sorted_by(self._chosen, NEWEST)
        self._places = {summary.identity: place for place, summary in enumerate(self._chosen)}

    def _with_title(self) -> set[str]:
        """Return the conversations whose title or names contain every word; titles have no other content."""
        if self._query.has or not self._query.words:
            return set()
        found = set(self._places)
        for word in self._query.words:
            found = {identity for identity in found if word in self._names.get(identity, "")}
        return found


def _names_of(summary: ConversationSummary) -> str:
    return fold(f"{summary.title} {summary.provider} {summary.model}")
