"""Searches all saved conversations, newest first; matches are yielded as they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING

from tui.core.lazy_dataclass import dataclass
from tui.core.query import FoundLine, Query, first_line
from tui.core.search_text import Needles, SearchedTurn

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary
    from tui.store.text_cache import TextCache


@dataclass(frozen=True, slots=True)
class Hit:
    """One matching line."""

    turn: int | None
    """From 1; ``None`` for an answer or branch that is not shown."""
    where: str
    """``prompt``, ``answer`` or ``reasoning``."""
    line: FoundLine
    identity: str = ""
    """The id of the turn."""


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation with matches."""

    number: int | None
    """In the list of all; ``None`` if unknown."""
    summary: ConversationSummary
    hits: tuple[Hit, ...]

    @property
    def best(self) -> list[Hit]:
        """Return the matches, those with the most words first."""
        return sorted(self.hits, key=lambda hit: -hit.line.matched)


def search(
    texts: TextCache,
    listed: Iterable[tuple[int | None, ConversationSummary]],
    query: Query,
    *,
    with_reasoning: bool,
    redact: Callable[[str], str],
    most: int | None = None,
) -> Iterator[Found | None]:
    """Yield the matches in each conversation: ``None`` if no turn contains every word.

    An unreadable conversation has no matches; the list reports it. ``most`` is the number of lines needed for
    each. A query with only conditions on conversations yields each of them without a line.
    """
    if not query.is_about_turns:
        yield from (Found(number, summary, ()) for number, summary in listed)
        return
    needles = Needles(query, with_reasoning=with_reasoning)

    def hits_of(identity: str) -> tuple[Hit, ...]:
        try:
            found = list(texts.text_of(identity).turns(needles))
        except ValueError:  # damaged in a power cut
            found = list(texts.made(identity).turns(needles))
        every = (hit for turn in found for hit in _hits(turn, query, with_reasoning, redact))
        if most is not None and len(query.words) > 1:
            return tuple(nlargest(most, every, key=lambda hit: hit.line.matched))
        return tuple(islice(every, most))

    for number, summary in listed:
        hits: tuple[Hit, ...] = ()
        try:
            hits = hits_of(summary.identity)
        except OSError:  # deleted meanwhile, or unreadable
            hits = ()
        yield Found(number, summary, hits) if hits else None


def _hits(
    turn: SearchedTurn, query: Query, with_reasoning: bool, redact: Callable[[str], str]
) -> Iterator[Hit]:
    kept = {"prompt": turn.prompt, "answer": turn.answer}
    if with_reasoning:
        kept["reasoning"] = turn.reasoning
    texts = {where: redact(text) for where, text in kept.items()}
    if not query.words:
        yield Hit(turn.number, "prompt", first_line(texts["prompt"]), turn.identity)
    elif texts == kept or query.fits(*texts.values()):  # not a match inside an erased key
        for where, text in texts.items():
            yield from (Hit(turn.number, where, line, turn.identity) for line in query.lines(text))
