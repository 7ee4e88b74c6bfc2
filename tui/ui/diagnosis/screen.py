"""The diagnosis of an endpoint: the verdict with its fix, above the checks as they finish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import OptionList

from tui.core.abilities import Ability, AbilityCost
from tui.core.ability_matrix import Cell
from tui.core.ability_text import LABELS as ABILITY_LABELS
from tui.core.diagnosis import CheckId, CheckStatus, DiagnosisReport, checks_of
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.failure import LmdeckError
from tui.core.known_failure import report_of_failure
from tui.core.moments import ago
from tui.core.provider import Provider
from tui.core.report_text import LABELS, cost_line, report_text, summary_line
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.texts import abilities as ability_texts
from tui.texts import diagnosis as texts
from tui.texts.command_help import CHECK_COST
from tui.ui.abilities.evidence import evidence
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.budget import within_budget
from tui.ui.copying import copy_text
from tui.ui.diagnosis.ability_rows import AbilitySection
from tui.ui.diagnosis.check_list import CheckList
from tui.ui.diagnosis.details import CheckDetailsScreen, DetailsText
from tui.ui.diagnosis.repairing import Repairing
from tui.ui.diagnosis.running import RunningCheck
from tui.ui.diagnosis.verdict import Verdict, VerdictBox, verdict_of
from tui.ui.diagnosis.view import details_content, past_lines, time_text
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.offers import Offer, key_of
from tui.ui.shell.pane import Pane
from tui.ui.shell.title_bar import TitleBar


class DiagnosisScreen(LmdeckScreen[Mapping[str, str] | None]):
    """Diagnoses a provider; returns the fields changed by a fix, if opened from a form."""

    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual types it
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diagnosis")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("diagnosis", "diagnosis.list", "diagnosis.text")
    HELP_TEXT: ClassVar[str] = texts.HELP.format(cost=CHECK_COST)

    def __init__(self, subject: DiagnosisSubject) -> None:
        super().__init__()
        self._subject = subject
        self._report: DiagnosisReport | None = None
        self._checking = RunningCheck(self, self._grow, self._show_waiting, self._finish)

    def compose(self) -> ComposeResult:
        """Create the verdict above the checks."""
        yield TitleBar()
        yield VerdictBox(id="verdict")
        with Container(id="main"):
            with Pane(id="list"):
                yield self.checks
            with Pane(id="details"):
                yield DetailsText()
        yield BindingBar()

    def on_mount(self) -> None:
        """Show a known failure, or start the checks."""
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
        """Whether a check is running."""
        return self._checking.is_on

    def _show_name(self) -> None:
        name = self._subject.provider.name or texts.UNSAVED
        self.query_one(TitleBar).place = texts.TITLE.format(name=name)

    # ── Running ─────────────────────────────────────────────────────────────────────────────

    def action_again(self) -> None:
        """Run all checks again, within the budgets."""
        self._within_budget(())

    def action_test_abilities(self) -> None:
        """Run all checks again, then test the abilities, whose cost is in the list."""
        self._within_budget(tuple(Ability))

    def _within_budget(self, abilities: tuple[Ability, ...]) -> None:
        within_budget(self, [self._subject.provider], partial(self._begin, abilities), self._refuse)

    def _refuse(self) -> None:
        if self._report is None:
            self.dismiss(None)

    def _begin(self, abilities: tuple[Ability, ...]) -> None:
        self._subject = replace(self._subject, known=None)
        self._report = None
        self._checking.begin(self._subject, abilities)
        self._grow()
        self._show_waiting()
        self.refresh_bindings()

    def _grow(self) -> None:
        checking = self._checking
        model = self._subject.model or self._subject.provider.model
        section = AbilitySection(tuple(checking.tested), model) if checking.tested else None
        self.checks.grow(checking.results, section)

    def _show_waiting(self) -> None:
        """Show the current step, its duration, and its cost."""
        if not self.is_checking:
            return
        done, seconds = self._checking.results, self._checking.seconds
        current = next((check for check in self._checks if check not in done), self._checks[-1])
        cost = cost_line(is_quick=False, is_embedding=self._subject.provider.is_embedding)
        if self._checking.tests_abilities:
            cost = f"{cost} {self._ability_cost.sentence}"
        lines = (Content(safe_line(self._checking.progress) or " "), Content.styled(cost, "dim"))
        is_testing = self._checking.tests_abilities and len(done) == len(self._checks)
        title = ability_texts.TESTING_ALL if is_testing else texts.CHECKING.format(check=LABELS[current])
        verdict = Verdict(title, f"{seconds:.0f} s" if seconds >= 1 else "", lines)
        self.query_one(VerdictBox).show(verdict, (Offer("diagnosis.back", texts.OFFER_STOP),))
        self.query_one("#list", Pane).set_title(texts.CHECKS, f"{len(done)}/{len(self._checks)}")

    def _finish(self, report: DiagnosisReport) -> None:
        """Show the verdict, the checks and further findings."""
        self._report = report
        sections = (
            (texts.SINCE_LAST_CHECK, report.changes),
            (texts.ON_THIS_MACHINE, report.machine),
            (texts.PAST_CHECKS, past_lines(self._checking.history)),
        )
        results = {result.id: result for result in report.results}
        self.checks.complete(results, report.repairs[1:], sections, self._abilities(report))
        is_known = self._subject.known is not None
        note = texts.ORIGINAL.format(key=key_of(self, "diagnosis.retry")) if is_known else ""
        took = "" if is_known else time_text(self._checking.seconds * 1000)
        self.query_one(VerdictBox).show(verdict_of(report, note=note, took=took), tuple(self._offers()))
        self._show_counts(report)
        self._show_details()
        self.refresh_bindings()

    @property
    def _ability_cost(self) -> AbilityCost:
        is_embedding = self._subject.provider.is_embedding
        return self.runtime.abilities.cost(tuple(Ability), is_embedding=is_embedding)

    def _abilities(self, report: DiagnosisReport) -> AbilitySection | None:
        """Return the abilities tested now, or the stored ones of the same server with the cost of a test.

        ``None`` if the endpoint does not work.
        """
        model = report.model or ""
        if report.abilities:
            return AbilitySection(report.abilities, model, is_new=True)
        if not report.ok or self._subject.known is not None:
            return None
        known = self.runtime.abilities.known(self._subject.provider, model, report.build)
        key = key_of(self, "diagnosis.deep")
        cost = self._ability_cost.figures
        if not known:
            return AbilitySection(note=ability_texts.NOT_TESTED.format(key=key, cost=cost))
        when = ago(min(one.at for one in known), datetime.now().astimezone())
        note = ability_texts.TESTED.format(ago=when, key=key, cost=cost)
        return AbilitySection(tuple(one.result for one in known), model, note=note)

    def _show_counts(self, report: DiagnosisReport) -> None:
        waiting = self.checks.waiting
        done = [result for result in report.results if result.status is not CheckStatus.SKIPPED]
        skipped = texts.WAITING.format(count=len(waiting)) if waiting else ""
        counts = ", ".join(filter(None, (summary_line(done), skipped)))
        self.query_one("#list", Pane).set_title(texts.CHECKS, counts)

    def _offers(self) -> Iterator[Offer]:
        """Yield the actions for the verdict."""
        if self._can("apply"):
            yield Offer("diagnosis.apply", texts.OFFER_USE)
        yield Offer("diagnosis.retry", texts.OFFER_RECHECK)
        if self._can("edit"):
            yield Offer("diagnosis.edit", texts.OFFER_EDIT if self._subject.is_saved else texts.OFFER_FORM)
        if self._can("test_abilities"):
            yield Offer("diagnosis.deep", texts.OFFER_DEEP)
        yield Offer("diagnosis.copy", texts.OFFER_COPY)

    def on_option_list_option_highlighted(self) -> None:
        """Update the details of the current row."""
        self._show_details()
        self.refresh_bindings()

    def _show_details(self) -> None:
        """Show the details of the current row next to the list, if there is room."""
        title, content = self._details(is_beside=True) or ("", Content(""))
        self.query_one("#details", Pane).set_title(title)
        self.query_one(DetailsText).show(content)

    def _details(self, *, is_beside: bool) -> tuple[str, Content] | None:
        """Return the name and the details of the current check or ability."""
        tested, result = self.checks.ability, self.checks.check
        if tested is not None:
            return ABILITY_LABELS[tested.ability], evidence(Cell(tested))
        if result is None:
            return None
        is_told = is_beside and self._report is not None and result == self._report.verdict
        return LABELS[result.id], details_content(result, is_told=is_told)

    # ── Keys ────────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable only the actions that are possible now."""
        return self._can(action)

    def _can(self, action: str) -> bool:
        report = self._report
        if action in ("again", "copy_report"):
            return report is not None
        if action == "test_abilities":
            return report is not None and report.verdict is None
        if action == "copy_curl":
            return report is not None and bool(report.curl)
        if action == "apply":
            return report is not None and bool(report.repairs)
        if action == "edit":
            return not (self._subject.is_saved and self._subject.provider.is_remote)
        if action == "fold":
            return bool(self.checks.waiting)
        if action == "details":
            found = (self.checks.repair, self.checks.check, self.checks.ability)
            return self.checks.is_on_fold or any(one is not None for one in found)
        return True

    def action_name(self, action: str) -> str | None:
        """Return the current name of an action in the footer."""
        if action == "details" and self.checks.is_on_fold:
            return texts.HIDE if self.checks.is_open else texts.SHOW
        if action == "details" and self.checks.repair is not None:
            return texts.APPLY
        return texts.BACK_TO_FORM if action == "edit" and not self._subject.is_saved else None

    def action_back(self) -> None:
        """Cancel a waiting change, return to the list, or stop a check; otherwise close."""
        if self.writes.give_up():
            return
        if self.query_one("#details", Pane).has_focus_within:
            self.checks.focus()
        elif not self._checking.stop():
            self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Treat a click on the current row like Enter."""
        event.stop()
        self.action_details()

    def action_details(self) -> None:
        """Apply the current repair, open the fold, or show the details of the check."""
        if self.checks.is_on_fold:
            self.action_fold()
        elif (repair := self.checks.repair) is not None:
            self._repairing.apply(self._subject, repair)
        elif (details := self._details(is_beside=False)) is not None:
            if self.query_one("#details").display:
                self.query_one(DetailsText).focus()
            else:
                self.app.push_screen(CheckDetailsScreen(*details))

    def action_fold(self) -> None:
        """Unfold or fold the waiting checks."""
        self.checks.toggle()
        self.refresh_bindings()

    def action_copy_report(self) -> None:
        """Copy the report, with all known keys erased."""
        if self._report is not None:
            self._copy(report_text(self._report, self.runtime.redactor), texts.REPORT)

    def action_copy_curl(self) -> None:
        """Copy a command that repeats the decisive request, with the key in a variable."""
        if self._report is not None and self._report.curl:
            self._copy(self.runtime.redactor.redact(self._report.curl), texts.CURL)

    def _copy(self, text: str, what: str) -> None:
        in_background(self, copy_text, self, text, what, group="copy")

    # ── Changing the provider ───────────────────────────────────────────────────────────────

    @cached_property
    def _repairing(self) -> Repairing:
        return Repairing(self, self._saved)

    def action_apply(self) -> None:
        """Apply the fix offered by the verdict."""
        if self._report is not None and self._report.repairs:
            self._repairing.apply(self._subject, self._report.repairs[0])

    def action_edit(self) -> None:
        """Open the provider's form, or return to it."""
        if self._subject.is_saved:
            self.deck.router.form(self._subject.provider, then=self._after_form)
        else:
            self.dismiss(None)

    def _after_form(self, saved_name: str | None) -> None:
        if saved_name is not None:
            try:
                self._recheck(self.runtime.directory.get(saved_name))
            except LmdeckError as error:  # deleted by another process meanwhile
                self.notify(failure_text(error.failure), severity="warning")

    def _saved(self, saved: Provider) -> None:
        self.notify(texts.SAVED.format(name=saved.name))
        self._recheck(saved)

    def _recheck(self, provider: Provider) -> None:
        self._subject = replace(self._subject, provider=provider, model="")
        self._show_name()
        self.action_again()
