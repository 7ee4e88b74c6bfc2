"""Requests with the values of a form, saved or not: the test, and the diagnosis with its fixes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.core.diagnosis_subject import DiagnosisSubject
from tui.runtime.form_control import FormControl
from tui.ui.budget import within_budget
from tui.ui.providers.form_judging import FormJudging
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.form_scroll import FormScroll
from tui.ui.providers.form_trial import Trial
from tui.ui.providers.model_field import ModelField
from tui.ui.providers.trial_result import TrialResult
from tui.ui.shell.base import LmdeckScreen

_LONGEST_RESULT = 14
"""The maximum lines of a test result, as in the style sheet."""


class FormAsking:
    """Tests and diagnoses the values of a form. ``test_row`` has the test prompt, and its result."""

    def __init__(
        self, screen: LmdeckScreen[Any], form: FormControl, test_row: FormRow, judging: FormJudging
    ) -> None:
        self._screen = screen
        self._form = form
        self._test_row = test_row
        self._judging = judging
        self._scroll = screen.query_one(FormScroll)
        results = list(screen.query(TrialResult))
        self.trial = Trial(screen, form, results, lambda: self._scroll.show_later(test_row))

    def test(self) -> None:
        """Send the test prompt with the current values."""
        self._judging.unless(self._judging.take_values().unsendable(), self._start_test)

    def _start_test(self) -> None:
        within_budget(self._screen, [self._judging.take_values().for_request()[0]], self._start_trial)

    def _start_trial(self) -> None:
        self._go_to_test()
        self.trial.start()

    def _go_to_test(self) -> None:
        """Focus the row of the test, unless its result is visible together with the current row."""
        self._screen.query_one(ModelField).close()
        tail = 0 if self._screen.has_class("-wide") else _LONGEST_RESULT - self.trial.height
        if not self._scroll.has_room(self._test_row, tail):
            self._test_row.editor.focus()

    def diagnose(self) -> None:
        """Diagnose the current values; fixes are applied to the form."""
        if self._form.is_view_only:
            self._screen.deck.router.diagnosis(DiagnosisSubject(self._form.original))
        else:
            self._judging.unless(self._judging.take_values().unsendable(), self._diagnose)

    def _diagnose(self) -> None:
        provider, key_text = self._judging.take_values().for_request()
        subject = DiagnosisSubject(provider, key_text, is_saved=False, known=self.trial.failure())
        self._screen.deck.router.diagnosis(subject, self._apply)

    def _apply(self, changes: Mapping[str, str] | None) -> None:
        """Apply the fixes of a diagnosis to their fields."""
        if changes:
            self._judging.apply(changes)
