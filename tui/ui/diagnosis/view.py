"""Formats a diagnosis: checks with their times as bars, past checks, details. Pure functions.

All texts have been sanitised by ``core.safe_text``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from rich.cells import set_cell_size
from textual.content import Content

from tui.core.check_history import CheckRecord
from tui.core.counted import Counted
from tui.core.diagnosis import CheckId, CheckResult, CheckStatus
from tui.core.report_text import LABEL_WIDTH, LABELS, glyph_of, milliseconds_text
from tui.core.safe_text import safe_line, safe_text
from tui.core.server_words import quoted_words
from tui.core.usage import Source, Usage
from tui.texts import diagnosis as texts
from tui.ui.shell.fitted import fitted
from tui.ui.transcript.lines import Span
from tui.ui.transcript.wrap import wrap

COLOURS: Mapping[CheckStatus, str] = MappingProxyType(
    {
        CheckStatus.OK: "$text-success",
        CheckStatus.WARNING: "$text-warning",
        CheckStatus.FAILED: "$text-error",
        CheckStatus.SKIPPED: "dim",
    }
)
INDENT = 2 + LABEL_WIDTH + 2
"""The cells before the sentence of a check: mark and label."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇"
_LONGEST_MILLISECONDS = 60_000
"""The time of a full bar; all bars share one logarithmic scale."""
_NO_TIME = 0.05
"""Shorter times are not shown, in milliseconds."""
_TIME_WIDTH = 7
_NARROW_BAR, _WIDE_BAR, _WIDE_WINDOW = 10, 20, 90
_SHOWN_CHECKS = 20


def time_bar(milliseconds: float, cells: int) -> str:
    """Return a bar on a logarithmic scale: 100 ms fill 2/5, a minute fills all cells."""
    share = math.log1p(max(0.0, milliseconds)) / math.log1p(_LONGEST_MILLISECONDS)
    whole, rest = divmod(max(1, round(min(1.0, share) * cells * 8)), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def time_text(milliseconds: float | None) -> str:
    """Return a duration for display; empty for a negligible one."""
    return "" if milliseconds is None or milliseconds < _NO_TIME else milliseconds_text(milliseconds)


def check_line(
    check: CheckId,
    result: CheckResult | None,
    *,
    width: int,
    is_current: bool = False,
    is_told: bool = False,
    has_evidence: bool = False,
    bar_style: str = "$primary",
) -> Content:
    """Return a check on one line: mark, label, sentence, time and bar; ``None`` if not available yet.

    With ``is_told`` the sentence is omitted, since it is shown elsewhere; if the evidence is shown below, a
    long sentence continues there instead of being cut.
    """
    label = f"{LABELS[check]:<{LABEL_WIDTH}}  "
    if result is None:
        return Content.assemble(
            ("… " if is_current else "  ", "$primary"), (label, "" if is_current else "dim")
        )
    is_skipped = result.status is CheckStatus.SKIPPED
    tail, tail_width = _time(result.milliseconds, width, bar_style)
    room = width - INDENT - tail_width
    if has_evidence:
        sentence = _sentence_lines(result, width)[0]
    else:
        sentence = fitted(texts.FAILED if is_told else safe_line(result.title), max(8, room) - 1)
    body = set_cell_size(sentence, room)
    return (
        Content.assemble(
            (f"{glyph_of(result.status):<2}", COLOURS[result.status]),
            (label, "dim" if is_skipped else "bold"),
            (body, "dim" if is_skipped or is_told else ""),
        )
        + tail
    )


def _sentence_lines(result: CheckResult, width: int) -> list[str]:
    """Return the sentence of a check, wrapped to the width of its line."""
    _, tail_width = _time(result.milliseconds, width, "")
    return wrapped(result.title, width - INDENT - tail_width - 1) or [""]


def _time(milliseconds: float | None, width: int, bar_style: str) -> tuple[Content, int]:
    text = time_text(milliseconds)
    if milliseconds is None or not text:
        return Content(""), 0
    cells = _WIDE_BAR if width >= _WIDE_WINDOW else _NARROW_BAR
    shown = f"{text:>{_TIME_WIDTH}} "
    bar = set_cell_size(time_bar(milliseconds, cells), cells)
    return Content.assemble((shown, "dim"), (bar, bar_style)), len(shown) + cells


def evidence_lines(result: CheckResult, width: int) -> list[Content]:
    """Return the evidence below a check's sentence: its rest, a warning's advice, then the facts."""
    rest = [Content(" " * INDENT + line) for line in _sentence_lines(result, width)[1:]]
    advice = result.advice if result.status is CheckStatus.WARNING else ""
    facts = " · ".join(safe_line(fact) for fact in result.facts)
    return rest + [
        Content.styled(" " * INDENT + line, style)
        for text, style in ((advice, ""), (facts, "dim"))
        for line in wrapped(text, width - INDENT - 1)
    ]


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as wrapped lines, never cut."""
    rows = wrap((Span(safe_line(text)),), max(20, width))
    return ["".join(span.text for span in row) for row in rows]


def usage_text(usage: Usage | None) -> str:
    """Return the usage of a check: ``Used 30 tokens``, with ~ for an estimate."""
    if usage is None:
        return ""
    sign = "~" if usage.source is Source.ESTIMATED else ""
    tokens = (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
    return texts.USED.format(tokens=Counted(f"{sign}{tokens:,}"))


def past_lines(history: Sequence[CheckRecord]) -> list[str]:
    """Return the past checks in at most two lines: their outcomes, and the speed of the model."""
    recent = history[-_SHOWN_CHECKS:]
    if len(recent) < 2:
        return []
    marks = [glyph_of(CheckStatus.FAILED if record.cause else CheckStatus.OK) for record in recent]
    lines = [texts.LAST_CHECKS.format(marks=" ".join(marks), count=len(recent))]
    rates = [record.decode_rate for record in recent if record.decode_rate]
    if len(rates) >= 2:
        span = texts.RATES.format(lowest=min(rates), highest=max(rates), now=rates[-1])
        lines.append(f"{sparkline(rates)}  {span}")
    return lines


def sparkline(values: Sequence[float]) -> str:
    """Return one character per value, its height relative to the highest value."""
    highest = max(values, default=0.0)
    if highest <= 0:
        return ""
    most = len(_HEIGHTS)
    return "".join(_HEIGHTS[max(1, round(value / highest * most)) - 1] for value in values)


def details_content(result: CheckResult, *, is_told: bool = False) -> Content:
    """Return all details of a check; without its verdict if that ``is_told`` next to it."""
    lines = [] if is_told else [*_verdict_lines(result)]
    time = time_text(result.milliseconds)
    about = [
        texts.CAUSE.format(cause=result.cause) if result.cause else "",
        texts.TIME.format(time=time) if time else "",
    ]
    lines += [Content.styled(text, "dim") for text in about if text]
    if result.facts:
        lines += [Content(""), Content.styled(texts.SEEN, "bold")]
        lines += [Content(f"· {safe_line(fact)}") for fact in result.facts]
    if result.details:
        lines += [Content(""), Content.styled(texts.EXCHANGE, "bold")]
        lines += [Content(safe_text(detail)) for detail in result.details]
    return Content("\n").join(lines)


def _verdict_lines(result: CheckResult) -> Iterator[Content]:
    title = f"{glyph_of(result.status)} {safe_line(result.title)}"
    yield Content.styled(title, f"bold {COLOURS[result.status]}")
    for text in (quoted_words(result.server_message, result.title), safe_line(result.advice)):
        if text:
            yield Content(text)
