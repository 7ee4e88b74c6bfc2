"""The question before a request that goes beyond a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.texts import budget as texts
from tui.ui.background import in_background
from tui.ui.deck import runtime_of
from tui.ui.shell.dialogs import confirm


def ask_beyond_budget(
    screen: Screen[Any], question: str, allow: Callable[[], object], again: Callable[[], object]
) -> None:
    """Ask; where the answer is yes, allow it and do ``again`` what was asked for."""

    def send() -> None:
        allow()
        again()

    confirm(screen, texts.TITLE, question, send, texts.SEND, texts.CANCEL)


def within_budget(screen: Screen[Any], provider: str, who: str, go_on: Callable[[], object]) -> None:
    """Read how the budgets stand, then do something; ask first where one is spent."""
    budgets = runtime_of(screen).budgets
    if budgets is None:
        go_on()
        return

    async def read() -> None:
        await asyncio.to_thread(budgets.read)
        if question := budgets.question(provider, who):
            ask_beyond_budget(screen, question, lambda: budgets.allow(provider, who), go_on)
        else:
            go_on()

    in_background(screen, read, group="budget", exclusive=True)
