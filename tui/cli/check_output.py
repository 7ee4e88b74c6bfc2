"""Prints a diagnosis: each check as it finishes, then the verdict; or one JSON object."""

from __future__ import annotations

import shlex
import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import replace

from tui.cli.check_subject import Subject
from tui.cli.output import BOLD, DIM, GREEN, RED, YELLOW, Output
from tui.core.abilities import Ability, AbilityCost, AbilityResult, Outcome
from tui.core.ability_text import LABELS as ABILITY_LABELS
from tui.core.ability_text import ability_rows
from tui.core.api_key_reference import ApiKeyKind
from tui.core.counted import Counted
from tui.core.diagnosis import CheckId, CheckResult, CheckStatus, DiagnosisReport, Repair, checks_of
from tui.core.embedding import embedding_cost
from tui.core.endpoint_url import url_without_secrets
from tui.core.figures import exact_total
from tui.core.provider import Provider
from tui.core.report_text import (
    LABELS,
    ReportLine,
    cost_line,
    glyph_of,
    repair_lines,
    result_lines,
    summary_line,
    verdict_lines,
)
from tui.core.safe_text import safe_line
from tui.core.server_words import quoted_words
from tui.core.usage import Source, cost_of
from tui.runtime.builtin import is_built_in
from tui.texts import abilities, checks
from tui.texts import cli as texts

_STYLES: Mapping[str, str] = {
    "ok": "",
    "warning": YELLOW,
    "failed": RED,
    "skipped": DIM,
    "server": "",
    "advice": "",
    "fact": DIM,
    "repair": BOLD,
    "summary": DIM,
}
_OUTCOME_STYLES: Mapping[Outcome, str] = {
    Outcome.YES: "",
    Outcome.NO: RED,
    Outcome.IGNORED: YELLOW,
    Outcome.BROKEN: YELLOW,
    Outcome.NOT_TRIED: DIM,
}
_NARROWEST, _WIDEST = 60, 110
_FLAGS = {"provider_url": "--url", "compatible_provider": "--model", "key_header": "--key-header"}


class CheckPrinter:
    """Prints one diagnosis as it progresses; a check corrected by later evidence is printed again."""

    def __init__(self, output: Output, subject: Subject, *, is_verbose: bool) -> None:
        self._output = output
        self._subject = subject
        self._is_verbose = is_verbose
        self._checks = checks_of(is_embedding=subject.provider.is_embedding)
        self._width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((80, 24)).columns))
        self._waiting: dict[CheckId, CheckResult] = {}
        self._printed: dict[CheckId, list[ReportLine]] = {}
        self._has_failed = False
        self._model = ""
        self._abilities: set[Ability] = set()

    def begin(self, model: str, *, is_quick: bool, deep_cost: AbilityCost | None = None) -> None:
        """Print what is checked and its cost, before anything is sent."""
        self._model = model
        provider = self._subject.provider
        name = f"{provider.label}: " if self._subject.is_named else ""
        model = model or provider.model
        shown = texts.CHECKING_MODEL.format(model=model) if model else ""
        self._line("plain", texts.CHECKING.format(name=name, url=_shown_url(provider), model=shown))
        self._line("fact", cost_line(is_quick=is_quick, is_embedding=provider.is_embedding))
        if deep_cost is not None:
            for line in textwrap.wrap(deep_cost.sentence, self._width):
                self._line("fact", line)
        self._line("plain", "")

    def result(self, result: CheckResult) -> None:
        """Print a check once all checks before it are printed."""
        if result.id in self._printed:
            self._show(result)
            return
        self._waiting[result.id] = result
        for check in self._checks:
            if check in self._printed:
                continue
            if check not in self._waiting:
                break
            self._show(self._waiting.pop(check))

    def ability(self, result: AbilityResult) -> None:
        """Print the result of an ability test."""
        if not self._abilities:
            self._line("plain", "")
            self._line("plain", f"{abilities.HEADING}:")
        self._abilities.add(result.ability)
        model = self._model or self._subject.provider.model
        for row in ability_rows(result, model, width=self._width, ascii_only=self._output.is_ascii):
            self._output.styled(row, _OUTCOME_STYLES[result.outcome])

    def progress(self, text: str) -> None:
        """Print what is being waited for, on a terminal only."""
        if self._output.is_terminal:
            self._output.aside(safe_line(text))

    def end(self, report: DiagnosisReport) -> None:
        """Print further findings, the verdict, and the cost."""
        for waiting in list(self._waiting.values()):  # an interrupted check leaves gaps
            self._show(waiting)
        if report.was_interrupted:
            self._name_untried(report)
        about = report.machine if self._is_verbose or report.verdict is not None else ()
        for heading, facts in ((checks.ON_THIS_MACHINE, about), (checks.SINCE_LAST_CHECK, report.changes)):
            if facts:
                self._line("plain", "")
                self._line("plain", heading)
                for fact in facts:
                    self._line("fact", f"  {fact}")
        self._line("plain", "")
        for line in verdict_lines(report, width=self._width):
            self._print(line)
        for repair in report.repairs:
            self._offer(report, repair)
        self._line("summary", ". ".join(filter(None, (summary_line(report.results), self._cost(report)))))
        if self._is_verbose and report.curl:
            self._line("plain", "")
            self._line("plain", texts.SAME_REQUEST)
            self._output.text(report.curl)

    def _name_untried(self, report: DiagnosisReport) -> None:
        untold = (one.ability for one in report.abilities if one.ability not in self._abilities)
        names = [ABILITY_LABELS[ability] for ability in untold]
        if names:
            for line in textwrap.wrap(abilities.NOT_TRIED.format(names=", ".join(names)), self._width):
                self._line("fact", line)

    def _show(self, result: CheckResult) -> None:
        known = self._printed.setdefault(result.id, [])
        if result.status is CheckStatus.SKIPPED and not self._is_verbose:
            return
        is_verdict = result.status is CheckStatus.FAILED and not self._has_failed
        self._has_failed = self._has_failed or is_verdict
        # the verdict contains the advice
        shown = (
            replace(result, advice="", server_message=None) if is_verdict and not self._is_verbose else result
        )
        lines = result_lines(
            shown, width=self._width, ascii_only=self._output.is_ascii, verbose=self._is_verbose
        )
        if lines == known:
            return  # an invisible correction
        self._printed[result.id] = lines
        for line in lines:
            self._print(line)

    def _offer(self, report: DiagnosisReport, repair: Repair) -> None:
        for line in repair_lines(replace(report, repairs=(repair,)), width=self._width):
            self._print(line)
        self._line("plain", f"  {_how_to_apply(self._subject, repair, self._model)}")

    def _cost(self, report: DiagnosisReport) -> str:
        usage = report.usage
        if usage is None:
            return ""
        sign = "~" if usage.source is Source.ESTIMATED else ""
        tokens = (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
        provider = self._subject.provider
        cost = (embedding_cost if provider.is_embedding else cost_of)(usage, provider.price)
        if cost is None or not (cost.total or cost.is_lower_bound):
            return texts.USED.format(tokens=Counted(f"{sign}{tokens:,}"))
        return texts.USED_COST.format(tokens=Counted(f"{sign}{tokens:,}"), cost=exact_total(cost))

    def _line(self, role: str, text: str) -> None:
        self._print(ReportLine(role, text))

    def _print(self, line: ReportLine) -> None:
        style = _STYLES.get(line.role, "")
        self._output.styled(line.text, style if style else _mark_style(line))


def _mark_style(line: ReportLine) -> str:
    return GREEN if line.role == "ok" and not line.text.startswith((glyph_of(CheckStatus.OK), "ok ")) else ""


def _how_to_apply(subject: Subject, repair: Repair, model: str) -> str:
    """Return the command that tries a repair with everything else unchanged, or where to apply it."""
    if subject.is_named:
        wanted = repair.changes.get("compatible_provider")
        if model in ("", subject.provider.model) or wanted is None:
            return _how_to_change(subject.provider, repair)
        command = ["lmdeck", "check", shlex.quote(subject.provider.name)]
        if wanted != subject.provider.model:  # the model of --model is to be another, not the provider's
            command += ["--model", shlex.quote(wanted)]
        return texts.TRY.format(command=safe_line(" ".join(command)))
    url = repair.changes.get("provider_url", subject.provider.provider_url)
    command = ["lmdeck", "check", shlex.quote(url)]
    if model := repair.changes.get("compatible_provider", model):
        command += ["--model", shlex.quote(model)]
    key = subject.provider.api_key
    if key is not None and key.kind is ApiKeyKind.ENVIRONMENT:
        command += ["--key-env", shlex.quote(key.value)]
    if repair.kind in ("url", "model"):
        return texts.TRY.format(command=" ".join(command))
    return texts.ADD_TO_FIX


def _how_to_change(provider: Provider, repair: Repair) -> str:
    """Return the command that changes a provider; the screen asks first if a key may be sent elsewhere."""
    is_asked = "provider_url" in repair.changes and (provider.api_key or provider.extra_headers)
    if provider.is_remote or is_asked or not set(repair.changes) <= set(_FLAGS):
        return texts.APPLY.format(name=safe_line(provider.name))
    command = ["lmdeck", "providers", "set", shlex.quote(provider.name)]
    for field, value in repair.changes.items():
        command += [_FLAGS[field], shlex.quote(value)]
    return texts.APPLY_BY.format(command=safe_line(" ".join(command)))


def _shown_url(provider: Provider) -> str:
    """Return a URL without its possible secrets."""
    if is_built_in(provider):
        return texts.BUILT_IN
    return url_without_secrets(provider.provider_url) or texts.UNUSABLE_URL


def row_text(report: DiagnosisReport, name: str, width: int, *, is_ascii: bool) -> str:
    """Return a report on one line: mark, name, and the problem or the result."""
    verdict = report.verdict
    if verdict is not None:
        said = quoted_words(verdict.server_message, verdict.title)
        status, text = CheckStatus.FAILED, " ".join(filter(None, (verdict.title, said)))
    elif report.was_interrupted:
        status, text = CheckStatus.SKIPPED, checks.INTERRUPTED
    else:
        status = CheckStatus.WARNING if report.warnings else CheckStatus.OK
        text = " ".join(line.text for line in verdict_lines(report, width=400))
        text = " ".join((text, *(f"{LABELS[known.id]}: {known.title}" for known in report.warnings)))
    glyph = glyph_of(status, ascii_only=is_ascii)
    return f"{glyph} {safe_line(name, 40):<{width}}  {safe_line(text)}"
