"""A provider in the list, with its current state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.core.safe_text import safe_text
from tui.runtime.builtin import address_of, is_built_in
from tui.texts import provider_list as texts
from tui.ui.providers.reach import Reach, state_words

if TYPE_CHECKING:
    from tui.runtime.contract import ScreenRuntime


class Group(IntEnum):
    """The owner of a provider, in the order of the list."""

    YOURS = 0
    SITE_WIDE = 1
    BUILT_IN = 2

    @property
    def title(self) -> str:
        """Return the heading of the group."""
        return (texts.YOURS, texts.SITE_WIDE, texts.BUILT_IN)[self]


@dataclass(frozen=True, slots=True)
class Row:
    """A provider and its state."""

    provider: Provider
    key_label: str = ""
    address: str = ""
    """Host and port."""
    reach: Reach = Reach.UNKNOWN
    milliseconds: float | None = None
    failure: Failure | None = None
    models: tuple[str, ...] = ()
    """The server's current models."""
    server: str = ""
    """The server, as far as known."""
    context_window: int | None = None
    last_used: str = ""
    """When it was last used for a conversation, in words."""
    last_used_at: str = ""
    """The same in ISO 8601, for sorting."""
    unavailable: str = ""
    """Why it is unavailable, and the command that changes that."""

    @property
    def is_dim(self) -> bool:
        """Whether it cannot be selected for a chat."""
        return bool(self.unavailable) or not self.provider.is_active

    @property
    def state(self) -> str:
        """Return the state with its mark and the reason."""
        return state_words(self.reach, self.milliseconds, self.failure)

    @property
    def group(self) -> Group:
        """Return its owner."""
        if is_built_in(self.provider):
            return Group.BUILT_IN
        return Group.SITE_WIDE if self.provider.is_remote else Group.YOURS


def first_row(runtime: ScreenRuntime, provider: Provider) -> Row:
    """Return the row of a provider before anything was asked of its server."""
    label, address = runtime.key_label(provider), address_of(provider)
    availability = runtime.directory.availability(provider)
    if not availability.is_available:
        how = texts.INSTALL.format(command=availability.command) if availability.command else ""
        reason = safe_text(f"{availability.reason} {how}".strip())
        return Row(provider, label, address, Reach.MISSING, unavailable=reason)
    return Row(provider, label, address, Reach.UNKNOWN if provider.is_active else Reach.INACTIVE)


def with_headings(rows: Sequence[Row]) -> Iterator[Row | Group]:
    """Yield rows that are in the order of their groups, each group but the first below its heading."""
    group = Group.YOURS
    for row in rows:
        if row.group is not group:
            group = row.group
            yield group
        yield row
