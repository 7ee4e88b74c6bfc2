"""How saved conversations read in the list: their columns, groups and order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from tui.core.moments import ago
from tui.core.outside import read_local_moment
from tui.core.safe_text import safe_line
from tui.texts import conversations as texts
from tui.texts.provider_list import UNTITLED
from tui.ui.shell.row_list import ListColumn, ListRow, width_of

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_LONGEST = 400
_FIXED = (
    ListColumn("turns", texts.COLUMN_TURNS, 7, is_right=True),
    ListColumn("model", texts.COLUMN_MODEL, 24),
    ListColumn("provider", texts.COLUMN_PROVIDER, 18),
    ListColumn("time", texts.COLUMN_TIME, 12),
)
_NARROW_MODEL = 16
_WIDE = 110
_NEEDED = {"model": 64, "provider": _WIDE}
"""Cells from which a list has a column."""

SORTS: Mapping[str, str] = MappingProxyType(
    {
        "time": texts.COLUMN_TIME,
        "title": texts.COLUMN_TITLE,
        "turns": texts.COLUMN_TURNS,
        "model": texts.COLUMN_MODEL,
    }
)
"""The columns that the list can be sorted by, in the order of the key; the first one groups by date."""
NEWEST = "time"


def columns_for(width: int, sort: str = NEWEST) -> list[ListColumn]:
    """Return the columns for a width in cells: the title gets what the others leave."""
    fixed = [column for column in _FIXED if width >= _NEEDED.get(column.key, 0)]
    if width < _WIDE:
        fixed = [
            column._replace(width=_NARROW_MODEL) if column.key == "model" else column for column in fixed
        ]
    title = ListColumn("title", texts.COLUMN_TITLE, max(12, width - width_of(fixed) - 2))
    return [
        column._replace(title=f"{column.title} ▼") if column.key == sort and sort != NEWEST else column
        for column in (title, *fixed)
    ]


def rows_of(
    summaries: Sequence[ConversationSummary],
    columns: Sequence[ListColumn],
    sort: str,
    now: datetime,
    marked: Collection[str] = (),
) -> Iterator[ListRow]:
    """Yield the rows in their order; the newest ones below the day, week or month of each.

    ``marked``: the identities of those that are marked.
    """
    group = ""
    for summary in sorted_by(summaries, sort):
        if sort == NEWEST and (name := _heading(summary, now)) != group:
            group = name
            yield ListRow("", partial(tuple, (group,)))
        yield ListRow(summary.identity, partial(_cells, summary, columns, now, summary.identity in marked))


def _heading(summary: ConversationSummary, now: datetime) -> str:
    return texts.PINNED_GROUP if summary.is_pinned else group_of(summary.updated_at, now)


def sorted_by(summaries: Sequence[ConversationSummary], sort: str) -> list[ConversationSummary]:
    """Return conversations, which come the newest first: the pinned ones before them, or by a column."""
    if sort == "turns":
        return sorted(summaries, key=lambda summary: -summary.turns)
    if sort in ("title", "model"):
        return sorted(summaries, key=lambda summary: str(getattr(summary, sort)).casefold())
    return sorted(summaries, key=lambda summary: not summary.is_pinned)


def group_of(stamp: str, now: datetime) -> str:
    """Return the group of a moment: today, yesterday, the six days before, or its month."""
    return _group_on(stamp, now.date(), now.tzinfo)


@lru_cache(maxsize=4096)
def _group_on(stamp: str, today: date, zone: tzinfo | None) -> str:
    moment = read_local_moment(stamp)
    if moment is None:
        return texts.NO_DATE
    moment = moment.astimezone(zone)
    days = (today - moment.date()).days
    if days <= 1:
        return texts.TODAY if days <= 0 else texts.YESTERDAY
    if days <= 7:
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
        "time": ago(summary.updated_at, now),
    }
    return tuple(cells[column.key] for column in columns)
