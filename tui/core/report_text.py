"""A diagnosis as text, shared by the command and the screen.

Each line is a ``ReportLine`` with a role, so that each interface can colour it in its own way.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tui.core.ability_text import ability_rows
from tui.core.counted import Counted
from tui.core.diagnosis import CheckId, CheckResult, CheckStatus, DiagnosisReport
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import in_encoding, safe_line
from tui.core.secret import Redactor
from tui.core.server_words import quoted_words
from tui.texts import abilities, checks
from tui.texts.command_help import CHECK_COST

GLYPHS: Mapping[CheckStatus, str] = MappingProxyType(
    {CheckStatus.OK: "✓", CheckStatus.WARNING: "!", CheckStatus.FAILED: "✗", CheckStatus.SKIPPED: "·"}
)
ASCII_GLYPHS: Mapping[CheckStatus, str] = MappingProxyType(
    {CheckStatus.OK: "ok", CheckStatus.WARNING: "!!", CheckStatus.FAILED: "xx", CheckStatus.SKIPPED: "--"}
)

LABELS: Mapping[CheckId, str] = MappingProxyType({check: checks.CHECKS[check.value] for check in CheckId})
LABEL_WIDTH = max(len(label) for label in LABELS.values())
_FACT_LIMIT = 300


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a report."""

    role: str
    """``ok``, ``warning``, ``failed``, ``skipped``, ``server``, ``advice``, ``fact``, ``repair``, ``summary``
    or ``plain``; determines the colour."""
    text: str


def glyph_of(status: CheckStatus, *, ascii_only: bool = False) -> str:
    """Return the mark of a status: a symbol, or two ASCII letters."""
    return (ASCII_GLYPHS if ascii_only else GLYPHS)[status]


def milliseconds_text(milliseconds: float | None) -> str:
    """Return a duration: ``0.4 ms``, ``85 ms``, ``1.25 s``; empty if unknown."""
    if milliseconds is None:
        return ""
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 999.5 else f"{milliseconds / 1000:.2f} s"


def result_lines(
    result: CheckResult, *, width: int = 80, ascii_only: bool = False, verbose: bool = False
) -> list[ReportLine]:
    """Return the lines of one check: mark, label, sentence and time, then advice and facts.

    A check that did not pass always shows its facts; ``verbose`` adds those of the others and the details.
    """
    glyph = glyph_of(result.status, ascii_only=ascii_only)
    head = f"{glyph} {LABELS[result.id]:<{LABEL_WIDTH}} "
    time = milliseconds_text(result.milliseconds)
    indent = " " * len(head)
    sentence = f"{result.title} ({time})" if time else result.title
    lines = [ReportLine(str(result.status), text) for text in _wrap(sentence, head, indent, width)]
    lines += [
        ReportLine("server", text)
        for text in _wrap(quoted_words(result.server_message, result.title) or "", indent, indent, width)
    ]
    lines += [ReportLine("advice", text) for text in _wrap(result.advice, indent, indent, width)]
    is_problem = result.status in (CheckStatus.FAILED, CheckStatus.WARNING)
    shown = result.facts if is_problem or verbose else result.facts[: result.shown_facts]
    lines += _fact_lines(shown, indent, width, ascii_only=ascii_only)
    if verbose:
        lines += [ReportLine("fact", text) for detail in result.details for text in _detail_lines(detail)]
    return lines


def verdict_lines(report: DiagnosisReport, *, width: int = 80) -> list[ReportLine]:
    """Return the most important lines: what is wrong and what to do, or that all is well."""
    verdict = report.verdict
    if verdict is not None:
        said = quoted_words(verdict.server_message, verdict.title) or ""
        parts = (("failed", verdict.title), ("server", said), ("advice", verdict.advice))
        return [ReportLine(role, text) for role, part in parts for text in _wrap(part, "", "", width)]
    if report.was_interrupted:
        return [ReportLine("warning", checks.INTERRUPTED)]
    return [ReportLine("ok", text) for text in _wrap(all_well_sentence(report), "", "", width)]


def all_well_sentence(report: DiagnosisReport) -> str:
    """Return one sentence for an endpoint without failures: server, model and speed."""
    parts = [checks.ANSWERS if report.is_quick else checks.WORKS]
    if report.server is not None:
        parts.append(": " + " ".join(filter(None, (report.server.kind, report.server.version))))
    if report.model and not any(warning.cause == "model-not-found" for warning in report.warnings):
        model = safe_line(report.model, 80)
        parts.append(checks.WITH_MODEL.format(model=model) if report.server else f": {model}")
    if report.context_window:
        parts.append(checks.WITH_CONTEXT.format(tokens=report.context_window))
    if report.vectors is not None:
        parts.append(checks.WITH_VECTORS.format(numbers=Counted(report.vectors.size)))
    if report.decode_rate:
        parts.append(checks.WITH_RATE.format(rate=report.decode_rate))
    return "".join(parts) + "."


def repair_lines(report: DiagnosisReport, *, width: int = 80) -> list[ReportLine]:
    """Return the available repairs, one line each if they fit."""
    return [
        ReportLine("repair", text)
        for repair in report.repairs
        for text in _wrap(repair.statement, "→ ", "  ", width)
    ]


def summary_line(results: Iterable[CheckResult]) -> str:
    """Return the number of each outcome, such as ``3 ok, 1 warning, 1 failed (9 skipped)``."""
    counts = dict.fromkeys(CheckStatus, 0)
    for result in results:
        counts[result.status] += 1
    warnings = counts[CheckStatus.WARNING]
    shown = [
        f"{counts[CheckStatus.OK]} ok",
        f"{warnings} warning{'' if warnings == 1 else 's'}" if warnings else "",
        f"{counts[CheckStatus.FAILED]} failed" if counts[CheckStatus.FAILED] else "",
    ]
    tail = f" ({counts[CheckStatus.SKIPPED]} skipped)" if counts[CheckStatus.SKIPPED] else ""
    return ", ".join(filter(None, shown)) + tail


def cost_line(*, is_quick: bool, usage_tokens: int | None = None, is_embedding: bool = False) -> str:
    """Return what a check costs: an announcement without a count, or the tokens used."""
    if is_quick:
        return checks.FREE
    if usage_tokens is None and is_embedding:
        return checks.SENDS_TEXTS
    if usage_tokens is None:
        return checks.SENDS_CHAT.format(cost=CHECK_COST)
    return checks.USED.format(tokens=Counted(usage_tokens))


def report_lines(
    report: DiagnosisReport, *, width: int = 80, ascii_only: bool = False, verbose: bool = False
) -> list[ReportLine]:
    """Return a whole report: endpoint, checks, local programs, changes, verdict, repairs and summary."""
    lines = [ReportLine("plain", safe_line(_endpoint_line(report), 300)), ReportLine("plain", "")]
    for result in report.results:
        lines += result_lines(result, width=width, ascii_only=ascii_only, verbose=verbose)
    if report.abilities:
        lines += [ReportLine("plain", ""), ReportLine("plain", f"{abilities.HEADING}:")]
    for tested in report.abilities:
        rows = ability_rows(tested, report.model, width=width, ascii_only=ascii_only)
        lines += [ReportLine("plain", row) for row in rows]
    for heading, facts in (
        (checks.ON_THIS_MACHINE, report.machine),
        (checks.SINCE_LAST_CHECK, report.changes),
    ):
        if facts:
            lines += [ReportLine("plain", ""), ReportLine("plain", heading)]
            lines += _fact_lines(facts, "  ", width, ascii_only=ascii_only)
    lines.append(ReportLine("plain", ""))
    lines += verdict_lines(report, width=width)
    lines += repair_lines(report, width=width)
    lines.append(ReportLine("summary", summary_line(report.results)))
    return [ReportLine(line.role, ascii_text(line.text)) for line in lines] if ascii_only else lines


def report_text(report: DiagnosisReport, redactor: Redactor, *, verbose: bool = True) -> str:
    """Return a report to share, with all known keys erased."""
    text = "\n".join(line.text for line in report_lines(report, verbose=verbose))
    return redactor.redact(f"{text}\n\n{report.curl}" if report.curl else text) + "\n"


def _endpoint_line(report: DiagnosisReport) -> str:
    parts = [report.url or checks.NO_URL]
    if report.model:
        parts.append(f"model {report.model}")
    if report.key_label:
        parts.append(f"key {report.key_label}")
    return " · ".join(parts)


def _wrap(text: str, first: str, indent: str, width: int) -> list[str]:
    if not text:
        return [first.rstrip()] if first.strip() else []
    return textwrap.wrap(
        safe_line(text),
        max(40, width),
        initial_indent=first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _fact_lines(facts: Iterable[str], indent: str, width: int, *, ascii_only: bool) -> list[ReportLine]:
    bullet = "- " if ascii_only else "· "
    return [
        ReportLine("fact", text)
        for fact in facts
        for text in _wrap(safe_line(fact, _FACT_LIMIT), indent + bullet, indent + "  ", width)
    ]


def _detail_lines(detail: str) -> list[str]:
    return [f"    {safe_line(line, 500)}" for line in detail.splitlines()]


def ascii_text(text: str) -> str:
    """Return a line of a report in ASCII."""
    return in_encoding(text, "ascii")
