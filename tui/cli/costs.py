"""``lmdeck costs``: prints costs by provider and other groupings, and the state of the budgets."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from tui.cli.argument_parser import window_columns
from tui.cli.command import DONE, OVER_BUDGET
from tui.cli.exit_codes import code_of_failure
from tui.cli.output import Output
from tui.cli.table import cells, narrow_table, table
from tui.core.budget import Level
from tui.core.causes import explain
from tui.core.cost_report import budgets_json, costs_json, csv_lines
from tui.core.cost_sums import Wanted, project, summarize
from tui.core.cost_texts import answers_text, budget_text, hardware_text, sum_text, sums_text, together_text
from tui.core.costs import By, CostReport, CostRow, CostState, Sum
from tui.core.days import day_of, month_of, whole_day
from tui.core.failure import LmdeckError, UsageError
from tui.core.figures import UNKNOWN, format_milliseconds, format_tokens
from tui.core.ledger import Certainty
from tui.core.safe_text import safe_line
from tui.core.since import read_first_day, read_last_day
from tui.core.usage import Source
from tui.runtime.known_names import known_name
from tui.runtime.runtime import Runtime, open_runtime
from tui.store.errors import disk_error
from tui.texts import costs as texts
from tui.texts import history as history_texts

_COLUMNS = (
    texts.REQUESTS,
    texts.IN,
    texts.CACHED,
    texts.OUT,
    texts.REASONING,
    texts.AMOUNT,
    texts.MEDIAN.format(name=texts.TTFT),
    texts.MEDIAN.format(name=texts.RATE),
    texts.FAILURES,
    texts.GPU,
)
_FEWEST = 7
"""So many columns are shown, and others as far as a terminal has room for them; fewer in a tiny one."""
_LEFT_OUT = (texts.REASONING, texts.CACHED, texts.IN, texts.OUT, texts.REQUESTS)
"""What a tiny terminal goes without, in this order: the amounts are never cut."""
_LARGE_WINDOW = 120


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Print costs or budgets; for budgets, return 4 if one is used up, 2 if one cannot be read.

    Raises:
        LmdeckError: an invalid time, an unknown provider, or the disk refuses.
    """
    runtime = open_runtime(os.environ)
    zone = UTC if arguments.utc else None
    now = datetime.now(UTC)
    try:
        if arguments.price_old is not None:
            return _price_old(arguments, runtime, output)
        if arguments.budget:
            return _print_budgets(arguments, runtime, output, now, zone)
        if arguments.short:
            return _print_today(arguments, runtime, output, now, zone)
        return _print_costs(arguments, runtime, output, now, zone)
    finally:
        runtime.check_budgets()
        output.notes((*runtime.settings_notices, *runtime.optional.notices))


def nothing(arguments: argparse.Namespace, *_: object) -> dict[str, object]:
    """Return the object if costs could not be summed."""
    if arguments.price_old is not None:
        return {"provider": arguments.price_old, "priced": 0}
    if arguments.budget:
        return budgets_json(())
    by = By(arguments.by or By.PROVIDER)
    return costs_json(summarize((), by, Wanted()), Wanted(), ())


def print_this_month(runtime: Runtime, output: Output) -> None:
    """Print this month's costs by provider, like ``lmdeck costs``."""
    now = datetime.now(UTC)
    month = month_of(day_of(now))
    wanted = Wanted(month.start, month.end)
    _print_table(runtime.costs.report(By.PROVIDER, wanted), wanted, runtime, output, now, None)


def _print_costs(
    arguments: argparse.Namespace, runtime: Runtime, output: Output, now: datetime, zone: tzinfo | None
) -> int:
    wanted = _wanted(arguments, runtime, now, zone)
    report = runtime.costs.report(By(arguments.by or By.PROVIDER), wanted, zone)
    if arguments.json:
        output.json(costs_json(report, wanted, _ahead(report, wanted, now, zone)))
    elif arguments.csv:
        for line in csv_lines(report):
            output.line(line)
    else:
        _print_table(report, wanted, runtime, output, now, zone)
    return DONE


def _print_table(
    report: CostReport, wanted: Wanted, runtime: Runtime, output: Output, now: datetime, zone: tzinfo | None
) -> None:
    output.heading(_period_text(wanted, now, zone))
    if not report.rows:
        output.text(texts.NO_LINES)
    else:
        titles = _titles(runtime) if report.by is By.CHAT else {}
        for line in (*_table(report, titles, output), *_below(report, runtime)):
            output.line(line)
        if ahead := _ahead(report, wanted, now, zone):
            output.line(texts.PROJECTED.format(sums=sums_text(ahead)))
    for state in runtime.costs.budgets(now, zone):
        output.line(budget_text(state))


def _is_this_month(wanted: Wanted, now: datetime, zone: tzinfo | None) -> bool:
    month = month_of(day_of(now, zone), zone)
    return (wanted.since, wanted.until) == (month.start, month.end)


def _ahead(report: CostReport, wanted: Wanted, now: datetime, zone: tzinfo | None) -> list[Sum]:
    """Return the projected cost of the current month."""
    projected = [project(total, now, zone) for total in report.totals]
    return [each for each in projected if each is not None and _is_this_month(wanted, now, zone)]


def _wanted(arguments: argparse.Namespace, runtime: Runtime, now: datetime, zone: tzinfo | None) -> Wanted:
    month = month_of(day_of(now, zone), zone)
    since = until = None
    if arguments.since is not None:
        since = _read(arguments.since, read_first_day(arguments.since, now, zone))
    elif arguments.by != By.MONTH.value:
        since = month.start
    if arguments.until is not None:
        until = _read(arguments.until, read_last_day(arguments.until, now, zone))
    elif since == month.start:
        until = month.end  # nothing is later, unless a clock was wrong
    if since is not None and until is not None and since >= until:
        days = (day_of(moment, zone).isoformat() for moment in (since, _last_of(until)))
        reason = texts.REVERSED.format(since=next(days), until=next(days))
        raise UsageError(explain("usage", reason=reason, command="costs"))
    return Wanted(since, until, _provider_name(arguments, runtime))


def _provider_name(arguments: argparse.Namespace, runtime: Runtime) -> str:
    return known_name(runtime, arguments.provider) if arguments.provider else ""


def _last_of(until: datetime) -> datetime:
    """Return the last instant of a period, whose end is exclusive."""
    return until - timedelta(microseconds=1)


def _read(text: str, moment: datetime | None) -> datetime:
    if moment is None:
        raise UsageError(explain("usage", reason=history_texts.NOT_A_TIME.format(text=text[:40])))
    return moment.astimezone(UTC)


def _print_today(
    arguments: argparse.Namespace, runtime: Runtime, output: Output, now: datetime, zone: tzinfo | None
) -> int:
    today = whole_day(day_of(now, zone), zone)
    wanted = Wanted(today.start, today.end, _provider_name(arguments, runtime))
    totals = summarize(
        runtime.costs.lines(today.start, today.end, is_once=True), By.PROVIDER, wanted, zone
    ).totals
    told = [total for total in totals if total.state is not CostState.FREE]
    output.line(texts.TODAY.format(sums=sums_text(told) if told else texts.NOTHING))
    return DONE


def _print_budgets(
    arguments: argparse.Namespace, runtime: Runtime, output: Output, now: datetime, zone: tzinfo | None
) -> int:
    states = runtime.costs.budgets_that_are_set(now, zone)
    spent = next((state for state in states if state.level is Level.EXCEEDED), None)
    failure = runtime.costs.budget_failure(spent)
    if arguments.json:
        output.json(budgets_json(states), failure)
    else:
        for state in states:
            output.line(budget_text(state))
    return code_of_failure(failure) if spent is None else OVER_BUDGET


def _price_old(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    name: str = arguments.price_old
    provider = runtime.directory.get(name)
    runtime.directory.require_readable()
    if not provider.price.is_known:
        raise UsageError(explain("usage", reason=texts.NO_PRICE.format(provider=safe_line(name, 40))))
    try:
        count = runtime.costs.price_old(provider)
    except OSError as error:
        raise disk_error(error, runtime.ledger.shown) from error
    text = texts.PRICED.format(provider=safe_line(name, 40), count=answers_text(count))
    if arguments.json:
        output.changed(text)
        output.json({"provider": provider.name, "priced": count})
        output.untold.remove(text)
    else:
        output.result(text)
    return DONE


def _period_text(wanted: Wanted, now: datetime, zone: tzinfo | None) -> str:
    if _is_this_month(wanted, now, zone):
        return f"{day_of(now, zone):%B %Y}"
    since = None if wanted.since is None else day_of(wanted.since, zone).isoformat()
    until = None if wanted.until is None else day_of(_last_of(wanted.until), zone).isoformat()
    if since is None:
        return texts.EVERYTHING if until is None else texts.UNTIL.format(until=until)
    return texts.SINCE.format(since=since) if until is None else texts.PERIOD.format(since=since, until=until)


def _titles(runtime: Runtime) -> dict[str, str]:
    """Return the titles of chats by id; none if they cannot be read."""
    try:
        return runtime.chat_history.titles()
    except LmdeckError:
        return {}


def _table(report: CostReport, titles: dict[str, str], output: Output) -> list[str]:
    names = (texts.KEYS[report.by.value], *_COLUMNS)
    head = tuple(name.upper() for name in names)
    rows = [_cells(row, _name(row.key, report.by, titles)) for row in report.rows]
    widths = [max(cells(row[column]) for row in (head, *rows)) for column in range(len(head))]
    head, *rows = (_shifted(row, widths) for row in (head, *rows))
    window = window_columns(output.stdout)
    for count in range(len(head), _FEWEST, -1):
        lines = [*table(head[:count], [row[:count] for row in rows])]
        if window is not None and window >= _LARGE_WINDOW and max(map(cells, lines)) <= window:
            return lines
    return narrow_table(
        head[:_FEWEST],
        [row[:_FEWEST] for row in rows],
        window,
        "..." if output.is_ascii else "…",
        texts=head[:1],
        left_out=[head[1 + _COLUMNS.index(name)] for name in _LEFT_OUT],
    )


def _shifted(row: Sequence[str], widths: Sequence[int]) -> tuple[str, ...]:
    """Return a row whose figures end at one edge."""
    figures = (" " * (width - cells(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True))
    return row[0], *figures


def _name(key: str, by: By, titles: dict[str, str]) -> str:
    if by is By.CHAT:
        return texts.NO_CHAT if not key else titles.get(key) or key
    return key or UNKNOWN


def _cells(row: CostRow, name: str) -> tuple[str, ...]:
    source = Source.ESTIMATED if row.tokens_source is Certainty.ESTIMATED else Source.REPORTED
    counts = (row.prompt_tokens, row.cached_tokens, row.completion_tokens, row.reasoning_tokens)
    return (
        name,
        f"{row.requests:,}",
        *(format_tokens(count, source, compact=True) for count in counts),
        sum_text(row.money),
        format_milliseconds(row.ttft_p50_ms),
        UNKNOWN if row.rate_p50 is None else f"{row.rate_p50:,.1f}",
        f"{row.failures:,}",
        sums_text(row.gpu) or UNKNOWN,
    )


def _below(report: CostReport, runtime: Runtime) -> Iterator[str]:
    yield texts.TOTAL.format(sums=sums_text(report.totals))
    whole = runtime.costs.together(report.totals)
    if whole is not None:
        yield together_text(whole, runtime.costs.rates)
    if report.by in (By.PROVIDER, By.MODEL) and (hardware := hardware_text(report.rows)):
        yield hardware
    if report.not_priced:
        named = [
            texts.NOT_PRICED_EACH.format(provider=name or UNKNOWN, count=answers_text(count))
            for name, count in report.not_priced.items()
        ]
        yield texts.NOT_PRICED.format(providers=", ".join(named))
        own = {provider.name: provider for provider in runtime.directory.providers()}
        if first := next((own[name] for name in report.not_priced if name in own), None):
            if first.price.input is None or (first.price.output is None and not first.is_embedding):
                text = texts.SET_INPUT_PRICE if first.is_embedding else texts.SET_PRICES
                yield text.format(name=first.name)
            yield texts.PRICE_OLD.format(name=first.name)
    if report.differing:
        yield texts.DIFFERENT.format(count=answers_text(report.differing))
    if report.priced_later:
        yield texts.PRICED_LATER.format(count=answers_text(report.priced_later))
