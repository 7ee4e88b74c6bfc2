"""Runs the checks of a diagnosis, one at a time, with progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.timer import Timer
from textual.worker import Worker

from tui.core.abilities import Ability, AbilityResult
from tui.core.check_history import CheckRecord
from tui.core.check_options import CheckOptions
from tui.core.diagnosis import CheckId, CheckResult, DiagnosisReport
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.ui.background import in_background
from tui.ui.shell.base import LmdeckScreen

if TYPE_CHECKING:
    from tui.runtime.diagnosing import ProviderCheck

_LOADING_SECONDS = 86_400.0
"""The check is watched and can be stopped at any time, so it waits for a loading model."""


class RunningCheck:
    """Runs checks for a screen.

    ``grown`` is called for each result, ``waiting`` whenever the current step changes and once a second,
    ``finished`` with the report.
    """

    def __init__(
        self,
        screen: LmdeckScreen[Any],
        grown: Callable[[], None],
        waiting: Callable[[], None],
        finished: Callable[[DiagnosisReport], None],
    ) -> None:
        self._screen = screen
        self._grown = grown
        self._waiting = waiting
        self._finished = finished
        self._check: ProviderCheck | None = None
        self._worker: Worker[None] | None = None
        self._clock: Timer | None = None
        self._begun = 0.0
        self.results: dict[CheckId, CheckResult] = {}
        """The results so far."""
        self.tests_abilities = False
        """Whether abilities are tested after the checks."""
        self.tested: list[AbilityResult] = []
        """The results of ability tests so far."""
        self.progress = ""
        """The current step, in words."""

    @property
    def is_on(self) -> bool:
        """Whether a check is running."""
        return self._worker is not None

    @property
    def seconds(self) -> float:
        """The time since the check began."""
        return monotonic() - self._begun

    @property
    def history(self) -> Sequence[CheckRecord]:
        """Return the past checks of the same endpoint."""
        return self._check.history if self._check is not None else ()

    def begin(self, subject: DiagnosisSubject, abilities: tuple[Ability, ...] = ()) -> None:
        """Start a check, followed by tests of abilities; a running check is dropped."""
        self.results, self.progress = {}, ""
        self.tests_abilities, self.tested = bool(abilities), []
        self._begun = monotonic()
        self._check = self._screen.runtime.check(
            subject.provider,
            subject.key_text,
            CheckOptions(
                model=subject.model,
                wait_seconds=_LOADING_SECONDS,
                is_remembered=subject.is_saved,
                abilities=abilities,
            ),
            on_result=self._on_result,
            on_progress=self._on_progress,
            on_ability=self._on_ability,
        )
        self._clock = self._clock or self._screen.set_interval(1, self._waiting)
        self._worker = in_background(
            self._screen, self._run, self._check, name="diagnosis", group="diagnosis", exclusive=True
        )

    async def _run(self, check: ProviderCheck) -> None:
        try:
            report = await check.run()
        finally:
            if check is self._check:  # otherwise the clock belongs to the check that replaced it
                self._stop_clock()
        self._end(report)

    def stop(self) -> bool:
        """Stop the check and keep its results; return whether one was running."""
        if self._worker is None or self._check is None:
            return False
        worker, report = self._worker, self._check.interrupted()
        worker.cancel()
        self._stop_clock()
        self._end(report)
        return True

    def _end(self, report: DiagnosisReport) -> None:
        self._worker = None
        self._finished(report)

    def _on_ability(self, result: AbilityResult) -> None:
        self.tested.append(result)
        self.progress = ""
        self._grown()
        self._waiting()

    def _on_result(self, result: CheckResult) -> None:
        self.results[result.id] = result
        self.progress = ""
        self._grown()
        self._waiting()

    def _on_progress(self, text: str) -> None:
        self.progress = text
        self._waiting()

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
