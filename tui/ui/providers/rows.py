"""The state of all providers while the list is open: availability and reachability."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui.core.api_key_reference import ApiKeyKind
from tui.core.failure import LmdeckError
from tui.core.moments import ago
from tui.core.provider import Provider
from tui.ui.background import in_background
from tui.ui.deck import deck_of
from tui.ui.providers.reach import Reach, reach_after, reach_found
from tui.ui.providers.row import Row, first_row

if TYPE_CHECKING:
    from tui.core.check_history import CheckRecord

_CHECKS_AT_ONCE = 4


class ProviderRows:
    """The rows of the list, by name."""

    def __init__(self, screen: Screen[Any], show: Callable[[Row], None]) -> None:
        """Create the rows; ``show`` is called with each row that changes."""
        self._screen = screen
        self._show_row = show
        self._rows: dict[str, Row] = {}
        self._last_used: Mapping[str, str] = {}
        self._due = 0
        """The number of checks started together."""

    @property
    def progress(self) -> tuple[int, int] | None:
        """The number of finished and of all checks; ``None`` if none are running."""
        left = sum(row.reach is Reach.CHECKING for row in self._rows.values())
        return (self._due - left, self._due) if left else None

    @property
    def all(self) -> tuple[Row, ...]:
        """Every row."""
        return tuple(self._rows.values())

    def used(self, last_used: Mapping[str, str]) -> bool:
        """Set when each provider was last used, by name; return whether any row changes."""
        self._last_used, before = last_used, self._rows
        self._rows = {name: self._with_use(row) for name, row in before.items()}
        return self._rows != before

    def _with_use(self, row: Row) -> Row:
        at = self._last_used.get(row.provider.name, "")
        words = ago(at, datetime.now().astimezone())
        return replace(row, last_used=words, last_used_at=at)

    def read(self) -> tuple[Row, ...]:
        """Read the providers, keeping the state of unchanged ones."""
        known, providers = self._rows, deck_of(self._screen).runtime.directory.providers()
        rows = (self._row(provider, known.get(provider.name)) for provider in providers)
        self._rows = {row.provider.name: self._with_use(row) for row in rows}
        return self.all

    def _row(self, provider: Provider, known: Row | None) -> Row:
        row = first_row(deck_of(self._screen).runtime, provider)
        if row.reach is not Reach.UNKNOWN or known is None or known.key_label != row.key_label:
            return row
        return replace(known, provider=provider) if _asks_the_same(known.provider, provider) else row

    async def remember(self) -> bool:
        """Add the results of the last diagnoses; return whether any row changes."""
        last = await asyncio.to_thread(self._last_checks, [row.provider for row in self.all])
        before = self._rows
        self._rows = {name: _with_memory(row, last.get(name)) for name, row in before.items()}
        return self._rows != before

    def _last_checks(self, providers: Sequence[Provider]) -> dict[str, CheckRecord]:
        """Return the last check of each provider, by name. Blocking: reads a file."""
        runtime = deck_of(self._screen).runtime
        checks = {provider.name: runtime.past_checks(provider) for provider in providers}
        return {name: found[-1] for name, found in checks.items() if found}

    def check(self, *, everything: bool = False) -> None:
        """Check reachability in the background, four at a time; by default only of unknown providers.

        Keys from commands are fetched only with ``everything``: the command may ask for a password.
        """
        deck = deck_of(self._screen)
        if not everything and not (deck.is_warm and deck.runtime.settings.check_reachability):
            return
        due = [row for row in self._rows.values() if _is_due(row, everything)]
        running = sum(row.reach is Reach.CHECKING for row in self._rows.values())
        self._due = len(due) + running
        limit = asyncio.Semaphore(_CHECKS_AT_ONCE)
        for row in due:
            self._show(replace(row, reach=Reach.CHECKING, failure=None, milliseconds=None))
        for row in due:
            in_background(self._screen, self._check, row.provider.name, limit, group="reach")

    async def _check(self, name: str, limit: asyncio.Semaphore) -> None:
        async with limit:
            if name not in self._rows:
                return
            provider = self._rows[name].provider
            has_key = provider.api_key is not None
            try:
                found = await deck_of(self._screen).runtime.reach(provider)
            except LmdeckError as error:
                reach = reach_after(error.failure, has_key=has_key)
                self._found(provider, reach, failure=error.failure)
                return
        reach = reach_found(found.is_reachable, found.milliseconds, found.failure, has_key=has_key)
        offered = () if provider.is_embedding else found.chat_models
        known: dict[str, Any] = {"models": offered or found.models or ()}
        if found.server is not None and found.server.kind is not None:
            known["server"] = " ".join(filter(None, (str(found.server.kind), found.server.version)))
        if found.context_window is not None:
            known["context_window"] = found.context_window
        failure = found.failure
        self._found(provider, reach, milliseconds=found.milliseconds, failure=failure, **known)

    def _found(self, provider: Provider, reach: Reach, **known: Any) -> None:
        row = self._rows.get(provider.name)
        if row is not None and _asks_the_same(row.provider, provider):
            self._show(replace(row, reach=reach, **known))

    def _show(self, row: Row) -> None:
        self._rows[row.provider.name] = row
        self._show_row(row)


def _with_memory(row: Row, last: CheckRecord | None) -> Row:
    """Return a row with the results of its last diagnosis, unless a newer check is available."""
    if last is None:
        return row
    server = " ".join(filter(None, (last.server_kind, last.server_version)))
    window = last.context_window if last.model == row.provider.model else None
    return replace(row, server=row.server or server, context_window=row.context_window or window)


def _is_due(row: Row, everything: bool) -> bool:
    if row.reach in (Reach.MISSING, Reach.INACTIVE, Reach.CHECKING):
        return False
    reference = row.provider.api_key
    asks_command = reference is not None and reference.kind is ApiKeyKind.COMMAND
    return everything or (row.reach is Reach.UNKNOWN and not asks_command)


def _asks_the_same(one: Provider, other: Provider) -> bool:
    """Return whether two records have the same endpoint: they differ at most in being the default."""
    return replace(one, is_default=other.is_default) == other
