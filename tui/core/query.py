"""Queries for saved conversations: words that must all occur in one turn, and conditions.

Case and equivalent Unicode forms are ignored; words also match inside longer ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import read_amount
from tui.core.since import read_since

if TYPE_CHECKING:
    from tui.core.usage import Cost

CODE, REASONING, ERROR = "code", "reasoning", "error"
MARKS = (CODE, REASONING, ERROR)
"""Content of a turn that can be searched for besides words."""
_TOKEN = lazy_pattern(r'(provider|model|since|has|cost):(?:"([^"]*)"|(\S+))|"([^"]*)"|(\S+)')
_OPEN = lazy_pattern(r"(?:^|(?<=\s))(?:(?:provider|model|since|has):|cost:[<>]?=?)$")
_COST = lazy_pattern(r"([<>]=?)(.+)")
_BEFORE = 40
"""Characters of a long line shown before a match."""
_LINE = 160
_ELLIPSIS = "…"


class ConditionError(ValueError):
    """The value of a condition is invalid."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(value)
        self.name = name
        self.value = value


@dataclass(frozen=True, slots=True)
class CostLimit:
    """The required cost of a conversation, in any currency."""

    operator: str
    amount: Decimal

    def fits(self, costs: Iterable[Cost]) -> bool:
        """Return whether one of the amounts is within the limit; never without a price."""
        return any(self._fits(cost.total) for cost in costs)

    def _fits(self, total: Decimal) -> bool:
        if total == self.amount:
            return "=" in self.operator
        return (total > self.amount) == self.operator.startswith(">")


class FoundLine(NamedTuple):
    """A line as shown, and the positions of the matched words."""

    text: str
    places: tuple[tuple[int, int], ...] = ()
    """Start and end of each matched word that is visible, the longest word first."""
    matched: int = 1
    """How many words of the query it contains."""

    @property
    def together(self) -> str:
        """The longest sequence of matched words separated only by white space, unchanged."""
        stretches: list[tuple[int, int]] = []
        for start, end in sorted(self.places):
            if stretches and not self.text[stretches[-1][1] : start].strip():
                stretches[-1] = stretches[-1][0], max(end, stretches[-1][1])
            else:
                stretches.append((start, end))
        start, end = max(stretches, key=lambda place: place[1] - place[0], default=(0, 0))
        return self.text[start:end]

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The line in pieces, each with whether it is a match."""
        apart: list[tuple[int, int]] = []
        for start, end in self.places:
            if all(end <= first or start >= last for first, last in apart):  # not inside a longer match
                apart.append((start, end))
        pieces: list[tuple[str, bool]] = []
        done = 0
        for start, end in sorted(apart):
            pieces += [(self.text[done:start], False), (self.text[start:end], True)]
            done = end
        return [*pieces, (self.text[done:], False)]


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query."""

    words: tuple[str, ...] = ()
    """Case-folded; a quoted phrase is one word."""
    provider: str = ""
    model: str = ""
    since: datetime | None = None
    has: frozenset[str] = frozenset()
    """The content that a turn must have, from ``MARKS``."""
    cost: CostLimit | None = None

    @property
    def is_about_turns(self) -> bool:
        """Whether it searches for turns; otherwise it only selects conversations."""
        return bool(self.words or self.has)

    def fits(self, *texts: str) -> bool:
        """Return whether each word occurs in one of the texts."""
        folded = [fold(text) for text in texts]
        return all(any(word in text for text in folded) for word in self.words)

    def words_in(self, line: FoundLine) -> str:
        """Return a phrase to search a line for: all words as typed, or those that are adjacent in it."""
        text = " ".join(line.text.split())
        phrase = " ".join(" ".join(self.words).split())
        if phrase not in fold(text):
            return " ".join(line.together.split())
        start, end = _place(text, phrase)
        return text[start:end]

    def lines(self, text: str) -> Iterator[FoundLine]:
        """Yield the lines of a text with at least one of the words, cut to the surroundings of the match."""
        for line in text.split("\n"):
            folded = fold(line)
            if found := [word for word in self.words if word in folded]:
                yield _around(line.strip(), sorted(found, key=len, reverse=True))


def read_query(text: str, now: datetime) -> Query:
    """Parse a query.

    Raises:
        ConditionError: a condition is invalid.
    """
    words: list[str] = []
    found: dict[str, str] = {}
    has: set[str] = set()
    for match in _TOKEN.finditer(text):
        name, quoted, bare, phrase, word = match.groups()
        value = bare if quoted is None else quoted
        if name == "has":
            has.add(_mark(value))
        elif name:
            found[name] = value
        else:
            words.append(fold(phrase if phrase is not None else word))
    return Query(
        tuple(filter(None, words)),
        found.get("provider", ""),
        found.get("model", ""),
        _since(found["since"], now) if "since" in found else None,
        frozenset(has),
        _cost(found["cost"]) if "cost" in found else None,
    )


def typed_query(text: str, now: datetime) -> Query:
    """Parse a query that is being typed, ignoring a condition without a value.

    Raises:
        ConditionError: a condition is invalid.
    """
    return read_query(_OPEN.sub("", text), now)


def fold(text: str) -> str:
    """Return the form in which texts are compared."""
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold())


def first_line(text: str) -> FoundLine:
    """Return the first line of a text that was not matched by a word."""
    return _around(next(iter(text.strip().split("\n"))).strip(), [])


def _mark(value: str) -> str:
    if value.lower() not in MARKS:
        raise ConditionError("has", value)
    return value.lower()


def _since(value: str, now: datetime) -> datetime:
    since = read_since(value, now)
    if since is None:
        raise ConditionError("since", value)
    return since


def _cost(value: str) -> CostLimit:
    match = _COST.fullmatch(value)
    amount = read_amount(match[2]) if match is not None else None
    if match is None or amount is None:
        raise ConditionError("cost", value)
    return CostLimit(match[1], amount)


def _around(line: str, words: Sequence[str]) -> FoundLine:
    """Return a line, or the part of it around the first of the words, all of which it contains."""
    places = [_place(line, word.strip()) for word in words]
    if len(line) <= _LINE:
        return FoundLine(line, tuple(places), len(words))
    start = max(0, places[0][0] - _BEFORE) if places else 0
    end = start + _LINE
    before, after = (_ELLIPSIS if start else ""), (_ELLIPSIS if end < len(line) else "")
    shift = len(before) - start
    shown = ((first + shift, min(last, end) + shift) for first, last in places if start <= first < end)
    return FoundLine(f"{before}{line[start:end]}{after}", tuple(shown), len(words))


def _place(line: str, word: str) -> tuple[int, int]:
    """Return the position of a word in a line, allowing for length changes by folding."""
    if line.isascii():
        start = fold(line).find(word)
        return start, start + len(word)
    end = bisect_left(range(len(line)), True, key=lambda length: word in fold(line[:length]))
    sizes = range(1, end + 1)
    beyond = bisect_left(sizes, True, key=lambda size: word in fold(line[end - size : end]))
    return max(0, end - 1 - beyond), end
