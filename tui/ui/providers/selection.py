"""The selected provider, after checking whether the file has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.texts import provider_list as texts
from tui.ui.providers.details import fix_of
from tui.ui.providers.row import Group, Row
from tui.ui.providers.table import ProviderTable
from tui.ui.shell.offers import key_of

_NEEDS_ROW = frozenset(("edit", "clone", "delete", "default", "state", "diagnose"))


class Selection:
    """The current row of a table. ``notice_edits`` rereads the file if it has changed."""

    def __init__(self, screen: Screen[Any], table: ProviderTable, notice_edits: Callable[[], bool]) -> None:
        self._screen = screen
        self._table = table
        self._notice_edits = notice_edits

    def allows(self, action: str) -> bool:
        """Return whether an action has a provider to act on."""
        row = self._table.current
        if action == "apply":
            return row is not None and fix_of(row) is not None
        if action in ("chat", "test"):
            return row is not None and not row.is_dim
        return row is not None or action not in _NEEDS_ROW

    def current(self) -> Row | None:
        """Return the selected row.

        ``None`` if it has disappeared, since the newly selected row was not meant.
        """
        meant = self._table.current
        self._notice_edits()
        now = self._table.current
        if meant is None or (now is not None and now.provider.name == meant.provider.name):
            return now
        self._warn(texts.NOTHING_DONE.format(name=meant.provider.name))
        return None

    def changeable(self) -> Row | None:
        """Return the selected row if it can be changed; otherwise show why not."""
        return self._unless_fixed(self.current(), (Group.YOURS,))

    def editable(self) -> Row | None:
        """Return the selected row if its form can be opened, possibly read-only; otherwise show why not."""
        return self._unless_fixed(self.current(), (Group.YOURS, Group.SITE_WIDE))

    def _unless_fixed(self, row: Row | None, groups: tuple[Group, ...]) -> Row | None:
        if row is None or row.group in groups:
            return row
        fixed = texts.BUILT_IN_FIXED.format(name=row.provider.name)
        if row.group is Group.SITE_WIDE:
            key = key_of(self._screen, "providers.clone")
            fixed = texts.SITE_FIXED.format(name=row.provider.name, key=key)
        self._warn(fixed)
        return None

    def _warn(self, message: str) -> None:
        self._screen.notify(message, severity="warning")
