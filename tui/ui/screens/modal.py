"""Windows over a screen, which close once however fast the keys come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import Command, CommandList, CommandPalette
from textual.screen import ModalScreen
from textual.widgets import Input
from textual.worker import Worker

ResultType = TypeVar("ResultType")


class Window(ModalScreen[ResultType], Generic[ResultType]):
    """A window over a screen.

    Textual 8.2.8 answers the second of two quick dismissals by closing the screen below, or with an
    ``InvalidStateError`` that ends the program.
    """

    _is_dismissed = False

    def dismiss(self, result: ResultType | None = None) -> AwaitComplete:
        """Close the window with its result, once it is laid out; a second call does nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed = True
        if not self.is_mounted:
            self.call_after_refresh(super().dismiss, result)
            return AwaitComplete()
        return super().dismiss(result)


@dataclass(frozen=True, slots=True)
class PaletteAction:
    """What an entry of the palette does."""

    run: Callable[[], Awaitable[object]]
    is_risky: bool
    """Whether it deletes or spends: then it is never the entry that is selected by itself."""

    async def __call__(self) -> None:
        """Do it."""
        await self.run()


class Palette(CommandPalette):
    """The command palette, closed once for the same reason.

    Where the first entry deletes or spends, none is selected: Enter marks it, a second one runs it.
    """

    _is_dismissed = False

    def _refresh_command_list(
        self, command_list: CommandList, commands: list[Command], clear_current: bool
    ) -> None:
        """Show the entries that match, and select the first one if that is harmless."""
        super()._refresh_command_list(command_list, commands, clear_current)
        first = command_list.options[0] if command_list.option_count else None
        action = first.hit.command if isinstance(first, Command) else None
        if isinstance(action, PaletteAction) and action.is_risky:
            command_list.highlighted = None

    @on(Input.Submitted)
    def mark_before_running(self, event: Input.Submitted) -> None:
        """Enter where nothing is selected marks the first entry and runs nothing, however many there are."""
        command_list = self.query_one(CommandList)
        if self._list_visible and command_list.option_count and command_list.highlighted is None:
            event.stop()
            event.prevent_default()
            command_list.highlighted = 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let keys pass only while the list of commands is there: every action looks for it."""
        if self._is_dismissed or not self.query(CommandList):
            return False
        return super().check_action(action, parameters)

    def run_worker(self, *arguments: Any, **options: Any) -> Worker[Any]:
        """Start the search, which must not end the program.

        In Textual 8.2.8 it looks for its list even when the palette was closed at once.
        """
        return super().run_worker(*arguments, **{**options, "exit_on_error": False})

    def dismiss(self, result: object = None) -> AwaitComplete:
        """Close the palette; a second call does nothing."""
        if self._is_dismissed:
            return AwaitComplete()
        self._is_dismissed = True
        return super().dismiss(result)  # type: ignore[arg-type]  # what Textual itself gives
