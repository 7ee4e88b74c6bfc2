"""The columns of the provider list, and which of them fit a width. All texts are sanitised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len

from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.core.provider_marks import connection_marks
from tui.core.safe_text import safe_line
from tui.runtime.builtin import remote_words, shown_url
from tui.texts import provider_list as texts
from tui.ui.providers.row import Row

_PADDING = 2
_SORT_SIGN = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list."""

    identifier: str
    title: str
    text: Callable[[Row], str]
    widest: int
    priority: int = 0
    """Columns with the highest number are dropped first if there is no room; 0: never."""
    narrow: int = 0
    """The width to which it shrinks so that another column fits; 0: it does not shrink."""
    narrowest: int = 0
    """The minimum width before the list becomes wider than the screen."""
    sort_key: Callable[[Row], object] | None = None

    def key(self, row: Row) -> object:
        """Return the sort key of a row."""
        return self.text(row).casefold() if self.sort_key is None else self.sort_key(row)


def price_text(provider: Provider) -> str:
    """Return the price of 1,000 tokens: ``0.0005 / 0.0015 USD``, ``free``, or ``—`` if unknown."""
    price = provider.price
    if not price.is_known:
        return texts.UNKNOWN
    if price.is_free:
        return texts.FREE
    sides = [texts.UNKNOWN if side is None else f"{side:f}" for side in (price.input, price.output)]
    if provider.is_embedding:
        return texts.ONE_PRICE.format(input=sides[0], currency=price.currency)
    return texts.PRICES.format(input=sides[0], output=sides[1], currency=price.currency)


def _state(provider: Provider) -> str:
    """Return the mark only, for a narrow column: the details explain it."""
    return f"{provider.state.value} !" if connection_marks(provider) else provider.state.value


def _star(row: Row) -> str:
    return "★" if row.provider.is_default else " "


def _state_key(row: Row) -> object:
    return row.reach.rank, row.milliseconds or 0.0


def _price_key(row: Row) -> object:
    price = row.provider.price
    return not price.is_known, (price.input or 0) + (price.output or 0)


def _newest_first(row: Row) -> object:
    return tuple(-ord(character) for character in row.last_used_at) or (1,)


def _context(row: Row) -> str:
    return f"{row.context_window:,}" if row.context_window else ""


_DEFAULT = Column("default", "", _star, 1)
_NAME = Column("name", texts.NAME, lambda row: safe_line(row.provider.name), 24, narrow=12, narrowest=8)
_REACH = Column("reach", texts.STATE, lambda row: row.state, 15, sort_key=_state_key)
_KEY = Column("key", texts.KEY, lambda row: safe_line(row.key_label), 22, 9)

COMPACT: tuple[Column, ...] = (
    _DEFAULT,
    _NAME,
    Column("model", texts.MODEL, lambda row: safe_line(row.provider.model), 36, narrow=16, narrowest=10),
    Column("address", texts.ADDRESS, lambda row: row.address, 32, narrow=20, narrowest=12),
    _REACH,
    Column("price", texts.PRICE, lambda row: price_text(row.provider), 24, 5, sort_key=_price_key),
    Column("used", texts.USED, lambda row: row.last_used, 12, 6, sort_key=_newest_first),
    Column("server", texts.SERVER, lambda row: safe_line(row.server), 18, 7),
    Column("context", texts.CONTEXT, _context, 10, 8, sort_key=lambda row: -(row.context_window or 0)),
    _KEY,
)
"""The most informative columns, in the order of the list."""

WIDE: tuple[Column, ...] = (
    _DEFAULT,
    _NAME,
    Column("display", texts.FIELD_DISPLAY_NAME, lambda row: safe_line(row.provider.display_name), 24),
    Column("category", texts.FIELD_CATEGORY, lambda row: row.provider.category.value, 9),
    Column("type", texts.FIELD_TYPE, lambda row: row.provider.type, 5),
    Column("subtype", texts.FIELD_SUB_TYPE, lambda row: row.provider.sub_type, 16),
    Column("model", texts.FIELD_MODEL, lambda row: safe_line(row.provider.model), 36),
    Column("url", texts.FIELD_URL, lambda row: shown_url(row.provider), 48),
    Column("key", texts.FIELD_KEY, lambda row: safe_line(row.key_label), 22),
    Column("remote", texts.FIELD_REMOTE, lambda row: remote_words(row.provider), 9),
    Column("state", texts.STATE, lambda row: _state(row.provider), 8),
    Column("reach", texts.FIELD_REACHABLE, lambda row: row.state, 15, sort_key=_state_key),
)
"""All columns of Casibase."""

SORTABLE = (
    "reach",
    *(column.identifier for column in COMPACT if column.identifier not in ("reach", "default")),
)
"""The sort orders, beginning with the state."""


def column_width(column: Column, rows: Sequence[Row]) -> int:
    """Return the width of a column: its widest text, at least its title, at most its limit."""
    if column.identifier == "reach":
        return column.widest  # its text changes while it is shown
    longest = max((cell_len(column.text(row)) for row in rows), default=0)
    title = cell_len(column.title) + (_SORT_SIGN if column.title else 0)
    return min(max(longest, title), max(column.widest, title))


def fitting(rows: Sequence[Row], room: int) -> list[tuple[Column, int]]:
    """Return the columns that fit into ``room`` cells with their widths; the last one gets the rest.

    Empty columns are omitted. If there is no room, those with the same text in every row are dropped first;
    the others shrink a little.
    """
    values = {column: {column.text(row) for row in rows} for column in COMPACT}
    chosen = {
        column: column_width(column, rows)
        for column in COMPACT
        if column.priority == 0 or values[column] - {"", texts.UNKNOWN}
    }
    optional = sorted(
        (column for column in chosen if column.priority),
        key=lambda column: (len(values[column]) == 1 and len(rows) > 1, column.priority),
    )
    stay = (column for column in chosen if not column.priority)
    left = room - _taken(min(chosen[column], column.narrow or chosen[column]) for column in stay)
    for column in optional:
        needed = chosen[column] + _PADDING
        if needed > left:
            del chosen[column]
        else:
            left -= needed
    widest = sorted(filter(lambda column: column.narrow, chosen), key=chosen.__getitem__, reverse=True)
    shrinking = [(column, column.narrow) for column in widest]
    for column, least in shrinking + [(column, column.narrowest) for column in widest]:
        over = max(0, _taken(chosen.values()) - room)
        chosen[column] = max(min(least, chosen[column]), chosen[column] - over)
    last = next(reversed(chosen))
    chosen[last] += max(0, room - _taken(chosen.values()))
    return list(chosen.items())


def _taken(widths: Iterable[int]) -> int:
    return sum(width + _PADDING for width in widths)


def matches(row: Row, query: str) -> bool:
    """Return whether every word of the query is in some column, ignoring case."""
    if not query:
        return True
    text = " ".join(column.text(row) for column in (*COMPACT, *WIDE)).casefold()
    return all(word in text for word in query.casefold().split())
