"""What is known of each provider while the list is open: whether it can be used, and who answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from textual.screen import Screen

from tui.core.api_key_reference import ApiKeyKind
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.core.safe_text import safe_text
from tui.ui.background import in_background
from tui.ui.deck import deck_of
from tui.ui.providers.view import Reach, Row, reach_after, reach_found

_CHECKS_AT_ONCE = 4


class ProviderRows:
    """The rows of the list by name. ``show`` is told each that another answer changed."""

    def __init__(self, screen: Screen[Any], show: Callable[[Row], None]) -> None:
        self._screen = screen
        self._show_row = show
        self._rows: dict[str, Row] = {}

    def read(self) -> tuple[Row, ...]:
        """Take the providers as they are now; keep what is known of the unchanged ones."""
        known, providers = self._rows, deck_of(self._screen).runtime.directory.providers()
        self._rows = {provider.name: self._row(provider, known.get(provider.name)) for provider in providers}
        return tuple(self._rows.values())

    def _row(self, provider: Provider, known: Row | None) -> Row:
        runtime = deck_of(self._screen).runtime
        label = runtime.key_label(provider)
        availability = runtime.directory.availability(provider)
        if not availability.is_available:
            how = f" Install it with: {availability.command}" if availability.command else ""
            reason = f"{availability.reason}{how}"
            return Row(provider, label, Reach.MISSING, unavailable=safe_text(reason))
        if not provider.is_active:
            return Row(provider, label, Reach.INACTIVE)
        if known is None or known.key_label != label or not _asks_the_same(known.provider, provider):
            return Row(provider, label)
        return replace(known, provider=provider)

    def check(self, *, everything: bool = False) -> None:
        """Ask in the background who answers, four at a time; without ``everything`` only the unknown ones.

        A key that a command prints is asked for only with ``everything``: it may want a person.
        """
        deck = deck_of(self._screen)
        if not everything and not (deck.is_warm and deck.runtime.settings.check_reachability):
            return
        due = [row for row in self._rows.values() if _is_due(row, everything)]
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
            try:
                found = await deck_of(self._screen).runtime.reach(provider)
            except LmdeckError as error:
                self._found(provider, reach_after(error.failure), failure=error.failure)
                return
        reach = reach_found(found.is_reachable, found.milliseconds, found.failure)
        self._found(provider, reach, milliseconds=found.milliseconds, failure=found.failure)

    def _found(self, provider: Provider, reach: Reach, **known: Any) -> None:
        row = self._rows.get(provider.name)
        if row is not None and _asks_the_same(row.provider, provider):
            self._show(replace(row, reach=reach, **known))

    def _show(self, row: Row) -> None:
        self._rows[row.provider.name] = row
        self._show_row(row)


def _is_due(row: Row, everything: bool) -> bool:
    if row.reach in (Reach.MISSING, Reach.INACTIVE, Reach.CHECKING):
        return False
    reference = row.provider.api_key
    asks_command = reference is not None and reference.kind is ApiKeyKind.COMMAND
    return everything or (row.reach is Reach.UNKNOWN and not asks_command)


def _asks_the_same(one: Provider, other: Provider) -> bool:
    """Return whether who answers to one answers to the other: they differ at most in being the default."""
    return replace(one, is_default=other.is_default) == other
