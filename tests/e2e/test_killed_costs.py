"""A program killed during a request: the next report has exactly one line for its cost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.store.disk_support import wait_until
from tests.support.fake_api import FakeApi
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import RealDeck, replying
from tests.support.stream_samples import delta
from tests.support.terminal import TerminalProgram, lmdeck
from tui.core.ledger import Certainty, LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.core.usage import Usage, estimate_tokens
from tui.runtime.runtime import open_runtime

PROMPT, ANSWER = "remember me", "Hello there"
PRICES = {"input_price": "1", "output_price": "10", "currency": "EUR"}


class Streaming:
    """A server that sends part of an answer and then stalls."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()

    def __call__(self, connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(delta("Hello "), delta("there"))
        self.has_begun.set()
        connection.hold()


@pytest.fixture
def streaming() -> Streaming:
    return Streaming()


@pytest.fixture
def deck(tmp_path: Path, streaming: Streaming) -> Iterator[RealDeck]:
    with FaultServer(FakeApi(chat=streaming)) as server:
        deck = RealDeck(tmp_path)
        deck.provider(server.base_url, is_default=True, **PRICES)
        yield deck


def lines_in(deck: RealDeck) -> list[LedgerLine]:
    return open_runtime(deck.environment).costs.lines()


def left_in(deck: RealDeck) -> list[str]:
    return [path.name for path in (deck.home / "state/lmdeck/ledger").glob("*.sent")]


def start(deck: RealDeck, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tui", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=deck.environment,
    )


def report_twice_at_once(deck: RealDeck) -> list[dict[str, object]]:
    """Return the rows that two processes report which begin together."""
    command = [sys.executable, "-m", "tui", "costs", "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, env=deck.environment) for _ in range(2)]
    return [row for process in both for row in json.loads(process.communicate(timeout=60)[0])["rows"]]


def kill_in_the_middle(deck: RealDeck) -> Path:
    """Kill a chat while its answer comes; return its journal."""
    with TerminalProgram(lmdeck("chat", "main", "--plain"), deck.environment) as terminal:
        terminal.wait_for("you>")
        terminal.send(PROMPT, "enter")
        terminal.wait_for(ANSWER)
        (journal,) = (deck.home / "data/lmdeck/conversations").glob("*.jsonl")
        terminal.wait_for(lambda: b"there" in journal.read_bytes())
        assert lines_in(deck) == [], "it is under way"
        assert len(left_in(deck)) == 1
        terminal.kill(signal.SIGKILL)
        assert terminal.wait(15) == -signal.SIGKILL
    return journal


def test_a_chat_costs_the_text_that_its_journal_has(deck: RealDeck) -> None:
    before = datetime.now(UTC)
    journal = kill_in_the_middle(deck)
    killed = datetime.now(UTC)
    report_twice_at_once(deck)
    (line,) = lines_in(deck)
    assert before.replace(microsecond=before.microsecond // 1000 * 1000) <= line.at <= killed
    assert (line.purpose, line.provider, line.model) == (Purpose.CHAT, "main", "m")
    assert line.conversation == journal.stem
    assert (line.outcome, line.source, line.is_at_least) == (Outcome.STOPPED, Certainty.ESTIMATED, True)
    assert line.usage.completion_tokens == estimate_tokens(ANSWER)
    assert line.usage.prompt_tokens == estimate_tokens(PROMPT) + 4
    assert line.amount == Decimal(line.usage.prompt_tokens + 10 * line.usage.completion_tokens) / 1000
    assert left_in(deck) == []


@pytest.mark.parametrize("is_reported_first", [False, True])
def test_the_chat_and_the_lists_say_what_the_ledger_says(deck: RealDeck, is_reported_first: bool) -> None:
    kill_in_the_middle(deck)
    if is_reported_first:
        report_twice_at_once(deck)
    prompt, answer = estimate_tokens(PROMPT) + 4, estimate_tokens(ANSWER)
    amount = Decimal(prompt + 10 * answer) / 1000
    (listed,) = json.loads(deck.run("history", "list", "--json").out)["conversations"]
    assert (listed["usage"]["prompt_tokens"], listed["usage"]["completion_tokens"]) == (prompt, answer)
    ((cost,), shown) = listed["costs"], json.loads(deck.run("history", "show", "last", "--json").out)
    assert cost == shown["conversation"]["turns"][0]["cost"]
    assert (Decimal(cost["total"]), cost["currency"], cost["lower_bound"]) == (amount, "EUR", True)
    with TerminalProgram(lmdeck("chat", "--resume", "last"), deck.environment) as terminal:
        terminal.wait_for(f"≥ {amount:f} EUR")
    (line,) = lines_in(deck)
    assert (line.usage.prompt_tokens, line.usage.completion_tokens) == (prompt, answer)
    assert (line.amount, line.is_at_least) == (amount, True)


def test_an_import_of_it_costs_nothing_more(deck: RealDeck, tmp_path: Path) -> None:
    kill_in_the_middle(deck)
    (tmp_path / "chat.json").write_text(deck.run("history", "export", "last", "--format", "json").out)
    other = RealDeck(tmp_path / "other")
    other.run("history", "import", str(tmp_path / "chat.json"))
    (listed,) = json.loads(other.run("history", "list", "--json").out)["conversations"]
    assert (listed["usage"], listed["costs"]) == (None, [])


@pytest.mark.parametrize(
    ("command", "purpose"), [(("ask", PROMPT), Purpose.ASK), (("check", "main"), Purpose.CHECK)]
)
def test_what_has_no_journal_costs_at_least_its_prompt(
    deck: RealDeck, streaming: Streaming, command: tuple[str, ...], purpose: Purpose
) -> None:
    process = start(deck, *command)
    try:
        assert streaming.has_begun.wait(30)
        wait_until(lambda: bool(left_in(deck)))
    finally:
        process.kill()
        process.wait(30)
    rows = report_twice_at_once(deck)
    (line,) = lines_in(deck)
    assert (line.purpose, line.outcome, line.is_at_least) == (purpose, Outcome.STOPPED, True)
    assert (line.source, line.usage.completion_tokens) == (Certainty.ESTIMATED, None)
    assert line.usage.prompt_tokens
    assert {row["requests"] for row in rows} == {1}


def test_of_vectors_the_texts_are_known(tmp_path: Path) -> None:
    asked = threading.Event()

    def holding(connection: Connection) -> None:
        connection.read_request()
        asked.set()
        connection.hold()

    with FaultServer(holding) as server:
        deck = RealDeck(tmp_path)
        deck.provider(server.base_url, category="Embedding", **PRICES)
        process = start(deck, "embed", PROMPT, "-p", "main")
        try:
            assert asked.wait(30)
            wait_until(lambda: bool(left_in(deck)))
        finally:
            process.kill()
            process.wait(30)
    (line,) = lines_in(deck)
    assert (line.purpose, line.outcome, line.is_at_least) == (Purpose.EMBED, Outcome.STOPPED, True)
    assert (line.usage.prompt_tokens, line.usage.completion_tokens) == (estimate_tokens(PROMPT), None)


def test_an_answer_that_was_complete_has_its_line_alone(tmp_path: Path) -> None:
    with FaultServer(FakeApi(chat=replying(ANSWER))) as server:
        deck = RealDeck(tmp_path)
        deck.provider(server.base_url, is_default=True, **PRICES)
        with TerminalProgram(lmdeck("chat", "main", "--plain"), deck.environment) as terminal:
            terminal.wait_for("you>")
            terminal.send(PROMPT, "enter")
            terminal.wait_for(ANSWER)
            terminal.wait_for(lambda: lines_in(deck) and not left_in(deck))
            terminal.kill(signal.SIGKILL)
            terminal.wait(15)
    report_twice_at_once(deck)
    (line,) = lines_in(deck)
    assert (line.outcome, line.source) == (Outcome.DONE, Certainty.REPORTED)
    assert line.usage != Usage()
