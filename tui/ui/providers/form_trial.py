"""The test in the provider form: the values as they stand are sent, saved or not, and what came is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.content import Content
from textual.screen import Screen
from textual.worker import Worker

from tui.core.failure import Failure, LmdeckError
from tui.core.safe_text import safe_line
from tui.runtime.form_control import FormControl
from tui.ui.background import in_background
from tui.ui.providers.trial_result import TrialResult, result_of, result_of_failure


class Trial:
    """Runs the test of a form, one at a time. ``shown`` is called when ``result`` says something else."""

    def __init__(self, screen: Screen[Any], form: FormControl, shown: Callable[[], object]) -> None:
        self._screen = screen
        self._form = form
        self._shown = shown
        self._worker: Worker[None] | None = None
        self.result = TrialResult(id="trial-result")

    def start(self) -> None:
        """Send the test line with the values as they stand."""
        self._show_progress(f"asking {safe_line(self._form.values['compatible_provider'], 60)}.")
        self._worker = in_background(self._screen, self._test, name="trial", group="trial", exclusive=True)

    def stop(self) -> bool:
        """Stop the test; return whether one was running."""
        if self._worker is None or not self._worker.is_running:
            return False
        self._worker.cancel()
        self._show(Content.styled("– Stopped.", "dim"))
        return True

    async def _test(self) -> None:
        values = self._form.tested()
        price = self._form.reading().provider.price
        failure: Failure | None
        try:
            found = await self._form.test(self._show_progress)
        except LmdeckError as error:
            result, failure = result_of_failure(error.failure), error.failure
        else:
            result, failure = result_of(found, price), found.failure
        hint = Content.styled("\nF7 finds out step by step.", "dim") if failure is not None else Content("")
        self._show(result + hint, values, failure)
        self.result.compare(self._form.tested())

    def _show_progress(self, text: str) -> None:
        self._show(Content.styled(f"… {safe_line(text)} Esc stops.", "dim"))

    def _show(
        self, content: Content, tested: Mapping[str, str] | None = None, failure: Failure | None = None
    ) -> None:
        self.result.show(content, tested, failure)
        self._shown()
