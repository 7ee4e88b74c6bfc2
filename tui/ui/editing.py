"""Edits text in the user's own editor, which gets the terminal meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from textual.app import App

from tui.core.failure import LmdeckError
from tui.core.server_words import failure_text
from tui.runtime.external_editor import ExternalEditor
from tui.ui.textual_compat.driver import TerminalDriver
from tui.ui.textual_compat.internals import driver_of


class Editing:
    """One editor at a time, in place of an app's screens."""

    def __init__(self, app: App[Any], environment: Mapping[str, str]) -> None:
        self._app = app
        self._environment = environment
        self._editor: ExternalEditor | None = None
        self._is_open = False

    async def edit(self, text: str) -> str | None:
        """Return the edited text; ``None``: no change. Problems are reported."""
        if self._is_open:
            return None
        if self._editor is None:
            self._editor = ExternalEditor(self._environment)
        self._is_open = True
        try:
            edited = await self._editor.edit(text, self._lent)
        except LmdeckError as error:
            self._app.notify(failure_text(error.failure), severity="warning", timeout=10)
            return None
        finally:
            self._is_open = False
        if edited.problem:
            self._app.notify(edited.problem, severity="warning", timeout=10)
        return edited.text

    def close(self) -> None:
        """Delete the remaining files.

        Raises:
            LmdeckError: some of them remain.
        """
        if self._editor is not None:
            self._editor.close()

    @contextmanager
    def _lent(self) -> Iterator[None]:
        """Release the terminal. Textual's own driver must not draw meanwhile: it would block."""
        driver = driver_of(self._app)
        if isinstance(driver, TerminalDriver):
            with driver.lent():
                yield
        elif driver is None or not driver.can_suspend:
            yield
        else:
            with self._app.batch_update(), self._app.suspend():
                yield
