"""Every exchange that used tokens has one line in the ledger, from which costs are reported."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import stat
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.store.disk_support import BrokenDisk
from tests.support.fake_api import FINISH_EVENT, STREAM_END, USAGE_EVENT, Embedder, FakeApi, good_chat
from tests.support.fault_server import FAULTS, Answer, Connection, FaultServer, Sequence, stall_mid_stream
from tests.support.stream_samples import delta
from tests.support.terminal import private_environment
from tui.core.check_options import CheckOptions
from tui.core.cost_sums import Wanted
from tui.core.costs import By, CostState
from tui.core.ledger import Certainty, LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.core.provider import Category, Provider
from tui.core.usage import Source
from tui.runtime.runtime import Runtime, open_runtime
from tui.session.target import ChatTarget

KEY = "sk-0123456789abcdefghij"
EMBEDDINGS = Embedder()


def ignore(_: object) -> None:
    """Take what nobody wants to see."""


def provider_at(url: str, **changes: object) -> Provider:
    money = {"input_price": Decimal("0.5"), "output_price": Decimal(2), "currency": "EUR"}
    made = Provider("gpu", provider_url=url, model="m", **money)  # type: ignore[arg-type]
    return replace(made, **changes)  # type: ignore[arg-type]


async def lines_of(runtime: Runtime) -> list[LedgerLine]:
    return await asyncio.to_thread(runtime.costs.lines)


async def chat(runtime: Runtime, provider: Provider) -> None:
    session = runtime.sessions.begin()
    await session.send("hello", ChatTarget(provider))
    await runtime.sessions.release(session)


async def ask(runtime: Runtime, provider: Provider) -> None:
    session = runtime.sessions.for_command(10)
    await session.send("hello", ChatTarget(provider))
    await runtime.sessions.release(session)


async def trial(runtime: Runtime, provider: Provider) -> None:
    await runtime.test(provider)


async def check(runtime: Runtime, provider: Provider) -> None:
    await runtime.check(provider, None, CheckOptions(), on_result=ignore, on_progress=ignore).run()


async def trial_of_vectors(runtime: Runtime, provider: Provider) -> None:
    embedding = replace(provider, category=Category.EMBEDDING)
    await runtime.test_vectors(embedding, on_progress=ignore)


async def check_of_vectors(runtime: Runtime, provider: Provider) -> None:
    await check(runtime, replace(provider, category=Category.EMBEDDING))


@pytest.mark.parametrize(
    ("door", "purpose", "amounts"),
    [
        (chat, Purpose.CHAT, ["0.0245"]),
        (ask, Purpose.ASK, ["0.0245"]),
        (trial, Purpose.TEST, ["0.0245"]),
        (check, Purpose.CHECK, ["0.0245"]),
        (trial_of_vectors, Purpose.TEST, ["0.008"]),
        (check_of_vectors, Purpose.CHECK, ["0.006", "0.006", "0.002", "0.002", "0.016", "0.064"]),
    ],
)
async def test_each_door_leaves_exactly_one_line_for_each_exchange(
    runtime: Runtime,
    door: Callable[[Runtime, Provider], Awaitable[None]],
    purpose: Purpose,
    amounts: list[str],
) -> None:
    with FaultServer(FakeApi(embeddings=EMBEDDINGS)) as server:
        await door(runtime, provider_at(server.base_url))
        lines = await lines_of(runtime)
        assert [line.amount for line in lines] == list(map(Decimal, amounts))
        line = lines[-1]
        assert (line.purpose, line.provider, line.model) == (purpose, "gpu", "m")
        assert line.server == server.base_url.removesuffix("/v1")
    assert (line.currency, line.amount_source) == ("EUR", Certainty.REPORTED)
    assert line.busy_ms is not None
    assert abs(line.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert (line.conversation != "") is (purpose is Purpose.CHAT)


async def test_the_end_of_the_program_waits_for_the_line(runtime: Runtime) -> None:
    with FaultServer(FakeApi()) as server:
        await trial(runtime, provider_at(server.base_url))
    await runtime.aclose()
    (file,) = runtime.paths.ledger_dir.glob("*.jsonl")
    assert file.read_bytes().count(b"\n") == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_what_was_refused_leaves_nothing_in_the_ledger(runtime: Runtime) -> None:
    with FaultServer(FakeApi(chat=FAULTS["http-401-vllm"])) as server:
        await runtime.list_models(provider_at(server.base_url))
        await trial(runtime, provider_at(server.base_url))
    await runtime.ledger.aclose()
    assert list(runtime.paths.ledger_dir.iterdir()) == []


async def test_an_answer_that_was_stopped_costs_at_least_what_came(runtime: Runtime) -> None:
    with FaultServer(stall_mid_stream) as server:
        session = runtime.sessions.begin()
        task = session.start("hello", ChatTarget(provider_at(server.base_url)))
        async with asyncio.timeout(20):
            while not session.turns[-1].answer:
                await asyncio.sleep(0.005)
        session.stop()
        await task
        (line,) = await lines_of(runtime)
    assert (line.outcome, line.is_at_least, line.source) == (Outcome.STOPPED, True, Certainty.ESTIMATED)
    (row,) = (await asyncio.to_thread(runtime.costs.report, By.PROVIDER)).rows
    assert row.money.is_lower_bound


def usage_and_then_an_error(connection: Connection) -> None:
    """Count tokens, and refuse a parameter behind that."""
    connection.read_request()
    connection.start_stream()
    error = {"message": "Unsupported parameter: 'stream_options'.", "param": "stream_options"}
    error |= {"code": "unsupported_parameter", "type": "invalid_request_error"}
    connection.send_chunks(
        USAGE_EVENT, b"data: " + json.dumps({"error": error}).encode() + b"\n\n", STREAM_END
    )
    connection.send(b"0\r\n\r\n")


async def test_what_an_earlier_request_used_is_paid_as_well(runtime: Runtime) -> None:
    with FaultServer(Sequence([usage_and_then_an_error, good_chat])) as server:
        turn = await runtime.test(provider_at(server.base_url))
        assert turn.failure is None
        (line,) = await lines_of(runtime)
    assert line.requests == 2
    assert (line.usage.prompt_tokens, line.usage.completion_tokens) == (18, 20)
    assert line.amount == Decimal("0.049")


async def test_the_servers_own_price_is_the_amount(runtime: Runtime) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 10, "cost": 0.5}
    reply = json.dumps({"choices": [{"message": {"content": "Four."}}], "usage": usage})
    with FaultServer(FakeApi(chat=Answer(reply.encode()))) as server:
        await trial(runtime, provider_at(server.base_url, currency="USD"))
        (line,) = await lines_of(runtime)
    assert (line.amount, line.currency, line.own_amount) == (Decimal("0.5"), "USD", Decimal("0.0245"))
    report = await asyncio.to_thread(runtime.costs.report, By.PROVIDER)
    assert report.differing == 1


async def test_no_text_and_no_key_is_in_the_ledger(runtime: Runtime) -> None:
    def reply(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream(f"X-Request-Id: {KEY}")
        connection.send_chunks(delta("a private answer"), delta(KEY), FINISH_EVENT, STREAM_END)
        connection.send(b"0\r\n\r\n")

    with FaultServer(FakeApi(chat=reply)) as server:
        provider = provider_at(server.base_url, name=KEY, model=KEY, test_prompt="a private question")
        await runtime.test(provider, KEY)
    await runtime.ledger.aclose()
    (file,) = runtime.paths.ledger_dir.glob("*.jsonl")
    data = file.read_bytes()
    assert data
    assert b"private" not in data
    assert KEY.encode() not in data


async def test_a_disk_that_refuses_is_told_and_spending_goes_on(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = BrokenDisk(monkeypatch)
    disk.refuse(errno.EROFS, "open_file")
    with FaultServer(FakeApi()) as server:
        for _ in range(2):
            turn = await runtime.test(provider_at(server.base_url))
            assert turn.failure is None
    await runtime.ledger.aclose()
    shown = runtime.paths.shown(runtime.paths.ledger_dir)
    assert f"2 answers not recorded in {shown}: the disk is read-only. The costs are incomplete." in (
        runtime.optional.notices
    )


async def test_many_at_once_are_all_written(runtime: Runtime) -> None:
    with FaultServer(FakeApi()) as server:
        await asyncio.gather(*(trial(runtime, provider_at(server.base_url)) for _ in range(20)))
    assert len(await lines_of(runtime)) == 20


async def test_older_chats_are_in_the_first_report_and_once(tmp_path: Path) -> None:
    environment = private_environment(tmp_path / "home")
    first = open_runtime(environment)
    with FaultServer(FakeApi()) as server:
        await chat(first, provider_at(server.base_url))
        await first.aclose()
        for path in first.paths.ledger_dir.iterdir():
            path.unlink()
        second = open_runtime(environment)
        await chat(second, provider_at(server.base_url))
    for _ in range(2):
        report = await asyncio.to_thread(second.costs.report, By.CHAT)
        assert report.requests == 2
        assert len(report.rows) == 2
        assert [total.amount for total in report.totals] == [Decimal("0.049")]
    await second.aclose()


async def test_old_answers_get_a_price_only_when_that_is_asked(runtime: Runtime) -> None:
    with FaultServer(FakeApi()) as server:
        await trial(runtime, provider_at(server.base_url, input_price=None, output_price=None))
        priced = provider_at(server.base_url)
        await trial(runtime, priced)
        report = await asyncio.to_thread(runtime.costs.report, By.PROVIDER)
        assert (report.not_priced, report.rows[0].money.amount) == ({"gpu": 1}, Decimal("0.0245"))
        assert await asyncio.to_thread(runtime.costs.price_old, priced) == 1
        dearer = replace(priced, input_price=Decimal(99))
        assert await asyncio.to_thread(runtime.costs.price_old, dearer) == 0
    report = await asyncio.to_thread(runtime.costs.report, By.PROVIDER)
    assert (report.not_priced, report.priced_later) == ({}, 1)
    assert report.rows[0].money.amount == Decimal("0.049")


async def test_damaged_lines_are_told(runtime: Runtime) -> None:
    runtime.paths.ledger_dir.mkdir(parents=True)
    (runtime.paths.ledger_dir / "2026-11.jsonl").write_bytes(b"{}\nx\n")
    assert await lines_of(runtime) == []
    shown = runtime.paths.shown(runtime.paths.ledger_dir)
    assert f"2 lines damaged in {shown}: left out." in runtime.optional.notices


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
async def test_a_file_that_cannot_be_read_is_told(runtime: Runtime) -> None:
    runtime.paths.ledger_dir.mkdir(parents=True)
    file = runtime.paths.ledger_dir / "2026-11.jsonl"
    file.write_bytes(b"{}\n")
    file.chmod(0)
    assert await lines_of(runtime) == []
    assert any("you have no permission" in notice for notice in runtime.optional.notices)


async def test_free_and_unknown_are_told_apart(runtime: Runtime) -> None:
    with FaultServer(FakeApi()) as server:
        free = {"input_price": Decimal(0), "output_price": Decimal(0)}
        unpriced = {"input_price": None, "output_price": None}
        await trial(runtime, provider_at(server.base_url, name="local", **free))
        await trial(runtime, provider_at(server.base_url, name="old", **unpriced))
    report = await asyncio.to_thread(runtime.costs.report, By.PROVIDER, Wanted(includes_bench=True))
    states = {row.key: row.money.state for row in report.rows}
    assert states == {"local": CostState.FREE, "old": CostState.UNKNOWN}
    assert {row.tokens_source for row in report.rows} == {Certainty.REPORTED}
    assert all(line.usage.source is Source.REPORTED for line in await lines_of(runtime))


async def test_a_reader_waits_for_a_writer_that_is_about_to_start(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that is made and not started yet cannot be waited for."""
    waiting: list[asyncio.Future[list[LedgerLine]]] = []
    loop = asyncio.get_running_loop()

    class LateThread(threading.Thread):
        def start(self) -> None:
            waiting.append(loop.run_in_executor(None, runtime.costs.lines))
            time.sleep(0.1)
            super().start()

    await lines_of(runtime)
    threads = SimpleNamespace(Thread=LateThread, Lock=threading.Lock)
    monkeypatch.setattr("tui.runtime.ledger.threading", threads)
    with FaultServer(FakeApi()) as server:
        await trial(runtime, provider_at(server.base_url))
    assert len([await future for future in waiting][-1]) == 1
