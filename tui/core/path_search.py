"""Finds paths that match typed text; paths with a component that begins with it come first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tui.core.secret_files import is_secret_name

MOST_PATHS = 20_000
"""The maximum number of paths."""
_ENOUGH = 8
"""With fewer matches, fuzzy ones are added."""
_SORTED = 1_000
"""With more matches, the order is that in which they were found."""


def is_suggested(path: str) -> bool:
    """Return whether to suggest a path: not if it is hidden, secret, or cannot be typed.

    Those can only be attached by typing the whole path.
    """
    if path.startswith(".") or "/." in path or '"' in path or not path.isprintable():
        return False
    return not is_secret_name(path)


class PathList:
    """A searchable list of paths, in the order in which they were found."""

    __slots__ = ("_folded", "_last", "paths")

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self.paths = tuple(paths)
        self._folded = tuple(map(str.casefold, self.paths))
        self._last: tuple[str, Sequence[int]] = "", range(len(self.paths))
        """The last typed text and its matches; longer texts can only match among those."""

    def __len__(self) -> int:
        return len(self.paths)

    def best(self, typed: str, most: int) -> list[str]:
        """Return the best matches, at most ``most``."""
        wanted = typed.casefold()
        if not wanted:
            return list(self.paths[:most])
        known, places = self._last
        places = places if wanted.startswith(known) else range(len(self.paths))
        with_it = [place for place in places if wanted in self._folded[place]]
        self._last = wanted, tuple(with_it)
        if len(with_it) <= _SORTED:
            with_it.sort(key=lambda place: self._rank(place, wanted))
        else:
            part = f"/{wanted}"
            begins = (p for p in with_it if self._folded[p].startswith(wanted) or part in self._folded[p])
            begin = list(_first(begins, _SORTED))
            begin.sort(key=lambda place: self._rank(place, wanted))
            with_it = list(dict.fromkeys((*begin, *with_it[:most])))
        found = with_it[:most]
        if len(found) < _ENOUGH:
            found += list(_first(self._scattered(wanted, set(found)), most - len(found)))
        return [self.paths[place] for place in found]

    def begins(self, path: str, typed: str) -> bool:
        """Return whether a path or one of its components begins with the typed text."""
        wanted, folded = typed.casefold(), path.casefold()
        return bool(wanted) and (folded.startswith(wanted) or f"/{wanted}" in folded)

    def _rank(self, place: int, wanted: str) -> tuple[int, int, int]:
        path = self._folded[place]
        name = path.rstrip("/").rpartition("/")[2]
        if name.startswith(wanted):
            tier = 0
        elif path.startswith(wanted):
            tier = 1
        elif f"/{wanted}" in path:
            tier = 2
        else:
            tier = 3 if wanted in name else 4
        return tier, len(path), place

    def _scattered(self, wanted: str, known: set[int]) -> Iterator[int]:
        """Yield the fuzzy matches: the typed characters in order, with others between them."""
        fits = re.compile(".*?".join(map(re.escape, wanted))).search
        return (p for p, path in enumerate(self._folded) if p not in known and fits(path))


def _first(items: Iterator[int], count: int) -> Iterator[int]:
    return (item for _, item in zip(range(count), items, strict=False))
