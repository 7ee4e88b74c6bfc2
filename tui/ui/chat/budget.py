"""The budgets of a chat: read when it opens and after each answer, with a confirmation if one is used up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui.runtime.chat_control import ChatControl
from tui.ui.background import in_background
from tui.ui.budget import ask_beyond_budget
from tui.ui.chat.status_bar import StatusBar

if TYPE_CHECKING:
    from tui.runtime.budget_watch import BudgetWatch


class ChatBudget:
    """Decides whether a request may be sent."""

    def __init__(self, screen: Screen[Any], chat: ChatControl) -> None:
        self._screen = screen
        self._chat = chat

    def read(self) -> None:
        """Read the current state of the budgets, outside the event loop."""
        budgets = self._chat.runtime.budgets
        if budgets is not None:
            in_background(self._screen, self._read, budgets, group="budget", exclusive=True)

    async def _read(self, budgets: BudgetWatch) -> None:
        await asyncio.to_thread(budgets.read)
        self._screen.query_one(StatusBar).draw()

    def allows(self, again: Callable[[], object]) -> bool:
        """Return whether no budget is used up; otherwise ask, and call ``again`` on yes."""
        question = self._chat.budget_question()
        if question:
            ask_beyond_budget(self._screen, question, self._chat.allow_budget, again)
        return not question
