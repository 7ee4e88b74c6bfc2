"""The box at the top of a diagnosis: the cause, and fixes with their keys."""

from __future__ import annotations

from typing import NamedTuple, cast

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.core.diagnosis import CheckResult, CheckStatus, DiagnosisReport
from tui.core.report_text import LABELS, all_well_sentence, glyph_of
from tui.core.safe_text import safe_line
from tui.core.server_words import quoted_words
from tui.texts import diagnosis as texts
from tui.ui.diagnosis.view import COLOURS, time_text, usage_text
from tui.ui.shell.offers import Offer, OfferLine

_OUTCOMES = ("-failed", "-warning", "-ok")


class Verdict(NamedTuple):
    """The content of the box."""

    title: str
    status: str
    lines: tuple[Content, ...]
    outcome: str = ""
    """The CSS class for the colour of the border."""


class VerdictBox(Vertical):
    """Shows a verdict above its offers, with a coloured border; a long one scrolls."""

    def compose(self) -> ComposeResult:
        """Create the text above the offers."""
        with VerticalScroll():
            yield Static()
        yield OfferLine()

    def show(self, verdict: Verdict, offers: tuple[Offer, ...]) -> None:
        """Show a verdict and its offers."""
        self.border_title = cast(str, Content(verdict.title))
        self.border_subtitle = cast(str, Content(verdict.status))
        for name in _OUTCOMES:
            self.set_class(name == verdict.outcome, name)
        self.query_one(Static).update(Content("\n").join(line for line in verdict.lines if line))
        self.query_one(OfferLine).show(offers)


def verdict_of(report: DiagnosisReport, *, note: str = "", took: str = "") -> Verdict:
    """Return what is wrong and what to do, or that all is well.

    ``note`` is a sentence on the source of the report, ``took`` its duration.
    """
    failure = report.verdict
    after = Content.styled(". ".join(filter(None, (usage_text(report.usage), note))), "dim")
    if failure is not None:
        lines = (*_failure_lines(failure), *_offer_lines(report), _evidence(failure), after)
        return Verdict(_title(failure), failure.cause or took, lines, "-failed")
    warnings = report.warnings
    if report.was_interrupted:
        title, outcome = texts.STOPPED_TITLE, "-warning"
        sentence = Content.styled(texts.STOPPED, COLOURS[CheckStatus.WARNING])
    else:
        status, words = (CheckStatus.WARNING, texts.WARNED) if warnings else (CheckStatus.OK, texts.ALL_WELL)
        title, outcome = f"{glyph_of(status)} {words}", "-warning" if warnings else "-ok"
        sentence = Content.styled(all_well_sentence(report), f"bold {COLOURS[CheckStatus.OK]}")
    lines = (sentence, *map(_warning_line, warnings[:1]), *_offer_lines(report), after)
    return Verdict(title, took, lines, outcome)


def _title(result: CheckResult) -> str:
    return f"{glyph_of(result.status)} {LABELS[result.id]}"


def _failure_lines(failure: CheckResult) -> tuple[Content, ...]:
    return (
        Content.styled(safe_line(failure.title), f"bold {COLOURS[CheckStatus.FAILED]}"),
        Content(quoted_words(failure.server_message, failure.title) or ""),
        Content(safe_line(failure.advice)),
    )


def _warning_line(warning: CheckResult) -> Content:
    text = texts.WARNING.format(check=LABELS[warning.id], text=safe_line(warning.title))
    return Content.styled(f"{glyph_of(CheckStatus.WARNING)} {text}", COLOURS[CheckStatus.WARNING])


def _offer_lines(report: DiagnosisReport) -> tuple[Content, ...]:
    return tuple(
        Content.styled(f"→ {safe_line(repair.text)}", "bold $primary") for repair in report.repairs[:1]
    )


def _evidence(failure: CheckResult) -> Content:
    time = time_text(failure.milliseconds)
    took = (texts.TOOK.format(time=time),) if time else ()
    return Content.styled(" · ".join((*map(safe_line, failure.facts), *took)), "dim")
