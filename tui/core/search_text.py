"""The texts of a conversation for searching: case-folded once, as bytes, next to the compressed originals.

Bytes are searched at memory speed; only matches are decompressed. Callers that display them must erase keys
that have become known since.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tui.core.lazy_pattern import lazy_pattern
from tui.core.query import CODE, ERROR, REASONING, Query, fold
from tui.core.turn import Turn, TurnState

_TURN = "\x1e"
_PART = "\x1f"
_FENCE = lazy_pattern(r"(?m)^[ \t]*(?:```|~~~)")
_PIECE = 1 << 20
"""The bytes searched at a time, during which no other thread runs."""
_FASTEST = 1
Redact = Callable[[str], str]


class SearchedTurn(NamedTuple):
    """A turn with a match."""

    number: int | None
    """From 1; ``None`` for a turn of an alternative answer or branch that is not shown."""
    identity: str
    prompt: str
    answer: str
    reasoning: str


class SearchText(NamedTuple):
    """The texts of one conversation, as a range of bytes."""

    data: bytes
    start: int
    middle: int
    """Where the folded texts end, and the compressed ones begin."""

    def turns(self, needles: Needles) -> Iterator[SearchedTurn]:
        """Yield the turns that may match.

        Raises:
            ValueError: the bytes are damaged.
        """
        if not needles.may_be_in(self):
            return
        folded = self.data[self.start : self.middle].split(_TURN.encode())[1:]
        found = [index for index, record in enumerate(folded) if needles.are_in(record)]
        records = _unpacked(self.data[self.middle :]) if found else []
        if found and len(records) != len(folded):
            raise ValueError("the two parts are of different texts")
        for index in found:
            number, *texts = records[index].split(_PART)
            yield SearchedTurn(int(number) if number else None, *texts)


class Needles:
    """A query prepared for searching in bytes."""

    def __init__(self, query: Query, *, with_reasoning: bool) -> None:
        self._words = tuple(_encoded(word) for word in sorted(query.words, key=len, reverse=True))
        self._has = frozenset(name.encode() for name in query.has)
        self._last = 4 if with_reasoning else 3

    def may_be_in(self, text: SearchText) -> bool:
        """Return whether every word occurs in a conversation. A fast filter: most have not."""
        return all(_is_in(text, word) for word in self._words)

    def are_in(self, record: bytes) -> bool:
        """Return whether a folded turn matches."""
        marks, *parts = record.split(_PART.encode())[: self._last]
        return self._has.issubset(marks.split()) and all(
            any(word in part for part in parts) for word in self._words
        )


def search_texts(turns: Iterable[Turn], others: Iterable[Turn], redact: Redact) -> tuple[bytes, bytes]:
    """Return the texts of a conversation, folded and compressed, with known keys erased.

    Args:
        others: the turns of alternative answers and branches that are not shown.
    """
    numbered = [(str(number), turn) for number, turn in enumerate(turns, 1)]
    folded: list[bytes] = []
    shown: list[str] = []
    for number, turn in (*numbered, *(("", turn) for turn in others)):
        texts = [_plain(redact(text.text)) for text in (turn.prompt, turn.answer, turn.reasoning)]
        folded.append(b"\x1f".join((_marks(turn), *(_encoded(fold(text)) for text in texts))))
        shown.append(_PART.join((number, _plain(turn.identity), *texts)))
    packed = zlib.compress(_TURN.join(shown).encode("utf-8", "surrogatepass"), _FASTEST)
    return b"".join(b"\x1e" + record for record in folded), packed


def _marks(turn: Turn) -> bytes:
    """Return the searchable content of a turn besides words."""
    found = {
        CODE: _FENCE.search(turn.answer.text) is not None,
        REASONING: bool(turn.reasoning),
        ERROR: turn.state is TurnState.FAILED,
    }
    return " ".join(name for name, is_there in found.items() if is_there).encode()


def _unpacked(packed: bytes) -> list[str]:
    try:
        return zlib.decompress(packed).decode("utf-8", "surrogatepass").split(_TURN)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _plain(text: str) -> str:
    return text.replace(_TURN, " ").replace(_PART, " ")


def _encoded(text: str) -> bytes:
    return _plain(text).encode("utf-8", "surrogatepass")


def _is_in(text: SearchText, word: bytes) -> bool:
    data, _, end = text
    return any(
        data.find(word, start, min(end, start + _PIECE + len(word))) >= 0
        for start in range(text.start, max(end, text.start + 1), _PIECE)
    )
