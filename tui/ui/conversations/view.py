"""The list of saved conversations: its columns, groups and order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from tui.core.counted import Counted
from tui.core.figures import format_all_tokens, format_costs, format_spent
from tui.core.moments import ago
from tui.core.outside import read_local_moment
from tui.core.safe_text import safe_line
from tui.core.totals import Totals, sum_of
from tui.core.usage import Cost
from tui.texts import conversations as texts
from tui.texts.provider_list import UNTITLED
from tui.ui.shell.list_rows import ListColumn, ListRow, width_of
from tui.ui.transcript.cells import cell_len

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_LONGEST = 400
_FIXED = (
    ListColumn("turns", texts.COLUMN_TURNS, 5, is_right=True),
    ListColumn("model", texts.COLUMN_MODEL, 5),
    ListColumn("provider", texts.COLUMN_PROVIDER, 8),
    ListColumn("tokens", texts.COLUMN_TOKENS, 6, is_right=True),
    ListColumn("price", texts.COLUMN_PRICE, 5),
    ListColumn("time", texts.COLUMN_TIME, 12),
)
"""As wide as their titles or, for tokens and time, their longest value; others are widened to their
values."""
_NARROWER = ({"model": 24, "provider": 18}, {"model": 14, "provider": 14})
"""Names may be cut if the title is short of room, prices and numbers never."""
_WIDE_TITLE = 36
"""The width of the title from which no other column is narrowed."""
_NARROWEST_TITLE = 24
"""The width of the title below which another column is dropped."""
_DROPPED_FIRST = ("provider", "tokens", "model", "turns", "price", "time")
"""Columns in the order in which they are dropped; those with the same value in all rows come first."""

_TELLING = {"provider": "provider", "turns": "turns", "model": "model", "price": "costs"}
"""The value of each column that may be the same in every row."""

BEST = "best"
SORTS: Mapping[str, str] = MappingProxyType(
    {
        "time": texts.COLUMN_TIME,
        BEST: texts.BEST,
        "title": texts.COLUMN_TITLE,
        "turns": texts.COLUMN_TURNS,
        "model": texts.COLUMN_MODEL,
        "tokens": texts.COLUMN_TOKENS,
        "price": texts.COLUMN_PRICE,
    }
)
"""The sort orders; the first groups by date.

For the best match in a text search, the caller passes the conversations in that order.
"""
NEWEST = "time"


def columns_for(
    width: int, sort: str = NEWEST, summaries: Sequence[ConversationSummary] = ()
) -> list[ListColumn]:
    """Return the columns for a width in cells: the title gets what the others leave."""
    needed = _needed(summaries)
    fixed = {column.key: _widened(column, needed.get(column.key, 0), sort) for column in _FIXED}
    for most in _NARROWER:
        if _title_room(width, fixed) < _WIDE_TITLE:
            narrow = {name: min(fixed[name].width, cells) for name, cells in most.items()}
            fixed |= {name: fixed[name]._replace(width=cells) for name, cells in narrow.items()}
    if _title_room(width, fixed) < _NARROWEST_TITLE:
        for name in _to_drop(summaries, sort):
            if _title_room(width, fixed) < _NARROWEST_TITLE:
                del fixed[name]
    title = ListColumn("title", texts.COLUMN_TITLE, max(12, _title_room(width, fixed)))
    return [_widened(title, 0, sort), *fixed.values()]


def _needed(summaries: Sequence[ConversationSummary]) -> dict[str, int]:
    """Return the width that the values of columns need."""
    return {
        "turns": max((len(str(summary.turns)) for summary in summaries), default=0),
        "price": max((len(_price_words(summary)) for summary in summaries), default=0),
        **{
            name: max((cell_len(safe_line(value, _LONGEST)) for value in values), default=0)
            for name, values in (
                ("model", {summary.model for summary in summaries}),
                ("provider", {summary.provider for summary in summaries}),
            )
        },
    }


def _widened(column: ListColumn, needed: int, sort: str) -> ListColumn:
    """Return a column wide enough for its values and its title, with a mark if it is sorted."""
    is_marked = column.key == sort and sort != NEWEST
    title = f"{column.title} ▼" if is_marked else column.title
    return column._replace(title=title, width=max(column.width, needed, len(title)))


def _price_words(summary: ConversationSummary) -> str:
    return _spent(summary.costs, summary.not_priced)


@lru_cache(maxsize=8192)
def _spent(costs: tuple[Cost, ...], not_priced: int) -> str:
    return format_spent(costs, not_priced)


def _title_room(width: int, fixed: Mapping[str, ListColumn]) -> int:
    return width - width_of(fixed.values()) - 2


def _to_drop(summaries: Sequence[ConversationSummary], sort: str) -> list[str]:
    """Return the columns that may be dropped, uninformative ones first; never the sorted one."""
    values = {
        name: {getattr(summary, attribute) for summary in summaries} for name, attribute in _TELLING.items()
    }
    names = [name for name in _DROPPED_FIRST if name != sort]
    return sorted(names, key=lambda name: len(summaries) < 2 or len(values.get(name, "..")) > 1)


def rows_of(
    summaries: Sequence[ConversationSummary],
    columns: Sequence[ListColumn],
    sort: str,
    now: datetime,
    marked: Collection[str] = (),
) -> Iterator[ListRow]:
    """Yield the rows in order; if sorted by date, with headings for days, weeks or months.

    ``marked`` are the ids of the marked conversations.
    """
    group = ""
    for summary in sorted_by(summaries, sort):
        if sort == NEWEST and (name := _heading(summary, now)) != group:
            group = name
            yield ListRow("", partial(tuple, (group,)))
        yield ListRow(summary.identity, partial(_cells, summary, columns, now, summary.identity in marked))


def sums_of(summaries: Iterable[ConversationSummary]) -> list[str]:
    """Return the total usage and cost of conversations, as far as known."""
    sums = sum_of(
        Totals(summary.usage, summary.costs, not_priced=summary.not_priced) for summary in summaries
    )
    tokens = (
        texts.TOKENS.format(tokens=Counted(format_all_tokens(sums.usage))) if sums.usage is not None else ""
    )
    return [words for words in (tokens, format_costs(sums.costs, sums.not_priced)) if words]


def _heading(summary: ConversationSummary, now: datetime) -> str:
    return texts.PINNED_GROUP if summary.is_pinned else group_of(summary.updated_at, now)


def sorted_by(summaries: Sequence[ConversationSummary], sort: str) -> list[ConversationSummary]:
    """Return the conversations, given newest first, with pinned ones first, or sorted by a column.

    The best match is the given order.
    """
    if sort == BEST:
        return list(summaries)
    if sort == "turns":
        return sorted(summaries, key=lambda summary: -summary.turns)
    if sort == "tokens":
        return sorted(summaries, key=lambda summary: -_tokens_of(summary))
    if sort == "price":
        return sorted(summaries, key=_price_key)
    if sort in ("title", "model"):
        return sorted(summaries, key=lambda summary: str(getattr(summary, sort)).casefold())
    return sorted(summaries, key=lambda summary: not summary.is_pinned)


def _tokens_of(summary: ConversationSummary) -> int:
    usage = summary.usage
    return 0 if usage is None else (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)


def _price_key(summary: ConversationSummary) -> tuple[str, Decimal]:
    """Return a sort key within the same currency; free and unpriced conversations come last."""
    dearest = max(summary.costs, key=lambda cost: cost.total, default=None)
    return ("~", Decimal(0)) if dearest is None or not dearest.total else (dearest.currency, -dearest.total)


def group_of(stamp: str, now: datetime) -> str:
    """Return the group of a moment: today, yesterday, the six days before, or its month.

    As for ``ago``, a moment to come is today, and one that is days away is of its month.
    """
    return _group_on(stamp, now.date(), now.tzinfo)


@lru_cache(maxsize=4096)
def _group_on(stamp: str, today: date, zone: tzinfo | None) -> str:
    moment = read_local_moment(stamp)
    if moment is None:
        return texts.NO_DATE
    moment = moment.astimezone(zone)
    days = (today - moment.date()).days
    if -1 <= days <= 1:
        return texts.TODAY if days <= 0 else texts.YESTERDAY
    if 1 < days <= 7:
        return texts.LAST_WEEK
    month = texts.MONTHS.split()[moment.month - 1]
    return month if moment.year == today.year else texts.MONTH_OF_YEAR.format(month=month, year=moment.year)


def _cells(
    summary: ConversationSummary, columns: Sequence[ListColumn], now: datetime, is_marked: bool
) -> tuple[str, ...]:
    mark = "✓ " if is_marked else ""
    mark += "! " if summary.problem else "• " if summary.is_open_elsewhere else ""
    mark += "★ " if summary.is_pinned else ""
    cells = {
        "title": mark + (safe_line(summary.title, _LONGEST) or UNTITLED),
        "turns": str(summary.turns),
        "model": safe_line(summary.model, _LONGEST),
        "provider": safe_line(summary.provider, _LONGEST),
        "tokens": format_all_tokens(summary.usage),
        "price": _price_words(summary),
        "time": ago(summary.updated_at, now),
    }
    return tuple(cells[column.key] for column in columns)
