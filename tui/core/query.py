"""What is searched for in saved conversations: words, all of which one turn must have, and conditions.

Case, and the forms that Unicode treats as one, make no difference; words are found inside of longer ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from unicodedata import normalize

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.since import read_since

_TOKEN = lazy_pattern(r'(provider|model|since):(?:"([^"]*)"|(\S+))|"([^"]*)"|(\S+)')
_BEFORE = 40
"""Characters of a long line that are shown before a word."""
_LINE = 160
_ELLIPSIS = "…"


class UnknownTimeError(ValueError):
    """What follows ``since:`` is no time."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a user typed."""

    words: tuple[str, ...] = ()
    """Folded; what stood in quotation marks is one."""
    provider: str = ""
    model: str = ""
    since: datetime | None = None

    def fits(self, *texts: str) -> bool:
        """Return whether each word is in one of the texts."""
        folded = [fold(text) for text in texts]
        return all(any(word in text for text in folded) for word in self.words)

    def lines(self, text: str) -> Iterator[str]:
        """Yield the lines of a text that have one of the words, cut to what is around it."""
        for line in text.split("\n"):
            folded = fold(line)
            word = next((word for word in self.words if word in folded), None)
            if word is not None:
                yield _around(line, word)


def read_query(text: str, now: datetime) -> Query:
    """Return what a text asks for.

    Raises:
        UnknownTimeError: what follows ``since:`` is no time.
    """
    words: list[str] = []
    found: dict[str, str] = {}
    since: datetime | None = None
    for match in _TOKEN.finditer(text):
        name, quoted, bare, phrase, word = match.groups()
        value = bare if quoted is None else quoted
        if name == "since":
            since = read_since(value, now)
            if since is None:
                raise UnknownTimeError(value)
        elif name:
            found[name] = value
        else:
            words.append(fold(phrase if phrase is not None else word))
    return Query(tuple(filter(None, words)), found.get("provider", ""), found.get("model", ""), since)


def fold(text: str) -> str:
    """Return a text as it is compared."""
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold())


def _around(line: str, word: str) -> str:
    """Return a line, or the part of it around a word that it has."""
    line = line.strip()
    if len(line) <= _LINE:
        return line
    end = bisect_left(range(len(line)), True, key=lambda length: word in fold(line[:length]))
    start = max(0, end - len(word) - _BEFORE)
    piece = line[start : start + _LINE]
    before, after = (_ELLIPSIS if start else ""), (_ELLIPSIS if start + _LINE < len(line) else "")
    return f"{before}{piece}{after}"
