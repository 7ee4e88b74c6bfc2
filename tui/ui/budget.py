"""The confirmation before a paid request that exceeds a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from textual.screen import Screen

from tui.core.provider import Provider
from tui.texts import budget as texts
from tui.ui.background import in_background
from tui.ui.deck import runtime_of
from tui.ui.shell.dialogs import confirm

_TRYING = "test"
"""Tests and checks of providers share this: allowing them once a day covers all of them."""


def ask_beyond_budget(
    screen: Screen[Any],
    question: str,
    allow: Callable[[], object],
    again: Callable[[], object],
    refused: Callable[[], object] = lambda: None,
) -> None:
    """Ask for confirmation; on yes, allow it and call ``again``."""

    def send() -> None:
        allow()
        again()

    confirm(screen, texts.TITLE, question, send, texts.SEND, texts.CANCEL, otherwise=refused)


def within_budget(
    screen: Screen[Any],
    providers: Sequence[Provider],
    go_on: Callable[[], object],
    refused: Callable[[], object] = lambda: None,
) -> None:
    """Read the state of the budgets, then test or check providers; ask first, once, if one is used up."""
    budgets = runtime_of(screen).budgets
    if budgets is None or all(provider.price.is_free for provider in providers):
        go_on()
        return

    def allow(beyond: Iterable[Provider]) -> None:
        for provider in beyond:
            budgets.allow(provider.name, _TRYING)

    async def read() -> None:
        await asyncio.to_thread(budgets.read)
        asked = [(each, text) for each in providers if (text := budgets.question(each, _TRYING))]
        if asked:
            question = "\n\n".join(dict.fromkeys(text for _, text in asked))
            ask_beyond_budget(screen, question, partial(allow, [each for each, _ in asked]), go_on, refused)
        else:
            go_on()

    in_background(screen, read, group="budget", exclusive=True)
