"""Greedy wrapping of styled spans that can be paused and resumed: an endless paragraph stays cheap."""

from __future__ import annotations

from collections.abc import Iterable

from tui.core.lazy_pattern import lazy_pattern
from tui.ui.transcript.cells import cell_len, split_cells
from tui.ui.transcript.lines import Span

_PIECES = lazy_pattern(r" +|[^ ]+")
_WIDE = lazy_pattern(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"
)
_NOT_FIRST = frozenset("、。，．：；？！）」』】〕〉》”’…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)]}")
_NOT_LAST = frozenset("（「『【〔〈《“‘([{")

BREAK = "\n"
"""A span with this text forces a new line."""


class Flow:
    """Fills lines of ``width`` cells. ``feed`` returns the lines that are final, ``close`` the last one."""

    __slots__ = ("_cells", "_line", "_word", "_word_cells", "width")

    def __init__(self, width: int) -> None:
        self.width = max(1, width)
        self._line: list[Span] = []
        self._cells = 0
        self._word: list[Span] = []
        self._word_cells = 0

    def copy(self) -> Flow:
        """Return an independent flow in the same state."""
        twin = Flow(self.width)
        twin._line, twin._cells = list(self._line), self._cells
        twin._word, twin._word_cells = list(self._word), self._word_cells
        return twin

    def feed(self, spans: Iterable[Span]) -> list[tuple[Span, ...]]:
        """Add spans; return the lines that nothing added later can change."""
        done: list[tuple[Span, ...]] = []
        for span in spans:
            if span.text == BREAK:
                self._end_word(done)
                self._end_line(done)
                continue
            for piece in _PIECES.findall(span.text):
                if piece[0] == " ":
                    self._end_word(done)
                    self._add_space(span, len(piece))
                else:
                    self._add_piece(span, piece, done)
        return done

    def close(self) -> list[tuple[Span, ...]]:
        """End the text; return the remaining lines."""
        done: list[tuple[Span, ...]] = []
        self._end_word(done)
        if self._line:
            self._end_line(done)
        return done

    def _add_space(self, span: Span, count: int) -> None:
        if self._cells and self._cells + count < self.width:
            self._line.append(Span(" " * count, span.style, span.url))
            self._cells += count
        elif self._cells:
            self._cells = self.width  # the line breaks at the space

    def _add_piece(self, span: Span, piece: str, done: list[tuple[Span, ...]]) -> None:
        if piece.isascii() or _WIDE.search(piece) is None:
            self._extend_word(span, piece)
            if self._word_cells > self.width:  # settles the complete lines of an endless word
                self._end_word(done)
            return
        start = 0
        for index in range(1, len(piece)):
            if _may_break(piece[index - 1], piece[index]):
                self._extend_word(span, piece[start:index])
                self._end_word(done)
                start = index
        self._extend_word(span, piece[start:])

    def _extend_word(self, span: Span, text: str) -> None:
        self._word.append(Span(text, span.style, span.url))
        self._word_cells += cell_len(text)

    def _end_word(self, done: list[tuple[Span, ...]]) -> None:
        if not self._word:
            return
        if self._cells and self._cells + self._word_cells > self.width:
            self._end_line(done)
        if self._word_cells > self.width:
            self._split_word(done)
        else:
            self._line.extend(self._word)
            self._cells += self._word_cells
        self._word, self._word_cells = [], 0

    def _split_word(self, done: list[tuple[Span, ...]]) -> None:
        for span in self._word:
            rest = span.text
            while rest:
                if self._cells >= self.width:
                    self._end_line(done)
                head, tail = split_cells(rest, self.width - self._cells)
                taken = cell_len(head)
                if self._cells and self._cells + taken > self.width:
                    self._end_line(done)
                    continue
                self._line.append(Span(head, span.style, span.url))
                self._cells += taken
                rest = tail

    def _end_line(self, done: list[tuple[Span, ...]]) -> None:
        while self._line and self._line[-1].text.isspace():
            self._line.pop()
        done.append(tuple(_merge(self._line)))
        self._line, self._cells = [], 0


def _may_break(before: str, after: str) -> bool:
    """Return whether a line may break between two characters without a space, next to wide ones."""
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return _WIDE.match(before) is not None or _WIDE.match(after) is not None


def _merge(spans: Iterable[Span]) -> list[Span]:
    """Join neighbours of the same style."""
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1][1] == span[1] and merged[-1][2] == span[2]:
            merged[-1] = Span(merged[-1].text + span.text, span.style, span.url)
        else:
            merged.append(span)
    return merged


def wrap(spans: Iterable[Span], width: int) -> list[tuple[Span, ...]]:
    """Return the spans as lines of at most ``width`` cells; an empty text has no line."""
    flow = Flow(width)
    return [*flow.feed(spans), *flow.close()]


def cut(text: str, width: int) -> list[str]:
    """Return a text as pieces of at most ``width`` cells, cut anywhere; an empty text is one empty piece."""
    width = max(1, width)
    pieces: list[str] = []
    while text:
        head, text = split_cells(text, width)
        pieces.append(head)
    return pieces or [""]
