"""Settled lines in compact form: a long answer has a million spans, of which fifty are ever visible.

A line is stored as one text and some numbers, in plain tuples without references to anything else: they take
a fraction of the memory, and the garbage collector does not visit them again. With a million live objects it
would pause the program noticeably.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from tui.ui.transcript.lines import Line, Span

_Packed = tuple[str, tuple[int, ...], tuple[int, ...], tuple[str, ...], int, bool, int, int]


class Words(NamedTuple):
    """The text of a line, for searches."""

    text: str
    lead: int
    """The number of decoration characters at its start."""
    soft: bool


def words_of(line: Line) -> Words:
    """Return the text of a line."""
    return Words(line.text, sum(len(span.text) for span in line.spans[: line.lead]), line.soft)


class CompactLines:
    """An append-only list of lines."""

    __slots__ = ("__weakref__", "_lines", "span_count")

    def __init__(self) -> None:
        self._lines: list[_Packed] = []
        self.span_count = 0
        """The number of spans and lines, as a measure of memory."""

    def extend(self, lines: Iterable[Line]) -> None:
        """Add lines."""
        for line in lines:
            self._lines.append(_pack(line))
            self.span_count += len(line.spans) + 1

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, index: int) -> Line:
        return _unpack(self._lines[index])

    def block(self, index: int) -> int:
        """Return the block number of a line, without unpacking the line."""
        return self._lines[index][7]

    def words_from(self, first: int, count: int) -> Iterator[Words]:
        """Yield the texts of some lines, without unpacking them."""
        for text, lengths, _, _, lead, soft, _, _ in self._lines[first : first + count]:
            yield Words(text, sum(lengths[:lead]) if lead else 0, soft)


def _pack(line: Line) -> _Packed:
    spans = line.spans
    urls = tuple(span.url for span in spans) if any(span.url for span in spans) else ()
    return (
        "".join([span.text for span in spans]),
        tuple([len(span.text) for span in spans]),
        tuple([int(span.style) for span in spans]),
        urls,
        line.lead,
        line.soft,
        int(line.fill),
        line.block,
    )


@lru_cache(maxsize=256)
def _unpack(packed: _Packed) -> Line:
    """Return the line; cached, since visible ones are requested for every frame."""
    text, lengths, styles, urls, lead, soft, fill, block = packed
    ends = accumulate(lengths)
    spans = tuple(
        Span(text[end - length : end], style, url)
        for end, length, style, url in zip(ends, lengths, styles, urls or ("",) * len(lengths), strict=True)
    )
    return Line(spans, lead, soft, fill, block)
