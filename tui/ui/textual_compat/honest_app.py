"""An app with its own crash report: Textual's prints local variables, including keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import App
from textual.worker import WorkerFailed

from tui.ui.textual_compat.internals import WHILE_LEAVING

if TYPE_CHECKING:
    from tui.ui.early.terminal import EarlyTerminal


class HonestApp(App[None], inherit_bindings=False):
    """Exits with ``defect_report`` instead of Textual's traceback."""

    is_plain = False
    """Whether the program is to run on Textual's own driver and compositor: slower, and without ours."""
    early: EarlyTerminal | None = None
    """The terminal, where it was taken before the program was loaded."""

    def defect_report(self, error: BaseException) -> str:
        """Return what to print for a crash."""
        raise NotImplementedError

    def cut_off(self) -> None:
        """Record that the program ends without the user's intention."""

    @property
    def is_leaving(self) -> bool:
        """Whether the program is exiting."""
        return self._exit

    def _handle_exception(self, error: Exception) -> None:
        """Exit because of an exception, unless it was caused by an earlier exit."""
        is_ending = self._exit or not self.is_running
        if not (is_ending and isinstance(error, WHILE_LEAVING)):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        error = self._exception
        cause = error.error if isinstance(error, WorkerFailed) else error
        if cause is not None and not self._exit_renderables:
            self._exit_renderables.append(Text(self.defect_report(cause)))
        self._close_messages_no_wait()
