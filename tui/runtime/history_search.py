"""Looks for words in all saved conversations, the newest first; what is found comes as it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.query import Query
from tui.core.turn import Turn
from tui.store.merged_lines import merged_lines
from tui.store.transcript_file import Transcript, read_transcript

if TYPE_CHECKING:
    from tui.store.conversations import ConversationStore
    from tui.store.summaries import ConversationSummary


@dataclass(frozen=True, slots=True)
class Hit:
    """One line that has a word."""

    turn: int | None
    """From 1 on; ``None``: of another answer or branch than is shown."""
    where: str
    """``prompt``, ``answer`` or ``reasoning``."""
    line: str


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation with hits."""

    number: int
    summary: ConversationSummary
    hits: tuple[Hit, ...]


def search(
    conversations: ConversationStore,
    listed: Iterable[tuple[int, ConversationSummary]],
    query: Query,
    *,
    with_reasoning: bool,
    redact: Callable[[str], str],
) -> Iterator[Found]:
    """Yield the conversations that have a turn with every word. One that cannot be read is passed over."""
    for number, summary in listed:
        try:
            data = conversations.journal_of(summary.identity)
        except LmdeckError:  # deleted meanwhile, or unreadable: the list says so
            continue
        hits = tuple(_hits(read_transcript(merged_lines(data)), query, with_reasoning, redact))
        if hits:
            yield Found(number, summary, hits)


def _hits(
    found: Transcript, query: Query, with_reasoning: bool, redact: Callable[[str], str]
) -> Iterator[Hit]:
    numbered: list[tuple[int | None, Turn]] = [*enumerate(found.turns, 1)]
    for number, turn in (*numbered, *((None, turn) for turn in found.dropped)):
        texts = {"prompt": turn.prompt.text, "answer": turn.answer.text}
        if with_reasoning:
            texts["reasoning"] = turn.reasoning.text
        if not query.fits(*texts.values()):
            continue
        texts = {where: redact(text) for where, text in texts.items()}
        if query.fits(*texts.values()):  # not by a part of a key
            for where, text in texts.items():
                yield from (Hit(number, where, line) for line in query.lines(text))
