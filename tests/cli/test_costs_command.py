"""``lmdeck costs``: tables, JSON, CSV, the short form for a shell prompt; budgets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.commands import Done
from tests.support.fake_api import Embedder, FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck
from tests.support.terminal import TerminalProgram, lmdeck
from tui.cli.table import cells
from tui.core.ledger import LedgerLine
from tui.core.observed import Purpose
from tui.core.usage import Price, Source, Usage
from tui.store.ledger_file import LedgerFile
from tui.store.paths import resolve_paths

NOW = datetime.now(UTC)
EUR = Price(Decimal("0.001"), Decimal("0.002"), "EUR")
LINE = LedgerLine(
    NOW, Purpose.ASK, "qwen", "http://gpu01:8000", "m", "", Usage(1000, 50, 0), EUR, Decimal("0.0011")
)
UNPRICED = replace(LINE, provider="old-gw", price=Price(), own_amount=None)
Fill = Callable[..., RealDeck]


@pytest.fixture
def deck(tmp_path: Path) -> RealDeck:
    return RealDeck(tmp_path)


@pytest.fixture
def filled(deck: RealDeck) -> Fill:
    """Write lines into a ledger."""

    def fill(*lines: LedgerLine) -> RealDeck:
        ledger = LedgerFile(resolve_paths(deck.environment).ledger_dir)
        for line in lines:
            ledger.append(line)
        return deck

    return fill


def costs(deck: RealDeck, *arguments: str, **extra: str) -> Done:
    return deck.run("costs", *arguments, extra=extra)


def test_the_json_is_the_contract(filled: Fill) -> None:
    deck = filled(LINE, LINE, replace(LINE, usage=Usage(1000, 50, 0)), UNPRICED)
    done = costs(deck, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert (told["schema_version"], told["by"]) == (1, "provider")
    since, until = (datetime.fromisoformat(told[name]).astimezone() for name in ("since", "until"))
    assert (since.day, until.day, (until - since).days in range(27, 32)) == (1, 1, True)
    row = {name: told["rows"][0][name] for name in list(told["rows"][0])}
    assert (
        row
        | {
            "key": "qwen",
            "requests": 3,
            "prompt_tokens": 3000,
            "cached_tokens": None,
            "completion_tokens": 150,
            "reasoning_tokens": 0,
            "amount": "0.0033",
            "currency": "EUR",
            "source": "reported",
        }
        == row
    )
    assert (told["rows"][1]["key"], told["rows"][1]["amount"], told["rows"][1]["source"]) == (
        "old-gw",
        None,
        "unknown",
    )
    total = {"amount": "0.0033", "currency": "EUR", "source": "reported", "lower_bound": True}
    assert (told["totals"], told["not_priced"]) == ([total], ["old-gw"])


def test_the_origins_are_those_of_the_doors(filled: Fill) -> None:
    deck = filled(*(replace(LINE, purpose=purpose) for purpose in Purpose))
    assert {row["key"] for row in costs(deck, "--by", "origin", "--json").json["rows"]} == {
        "chat",
        "ask",
        "test",
        "check",
        "compare",
        "embed",
        "other",
    }


def test_the_table_fits_80_columns_and_names_what_is_not_priced(filled: Fill, deck: RealDeck) -> None:
    deck.provider("http://a/v1", "old-gw")
    wide = replace(LINE, provider="供应商" * 20, usage=Usage(10**9, 10**9, 10**9, 10**9, Source.ESTIMATED))
    filled(LINE, wide, UNPRICED)
    done = deck.run("costs", extra={"COLUMNS": "80"})
    assert "Total: ≥ 0.0022 EUR" in done.out
    assert "Not priced: old-gw (1 answer)." in done.out
    assert "lmdeck costs --price-old old-gw" in done.out
    lines = done.out.splitlines()
    amount = lines[1].index("AMOUNT") + len("AMOUNT")
    assert {cells(line) for line in lines[1:5]} == {amount}, "the figures end at one edge"


@pytest.mark.parametrize("columns", [24, 32, 40, 60, 70])
def test_no_window_is_too_small_for_a_whole_amount(filled: Fill, columns: int) -> None:
    name = "a-long-name-of-a-provider"
    deck = filled(LINE, replace(LINE, provider=name, own_amount=Decimal("1234.567891")))
    with TerminalProgram(lmdeck("costs"), deck.environment, columns=columns) as terminal:
        assert terminal.wait() == 0
    head, *rows = bytes(terminal.raw).decode().splitlines()[1:4]
    assert head.startswith("PROVIDER")
    assert head.endswith("AMOUNT")
    assert max(map(cells, (head, *rows))) <= columns
    assert sorted(row.split()[-2:] for row in rows) == [["0.0011", "EUR"], ["1,234.57", "EUR"]]
    assert not any("…" in figure for row in rows for figure in row.split()[1:]), "no figure is cut"
    assert (columns >= 32) == ("REQUESTS" in head)


def test_currencies_are_never_added_and_rates_give_one_line_more(filled: Fill, deck: RealDeck) -> None:
    filled(LINE, replace(LINE, price=replace(EUR, currency="USD"), own_amount=Decimal("0.5")))
    done = costs(deck)
    assert "Total: 0.0011 EUR + 0.50 USD" in done.out
    assert "Combined" not in done.out
    deck.settings('[rates]\ndate = 2026-11-01\nEUR = "2"\n')
    assert "Combined: ~0.5022 USD (rates of 2026-11-01)" in costs(deck).out


def test_nothing_spent_is_said(deck: RealDeck) -> None:
    done = costs(deck)
    assert (done.code, "Nothing was spent in this period." in done.out) == (0, True)
    assert costs(deck, "--short").out == "0.00 today\n"
    assert costs(deck, "--json").json["rows"] == []


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([LINE], "0.0011 EUR today"),
        ([LINE, UNPRICED], "≥ 0.0011 EUR today"),
        ([UNPRICED], "— today"),
        ([replace(LINE, at=NOW - timedelta(days=3))], "0.00 today"),
        ([replace(LINE, price=Price(Decimal(0), Decimal(0)), own_amount=Decimal(0))], "0.00 today"),
    ],
)
def test_a_shell_prompt_gets_one_line(filled: Fill, lines: list[LedgerLine], text: str) -> None:
    done = costs(filled(*lines), "--short", TZ="UTC")
    assert (done.out, done.err, done.code) == (f"{text}\n", "", 0)


def test_a_csv_is_safe_in_a_spreadsheet(filled: Fill) -> None:
    hostile = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", 'a "b", c', "\x1b[2Jx\ny"]
    deck = filled(*(replace(LINE, model=model) for model in hostile))
    done = costs(deck, "--by", "model", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == len(hostile)
    for row in rows:
        assert row["amount"] == "0.0011"
        assert row["key"][0] not in "=+-@\t\r"
    assert "'+1" in {row["key"] for row in rows}
    assert 'a "b", c' in {row["key"] for row in rows}
    assert "\x1b" not in done.out


def test_a_period_has_whole_days_here_or_in_utc(filled: Fill) -> None:
    at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # 00:30 of November in Berlin
    deck = filled(replace(LINE, at=at), replace(LINE, at=at - timedelta(hours=1)))
    period = ("--since", "2026-10-31", "--until", "2026-10-31", "--by", "day", "--json")
    berlin = costs(deck, *period, TZ="Europe/Berlin").json
    assert [(row["key"], row["requests"]) for row in berlin["rows"]] == [("2026-10-31", 1)]
    utc = costs(deck, *period, "--utc", TZ="Europe/Berlin").json
    assert [(row["key"], row["requests"]) for row in utc["rows"]] == [("2026-10-31", 2)]
    assert (utc["since"], utc["until"]) == ("2026-10-31T00:00:00+00:00", "2026-11-01T00:00:00+00:00")
    months = costs(deck, "--by", "month", "--json", TZ="Europe/Berlin").json
    assert [row["key"] for row in months["rows"]] == ["2026-10", "2026-11"]


def test_what_a_clock_that_was_wrong_dated_later_is_not_of_this_month(filled: Fill) -> None:
    deck = filled(LINE, replace(LINE, at=NOW + timedelta(days=40)))
    assert "Total: 0.0011 EUR" in costs(deck).out
    assert "Total: 0.0022 EUR" in costs(deck, "--by", "month").out


def test_a_time_that_cannot_be_understood_is_refused(deck: RealDeck) -> None:
    done = costs(deck, "--since", "yesterday")
    assert (done.code, "is not a valid time" in done.err) == (2, True)


def test_one_provider_can_be_looked_at(filled: Fill) -> None:
    told = costs(filled(LINE, UNPRICED), "--provider", "qwen", "--json").json
    assert [row["key"] for row in told["rows"]] == ["qwen"]


def test_budgets_are_told_and_end_with_4_when_spent(filled: Fill, deck: RealDeck) -> None:
    assert (costs(deck, "--budget").code, "No budget is set." in costs(deck, "--budget").err) == (2, True)
    deck.settings('[budget]\nmonth = "0.01 EUR"\n[budget.providers]\nqwen = "5 EUR"\n')
    filled(replace(LINE, own_amount=Decimal("0.009")), UNPRICED)
    done = costs(deck, "--budget", TZ="UTC")
    assert done.code == 0
    assert done.out.splitlines() == [
        "Budget qwen this month: 0.009 EUR of 5.00 EUR (0 %)",
        "Budget this month: ≥ 0.009 EUR of 0.01 EUR (90 %), 1 answer not priced",
    ]
    filled(LINE)
    done = costs(deck, "--budget", "--json", TZ="UTC")
    assert done.code == 4
    month = done.json["budgets"][1]
    assert (month["scope"], month["level"], month["unpriced"]) == ("month", "exceeded", 1)
    assert month["spent"]["amount"] == "0.0101"


def test_a_budget_of_a_provider_that_nobody_knows_is_told(filled: Fill, deck: RealDeck) -> None:
    filled(LINE, replace(LINE, provider="removed"))
    deck.provider("http://127.0.0.1:9/v1", name="gpu01")
    names = ("qwen", "removed", "gpu01", "gpu1", "nosuch")
    deck.settings("[budget.providers]\n" + "".join(f'{name} = "5 EUR"\n' for name in names))
    for arguments in (("--budget",), ()):
        told = [line for line in costs(deck, *arguments).err.splitlines() if "counts nothing" in line]
        assert len(told) == 2, told
        assert "budget of gpu1 counts nothing" in told[0] and told[0].endswith("use gpu01.")
        assert "budget of nosuch counts nothing" in told[1] and "use " not in told[1]


def test_a_budget_that_cannot_be_read_is_told_and_voids_no_other(filled: Fill, deck: RealDeck) -> None:
    filled(LINE)
    deck.settings('[budget]\nmonth = "0.001 EUR"\n[budget.providers]\nx = 1\n')
    done = costs(deck, "--budget", TZ="UTC")
    assert (done.code, "Budget this month" in done.out) == (4, True)
    assert "x must be an amount and a currency" in done.err
    for text in (
        '[budget]\nmonth = "50 EUR"\n[budget.providers]\nx = 1\n',
        "[budget]\nmonth = 1\n",
        "[budget\n",
    ):
        deck.settings(text)
        for arguments in (("--budget",), ("--budget", "--json")):
            done = costs(deck, *arguments, TZ="UTC")
            assert done.code == 2
            assert "config.toml" in done.err
            assert "No budget is set" not in done.err
        assert "config.toml" in costs(deck, TZ="UTC").err


def test_nothing_is_sent_within_a_budget_that_cannot_be_read(deck: RealDeck) -> None:
    with FaultServer(FakeApi(embeddings=Embedder())) as server:
        deck.provider(server.base_url, "qwen", input_price="0.5", output_price="2", currency="EUR")
        deck.settings('[budget]\nmonth = "50 EUR"\nday = 2\n')
        for command in (("ask", "hi"), ("embed", "hi", "-m", "m")):
            done = deck.run(*command, "-p", "qwen", "--within-budget", "--json")
            assert (done.code, done.cause, server.requests) == (2, "budget-unreadable", [])
            assert "day must be an amount" in done.err
        assert deck.run("ask", "hi", "-p", "qwen").code == 0


def test_ask_sends_nothing_beyond_a_budget(filled: Fill, deck: RealDeck) -> None:
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url, "qwen", input_price="0.5", output_price="2", currency="EUR")
        deck.provider(server.base_url, "other", input_price="0.5", output_price="2", currency="EUR")
        missing = deck.run("ask", "hi", "-p", "qwen", "--within-budget")
        assert (missing.code, server.requests) == (2, [])
        deck.settings('[budget.providers]\nqwen = "0.01 EUR"\n')
        assert deck.run("ask", "hi", "-p", "qwen", "--within-budget").code == 0
        server.requests.clear()
        refused = deck.run("ask", "hi", "-p", "qwen", "--within-budget")
        assert (refused.code, server.requests) == (4, [])
        assert "The budget for qwen this month is spent: 0.0245 EUR of 0.01 EUR." in refused.err
        told = deck.run("ask", "hi", "-p", "qwen", "--within-budget", "--json")
        assert (told.code, told.cause) == (4, "budget-spent")
        assert deck.run("ask", "hi", "-p", "other", "--within-budget").code == 0
        assert deck.run("ask", "hi", "-p", "qwen").code == 0, "only where it is asked for"
        deck.provider(server.base_url, "gratis", input_price="0", output_price="0", currency="EUR")
        deck.settings('[budget]\nmonth = "0 EUR"\n')
        assert deck.run("ask", "hi", "-p", "gratis", "--within-budget").code == 0, "what is free is within"


def test_old_answers_get_a_price_by_a_command_alone(filled: Fill, deck: RealDeck) -> None:
    filled(UNPRICED, LINE)
    deck.provider("http://a/v1", "old-gw")
    refused = costs(deck, "--price-old", "old-gw")
    assert (refused.code, "old-gw has no price" in refused.err) == (2, True)
    assert "Run lmdeck costs --help" in refused.err
    assert costs(deck, "--price-old", "nobody").code == 2
    assert "providers set old-gw --input-price P --output-price P" in costs(deck).out
    (deck.config / "providers.toml").unlink()
    deck.provider("http://a/v1", "old-gw", input_price="1", output_price="2", currency="EUR")
    assert costs(deck, "--json").json["not_priced"] == ["old-gw"]
    assert "providers set old-gw" not in costs(deck).out, "it has its prices"
    assert costs(deck, "--price-old", "old-gw").out == "old-gw: 1 answer priced.\n"
    told = costs(deck, "--json").json
    assert (told["not_priced"], told["priced_later"]) == ([], 1)
    assert {row["key"]: row["amount"] for row in told["rows"]} == {"old-gw": "1.1", "qwen": "0.0011"}
    assert "1 answer priced later, with --price-old." in costs(deck).out


def test_what_was_priced_is_json_where_json_was_asked_for(filled: Fill, deck: RealDeck) -> None:
    filled(UNPRICED, LINE)
    deck.provider("http://a/v1", "old-gw", input_price="1", output_price="2", currency="EUR")
    done = costs(deck, "--price-old", "old-gw", "--json")
    assert (done.code, done.json) == (
        0,
        {"schema_version": 1, "ok": True, "provider": "old-gw", "priced": 1, "error": None},
    )


def test_an_embedding_provider_is_to_get_the_one_price_that_it_can_have(filled: Fill, deck: RealDeck) -> None:
    filled(UNPRICED)
    deck.provider("http://a/v1", "old-gw", category="Embedding")
    assert "Set its price: lmdeck providers set old-gw --input-price P\n" in costs(deck).out


def test_chats_have_their_titles(deck: RealDeck) -> None:
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url, input_price="0.5", output_price="2", currency="EUR")
        deck.run("chat", "main", "--plain", stdin="Why is the sky blue?\n/quit\n")
        deck.run("ask", "hi", "-p", "main")
    out = costs(deck, "--by", "chat").out
    assert "Why is the sky blue?" in out
    assert "(no chat)" in out


@pytest.mark.parametrize(
    ("arguments", "exchanges"),
    [
        (("ask", "hi", "-p", "main"), 1),
        (("ask", "hi", "-p", "main", "--json"), 1),
        (("check", "main"), 1),
        (("check", "vectors"), 6),
        (("chat", "main", "--plain"), 1),
    ],
)
def test_each_command_that_sends_leaves_one_line_for_each_exchange_before_it_ends(
    deck: RealDeck, arguments: tuple[str, ...], exchanges: int
) -> None:
    with FaultServer(FakeApi(embeddings=Embedder())) as server:
        deck.provider(server.base_url)
        deck.provider(server.base_url, "vectors", category="Embedding")
        deck.run(*arguments, stdin="hello\n/quit\n" if arguments[0] == "chat" else "")
    (file,) = resolve_paths(deck.environment).ledger_dir.iterdir()
    assert file.read_bytes().count(b"\n") == exchanges


def test_the_ledger_can_be_forgotten_and_is_among_the_paths(filled: Fill) -> None:
    deck = filled(LINE)
    (place,) = [place for place in deck.run("paths", "--json").json["paths"] if place["what"] == "Ledger"]
    assert place["exists"]
    assert deck.run("forget", "conversations", "--yes").code == 0
    assert costs(deck, "--json").json["rows"]
    assert deck.run("forget", "ledger", "--yes").code == 0
    assert costs(deck, "--json").json["rows"] == []


def test_owners_are_told_what_a_million_tokens_cost_on_their_hardware(filled: Fill) -> None:
    """2.5 EUR an hour, 4 s for 1,000 tokens: 250 tokens a second, 900,000 an hour."""
    price = replace(LINE.price, gpu_hour=Decimal("2.5"), currency="EUR")
    mine = replace(LINE, provider="mine", usage=Usage(10, 1_000), price=price, busy_ms=4_000)
    other = replace(LINE, provider="hosted")
    deck = filled(mine, mine, other)
    told = deck.run("costs").out
    assert "GPU cost per million output tokens: mine ~2.78 EUR." in told
    rows = {row["key"]: row for row in costs(deck, "--json").json["rows"]}
    assert rows["mine"]["gpu_per_million_tokens"]["amount"].startswith("2.7777")
    assert rows["hosted"]["gpu_per_million_tokens"] is None
    assert "GPU for" not in deck.run("costs", "--by", "day").out


def test_the_demo_is_counted_at_its_made_up_prices(deck: RealDeck) -> None:
    assert deck.run("ask", "hello", "-p", "demo").code == 0
    done = costs(deck, "--json")
    (entry,) = done.json["rows"]
    assert (entry["key"], entry["requests"]) == ("demo", 1)
    assert Decimal(entry["amount"]) > 0
