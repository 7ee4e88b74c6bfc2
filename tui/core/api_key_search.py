"""Finds API keys in texts: literally, in Base64 or hexadecimal, behind escapes, and split into pieces."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from html import escape
from json import dumps
from urllib.parse import quote

from tui.core.escapes import Plain, has_escapes
from tui.core.placeholders import SHORTEST_SECRET, is_real_key, is_searchable, is_unmistakable

MASK = "•••"
"""Replaces a key."""

Span = tuple[int, int]
"""Start and end of a key in a text."""

_WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""Characters that make an adjacent key part of a longer word. Letters of other scripts do not: Chinese is
written without spaces."""


class ApiKeySearch:
    """Searches for a set of keys. Cheap without keys: a few look-ups for a short text."""

    def __init__(self, keys: Iterable[str]) -> None:
        needles: dict[str, bool] = {}
        for key in keys:
            is_bounded = not is_unmistakable(key)
            needles[key] = needles.get(key, True) and is_bounded
            plain = Plain(key).text
            if plain != key and is_searchable(plain):  # also as it reads where one more escape is undone
                needles[plain] = needles.get(plain, True) and is_bounded
            for form in _other_forms(key):
                needles[form] = False
        self._needles = tuple(needles.items())
        """Each needle, and whether it only counts as a whole token."""
        self._ends_in_backslash = any(needle.endswith("\\") for needle in needles)
        self._shortest = min(map(_least, needles), default=0)
        self._firsts = {needle[0] for needle in needles}
        self._pairs = {needle[:2] for needle in needles}
        self._triples = {needle[index : index + 3] for needle in needles for index in range(len(needle) - 2)}

    def spans(self, text: str, before: str = "", *, is_complete: bool = True) -> list[Span]:
        """Return the sorted, disjoint positions of keys in a text; ``before`` is the preceding character."""
        if len(text) < self._shortest:
            return []
        found = list(self._find(text, before, is_complete=is_complete))
        if has_escapes(text):
            for quotings in (0, 1, 2) if self._ends_in_backslash else (0,):
                plain = Plain(text, is_complete=is_complete, quotings=quotings)
                again = self._find(plain.text, before, is_complete=is_complete)
                found += ((plain.start(start), plain.start(end)) for start, end in again)
        return _merged(found) if found else found

    def open_end(self, text: str) -> int:
        """Return where a possible key at the end of a text begins, or the text's length if there is none.

        This is the beginning of a key, a truncated escape, or a complete key that more text could turn into
        part of a longer word.
        """
        length = len(text)
        start = length - self._partial(text)
        if has_escapes(text):
            plain = Plain(text, is_complete=False)
            start = min(start, plain.cut, plain.start(len(plain.text) - self._partial(plain.text)))
            start = plain.whole(start)
        return start

    def _find(self, text: str, before: str, *, is_complete: bool) -> Iterator[Span]:
        for needle, is_bounded in self._needles:
            start = text.find(needle)
            while start >= 0:
                end = start + len(needle)
                if not is_bounded or _stands_alone(text, start, end, before):
                    yield start, end
                    start = text.find(needle, end)
                else:
                    start = text.find(needle, start + 1)
        if is_complete and text[-3:] in self._triples:
            yield from self._cut_off(text, before)

    def _cut_off(self, text: str, before: str) -> Iterator[Span]:
        """Yield a key that is cut off by the end of the text, if what is left would reveal it."""
        for needle, is_bounded in self._needles:
            for length in range(len(needle) - 1, _least(needle) - 1, -1):
                part, start = needle[:length], len(text) - length
                if text.endswith(part) and is_real_key(part):
                    if not is_bounded or _stands_alone(text, start, len(text), before):
                        yield start, len(text)
                    break

    def _partial(self, text: str) -> int:
        """Return how many characters at the end are the beginning of a needle."""
        if text[-3:] not in self._triples:
            return 2 if text[-2:] in self._pairs else 1 if text[-1:] in self._firsts else 0
        longest = 2 if text[-2:] in self._pairs else 1 if text[-1] in self._firsts else 0
        for needle, is_bounded in self._needles:
            index = needle.find(text[-3:])
            while index >= 0:
                length = index + 3
                is_open = is_bounded or length < len(needle)
                if length > longest and is_open and text.endswith(needle[:length]):
                    longest = length
                index = needle.find(text[-3:], index + 1)
        return longest


class ApiKeyEraser:
    """Erases keys from a text that arrives in pieces, holding back a possible beginning of a key."""

    __slots__ = ("_before", "held")

    def __init__(self) -> None:
        self.held = ""
        self._before = ""

    def feed(self, search: ApiKeySearch, piece: str) -> tuple[str, tuple[tuple[int, str], ...]]:
        """Return the text that is final now, and the position and original text of each mask in it."""
        text = self.held + piece
        end = search.open_end(text)
        spans = [span for span in search.spans(text, self._before, is_complete=False) if span[0] < end]
        if spans and spans[-1][1] > end:
            rest = spans[-1][1]
            end = rest + search.open_end(text[rest:])
        self.held = text[end:]
        return self._settled(text[:end], spans)

    def flush(self, search: ApiKeySearch) -> tuple[str, tuple[tuple[int, str], ...]]:
        """Return the text held back, at the end of the input."""
        text, self.held = self.held, ""
        return self._settled(text, search.spans(text, self._before))

    def _settled(self, text: str, spans: list[Span]) -> tuple[str, tuple[tuple[int, str], ...]]:
        if text:
            tail = text[-16:]
            self._before = Plain(tail).text[-1:] if has_escapes(tail) else tail[-1]
        return masked(text, spans) if spans else (text, ())


def masked(text: str, spans: Iterable[Span]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return the text with each span masked, and the position and the original text of each mask."""
    pieces: list[str] = []
    erased: list[tuple[int, str]] = []
    read = written = 0
    for start, end in spans:
        pieces += (text[read:start], MASK)
        written += start - read
        erased.append((written, text[start:end]))
        written += len(MASK)
        read = end
    pieces.append(text[read:])
    return "".join(pieces), tuple(erased)


def _least(needle: str) -> int:
    """Return how many characters of a key reveal as much as the whole key."""
    return min(len(needle), max(SHORTEST_SECRET, -(-len(needle) * 2 // 3)))


def _other_forms(key: str) -> Iterator[str]:
    """Yield the forms of a key in Base64, in hexadecimal, and with its case changed."""
    yield from base64_forms(key)
    digits = key.encode("utf-8", "surrogatepass").hex()
    yield from (digits, digits.upper())
    if is_unmistakable(key):
        yield from (key.lower(), key.upper())
    if has_escapes(key):
        yield from _escaped_forms(key)


def _escaped_forms(key: str) -> Iterator[str]:
    """Yield the escaped forms of a key that looks like an escape itself: unescaping would change it."""

    def percent(text: str) -> str:
        return quote(text, safe="")

    def json(text: str) -> str:
        return dumps(text)[1:-1]

    for outer in (str, percent, json, escape):
        for inner in (percent, json, escape):
            yield outer(inner(key))


def base64_forms(text: str) -> Iterator[str]:
    """Yield the forms that a key can have inside the Base64 of a longer text, at any alignment."""
    data = text.encode("utf-8", "surrogatepass")
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + data).decode()
        start = (0, 2, 3)[shift]
        bits = 8 * (shift + len(data))
        core = encoded[start : bits // 6]  # the last character also depends on the bits that follow
        yield core
        yield core.replace("+", "-").replace("/", "_")


def _stands_alone(text: str, start: int, end: int, before: str) -> bool:
    """Return whether a match is not part of a longer word."""
    left = text[start - 1] if start else before
    if left in _WORD and text[start] in _WORD:
        return False
    return not (text[end - 1] in _WORD and text[end : end + 1] in _WORD)


def _merged(spans: list[Span]) -> list[Span]:
    """Return the spans sorted, with overlapping ones merged."""
    spans.sort()
    merged = [spans[0]]
    for start, end in spans[1:]:
        if start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
