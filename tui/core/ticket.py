"""A diagnosis as Markdown, to paste into a ticket for the server's operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui.core.diagnosis import DiagnosisReport
from tui.core.lazy_pattern import lazy_pattern
from tui.core.report_text import report_lines
from tui.core.safe_text import safe_line, safe_text
from tui.core.secret import Redactor
from tui.texts import checks

_WIDTH = 100
_TICKS = lazy_pattern(r"`+")
_MARKUP = lazy_pattern(r"([\\`*_{}\[\]<>#|~!&])")


def ticket_text(
    report: DiagnosisReport,
    redactor: Redactor,
    *,
    at: str,
    versions: Mapping[str, str],
    environment: Mapping[str, str],
) -> str:
    """Return a report as Markdown, with all known keys erased.

    Args:
        at: the time of the check, for display.
        versions: programs and libraries by name.
        environment: the environment of the check by name; values are shown as given.
    """
    show = _Writer(redactor.redact)
    evidence = "\n".join(line.text for line in report_lines(report, width=_WIDTH, verbose=True))
    sections = [
        checks.REPORT_HEAD,
        show.entries({"Checked": at, "Endpoint": report.url or checks.NO_URL, **_subject(report)}),
        "## Verdict",
        *_verdict(report, show),
        "## Evidence",
        show.block(evidence),
        "## Versions",
        show.entries(versions),
        "## Environment",
        show.entries(environment),
    ]
    if report.curl:
        sections += [checks.REPORT_CURL, show.block(report.curl, "sh")]
    return "\n\n".join(sections) + "\n"


class _Writer:
    """Writes Markdown. Keys are erased before escaping, after which they could not be found."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact

    def plain(self, text: str) -> str:
        """Return a text on one line, with Markdown syntax escaped."""
        return _MARKUP.sub(r"\\\1", safe_line(self._redact(text)))

    def entries(self, values: Mapping[str, str]) -> str:
        """Return a list of names and values."""
        return "\n".join(f"- {self.plain(name)}: {self.plain(value)}" for name, value in values.items())

    def block(self, text: str, language: str = "") -> str:
        """Return a text unchanged, in a code block."""
        return fenced(self._redact(text), language)


def fenced(text: str, language: str = "") -> str:
    """Return a code block with a fence that does not occur in the text."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language or 'text'}\n{safe_text(text)}\n{fence}"


def _subject(report: DiagnosisReport) -> dict[str, str]:
    server = report.server
    known = {
        checks.REPORT_MODEL: report.model,
        checks.REPORT_KEY: report.key_label or checks.REPORT_NO_KEY,
        checks.REPORT_SERVER: " ".join(filter(None, (server.kind, server.version))) if server else None,
    }
    return {name: value for name, value in known.items() if value}


def _verdict(report: DiagnosisReport, show: _Writer) -> list[str]:
    verdict = report.verdict
    if verdict is None:
        ended = checks.INTERRUPTED if report.was_interrupted else checks.REPORT_WORKS
        warnings = [checks.REPORT_WARNING.format(text=show.plain(result.title)) for result in report.warnings]
        return [ended, *(["\n".join(warnings)] if warnings else [])]
    parts = [f"**{show.plain(verdict.title)}** (cause: `{verdict.cause}`)"]
    if verdict.server_message:
        parts += [checks.THE_SERVER_SAYS, show.block(verdict.server_message)]
    return [*parts, show.plain(verdict.advice)]
