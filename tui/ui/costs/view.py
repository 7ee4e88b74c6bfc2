"""The screen of costs: its columns, rows and sentences."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from rich.cells import cell_len

from tui.core.budget import BudgetState, Level
from tui.core.cost_texts import (
    answers_text,
    budget_share_text,
    budget_text,
    hardware_text,
    sum_text,
    sums_text,
    together_text,
)
from tui.core.costs import By, CostRow, CostState, Sum
from tui.core.figures import UNKNOWN, format_milliseconds, format_tokens
from tui.core.ledger import Certainty, LedgerLine
from tui.core.limits import NO_RATES
from tui.core.plot import plot
from tui.core.safe_text import safe_line
from tui.core.usage import Source
from tui.runtime.cost_month import CostMonth
from tui.texts import costs as cost_texts
from tui.texts import costs_screen as texts
from tui.texts.conversations import MONTHS
from tui.ui.shell.fitted import fitted
from tui.ui.shell.list_rows import ListColumn, ListRow, width_of

_LONGEST = 200
_NARROWEST_KEY = {By.MODEL: 22, By.CHAT: 22}
_NARROWEST_NAME = 12
_MOMENT = 16
"""The width of a date and time."""
_EXACT = 16
"""The width of an exact amount, including its mark and currency."""
_COLUMNS = (
    ListColumn("requests", cost_texts.REQUESTS, 8, is_right=True),
    ListColumn("in", cost_texts.IN, 6, is_right=True),
    ListColumn("cached", cost_texts.CACHED, 6, is_right=True),
    ListColumn("out", cost_texts.OUT, 6, is_right=True),
    ListColumn("reasoning", cost_texts.REASONING, 9, is_right=True),
    ListColumn("ttft", cost_texts.TTFT, 7, is_right=True),
    ListColumn("rate", cost_texts.RATE, 6, is_right=True),
    ListColumn("failures", cost_texts.FAILURES, 6, is_right=True),
    ListColumn("amount", cost_texts.AMOUNT, 14, is_right=True),
    ListColumn("gpu", cost_texts.GPU, 12, is_right=True),
)
_LINE_COLUMNS = (
    ListColumn("provider", cost_texts.KEYS["provider"], 14),
    ListColumn("for", texts.FOR, max(map(len, texts.ORIGINS.values()))),
    *(
        column._replace(width=_EXACT) if column.key == "amount" else column
        for column in _COLUMNS
        if column.key not in ("requests", "failures")
    ),
)
_DROPPED_FIRST = ("failures", "gpu", "rate", "ttft", "reasoning", "cached", "for", "provider", "in")
"""The columns in the order in which they are dropped if there is no room."""


def month_words(first: date) -> str:
    """Return a month for display."""
    return texts.MONTH.format(month=MONTHS.split()[first.month - 1], year=first.year)


def key_words(by: By, key: str, month: CostMonth) -> str:
    """Return the subject of a row."""
    if by is By.CHAT and key:
        return safe_line(month.titles.get(key) or key, _LONGEST)
    if by is By.ORIGIN:
        return texts.ORIGINS[key]
    return safe_line(key, _LONGEST) or (cost_texts.NO_CHAT if by is By.CHAT else UNKNOWN)


# ── Tables ──────────────────────────────────────────────────────────────────────────────


def columns_for(by: By, width: int, rows: Sequence[CostRow]) -> list[ListColumn]:
    """Return the columns of sums for a width in cells; the first one gets what the others leave."""
    unused = {name for name in ("gpu", "failures") if not any(getattr(row, name) for row in rows)}
    least = _NARROWEST_KEY.get(by, _NARROWEST_NAME)
    shown = {"amount": [sum_text(row.money) for row in rows], "gpu": [sums_text(row.gpu) for row in rows]}
    return _fitting(cost_texts.KEYS[by.value], _wide_enough(_COLUMNS, shown), width, unused, least)


def line_columns_for(width: int, by: By, lines: Sequence[LedgerLine]) -> list[ListColumn]:
    """Return the columns of exchanges, without those that are the same in all of them."""
    first = "provider" if by is By.PROVIDER else "for" if by is By.ORIGIN else ""
    columns = _wide_enough(_LINE_COLUMNS, {"amount": list(map(_amount, lines))})
    return _fitting(texts.TIME, columns, width, {first, "gpu"}, _MOMENT, widest=_MOMENT)


def _wide_enough(columns: Sequence[ListColumn], shown: Mapping[str, Sequence[str]]) -> Sequence[ListColumn]:
    """Return columns wide enough for all amounts, which must not be cut."""
    return [
        column._replace(width=max(column.width, *map(cell_len, shown.get(column.key, ())), 0))
        for column in columns
    ]


def _fitting(
    title: str, every: Sequence[ListColumn], width: int, unused: set[str], least: int, widest: int = 0
) -> list[ListColumn]:
    columns = [column for column in every if column.key not in unused]
    for name in _DROPPED_FIRST:
        if width - width_of(columns) - 2 < least:
            columns = [column for column in columns if column.key != name]
    room = max(least, width - width_of(columns) - 2)
    return [ListColumn("key", title, widest or room), *columns]


def rows_of(month: CostMonth, by: By, columns: Sequence[ListColumn]) -> Iterator[ListRow]:
    """Yield the rows of sums, with their indexes as keys."""
    for number, row in enumerate(month.report(by).rows):
        yield ListRow(str(number), partial(_cells, month, by, row, columns))


def _cells(month: CostMonth, by: By, row: CostRow, columns: Sequence[ListColumn]) -> tuple[str, ...]:
    tokens = partial(_tokens, source=row.tokens_source)
    cells = {
        "key": key_words(by, row.key, month),
        "requests": f"{row.requests:,}",
        "in": tokens(row.prompt_tokens),
        "cached": tokens(row.cached_tokens),
        "out": tokens(row.completion_tokens),
        "reasoning": tokens(row.reasoning_tokens),
        "ttft": format_milliseconds(row.ttft_p50_ms),
        "rate": _rate(row.rate_p50),
        "failures": f"{row.failures:,}" if row.failures else "",
        "amount": sum_text(row.money),
        "gpu": sums_text(row.gpu),
    }
    return tuple(cells[column.key] for column in columns)


def line_rows_of(lines: Sequence[LedgerLine], columns: Sequence[ListColumn]) -> Iterator[ListRow]:
    """Yield the rows of exchanges, with their indexes as keys."""
    for number, line in enumerate(lines):
        yield ListRow(str(number), partial(_line_cells, line, columns))


def _line_cells(line: LedgerLine, columns: Sequence[ListColumn]) -> tuple[str, ...]:
    tokens = partial(_tokens, source=line.source)
    cells = {
        "key": line.at.astimezone().strftime("%Y-%m-%d %H:%M"),
        "provider": safe_line(line.provider, _LONGEST),
        "for": texts.ORIGINS[line.purpose.value],
        "in": tokens(line.usage.prompt_tokens),
        "cached": tokens(line.usage.cached_tokens),
        "out": tokens(line.usage.completion_tokens),
        "reasoning": tokens(line.usage.reasoning_tokens),
        "ttft": format_milliseconds(line.ttft_ms),
        "rate": _rate(line.tokens_per_second),
        "amount": _amount(line),
    }
    return tuple(cells[column.key] for column in columns)


def _amount(line: LedgerLine) -> str:
    return sum_text(Sum().plus_line(line))


def _tokens(count: int | None, source: Certainty) -> str:
    known = Source.REPORTED if source is Certainty.REPORTED else Source.ESTIMATED
    return format_tokens(count, known, compact=True)


def _rate(rate: float | None) -> str:
    return UNKNOWN if rate is None else f"{rate:,.1f}"


# ── Plot and notes ──────────────────────────────────────────────────────────────────────────


def plot_lines(month: CostMonth, rows: int, width: int) -> list[str]:
    """Return the plot of the days, with one or two cells per day."""
    if not month.currency:
        is_unknown = any(total.state is CostState.UNKNOWN for total in month.totals)
        text = texts.UNKNOWN_PLOT if is_unknown else texts.NO_PLOT
        return [text.format(month=month_words(month.first))]
    days = month.days
    return plot(days, rows, 2 if width >= len(days) * 2 else 1)


def beside_plot(month: CostMonth, width: int, rows: int) -> list[tuple[str, str]]:
    """Return the lines next to the plot, with their styles: the projection, and the budgets.

    In short form if they do not fit into ``rows`` of ``width`` cells, the fullest budgets first.
    """
    lines = []
    if month.projection is not None:
        lines.append((texts.AT_THE_END.format(amount=sum_text(month.projection)), ""))
    if month.together is not None:
        dated = together_text(month.together, month.rates)
        plain = together_text(month.together, NO_RATES)
        lines.append((dated if cell_len(dated) <= width else plain, ""))
    if month.is_current and month.unread_budget:
        lines.append((texts.BUDGET_UNREADABLE, "$text-error"))
    elif month.is_current and not month.budgets:
        lines.append((texts.NO_BUDGET, "dim"))
    budgets = sorted(month.budgets, key=lambda state: -state.share)
    whole = [*lines, *((safe_line(budget_text(state)), _style(state)) for state in budgets)]
    if sum(_height(words, width) for words, _ in whole) <= rows:
        return whole
    short = [(safe_line(budget_share_text(state)), _style(state)) for state in budgets]
    room = rows - sum(_height(words, width) for words, _ in lines)
    if len(short) > room:
        hidden = len(short) - max(0, room - 1)
        short[max(0, room - 1) :] = [(cost_texts.BUDGET_MORE.format(count=hidden), "dim")]
    return [*lines, *((fitted(words, width).rstrip(), style) for words, style in short)]


def _height(words: str, width: int) -> int:
    """Return the number of lines of a wrapped text."""
    lines, used = 1, 0
    for word in words.split():
        cells = cell_len(word)
        if used and used + 1 + cells > width:
            lines, used = lines + 1, cells
        else:
            used += cells + bool(used)
    return lines


def _style(state: BudgetState) -> str:
    return {Level.WITHIN: "", Level.NEAR: "$text-warning", Level.EXCEEDED: "$text-error"}[state.level]


def notes_of(month: CostMonth, by: By, own: Container[str], price_key: str, by_key: str) -> list[str]:
    """Return the notes on the sums: providers without a price, and differing amounts.

    ``own`` are the names of the user's providers, whose prices can be set.
    """
    report = month.report(By.PROVIDER)
    notes = []
    if report.not_priced:
        named = ", ".join(
            cost_texts.NOT_PRICED_EACH.format(
                provider=safe_line(name, 40) or UNKNOWN, count=answers_text(count)
            )
            for name, count in sorted(report.not_priced.items(), key=lambda item: -item[1])
        )
        text = texts.NOT_PRICED if by is By.PROVIDER else texts.NOT_PRICED_ELSEWHERE
        if not any(name in own for name in report.not_priced):
            text = cost_texts.NOT_PRICED
        notes.append(text.format(providers=named, key=price_key, by=by_key))
    if by in (By.PROVIDER, By.MODEL) and (hardware := hardware_text(month.report(by).rows)):
        notes.append(safe_line(hardware))
    if report.differing:
        notes.append(cost_texts.DIFFERENT.format(count=answers_text(report.differing)))
    return notes
