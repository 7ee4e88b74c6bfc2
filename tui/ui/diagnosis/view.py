"""How a diagnosis is shown: checks with their times as bars, the verdict, past checks. Pure functions.

Every text here has passed ``core.safe_text``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui.core.check_history import CheckRecord
from tui.core.diagnosis import CheckId, CheckResult, CheckStatus, DiagnosisReport
from tui.core.report_text import (
    LABEL_WIDTH,
    LABELS,
    all_well_sentence,
    glyph_of,
    milliseconds_text,
    summary_line,
)
from tui.core.safe_text import safe_line, safe_text
from tui.core.server_words import quoted_words
from tui.core.usage import Source, Usage

COLOURS: Mapping[CheckStatus, str] = MappingProxyType(
    {
        CheckStatus.OK: "$text-success",
        CheckStatus.WARNING: "$text-warning",
        CheckStatus.FAILED: "$text-error",
        CheckStatus.SKIPPED: "dim",
    }
)
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇"
_TIME_WIDTH = 7
_NARROW_BAR, _WIDE_BAR, _WIDE_WINDOW = 10, 24, 110
_SHOWN_CHECKS = 20


def time_bar(milliseconds: float, longest: float, cells: int, *, is_ascii: bool = False) -> str:
    """Return a bar that is as long as a time, the longest one filling all cells; never empty."""
    share = milliseconds / longest if longest > 0 else 0.0
    if is_ascii:
        return "#" * max(1, round(share * cells))
    eighths = max(1, round(share * cells * 8))
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def check_line(
    check: CheckId,
    result: CheckResult | None,
    *,
    width: int,
    longest: float,
    is_current: bool = False,
    is_ascii: bool = False,
    bar_style: str = "$primary",
) -> Content:
    """Return one check in one line: mark, label, sentence, time and bar. ``None``: not there yet."""
    label = f"{LABELS[check]:<{LABEL_WIDTH}}  "
    if result is None:
        glyph = ("..." if is_ascii else "…") if is_current else " "
        return Content.assemble((f"{glyph:<2}", "$primary"), (label, "" if is_current else "dim"))
    glyph = f"{glyph_of(result.status, ascii_only=is_ascii):<2}"
    colour = COLOURS[result.status]
    room = width - 2 - len(label)
    tail, tail_width = Content(""), 0
    if result.milliseconds is not None:
        tail, tail_width = _time(result.milliseconds, longest, width, bar_style, is_ascii=is_ascii)
    sentence = safe_line(result.title)
    space = max(8, room - tail_width)
    if cell_len(sentence) > space - 1:
        sentence = set_cell_size(sentence, space - 2) + "…"
    is_dim = result.status is CheckStatus.SKIPPED
    body = set_cell_size(sentence, space)
    return (
        Content.assemble(
            (glyph, colour), (label, "dim" if is_dim else "bold"), (body, "dim" if is_dim else "")
        )
        + tail
    )


def _time(
    milliseconds: float, longest: float, width: int, bar_style: str, *, is_ascii: bool
) -> tuple[Content, int]:
    cells = _WIDE_BAR if width >= _WIDE_WINDOW else _NARROW_BAR
    text = f"{milliseconds_text(milliseconds):>{_TIME_WIDTH}} "
    bar = set_cell_size(time_bar(milliseconds, longest, cells, is_ascii=is_ascii), cells)
    return Content.assemble((text, "dim"), (bar, bar_style)), len(text) + cells


def verdict_content(
    report: DiagnosisReport, *, width: int = 78, is_known: bool = False, is_ascii: bool = False
) -> Content:
    """Return what a person wants to know first: what is wrong and what to do, or that all is well."""
    verdict = report.verdict
    if verdict is not None:
        lines = _marked(CheckStatus.FAILED, verdict.title, width, "bold $text-error", is_ascii=is_ascii)
        lines += _wrapped(quoted_words(verdict.server_message, verdict.title) or "", width, "")
        lines += _wrapped(verdict.advice, width, "")
    elif report.was_interrupted:
        lines = [Content.styled("– Stopped before the check was finished.", "$text-warning")]
    else:
        sentence = all_well_sentence(report)
        lines = _marked(CheckStatus.OK, sentence, width, "bold $text-success", is_ascii=is_ascii)
    for warning in report.warnings[:1] if verdict is None else ():
        text = f"{LABELS[warning.id]}: {warning.title}"
        lines += _marked(CheckStatus.WARNING, text, width, "$text-warning", is_ascii=is_ascii)
    last = "Nothing was asked again: this is the failure as it was met. r checks the endpoint."
    if not is_known:
        last = ". ".join(filter(None, (summary_line(report.results), usage_text(report.usage))))
    return Content("\n").join([*lines, *_wrapped(last, width, "dim")])


def _marked(status: CheckStatus, text: str, width: int, style: str, *, is_ascii: bool) -> list[Content]:
    """Return a sentence behind its mark, further lines below the first one's text."""
    lines = _wrapped(text, width, style)
    mark = Content.styled(f"{glyph_of(status, ascii_only=is_ascii):<2}", style)
    return [mark + lines[0][2:], *lines[1:]]


def _wrapped(text: str, width: int, style: str) -> list[Content]:
    lines = textwrap.wrap(
        safe_line(text), width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
    return [Content.styled(line, style) for line in lines]


def usage_text(usage: Usage | None) -> str:
    """Return what a check has spent: ``Used 30 tokens``, with ~ where that is an estimate."""
    if usage is None:
        return ""
    sign = "~" if usage.source is Source.ESTIMATED else ""
    return f"Used {sign}{(usage.prompt_tokens or 0) + (usage.completion_tokens or 0):,} tokens"


def past_lines(history: Sequence[CheckRecord], *, is_ascii: bool = False) -> list[str]:
    """Return the past checks in at most two lines: how each ended, and how fast the model was."""
    recent = history[-_SHOWN_CHECKS:]
    if len(recent) < 2:
        return []
    marks = [
        glyph_of(CheckStatus.FAILED if record.cause else CheckStatus.OK, ascii_only=is_ascii)
        for record in recent
    ]
    lines = [f"{' '.join(marks)}  the last {len(recent)} checks, this one at the end"]
    rates = [record.decode_rate for record in recent if record.decode_rate]
    if len(rates) >= 2:
        span = f"{min(rates):.1f} to {max(rates):.1f} tokens/s, now {rates[-1]:.1f}"
        lines.append(span if is_ascii else f"{sparkline(rates)}  {span}")
    return lines


def sparkline(values: Sequence[float]) -> str:
    """Return one character a value, as high as its share of the highest one."""
    highest = max(values, default=0.0)
    if highest <= 0:
        return ""
    most = len(_HEIGHTS)
    return "".join(_HEIGHTS[max(1, round(value / highest * most)) - 1] for value in values)


def details_content(result: CheckResult, *, is_ascii: bool = False) -> Content:
    """Return everything that is known of one check."""
    glyph = glyph_of(result.status, ascii_only=is_ascii)
    lines = [Content.styled(f"{glyph} {safe_line(result.title)}", f"bold {COLOURS[result.status]}")]
    if said := quoted_words(result.server_message, result.title):
        lines.append(Content(said))
    if result.advice:
        lines.append(Content(safe_line(result.advice)))
    about = [
        f"cause  {result.cause}" if result.cause else "",
        f"time   {milliseconds_text(result.milliseconds)}" if result.milliseconds is not None else "",
    ]
    lines += [Content.styled(text, "dim") for text in about if text]
    if result.facts:
        lines += [Content(""), Content.styled("What was seen", "bold")]
        lines += [Content(f"· {safe_line(fact)}") for fact in result.facts]
    if result.details:
        lines += [Content(""), Content.styled("Request, answer, events", "bold")]
        lines += [Content(safe_text(detail)) for detail in result.details]
    return Content("\n").join(lines)
