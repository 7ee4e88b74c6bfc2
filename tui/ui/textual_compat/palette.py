"""Textual's command palette, without preselecting an entry that deletes or spends."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual import on
from textual.command import Command, CommandList, CommandPalette
from textual.widgets import Input
from textual.worker import Worker

from tui.ui.background import telling_defects
from tui.ui.palette import PaletteAction
from tui.ui.shell.base import ClosesOnce


class Palette(CommandPalette, ClosesOnce[Any]):
    """The command palette.

    If the first entry deletes or spends, none is selected: Enter marks it, a second Enter runs it.
    """

    def _refresh_command_list(
        self, command_list: CommandList, commands: list[Command], clear_current: bool
    ) -> None:
        """Show the matching entries, and select the first one if that is harmless."""
        super()._refresh_command_list(command_list, commands, clear_current)
        first = command_list.options[0] if command_list.option_count else None
        action = first.hit.command if isinstance(first, Command) else None
        if isinstance(action, PaletteAction) and action.is_risky:
            command_list.highlighted = None

    @on(Input.Submitted)
    def mark_before_running(self, event: Input.Submitted) -> None:
        """Without a selection, mark the first entry on Enter and run nothing, however many there are."""
        command_list = self.query_one(CommandList)
        if self._list_visible and command_list.option_count and command_list.highlighted is None:
            event.stop()
            event.prevent_default()
            command_list.highlighted = 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Handle keys only while the list of commands exists, which every action needs."""
        if self._is_dismissed or not self.query(CommandList):
            return False
        return super().check_action(action, parameters)

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> Worker[Any]:
        """Start the search without letting it end the program.

        In Textual 8.2.8 it looks for its list even after the palette was closed.
        """
        told: Any = partial(telling_defects, self, work)
        return super().run_worker(told, *arguments, **{**options, "exit_on_error": False})
