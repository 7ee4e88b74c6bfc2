"""The test in the provider form: sends the current values, saved or not, and shows the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textual.content import Content
from textual.screen import Screen
from textual.worker import Worker

from tui.core.failure import Failure, LmdeckError
from tui.core.safe_text import safe_line
from tui.runtime.form_control import FormControl
from tui.texts import form as texts
from tui.ui.background import in_background
from tui.ui.providers.trial_result import TrialResult, result_of, result_of_failure
from tui.ui.shell.offers import key_of


class Trial:
    """Runs the test of a form, one at a time; all ``results`` show it, and ``shown`` is called then."""

    def __init__(
        self,
        screen: Screen[Any],
        form: FormControl,
        results: Sequence[TrialResult],
        shown: Callable[[], object],
    ) -> None:
        self._screen = screen
        self._form = form
        self._results = results
        self._shown = shown
        self._worker: Worker[None] | None = None

    def start(self) -> None:
        """Send the test prompt with the current values."""
        model = safe_line(self._form.values["compatible_provider"], 60)
        self._show_progress(texts.TESTING.format(model=model))
        self._worker = in_background(self._screen, self._test, name="trial", group="trial", exclusive=True)

    def stop(self) -> bool:
        """Stop the test; return whether one was running."""
        if self._worker is None or not self._worker.is_running:
            return False
        self._worker.cancel()
        self._show(Content.styled(texts.STOPPED, "dim"))
        return True

    @property
    def height(self) -> int:
        """Return the height of the result in lines."""
        return max(result.size.height if result.is_on_screen else 0 for result in self._results)

    def compare(self) -> None:
        """Mark the result as outdated if the values differ from the tested ones."""
        for result in self._results:
            result.compare(self._form.tested())

    def rename(self, before: Mapping[str, str]) -> None:
        """Update the tested texts after a change of spelling from ``before``."""
        for result in self._results:
            result.rename(before, self._form.tested())

    def failure(self) -> Failure | None:
        """Return the failure of the test with exactly these values."""
        return self._results[0].failure_with(self._form.tested())

    async def _test(self) -> None:
        values = self._form.tested()
        price = self._form.reading().provider.price
        failure: Failure | None
        try:
            found = await self._form.test(self._show_progress)
        except LmdeckError as error:
            result, failure = result_of_failure(error.failure), error.failure
        else:
            result, failure = result_of(found, price, names_texts=True), found.failure
        self._show(result, values, failure)
        self.compare()

    def _show_progress(self, text: str) -> None:
        key = key_of(self._screen, "form.cancel")
        self._show(Content.styled(texts.PROGRESS.format(text=safe_line(text), key=key), "dim"))

    def _show(
        self, content: Content, tested: Mapping[str, str] | None = None, failure: Failure | None = None
    ) -> None:
        for result in self._results:
            result.show(content, tested, failure)
        self._shown()
