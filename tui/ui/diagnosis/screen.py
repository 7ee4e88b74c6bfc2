"""The diagnosis of one endpoint: the verdict in plain words, the checks below it as they finish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList, Static
from textual.worker import Worker

from tui.core.check_cost import CHECK_COST
from tui.core.check_options import CheckOptions
from tui.core.diagnosis import CheckId, CheckResult, DiagnosisReport, Repair, checks_of
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.endpoint_url import inspect_url
from tui.core.known_failure import report_of_failure
from tui.core.provider import Provider
from tui.core.report_text import LABELS, cost_line, report_text
from tui.core.safe_text import safe_line
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.diagnosis.check_list import CheckList, is_ascii
from tui.ui.diagnosis.details import CheckDetailsScreen
from tui.ui.diagnosis.view import past_lines, verdict_content
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.title_bar import TitleBar

if TYPE_CHECKING:
    from tui.runtime.diagnosing import ProviderCheck

_LOADING_SECONDS = 86_400.0
"""A person watches and can stop at any time: a model that is being loaded is waited for."""


class DiagnosisScreen(LmdeckScreen[Mapping[str, str] | None]):
    """Diagnoses a provider; ends with the fields that a repair changes, for a form that asked."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnosis")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("diagnosis", "diagnosis.list")
    HELP_TEXT: ClassVar[str] = (
        "Finds out step by step what is wrong with an endpoint, and what to do. Each line is one check; "
        f"what depends on a failed one is not tried. It sends one short chat: {CHECK_COST}; an embedding "
        "provider gets two short texts instead."
    )

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
        name = self._subject.provider.name or "unsaved provider"
        yield TitleBar(f"Diagnosis › {name}")
        yield Static(id="verdict")
        yield CheckList(self._checks)
        yield BindingBar()

    def on_mount(self) -> None:
        """Explain what is known, or find out."""
        self.checks.focus()
        failure = self._subject.known
        if failure is None:
            self.action_again()
            return
        provider, label = self._subject.provider, self.runtime.key_label(self._subject.provider)
        self._finish(report_of_failure(provider, failure, label, self._subject.model))

    @property
    def checks(self) -> CheckList:
        """The checks."""
        return self.query_one(CheckList)

    @property
    def _checks(self) -> tuple[CheckId, ...]:
        return checks_of(is_embedding=self._subject.provider.is_embedding)

    @property
    def is_checking(self) -> bool:
        """Whether something is being asked."""
        return self._worker is not None

    @property
    def _is_known(self) -> bool:
        return self._subject.known is not None

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
        """Say what is being done, for how long, and what it costs."""
        if self._worker is None:
            return
        current = next((check for check in self._checks if check not in self._results), self._checks[-1])
        seconds = monotonic() - self._begun
        waited = f"  {seconds:.0f} s" if seconds >= 1 else ""
        lines = [
            Content.styled(f"… Checking: {LABELS[current]}{waited}", "bold $primary"),
            Content(f"  {safe_line(self._progress)}"),
            Content.styled(f"  {self._cost_line()} Esc stops.", "dim"),
        ]
        self.query_one("#verdict", Static).update(Content("\n").join(lines))

    def _cost_line(self) -> str:
        return cost_line(is_quick=False, is_embedding=self._subject.provider.is_embedding)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.stop()
            self._clock = None

    def _finish(self, report: DiagnosisReport) -> None:
        """Show the verdict, the repairs and what else was found."""
        self._report, self._worker = report, None
        self._results = {result.id: result for result in report.results}
        ascii_only = is_ascii(self.app.console.encoding)
        history = self._check.history if self._check is not None else ()
        sections = (
            ("Since the last check", report.changes),
            ("On this machine", report.machine),
            ("Past checks", past_lines(history, is_ascii=ascii_only)),
        )
        self.checks.complete(self._results, report.repairs, sections)
        self._show_verdict()
        if not self._is_known:
            self.query_one(TitleBar).status = f"{monotonic() - self._begun:.1f} s"
        self.refresh_bindings()

    def _show_verdict(self) -> None:
        if self._report is None:
            return
        verdict = verdict_content(
            self._report,
            width=max(40, self.app.size.width - 2),
            is_known=self._is_known,
            is_ascii=is_ascii(self.app.console.encoding),
        )
        self.query_one("#verdict", Static).update(verdict)

    def on_resize(self) -> None:
        """Break the sentences anew."""
        self._show_verdict()

    # ── Keys ────────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now."""
        if action in ("again", "copy_report") and self.is_checking:
            return None
        if action == "copy_curl" and not (self._report is not None and self._report.curl):
            return None
        if action == "apply" and not (self._report is not None and self._report.repairs):
            return None
        return True

    def action_back(self) -> None:
        """Give up a change that waits, or stop what runs; else go back."""
        if self.writes.give_up():
            return
        if self._worker is None or self._check is None:
            self.dismiss(None)
            return
        worker, report = self._worker, self._check.interrupted()
        worker.cancel()
        self._stop_clock()
        self._finish(report)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on the row under the cursor is the same as Enter."""
        event.stop()
        self.action_details()

    def action_details(self) -> None:
        """Show everything about the check under the cursor, or take the repair under it."""
        if self.checks.repair_index is not None:
            self.action_apply()
        elif (result := self.checks.check) is not None:
            self.app.push_screen(CheckDetailsScreen(result))

    def action_copy_report(self) -> None:
        """Copy the report, every known key erased."""
        if self._report is not None:
            self._copy(report_text(self._report, self.runtime.redactor), "Report")

    def action_copy_curl(self) -> None:
        """Copy a command that repeats the deciding request, the key as a variable."""
        if self._report is not None and self._report.curl:
            self._copy(self.runtime.redactor.redact(self._report.curl), "curl command")

    def _copy(self, text: str, what: str) -> None:
        in_background(self, self._pass_on, text, what, group="copy")

    async def _pass_on(self, text: str, what: str) -> None:
        result = await self.runtime.clipboard.copy(text, self.app.copy_to_clipboard)
        self.notify(result.message(what), timeout=6)

    # ── Repairs ─────────────────────────────────────────────────────────────────────────────

    def action_apply(self) -> None:
        """Take the repair under the cursor, or the first one."""
        if self._report is None or not self._report.repairs:
            return
        repair = self._report.repairs[self.checks.repair_index or 0]
        if not self._subject.is_saved:
            self.dismiss(dict(repair.changes))
        elif self._subject.provider.is_remote:
            self._offer_clone(repair)
        else:
            self._after_key_question(repair)

    def _after_key_question(self, repair: Repair) -> None:
        """Ask before a key goes to another server than the one it was given for; then save."""
        provider, _ = self._subject.repaired(repair.changes)
        if provider.api_key is None or _origin(provider) == _origin(self._subject.provider):
            self._save(repair)
            return
        body = f"The API key of {provider.name} will be sent to {_origin(provider)} from now on."
        save = partial(self._save, repair)
        confirm(self, "Send the key there?", body, save, "Use it", "Go back", is_dangerous=True)

    def _save(self, repair: Repair) -> None:
        provider, key_text = self._subject.repaired(repair.changes)
        previous = self._subject.provider.name
        self.writes.write(lambda: self.runtime.directory.save(provider, key_text, previous), self._saved)

    def _saved(self, saved: Provider) -> None:
        self._subject = replace(self._subject, provider=saved, model="")
        self.notify(f"Saved {saved.name}. Checking again.")
        self.action_again()

    def _offer_clone(self, repair: Repair) -> None:
        provider, _ = self._subject.repaired(repair.changes)
        open_clone = partial(self.deck.router.form, provider, is_clone=True)
        body = "This provider is read-only. An editable copy can have the correction."
        confirm(self, "Make a copy?", body, open_clone, "Make a copy", "Go back")


def _origin(provider: Provider) -> str:
    return inspect_url(provider.provider_url).root_url or provider.provider_url
