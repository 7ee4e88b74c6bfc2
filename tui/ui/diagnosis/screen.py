"""The diagnosis of one endpoint: the verdict with what fixes it, the checks below as they finish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList
from textual.worker import Worker

from tui.core.check_cost import CHECK_COST
from tui.core.check_options import CheckOptions
from tui.core.diagnosis import CheckId, CheckResult, CheckStatus, DiagnosisReport, checks_of
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.failure import LmdeckError
from tui.core.known_failure import report_of_failure
from tui.core.provider import Provider
from tui.core.report_text import LABELS, cost_line, report_text, summary_line
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.texts import diagnosis as texts
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.diagnosis.check_list import CheckList
from tui.ui.diagnosis.details import CheckDetailsScreen, DetailsText
from tui.ui.diagnosis.repairing import Repairing
from tui.ui.diagnosis.verdict import Verdict, VerdictBox, verdict_of
from tui.ui.diagnosis.view import past_lines, time_text
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.offers import Offer, key_of
from tui.ui.shell.pane import Pane
from tui.ui.shell.title_bar import TitleBar

if TYPE_CHECKING:
    from tui.runtime.diagnosing import ProviderCheck

_LOADING_SECONDS = 86_400.0
"""The check is watched and can be stopped at any time: it waits for a model that is being loaded."""


class DiagnosisScreen(LmdeckScreen[Mapping[str, str] | None]):
    """Diagnoses a provider; ends with the fields that a repair changes, for a form that asked."""

    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual types it
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnosis")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("diagnosis", "diagnosis.list", "diagnosis.text")
    HELP_TEXT: ClassVar[str] = texts.HELP.format(cost=CHECK_COST)

    def __init__(self, subject: DiagnosisSubject) -> None:
        super().__init__()
        self._subject = subject
        self._results: dict[CheckId, CheckResult] = {}
        self._report: DiagnosisReport | None = None
        self._check: ProviderCheck | None = None
        self._worker: Worker[None] | None = None
        self._progress = ""
        self._begun = 0.0
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the verdict over the checks."""
        yield TitleBar()
        yield VerdictBox(id="verdict")
        with Container(id="main"):
            with Pane(id="list"):
                yield self.checks
            with Pane(id="details"):
                yield DetailsText()
        yield BindingBar()

    def on_mount(self) -> None:
        """Explain what is known, or find out."""
        self._show_name()
        self.checks.focus()
        failure = self._subject.known
        if failure is None:
            self.action_again()
            return
        provider, label = self._subject.provider, self.runtime.key_label(self._subject.provider)
        self._finish(report_of_failure(provider, failure, label, self._subject.model))

    @cached_property
    def checks(self) -> CheckList:
        """The checks."""
        return CheckList(self._checks)

    @property
    def _checks(self) -> tuple[CheckId, ...]:
        return checks_of(is_embedding=self._subject.provider.is_embedding)

    @property
    def is_checking(self) -> bool:
        """Whether something is being asked."""
        return self._worker is not None

    def _show_name(self) -> None:
        name = self._subject.provider.name or texts.UNSAVED
        self.query_one(TitleBar).place = texts.TITLE.format(name=name)

    # ── Running ─────────────────────────────────────────────────────────────────────────────

    def action_again(self) -> None:
        """Check from the beginning."""
        self._subject = replace(self._subject, known=None)
        self._results, self._report, self._progress = {}, None, ""
        self._begun = monotonic()
        self._check = self.runtime.check(
            self._subject.provider,
            self._subject.key_text,
            CheckOptions(
                model=self._subject.model,
                wait_seconds=_LOADING_SECONDS,
                is_remembered=self._subject.is_saved,
            ),
            on_result=self._on_result,
            on_progress=self._on_progress,
        )
        self._clock = self._clock or self.set_interval(1, self._show_waiting)
        self._worker = in_background(
            self, self._run, self._check, name="diagnosis", group="diagnosis", exclusive=True
        )
        self.checks.grow({})
        self._show_waiting()
        self.refresh_bindings()

    async def _run(self, check: ProviderCheck) -> None:
        try:
            report = await check.run()
        finally:
            if check is self._check:  # else the clock is that of the check in its place
                self._stop_clock()
        self._finish(report)

    def _on_result(self, result: CheckResult) -> None:
        self._results[result.id] = result
        self._progress = ""
        self.checks.grow(self._results)
        self._show_waiting()

    def _on_progress(self, text: str) -> None:
        self._progress = text
        self._show_waiting()

    def _show_waiting(self) -> None:
        """Show what is being done, for how long, and what it costs."""
        if not self.is_checking:
            return
        current = next((check for check in self._checks if check not in self._results), self._checks[-1])
        seconds = monotonic() - self._begun
        cost = cost_line(is_quick=False, is_embedding=self._subject.provider.is_embedding)
        lines = (Content(safe_line(self._progress) or " "), Content.styled(cost, "dim"))
        title = texts.CHECKING.format(check=LABELS[current])
        verdict = Verdict(title, f"{seconds:.0f} s" if seconds >= 1 else "", lines)
        self.query_one(VerdictBox).show(verdict, (Offer("diagnosis.back", texts.OFFER_STOP),))
        self.query_one("#list", Pane).set_title(texts.CHECKS, f"{len(self._results)}/{len(self._checks)}")

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.stop()
            self._clock = None

    def _finish(self, report: DiagnosisReport) -> None:
        """Show the verdict, the checks and what else was found."""
        self._report, self._worker = report, None
        self._results = {result.id: result for result in report.results}
        sections = (
            (texts.SINCE_LAST_CHECK, report.changes),
            (texts.ON_THIS_MACHINE, report.machine),
            (texts.PAST_CHECKS, past_lines(self._check.history if self._check is not None else ())),
        )
        self.checks.complete(self._results, report.repairs[1:], sections)
        is_known = self._subject.known is not None
        note = texts.ORIGINAL.format(key=key_of(self, "diagnosis.retry")) if is_known else ""
        took = "" if is_known else time_text((monotonic() - self._begun) * 1000)
        self.query_one(VerdictBox).show(verdict_of(report, note=note, took=took), tuple(self._offers()))
        self._show_counts(report)
        self._show_details()
        self.refresh_bindings()

    def _show_counts(self, report: DiagnosisReport) -> None:
        waiting = self.checks.waiting
        done = [result for result in report.results if result.status is not CheckStatus.SKIPPED]
        skipped = texts.WAITING.format(count=len(waiting)) if waiting else ""
        counts = ", ".join(filter(None, (summary_line(done), skipped)))
        self.query_one("#list", Pane).set_title(texts.CHECKS, counts)

    def _offers(self) -> Iterator[Offer]:
        """Yield what can be done about the verdict."""
        if self._can("apply"):
            yield Offer("diagnosis.apply", texts.OFFER_USE)
        yield Offer("diagnosis.retry", texts.OFFER_RECHECK)
        if self._can("edit"):
            yield Offer("diagnosis.edit", texts.OFFER_EDIT if self._subject.is_saved else texts.OFFER_FORM)
        yield Offer("diagnosis.copy", texts.OFFER_COPY)

    def on_option_list_option_highlighted(self) -> None:
        """Another row is under the cursor."""
        self._show_details()
        self.refresh_bindings()

    def _show_details(self) -> None:
        """Show everything about the check under the cursor beside the list, where there is room."""
        result = self.checks.check
        self.query_one("#details", Pane).set_title(LABELS[result.id] if result else "")
        is_verdict = self._report is not None and result == self._report.verdict
        self.query_one(DetailsText).show(result, is_told=is_verdict)

    # ── Keys ────────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        return self._can(action)

    def _can(self, action: str) -> bool:
        report = self._report
        if action in ("again", "copy_report"):
            return report is not None
        if action == "copy_curl":
            return report is not None and bool(report.curl)
        if action == "apply":
            return report is not None and bool(report.repairs)
        if action == "edit":
            return not (self._subject.is_saved and self._subject.provider.is_remote)
        if action == "fold":
            return bool(self.checks.waiting)
        if action == "details":
            return self.checks.is_on_fold or self.checks.repair is not None or self.checks.check is not None
        return True

    def action_name(self, action: str) -> str | None:
        """Return what the key bar calls an action now."""
        if action == "details" and self.checks.is_on_fold:
            return texts.HIDE if self.checks.is_open else texts.SHOW
        if action == "details" and self.checks.repair is not None:
            return texts.APPLY
        return texts.BACK_TO_FORM if action == "edit" and not self._subject.is_saved else None

    def action_back(self) -> None:
        """Give up a change that waits, go back to the list, or stop what runs; else close."""
        if self.writes.give_up():
            return
        if self.query_one("#details", Pane).has_focus_within:
            self.checks.focus()
        elif self._worker is None or self._check is None:
            self.dismiss(None)
        else:
            worker, report = self._worker, self._check.interrupted()
            worker.cancel()
            self._stop_clock()
            self._finish(report)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on the row under the cursor is the same as Enter."""
        event.stop()
        self.action_details()

    def action_details(self) -> None:
        """Apply the repair under the cursor, open the fold, or show everything about the check."""
        if self.checks.is_on_fold:
            self.action_fold()
        elif (repair := self.checks.repair) is not None:
            self._repairing.apply(self._subject, repair)
        elif (result := self.checks.check) is not None:
            if self.query_one("#details").display:
                self.query_one(DetailsText).focus()
            else:
                self.app.push_screen(CheckDetailsScreen(result))

    def action_fold(self) -> None:
        """Show the checks that wait for the failed one, or fold them again."""
        self.checks.toggle()
        self.refresh_bindings()

    def action_copy_report(self) -> None:
        """Copy the report, every known key erased."""
        if self._report is not None:
            self._copy(report_text(self._report, self.runtime.redactor), texts.REPORT)

    def action_copy_curl(self) -> None:
        """Copy a command that repeats the deciding request, the key as a variable."""
        if self._report is not None and self._report.curl:
            self._copy(self.runtime.redactor.redact(self._report.curl), texts.CURL)

    def _copy(self, text: str, what: str) -> None:
        in_background(self, self._pass_on, text, what, group="copy")

    async def _pass_on(self, text: str, what: str) -> None:
        result = await self.runtime.clipboard.copy(text, self.app.copy_to_clipboard)
        self.notify(result.message(what), timeout=6)

    # ── Changing the provider ───────────────────────────────────────────────────────────────

    @cached_property
    def _repairing(self) -> Repairing:
        return Repairing(self, self._saved)

    def action_apply(self) -> None:
        """Apply the fix that the verdict offers."""
        if self._report is not None and self._report.repairs:
            self._repairing.apply(self._subject, self._report.repairs[0])

    def action_edit(self) -> None:
        """Open the provider's form, or go back to the one that asked."""
        if self._subject.is_saved:
            self.deck.router.form(self._subject.provider, then=self._after_form)
        else:
            self.dismiss(None)

    def _after_form(self, saved_name: str | None) -> None:
        if saved_name is not None:
            try:
                self._recheck(self.runtime.directory.get(saved_name))
            except LmdeckError as error:  # another lmdeck has deleted it meanwhile
                self.notify(failure_text(error.failure), severity="warning")

    def _saved(self, saved: Provider) -> None:
        self.notify(texts.SAVED.format(name=saved.name))
        self._recheck(saved)

    def _recheck(self, provider: Provider) -> None:
        self._subject = replace(self._subject, provider=provider, model="")
        self._show_name()
        self.action_again()
