"""How providers are shown: columns, marks, the lines of details. Pure functions from values to texts.

Every text here has passed ``core.safe_text``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from rich.cells import cell_len
from textual.content import Content

from tui.core.causes import causes_of
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.core.provider_marks import connection_marks
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.runtime.builtin import read_only_words, remote_words, shown_url


class Reach(Enum):
    """What is known of an endpoint: a glyph, a word and a colour, so that no one of them stands alone."""

    UNKNOWN = ("–", "not checked", "dim")
    CHECKING = ("…", "checking", "dim")
    UP = ("●", "up", "$text-success")
    READY = ("●", "ready", "$text-success")
    MODEL_GONE = ("!", "model gone", "$text-warning")
    KEY_REFUSED = ("!", "key refused", "$text-warning")
    LOADING = ("!", "loading", "$text-warning")
    BUSY = ("!", "busy", "$text-warning")
    NO_VECTORS = ("!", "no vectors", "$text-warning")
    NO_CREDIT = ("!", "no credit", "$text-warning")
    DOWN = ("○", "down", "$text-error")
    NO_KEY = ("○", "no key", "$text-error")
    BLOCKED = ("○", "blocked", "$text-error")
    MISSING = ("○", "not installed", "dim")
    INACTIVE = ("–", "inactive", "dim")

    @property
    def glyph(self) -> str:
        """The sign."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The word beside it."""
        return self.value[1]

    @property
    def colour(self) -> str:
        """The colour as a theme variable."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Row:
    """A provider with what only the running program knows of it."""

    provider: Provider
    key_label: str = ""
    reach: Reach = Reach.UNKNOWN
    milliseconds: float | None = None
    failure: Failure | None = None
    unavailable: str = ""
    """Why it cannot be used at all, and the command that changes that."""

    @property
    def is_dim(self) -> bool:
        """Whether it cannot be picked for a chat."""
        return bool(self.unavailable) or not self.provider.is_active

    @property
    def reach_text(self) -> str:
        """The reachability mark: ``● up 12 ms``."""
        text = f"{self.reach.glyph} {self.reach.word}"
        if self.reach is Reach.UP and self.milliseconds is not None:
            text += f" {self.milliseconds:.0f} ms"
        return text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list."""

    identifier: str
    title: str
    text: Callable[[Row], str]
    widest: int
    priority: int
    """Lower ones are shown first where room is short."""


def _state(provider: Provider) -> str:
    """A column is narrow: what the mark stands for is told below the list."""
    return f"{provider.state.value} !" if connection_marks(provider) else provider.state.value


COLUMNS: tuple[Column, ...] = (
    Column("default", "", lambda row: "★" if row.provider.is_default else " ", 1, 0),
    Column("name", "Name", lambda row: safe_line(row.provider.name), 24, 1),
    Column("display", "Display name", lambda row: safe_line(row.provider.display_name), 24, 6),
    Column("category", "Category", lambda row: row.provider.category.value, 9, 9),
    Column("type", "Type", lambda row: row.provider.type, 5, 10),
    Column("subtype", "Sub type", lambda row: row.provider.sub_type, 16, 11),
    Column("model", "Compatible provider", lambda row: safe_line(row.provider.model), 28, 3),
    Column("url", "Provider URL", lambda row: shown_url(row.provider), 38, 5),
    Column("key", "API key", lambda row: safe_line(row.key_label), 22, 7),
    Column("remote", "Is remote", lambda row: remote_words(row.provider), 9, 8),
    Column("state", "State", lambda row: _state(row.provider), 8, 4),
    Column("reach", "Reachable", lambda row: row.reach_text, 15, 2),
)
"""Every column, in the order of the list."""

REACH_WIDTH = 15
_PADDING = 2
_NOTICES_SHOWN = 3


def column_width(column: Column, rows: Sequence[Row]) -> int:
    """Return the cells a column takes: its widest text, at least its title, at most its limit."""
    if column.identifier == "reach":
        return REACH_WIDTH
    longest = max((cell_len(column.text(row)) for row in rows), default=0)
    title = cell_len(column.title) + (2 if column.title else 0)  # room for the sign of the sorting
    return min(max(longest, title), max(column.widest, title))


def fitting_columns(rows: Sequence[Row], room: int) -> list[Column]:
    """Return the columns that fit into ``room`` cells, the most important ones, in the list's order."""
    chosen: set[str] = set()
    for column in sorted(COLUMNS, key=lambda column: column.priority):
        room -= column_width(column, rows) + _PADDING
        if room < 0:
            break
        chosen.add(column.identifier)
    return [column for column in COLUMNS if column.identifier in chosen]


def matches(row: Row, query: str) -> bool:
    """Return whether any column contains every word of the query, without regard to case."""
    text = " ".join(column.text(row) for column in COLUMNS).casefold()
    return all(word in text for word in query.casefold().split())


_IN_THE_WAY: Mapping[str, Reach] = {
    "model-not-found": Reach.MODEL_GONE,
    **dict.fromkeys(("auth", "auth-scheme", "basic-auth", "forbidden"), Reach.KEY_REFUSED),
    "loading": Reach.LOADING,
    "starting": Reach.LOADING,
    **dict.fromkeys(("rate-limited", "overloaded", "gateway-limit"), Reach.BUSY),
    "quota": Reach.NO_CREDIT,
    **dict.fromkeys(causes_of("Embeddings"), Reach.NO_VECTORS),
    "setting-unreadable": Reach.BLOCKED,
    **dict.fromkeys(("key-unavailable", "key-malformed"), Reach.NO_KEY),
}
"""The server answers, or nothing was sent to it: it is not down, and not ready for a chat either."""


def reach_after(failure: Failure | None) -> Reach:
    """Return what a failure says of an endpoint."""
    return _IN_THE_WAY.get(failure.cause, Reach.DOWN) if failure is not None else Reach.DOWN


def reach_found(is_reachable: bool | None, milliseconds: float | None, failure: Failure | None) -> Reach:
    """Return what a quick look says: only an endpoint with nothing in the way is shown as good."""
    if is_reachable is None:
        return Reach.UNKNOWN
    if failure is not None or not is_reachable:
        return reach_after(failure)
    return Reach.UP if milliseconds is not None else Reach.READY


def shortened(notices: Sequence[str]) -> tuple[str, ...]:
    """Return the notices for which a small window has room, and how many there are besides."""
    if len(notices) <= _NOTICES_SHOWN:
        return tuple(notices)
    shown = _NOTICES_SHOWN - 1
    return (*notices[:shown], f"{len(notices) - shown} more, shown when these are corrected.")


def details(row: Row) -> Content:
    """Return three lines for below the list: everything about one provider that a narrow list leaves out."""
    provider = row.provider
    parts = [provider.category.value, provider.type, provider.sub_type]
    if provider.is_remote:
        parts.append(read_only_words(provider))
    parts += (f"! {mark}" for mark in connection_marks(provider))
    first = Content.assemble((safe_line(provider.label), "bold"), ("  " + " · ".join(parts), "dim"))
    url = safe_line(provider.model) + "  at  " + shown_url(provider)
    money = f"Key: {safe_line(row.key_label) or 'none'}   Price: {price_text(provider)}"
    return Content("\n").join([first, Content(url), Content(money)])


def condition(row: Row) -> Content:
    """Return whether the provider can be used now, and where it cannot, why and what to do."""
    if row.unavailable:
        return Content.styled(row.unavailable, "$text-warning")
    mark = Content.styled(row.reach_text, row.reach.colour)
    if row.failure is None:
        return mark
    return mark + Content(f"  {failure_text(row.failure)}")


def price_text(provider: Provider) -> str:
    """Return the two prices as a person says them: ``free``, ``not given`` or amounts."""
    price = provider.price
    if not price.is_known:
        return "not given"
    if price.is_free:
        return "free"
    sides = [
        f"{name} {value:f}"
        for name, value in (("in", price.input), ("out", price.output))
        if value is not None
    ]
    return f"{', '.join(sides)} {price.currency} per 1k tokens"
