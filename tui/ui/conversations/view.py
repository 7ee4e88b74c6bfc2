"""How a saved conversation reads in the list, and which columns a width has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.core.outside import read_local_moment
from tui.core.safe_text import safe_line

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_PADDING = 2
_LONGEST = 400


class Column(NamedTuple):
    """A column of the list."""

    key: str
    title: str
    width: int


_FIXED = (
    Column("when", "When", 16),
    Column("turns", "Turns", 5),
    Column("provider", "Provider", 16),
    Column("model", "Model", 24),
)
_NARROW = ("when", "turns", "provider")
_WIDE_COLUMNS = 110


def columns_for(width: int) -> list[Column]:
    """Return the columns for a width: the title takes what the others leave."""
    fixed = [column for column in _FIXED if width >= _WIDE_COLUMNS or column.key in _NARROW]
    taken = sum(column.width + _PADDING for column in fixed)
    return [Column("title", "Title", max(12, width - taken - _PADDING - 1)), *fixed]


def row_texts(summary: ConversationSummary) -> dict[str, str]:
    """Return the texts of a row by column; all of them safe to show."""
    mark = "! " if summary.problem else "• " if summary.is_open_elsewhere else ""
    return {
        "title": mark + (safe_line(summary.title, _LONGEST) or "without a name"),
        "when": when_words(summary.updated_at),
        "turns": f"{summary.turns:>5}",
        "provider": safe_line(summary.provider, _LONGEST),
        "model": safe_line(summary.model, _LONGEST),
    }


def note_on(summary: ConversationSummary) -> str:
    """Return what is to be said of a conversation below the list: nothing for most."""
    if summary.problem:
        return f"! {safe_line(summary.problem, _LONGEST)}"
    if summary.is_open_elsewhere:
        return "• Open in a chat: Enter reads it, c goes on in a copy."
    return ""


def when_words(stamp: str) -> str:
    """Return a moment in this machine's time zone: ``2026-01-31 17:05``; as it is where it is no moment."""
    moment = read_local_moment(stamp)
    return safe_line(stamp, 16) if moment is None else moment.strftime("%Y-%m-%d %H:%M")


def matches(summary: ConversationSummary, query: str) -> bool:
    """Return whether every word of the query stands in the title, provider or model."""
    text = f"{summary.title} {summary.provider} {summary.model}".casefold()
    return all(word in text for word in query.casefold().split())
