"""What is searched for in the list of conversations, where, and which of them are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.core.query import ConditionError, Query, fold, typed_query
from tui.core.safe_text import safe_line
from tui.core.search_place import HitPlace, SearchScope
from tui.runtime.history import Wanted
from tui.texts import conversations as texts
from tui.texts.history import NOT_UNDERSTOOD
from tui.ui.conversations.full_text import FullTextSearch
from tui.ui.deck import NarrowsSearch

if TYPE_CHECKING:
    from tui.runtime.history_search import Found
    from tui.store.summaries import ConversationSummary

_SECOND = 1000


class Finding:
    """The search of one list. ``show`` shows what is found, whenever there is more."""

    def __init__(self, screen: Screen[None], show: Callable[[], None]) -> None:
        self._screen = screen
        self._full_text = FullTextSearch(screen, show)
        self._query = Query()
        self._chosen: Sequence[ConversationSummary] = ()
        self._scopes: list[SearchScope] | None = None
        self.with_reasoning = False
        self.problem = ""
        """What of the query cannot be understood, as a sentence."""

    # ── What is searched for ────────────────────────────────────────────────────────────────

    @property
    def scope(self) -> SearchScope:
        """What the search is narrowed to."""
        return self._order[0]

    @property
    def _order(self) -> list[SearchScope]:
        """The scopes that there are from here, the one in use first."""
        if self._scopes is None:
            below = self._screen.app.screen_stack[-2]
            here = below.search_scope if isinstance(below, NarrowsSearch) else SearchScope()
            narrow = (SearchScope(provider=here.provider), SearchScope(conversation=here.conversation))
            self._scopes = [SearchScope(), *(scope for scope in narrow if scope != SearchScope())]
        return self._scopes

    def turn_scope(self) -> None:
        """Search in the next scope."""
        self._scopes = [*self._order[1:], self._order[0]]

    @property
    def scope_words(self) -> str:
        """The scope as the box says it."""
        scope = self.scope
        if scope.conversation:
            return texts.IN_THIS_CHAT
        return texts.IN_PROVIDER.format(provider=safe_line(scope.provider)) if scope.provider else texts.ALL

    def ask(self, text: str, every: Sequence[ConversationSummary]) -> None:
        """Search for what was typed, in the conversations that there are."""
        try:
            self._query, self.problem = typed_query(text, datetime.now().astimezone()), ""
        except ConditionError as error:
            self._choose(every)
            self.problem = NOT_UNDERSTOOD[error.name].format(text=safe_line(error.value, 40))
            return
        self._choose(every)
        listed = list(enumerate(self._chosen, 1))
        self._full_text.begin(self._query, listed, with_reasoning=self.with_reasoning)

    def prepare(self, every: Sequence[ConversationSummary]) -> None:
        """Make ready what later searches need."""
        self._full_text.prepare([summary.identity for summary in every])

    # ── What is found ───────────────────────────────────────────────────────────────────────

    def found(self) -> list[ConversationSummary]:
        """Return the conversations whose title, names or texts have what is searched for."""
        if not self._query.is_about_turns:
            return list(self._chosen)
        texts_found = self._full_text.found
        return [
            summary for summary in self._chosen if summary.identity in texts_found or self._has_title(summary)
        ]

    def hits_of(self, identity: str | None) -> Found | None:
        """Return what was found in the texts of a conversation."""
        return self._full_text.found.get(identity or "")

    def place_in(self, identity: str) -> HitPlace | None:
        """Return the hit in a conversation that has the most words, the first one of those."""
        found = self.hits_of(identity)
        best = None if found is None else found.best[0]
        return None if best is None else HitPlace(best.identity, best.line.word)

    @property
    def is_in_texts(self) -> bool:
        """Whether texts are searched, not only titles."""
        return self._query.is_about_turns

    @property
    def words(self) -> str:
        """How the search is going, or what it came to."""
        search = self._full_text
        if search.is_running:
            return texts.SEARCHING.format(done=search.done, total=search.total)
        if search.seconds is None:
            return ""
        return texts.LINES_FOUND.format(count=search.lines, time=round(search.seconds * _SECOND))

    @property
    def is_running(self) -> bool:
        """Whether more may be found."""
        return self._full_text.is_running

    @property
    def has_just_begun(self) -> bool:
        """Whether nothing can be said yet of the texts: that is a matter of moments."""
        return self._full_text.is_running and not self._full_text.done

    def _choose(self, every: Sequence[ConversationSummary]) -> None:
        """Keep the conversations that the conditions and the scope leave."""
        wanted, scope = Wanted.by(self._query), self.scope
        self._chosen = every
        if not wanted.is_any:
            self._chosen = [summary for summary in self._chosen if wanted.fits(summary)]
        if scope.provider:
            self._chosen = [summary for summary in self._chosen if scope.provider in summary.providers]
        if scope.conversation:
            self._chosen = [summary for summary in self._chosen if scope.conversation == summary.identity]

    def _has_title(self, summary: ConversationSummary) -> bool:
        """Return whether every word is in the title or a name; what a turn has is in no title."""
        if self._query.has:
            return False
        text = _folded(summary.title, summary.provider, summary.model)
        return all(word in text for word in self._query.words)


@lru_cache(maxsize=8192)
def _folded(*parts: str) -> str:
    return fold(" ".join(parts))
