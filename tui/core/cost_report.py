"""The JSON and CSV formats of ``lmdeck costs`` and of exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from tui.core.budget import BudgetState
from tui.core.cost_sums import Wanted
from tui.core.costs import CostReport, CostRow, CostState, Sum
from tui.core.safe_text import safe_line

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""Characters that begin a formula in a spreadsheet."""


def costs_json(report: CostReport, wanted: Wanted, projected: Iterable[Sum]) -> dict[str, object]:
    """Return the JSON object of ``costs --json``."""
    return {
        "by": report.by.value,
        "since": _instant(wanted.since),
        "until": _instant(wanted.until),
        "rows": [_row(row) for row in report.rows],
        "totals": [_money(total) for total in report.totals],
        "projected": [_money(total) for total in projected],
        "not_priced": list(report.not_priced),
        "differing": report.differing,
        "priced_later": report.priced_later,
    }


def budgets_json(states: Iterable[BudgetState]) -> dict[str, object]:
    """Return the JSON object of ``costs --budget --json``."""
    return {
        "budgets": [
            {
                "scope": state.limit.scope.value,
                "provider": state.limit.provider or None,
                "limit": {"amount": exact(state.limit.amount), "currency": state.limit.currency},
                "spent": _money(state.spent),
                "share": float(round(state.share, 4)),
                "level": state.level.value,
                "unpriced": state.unpriced,
                "besides": [_money(amount) for amount in state.besides],
            }
            for state in states
        ]
    }


def csv_lines(report: CostReport) -> Iterator[str]:
    """Yield the table as lines of CSV (RFC 4180), safe to open in a spreadsheet."""
    rows = [_csv_row(row) for row in report.rows]
    header = list(_csv_row(None))
    for cells in (header, *([str(row[name]) for name in header] for row in rows)):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow([_harmless(cell) for cell in cells])
        yield buffer.getvalue()


def exact(amount: Decimal) -> str:
    """Return all significant digits of an amount, without an exponent."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _row(row: CostRow) -> dict[str, object]:
    return {
        "key": row.key,
        "requests": row.requests,
        "prompt_tokens": row.prompt_tokens,
        "cached_tokens": row.cached_tokens,
        "cache_written_tokens": row.written_tokens,
        "completion_tokens": row.completion_tokens,
        "reasoning_tokens": row.reasoning_tokens,
        "tokens_source": row.tokens_source.value,
        **_money(row.money),
        "unpriced": row.unpriced,
        "failures": row.failures,
        "busy_ms": row.busy_ms,
        "gpu": [_money(amount) for amount in row.gpu],
        "gpu_per_million_tokens": None if row.gpu_per_million is None else _money(row.gpu_per_million),
        "ttft_p50_ms": row.ttft_p50_ms,
        "tokens_per_second_p50": row.rate_p50,
    }


def _money(total: Sum) -> dict[str, object]:
    is_known = total.state is not CostState.UNKNOWN
    return {
        "amount": exact(total.amount) if is_known else None,
        "currency": total.currency or None,
        "source": total.source.value,
        "lower_bound": total.is_at_least,
    }


def _csv_row(row: CostRow | None) -> dict[str, object]:
    """Return the cells of a row by column name; the column names alone for ``None``."""
    if row is None:
        row = CostRow("", Sum(), 0, None, None, None, None, None, Sum().source, 0, 0, (), 0, None, None)
    cells = {name: value for name, value in _row(row).items() if not name.startswith("gpu")}
    words = {None: "", True: "yes", False: "no"}
    return {
        name: words[value] if value is None or isinstance(value, bool) else value
        for name, value in cells.items()
    }


def _harmless(cell: str) -> str:
    text = safe_line(cell)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
