"""Textual's app with its own crash report: Textual's prints local variables, including keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import App
from textual.worker import WorkerFailed

from tui.ui.textual_compat.internals import WHILE_LEAVING

if TYPE_CHECKING:
    from tui.ui.early.terminal import EarlyTerminal


class HonestApp(App[None], inherit_bindings=False):
    """Ends with ``defect_report`` instead of Textual's traceback."""

    is_plain = False
    """Whether the program is to run on Textual's own driver and compositor: slower, and without ours."""
    early: EarlyTerminal | None = None
    """The terminal, where it was taken before the program was loaded."""

    def defect_report(self, error: BaseException) -> str:
        """Return what is printed of a defect that ends the program."""
        raise NotImplementedError

    def cut_off(self) -> None:
        """Note that the program ends although its user did not want it to."""

    @property
    def is_leaving(self) -> bool:
        """Whether the program is on its way out."""
        return self._exit

    def _handle_exception(self, error: Exception) -> None:
        """Leave for a defect; but what a program that is leaving does not build any more is none."""
        is_ending = self._exit or not self.is_running
        if not (is_ending and isinstance(error, WHILE_LEAVING)):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        error = self._exception
        cause = error.error if isinstance(error, WorkerFailed) else error
        if cause is not None and not self._exit_renderables:
            self._exit_renderables.append(Text(self.defect_report(cause)))
        self._close_messages_no_wait()
