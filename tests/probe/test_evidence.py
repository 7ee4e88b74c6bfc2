"""What a diagnosis tests before reporting, what it offers, and what it never sends."""

from __future__ import annotations

import asyncio
import errno
import gc
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.catalogue_cases import KEY, has_ipv6
from tests.support.check_runner import SHORT, run_check, services
from tests.support.fake_api import (
    FINISH_EVENT,
    STREAM_END,
    USAGE_EVENT,
    Embedder,
    FakeApi,
    Replayed,
    good_chat,
    model_list,
)
from tests.support.fake_machine import FakeMachine
from tests.support.fault_server import FAULTS, Answer, Connection, FaultServer, refused_port
from tests.support.stream_samples import delta, sse_stream
from tui.core.chat import Endpoint
from tui.core.check_history import CheckRecord
from tui.core.diagnosis import (
    CHAT_CHECKS,
    CheckId,
    CheckResult,
    CheckStatus,
    DiagnosisReport,
)
from tui.core.secret import Secret
from tui.net import lookup
from tui.net.addresses import Origin
from tui.net.machine.gpus import Gpu
from tui.net.machine.machine import Machine
from tui.net.machine.snapshot import Snapshot
from tui.net.probe import connect, local
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.diagnose import Diagnosis
from tui.net.probe.target import ProbeLimits, ProbeTarget
from tui.wire.model_names import closest_names

needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


def target(url: str, model: str = "m", key: str | None = None, **fields: Any) -> ProbeTarget:
    secret = Secret(key) if key else None
    return ProbeTarget(Endpoint(url, secret, "env:TEST_KEY" if key else ""), model, **fields)


def cause_of(report: DiagnosisReport) -> str | None:
    return report.verdict.cause if report.verdict is not None else None


async def test_all_is_well() -> None:
    seen: list[CheckResult] = []
    with FaultServer(FakeApi(models=model_list("m", owned_by="vllm", max_model_len=2048))) as server:
        report = await run_check(target(server.base_url, model=""), on_result=seen.append)
    assert report.ok
    assert report.exit_code == 0
    assert [result.id for result in seen] == list(CHAT_CHECKS)
    assert (report.model, report.models, report.context_window) == ("m", ("m",), 2048)
    assert report.server is not None
    assert (report.server.kind, report.server.evidence) == ("vllm", "owned_by")
    assert report.usage is not None
    assert report.usage.completion_tokens == 10
    assert {"dns", "tcp", "ttfb", "ttft", "ttfa", "total"} <= report.timings_ms.keys()


async def test_a_quick_check_sends_no_chat() -> None:
    with FaultServer(FakeApi()) as server:
        report = await run_check(target(server.base_url), quick=True)
        assert not any(request.startswith(b"POST") for request in server.requests)
    assert report.ok
    assert report.usage is None
    assert report.result(CheckId.CHAT).status is CheckStatus.SKIPPED  # type: ignore[union-attr]


async def test_at_most_twenty_tokens_are_asked_for() -> None:
    with FaultServer(FakeApi()) as server:
        await run_check(target(server.base_url))
        posts = [request for request in server.requests if request.startswith(b"POST")]
    assert len(posts) == 1
    assert b'"max_tokens": 20' in posts[0]


async def test_no_setting_of_the_provider_lets_a_check_spend_more() -> None:
    spender = {"max_tokens": 4000, "n": 8, "top_k": 5, "extra_body": {"n_predict": 4000}}
    with FaultServer(FakeApi()) as server:
        await run_check(target(server.base_url, extra_body=spender))
        (body,) = [request for request in server.requests if request.startswith(b"POST")]
    sent = json.loads(body.partition(b"\r\n\r\n")[2])
    assert (sent["max_tokens"], sent["top_k"]) == (20, 5)
    assert not {"n", "n_predict", "extra_body"} & sent.keys()


async def test_a_server_that_knows_no_limit_is_stopped() -> None:
    def endless(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        while connection.pause(0.001):
            connection.send_chunks(delta("word "))

    with FaultServer(FakeApi(chat=endless)) as server:
        report = await run_check(target(server.base_url))
    assert report.ok
    assert report.usage is not None
    assert (report.usage.completion_tokens or 0) < 400


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/v1", "http://h:8000:8001/v1", "http://[::1/v1]", ""])
async def test_nothing_is_tried_with_a_url_that_cannot_be_used(url: str) -> None:
    report = await run_check(target(url))
    assert [result.status for result in report.results] == [CheckStatus.FAILED] + 13 * [CheckStatus.SKIPPED]
    assert all(result.title == "Skipped (invalid URL)." for result in report.results[1:])
    assert report.timings_ms == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.removesuffix("/v1"),
        lambda url: url.removeprefix("http://"),
        lambda url: f"{url}/chat/completions",
        lambda url: url.removeprefix("http://").removesuffix("/v1"),
        lambda url: url.removesuffix("/v1") + "/openai",
    ],
)
async def test_a_repair_that_answers_is_offered(change: Callable[[str], str]) -> None:
    with FaultServer(FakeApi()) as server:
        report = await run_check(target(change(server.base_url)))
        assert report.repairs[0].changes == {"provider_url": server.base_url}
        assert report.repairs[0].text == f"{server.base_url} answers. Use it?"
    assert not report.ok


async def test_the_other_scheme_is_tried_before_it_is_offered() -> None:
    with FaultServer(FakeApi()) as server:
        report = await run_check(target(server.base_url.replace("http:", "https:")))
        assert cause_of(report) in ("tls-on-plain-port", "tls-no-handshake")
        assert report.repairs[0].text == f"{server.base_url} answers. Use it?"


async def test_a_key_goes_nowhere_but_to_the_endpoint() -> None:
    """Not to the root of the host, not above the base URL, not to another scheme."""
    with FaultServer(FakeApi(base="/a/v1", key=f"Bearer {KEY}")) as server:
        for path in ("/a/v1", "/a", "/b/v1", "/a/v1/chat/completions"):
            base = server.base_url.removesuffix("/v1") + path
            await run_check(target(base, key=KEY))
            for request in server.requests:
                line = request.split(b"\r\n", 1)[0].decode()
                inside = line.split(" ")[1].startswith(f"{path}/")
                assert inside or KEY.encode() not in request, (path, line)
            assert any(KEY.encode() in request for request in server.requests) == (not path.endswith("ions"))
            server.requests.clear()


async def test_a_redirect_is_offered_and_not_followed() -> None:
    with FaultServer(FakeApi()) as other:
        moved = Answer(b"", "307 Temporary Redirect", headers={"Location": f"{other.base_url}/models"})
        with FaultServer(moved) as server:
            report = await run_check(target(server.base_url, key=KEY))
        assert cause_of(report) == "redirect"
        assert report.repairs[0].changes == {"provider_url": other.base_url}
        assert other.requests == []


async def test_the_header_in_which_a_key_is_accepted_is_found() -> None:
    api = FakeApi(accepts=lambda head: f"x-api-key: {KEY}" in head)
    with FaultServer(api) as server:
        report = await run_check(target(server.base_url, key=KEY))
    assert cause_of(report) == "auth-scheme"
    assert report.repairs[0].changes == {"key_header": "x-api-key"}


async def test_a_wrong_key_says_where_it_came_from_and_never_what_it_is() -> None:
    with FaultServer(FakeApi(key="Bearer right")) as server:
        report = await run_check(target(server.base_url, key=KEY))
    assert cause_of(report) == "auth"
    assert "env:TEST_KEY" in report.verdict.title  # type: ignore[union-attr]
    assert report.key_label == f"env:TEST_KEY (…{KEY[-4:]})"
    assert KEY not in repr(report)


async def test_a_missing_key_is_not_called_wrong() -> None:
    with FaultServer(FakeApi(key="Bearer right")) as server:
        report = await run_check(target(server.base_url))
    assert cause_of(report) == "auth"
    assert "none was sent" in report.verdict.title  # type: ignore[union-attr]
    assert "none was sent" not in await _title_with_header(server_key="Bearer right")


async def _title_with_header(server_key: str) -> str:
    with FaultServer(FakeApi(key=server_key)) as server:
        endpoint = Endpoint(server.base_url, extra_headers={"X-Api-Key": KEY})
        report = await run_check(ProbeTarget(endpoint, "m"))
    assert report.verdict is not None
    return report.verdict.title


async def test_a_listed_model_that_is_not_served_is_not_offered_again() -> None:
    with FaultServer(FakeApi(chat="http-404-model")) as server:
        report = await run_check(target(server.base_url, model=""))
    assert cause_of(report) == "model-not-found"
    assert "lists m but does not serve it" in report.verdict.title  # type: ignore[union-attr]
    assert report.repairs == ()


async def test_without_list_and_name_a_route_for_chats_still_tells_an_api() -> None:
    refused = Answer(b'{"detail":"Method Not Allowed"}', "405 Method Not Allowed")
    with FaultServer(FakeApi(models=None, routes={"/v1/chat/completions": refused})) as server:
        unnamed = await run_check(target(server.base_url, model=""))
        quick = await run_check(target(server.base_url), quick=True)
        assert not any(request.startswith(b"POST") for request in server.requests)
    assert cause_of(unnamed) == "model-missing"
    assert quick.ok
    assert [warning.cause for warning in quick.warnings] == ["no-model-list"]


async def test_a_parameter_that_was_left_out_is_said_to_work() -> None:
    def chat(connection: Connection) -> None:
        request = connection.read_request()
        if b"stream_options" in request:
            FAULTS["http-400-parameter"](Replayed(connection, request))
        else:
            good_chat(Replayed(connection, request))

    with FaultServer(FakeApi(chat=chat)) as server:
        report = await run_check(target(server.base_url))
    result = report.result(CheckId.CHAT)
    assert report.ok
    assert result is not None
    assert result.cause == "unsupported-param"
    assert "it was retried without stream_options, and that works" in result.title


async def test_a_key_that_a_chat_refuses_is_not_asked_for_in_the_header_it_came_in() -> None:
    with FaultServer(FakeApi(chat="http-401-openai")) as server:
        report = await run_check(target(server.base_url, key=KEY))
    assert cause_of(report) == "auth"
    assert "asks for Bearer" not in report.verdict.advice  # type: ignore[union-attr]


async def test_where_a_chat_is_redirected_to_is_offered() -> None:
    with FaultServer(FakeApi(chat="http-301")) as server:
        report = await run_check(target(server.base_url))
    assert cause_of(report) == "redirect"
    (repair,) = report.repairs
    assert repair.changes["provider_url"].endswith("/elsewhere/v1")


async def test_a_server_that_wants_no_pause_is_not_waited_for() -> None:
    with FaultServer(FakeApi(chat="http-429")) as server:
        report = await run_check(target(server.base_url))
    assert cause_of(report) == "rate-limited"
    assert report.verdict.advice == "Wait a moment and retry."  # type: ignore[union-attr]


async def test_tokens_from_the_cache_were_not_read() -> None:
    usage = b'data: {"choices":[],"usage":{"prompt_tokens":9000,"completion_tokens":10,'
    usage += b'"prompt_tokens_details":{"cached_tokens":9000}}}\n\n'
    body = b"".join(delta(f"{number} ") for number in range(10)) + FINISH_EVENT + usage + STREAM_END
    with FaultServer(FakeApi(chat=Answer(body, content_type="text/event-stream"))) as server:
        report = await run_check(target(server.base_url))
    assert report.ok
    assert not any("prompt read" in fact for fact in report.result(CheckId.SPEED).facts)  # type: ignore[union-attr]


async def test_without_encryption_it_is_http_that_is_waited_for() -> None:
    seen: list[CheckId] = []
    waiting: list[CheckId] = []

    def models(connection: Connection) -> None:
        connection.read_request()
        waiting.extend(seen)
        connection.respond(b'{"data":[]}')

    with FaultServer(FakeApi(models=models)) as server:
        await run_check(target(server.base_url), on_result=lambda result: seen.append(result.id))
    assert waiting[-1] is CheckId.TLS
    assert seen.count(CheckId.TLS) == 1


async def test_an_answer_that_was_cut_says_nothing_of_token_counts() -> None:
    with FaultServer(FakeApi(chat="reset-mid-stream")) as server:
        report = await run_check(target(server.base_url))
    assert cause_of(report) == "stream-reset"
    assert report.result(CheckId.USAGE).status is CheckStatus.SKIPPED  # type: ignore[union-attr]


async def test_an_answer_of_no_tokens_is_empty_and_was_no_thinking() -> None:
    ending = FINISH_EVENT.replace(b"stop", b"length"), USAGE_EVENT.replace(b":10}", b":0}"), STREAM_END
    with FaultServer(FakeApi(chat=Answer(b"".join(ending), content_type="text/event-stream"))) as server:
        report = await run_check(target(server.base_url))
    assert cause_of(report) == "empty-answer"


async def test_a_stream_that_was_held_back_has_no_rate() -> None:
    def chat(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(delta("0 "))
        time.sleep(0.02)  # the schedule of the server
        connection.send_chunks(b"".join(delta(f"{n} ") for n in range(9)) + FINISH_EVENT + USAGE_EVENT)
        connection.send_chunks(STREAM_END)
        connection.send(b"0\r\n\r\n")

    with FaultServer(FakeApi(chat=chat)) as server:
        report = await run_check(target(server.base_url))
    assert report.ok
    assert report.decode_rate is None
    assert "tpot" not in report.timings_ms
    assert "too much arrived at once" in report.result(CheckId.SPEED).title  # type: ignore[union-attr]


async def test_a_model_that_is_not_served_gets_the_closest_names() -> None:
    missing = Answer(
        b'{"error":{"message":"The model `Qwen/Qwen3-8b` does not exist.","type":"NotFoundError"}}',
        "404 Not Found",
    )
    api = FakeApi(models=model_list("llama-3.1-70b", "Qwen/Qwen3-8B", "Qwen/Qwen3-32B"), chat=missing)
    with FaultServer(api) as server:
        report = await run_check(target(server.base_url, model="qwen3-8b"))
    assert cause_of(report) == "model-not-found"
    assert "Qwen/Qwen3-8B" in report.verdict.advice  # type: ignore[union-attr]
    assert report.repairs[0].changes == {"compatible_provider": "Qwen/Qwen3-8B"}


async def test_a_model_that_is_not_listed_but_answers_is_a_warning() -> None:
    with FaultServer(FakeApi(models=model_list("a", "b"))) as server:
        report = await run_check(target(server.base_url, model="c"))
    assert report.ok
    assert report.result(CheckId.MODELS).cause == "model-not-found"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "served", "closest"),
    [
        ("qwen3-8b", ["llama", "Qwen/Qwen3-8B"], ["Qwen/Qwen3-8B"]),
        ("x", ["the-only-one"], ["the-only-one"]),
        ("x", [], []),
        ("zzz", ["aaa", "bbb"], []),
    ],
)
def test_closest_names(name: str, served: list[str], closest: list[str]) -> None:
    assert closest_names(name, served) == closest


async def test_a_loading_server_is_waited_for() -> None:
    asked = 0
    loading = Answer(b'{"error":{"message":"Loading model","type":"unavailable_error"}}', "503 Unavailable")

    def models(connection: Connection) -> None:
        nonlocal asked
        asked += 1
        (loading if asked < 3 else model_list("m"))(connection)

    waits: list[str] = []
    patient = ProbeLimits(loading_seconds=30, loading_interval_seconds=0.01)
    with FaultServer(FakeApi(models=models)) as server:
        report = await run_check(target(server.base_url), limits=patient, on_progress=waits.append)
    assert report.ok
    assert len(waits) == 2
    assert waits[0].startswith("The model is loading")


async def test_an_overloaded_server_tells_the_length_of_its_queue() -> None:
    full = Answer(b'{"error":{"message":"The request queue is full."}}', "503 Service Unavailable")
    metrics = Answer(
        b"vllm:num_requests_running 8\nvllm:num_requests_waiting 42\n", content_type="text/plain"
    )
    with FaultServer(FakeApi(chat=full, routes={"/metrics": metrics})) as server:
        report = await run_check(target(server.base_url))
    assert cause_of(report) == "overloaded"
    assert "42 waiting" in report.verdict.title  # type: ignore[union-attr]


async def test_the_version_comes_from_the_server_s_own_address() -> None:
    routes = {"/version": Answer(b'{"version":"0.32.0"}')}
    with FaultServer(FakeApi(models=model_list("m", owned_by="vllm"), routes=routes)) as server:
        report = await run_check(target(server.base_url, key=KEY))
    assert report.server is not None
    assert (report.server.kind, report.server.version) == ("vllm", "0.32.0")


async def test_what_changed_since_the_last_check_is_said() -> None:
    last = CheckRecord("2026-01-01T00:00:00Z", None, "vllm", "0.31.0", "m", ("m",), 4096)
    api = FakeApi(models=model_list("m", owned_by="vllm", max_model_len=2048))
    with FaultServer(api) as server:
        report = await run_check(target(server.base_url, last=last))
    assert report.ok
    assert report.changes == ("context window was 4,096, is now 2,048",)
    assert report.result(CheckId.SERVER).cause == "server-changed"  # type: ignore[union-attr]


# --- this machine -----------------------------------------------------------------------------------


async def test_a_server_on_another_port_is_named_and_offered(tmp_path: Path) -> None:
    with refused_port() as port, FaultServer(FakeApi()) as server:
        fake = FakeMachine(tmp_path)
        fake.listen("127.0.0.1", server.port, 11)
        fake.run(4242, "vllm", "serve", "m", "--port", str(server.port), sockets=(11,))
        report = await run_check(target(f"http://localhost:{port}/v1"), root=tmp_path)
        assert cause_of(report) == "connection-refused"
        assert f"vLLM (pid 4242) listens on port {server.port}" in report.verdict.advice  # type: ignore[union-attr]
        assert report.repairs[0].changes == {"provider_url": f"http://localhost:{server.port}/v1"}
        assert any("pid 4242" in fact for fact in report.machine)


async def test_silent_ports_of_other_servers_cost_a_moment_and_are_not_named(tmp_path: Path) -> None:
    """A verdict that is known does not wait for them: all of them together have one short limit."""
    patient = replace(SHORT, probe_seconds=60, answer_seconds=60, ports_seconds=1.5)
    with refused_port() as port, ExitStack() as stack:
        fake = FakeMachine(tmp_path)
        for pid in (41, 42, 43):
            silent = stack.enter_context(FaultServer("silence"))
            fake.run(pid, "vllm", "serve", "m", "--port", str(silent.port))
            fake.open(pid, silent.port, pid)
        working = stack.enter_context(FaultServer(FakeApi()))
        fake.run(44, "vllm", "serve", "m", "--port", str(working.port))
        fake.open(44, working.port, 44)
        started = time.monotonic()
        report = await run_check(target(f"http://127.0.0.1:{port}/v1"), root=tmp_path, limits=patient)
        took = time.monotonic() - started
    assert took < 30
    assert cause_of(report) == "connection-refused"
    assert f"vLLM (pid 44) listens on port {working.port}" in report.verdict.advice  # type: ignore[union-attr]
    assert [repair.changes for repair in report.repairs] == [
        {"provider_url": f"http://127.0.0.1:{working.port}/v1"}
    ]


async def test_sockets_of_a_starting_server_are_neither_asked_nor_offered(tmp_path: Path) -> None:
    with refused_port() as port, FaultServer(FakeApi()) as inner:
        fake = FakeMachine(tmp_path)
        fake.run(42, "vllm", "serve", "m", "--port", str(port))
        fake.run(43, "VLLM::EngineCore", parent=42)
        fake.open(43, inner.port, 19)
        report = await run_check(target(f"http://127.0.0.1:{port}/v1"), root=tmp_path)
    assert cause_of(report) == "starting"
    assert report.repairs == ()
    assert str(inner.port) not in report.verdict.title + report.verdict.advice  # type: ignore[union-attr]
    assert inner.connections == 0


async def test_a_server_that_is_starting_is_named(tmp_path: Path) -> None:
    FakeMachine(tmp_path).run(4242, "vllm", "serve", "m")
    with refused_port() as port:
        report = await run_check(target(f"http://127.0.0.1:{port}/v1"), root=tmp_path)
    assert "may be starting" in report.verdict.advice  # type: ignore[union-attr]


async def test_a_server_that_opens_its_port_late_is_waited_for(tmp_path: Path) -> None:
    fake = FakeMachine(tmp_path)
    waits: list[str] = []
    servers: list[FaultServer] = []
    with refused_port() as port:
        pass

    def open_port(text: str) -> None:
        waits.append(text)
        servers.append(FaultServer(FakeApi(), port=port))
        servers[0].start()
        fake.listen("127.0.0.1", port, 11)
        (tmp_path / "proc/42/fd/3").symlink_to("socket:[11]")

    fake.run(42, "vllm", "serve", "m", "--port", str(port))
    patient = ProbeLimits(loading_seconds=30, loading_interval_seconds=0.01)
    report = await run_check(
        target(f"http://127.0.0.1:{port}/v1"), root=tmp_path, limits=patient, on_progress=open_port
    )
    servers[0].stop()
    assert report.ok
    assert waits == ["vLLM (pid 42) is starting: waited 0 s of at most 30 s."]


async def test_the_far_end_of_a_tunnel_is_down(tmp_path: Path) -> None:
    with FaultServer("close-without-answer") as server:
        fake = FakeMachine(tmp_path)
        fake.listen("127.0.0.1", server.port, 11)
        fake.run(77, "ssh", "-N", "-L", f"{server.port}:localhost:8000", "gpu01", name="ssh", sockets=(11,))
        report = await run_check(target(server.base_url), root=tmp_path)
    assert cause_of(report) == "tunnel-far-end-down"
    assert "pid 77" in report.verdict.title  # type: ignore[union-attr]


async def test_a_container_is_recognised_by_its_files(tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    with refused_port() as port:
        report = await run_check(target(f"http://127.0.0.1:{port}/v1"), root=tmp_path)
    assert cause_of(report) == "connection-refused"
    environment = report.result(CheckId.ENVIRONMENT)
    assert environment is not None
    assert environment.cause == "localhost-is-container"
    assert environment.title.startswith("127.0.0.1 is this container")
    assert report.to_json()["environment"]["container"] is True  # type: ignore[index]


async def test_a_container_is_not_blamed_where_servers_were_found(tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    with refused_port() as port, FaultServer(FakeApi()) as working:
        fake = FakeMachine(tmp_path)
        fake.run(44, "vllm", "serve", "m", "--port", str(working.port))
        fake.open(44, working.port, 44)
        report = await run_check(target(f"http://127.0.0.1:{port}/v1"), root=tmp_path)
    assert cause_of(report) == "connection-refused"
    assert "localhost-is-container" not in [result.cause for result in report.results]
    assert f"listens on port {working.port}" in report.verdict.advice  # type: ignore[union-attr]


@needs_ipv6
async def test_a_name_that_leads_to_the_wrong_family(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_ipv4(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", only_ipv4)
    with FaultServer(FakeApi(), host="::1") as server:
        report = await run_check(target(f"http://localhost:{server.port}/v1"))
        assert cause_of(report) == "hosts-file-family"
        assert report.repairs[0].changes == {"provider_url": server.base_url}


@pytest.mark.parametrize(
    ("code", "cause"), [(socket.EAI_NONAME, "dns-unknown-host"), (socket.EAI_AGAIN, "dns-unavailable")]
)
async def test_a_name_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch, code: int, cause: str) -> None:
    def fail(*_: object, **__: object) -> object:
        raise socket.gaierror(code, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    report = await run_check(target("http://no-such-host.example:8000/v1"))
    assert cause_of(report) == cause
    assert report.result(CheckId.TCP).status is CheckStatus.SKIPPED  # type: ignore[union-attr]


async def test_a_name_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(10) and [])
    report = await run_check(target("http://slow.example:8000/v1"), limits=ProbeLimits(lookup_seconds=0.05))
    released.set()
    assert cause_of(report) == "dns-unavailable"


async def test_no_route(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unreachable(address: lookup.Address, seconds: float) -> connect.Attempt:
        return connect.Attempt(address, 0.1, OSError(errno.EHOSTUNREACH, "No route to host"))

    monkeypatch.setattr(connect, "attempt", unreachable)
    report = await run_check(target("http://192.0.2.1:8000/v1"))
    assert cause_of(report) == "no-route"


# --- course -----------------------------------------------------------------------------------------


async def test_a_cancelled_diagnosis_reports_what_it_knows() -> None:
    connected = asyncio.Event()

    def follow(result: CheckResult) -> None:
        if result.id is CheckId.TCP:
            connected.set()

    with FaultServer("silence") as server:
        async with services(limits=ProbeLimits()) as used:
            diagnosis = Diagnosis(target(server.base_url), used, on_result=follow)
            task = asyncio.create_task(diagnosis.run())
            await connected.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        report = diagnosis.report(interrupted=True)
    assert report.exit_code == 130
    assert not report.ok
    assert report.result(CheckId.TCP) is not None


async def cancelled_while(
    url: str, begun: asyncio.Event, root: Path = Path("/nonexistent")
) -> tuple[set[str], list[str]]:
    """Cancel a diagnosis once something is under way; return the tasks left, and what nobody took note of."""
    unseen: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unseen.append(str(context["message"])))
    async with services(limits=ProbeLimits(), root=root) as used:
        task = asyncio.create_task(Diagnosis(target(url), used).run())
        await asyncio.wait_for(begun.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = {str(each.get_coro()) for each in asyncio.all_tasks() - {asyncio.current_task()}}
    del task
    gc.collect()
    await asyncio.sleep(0)
    return left, unseen


async def test_a_look_at_this_machine_ends_with_a_cancelled_diagnosis(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, begun, released = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def hang(self: Machine, port: int | None = None) -> Snapshot:
        loop.call_soon_threadsafe(begun.set)
        released.wait(10)
        raise RuntimeError("nobody asks any more")

    monkeypatch.setattr(Machine, "snapshot", hang)
    try:
        with FaultServer("silence") as server:
            assert await cancelled_while(server.base_url, begun) == (set(), [])
    finally:
        released.set()


async def test_a_look_that_fails_unasked_is_no_stray_error(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, failed = asyncio.get_running_loop(), asyncio.Event()

    def fail(self: Machine) -> tuple[Gpu, ...]:
        loop.call_soon_threadsafe(loop.call_later, 0.05, failed.set)
        raise RuntimeError("the driver is gone")

    monkeypatch.setattr(Machine, "gpus", fail)
    with FaultServer("silence") as server:
        assert await cancelled_while(server.base_url, failed) == (set(), [])


async def test_other_ports_are_asked_no_longer_than_the_diagnosis_lives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = asyncio.Event()

    async def never(context: DiagnosisContext, origin: Origin, port: int) -> str | None:
        asked.set()
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(local, "_answering_at", never)
    machine = FakeMachine(tmp_path)
    machine.listen("127.0.0.1", 8000, 11)
    machine.run(7, "vllm", "serve", "m", sockets=(11,))
    with refused_port() as port:
        assert await cancelled_while(f"http://127.0.0.1:{port}/v1", asked, tmp_path) == (set(), [])


@pytest.mark.parametrize("fault", ["echo-key", "echo-key-in-text"])
async def test_a_key_that_a_server_repeats_is_erased_everywhere(fault: str) -> None:
    seen: list[CheckResult] = []
    for api in (FAULTS[fault], FakeApi(chat=fault), FakeApi(models=model_list(KEY, "m"))):
        with FaultServer(api) as server:
            report = await run_check(target(server.base_url, key=KEY), on_result=seen.append)
        assert KEY not in repr(report) + repr(seen) + json.dumps(report.to_json())


async def test_text_of_servers_is_shown_safe() -> None:
    evil = Answer(b'{"error":{"message":"\\u001b]0;owned\\u0007 \\u009b2J"}}', "500 Internal Server Error")
    with FaultServer(evil) as server:
        report = await run_check(target(server.base_url))
    assert cause_of(report) == "server-error"
    texts = (text for result in report.results for text in (result.title, result.advice, *result.facts))
    assert not {"\x1b", "\x07", "\x9b"} & set(" ".join(texts))


async def test_lm_studio_answers_200_to_a_wrong_path() -> None:
    wrong = Answer(b'{"error":"Unexpected endpoint or method. (GET /models)"}')
    with FaultServer(FakeApi(routes={"/models": wrong, "/chat/completions": wrong})) as server:
        report = await run_check(target(server.base_url.removesuffix("/v1")))
    assert cause_of(report) == "url-missing-v1"


async def test_a_second_stream_dialect_shows_reasoning() -> None:
    thinking = Answer(
        sse_stream(delta("Hm", field="reasoning_content"), delta("Hello")), content_type="text/event-stream"
    )
    with FaultServer(FakeApi(chat=thinking)) as server:
        report = await run_check(target(server.base_url))
    assert report.ok
    assert "reasoning_content" in report.result(CheckId.REASONING).title  # type: ignore[union-attr]


async def test_an_embedding_provider_gets_no_chat() -> None:
    with FaultServer(FakeApi(embeddings=Embedder())) as server:
        report = await run_check(target(server.base_url, is_embedding=True))
        posts = [request.split(b" ")[1] for request in server.requests if request.startswith(b"POST")]
    assert set(posts) == {b"/v1/embeddings"}
    assert report.ok


async def test_a_proxy_stands_in_for_the_host_below_http() -> None:
    proxy_routes = {"http://models.example/v1/models": model_list("m")}
    with FaultServer(FakeApi(routes=proxy_routes), path="") as proxy:
        environment = {"HTTP_PROXY": proxy.base_url}
        report = await run_check(target("http://models.example/v1"), environment=environment, quick=True)
        assert report.surroundings.proxy == proxy.base_url
    assert report.ok
    assert "through http://127.0.0.1" in report.result(CheckId.ENVIRONMENT).title  # type: ignore[union-attr]
    lookup = report.result(CheckId.DNS)
    assert lookup is not None
    assert lookup.title == "No lookup here: the proxy looks up models.example."


@pytest.mark.parametrize("host", ["[fd00::1]", "10.1.2.3"])
async def test_behind_a_proxy_only_an_address_needs_no_lookup(host: str) -> None:
    with FaultServer(FakeApi(routes={f"http://{host}/v1/models": model_list("m")}), path="") as proxy:
        environment = {"HTTP_PROXY": proxy.base_url}
        report = await run_check(target(f"http://{host}/v1"), environment=environment, quick=True)
        assert all(f"\r\nHost: {host}\r\n".encode() in request for request in proxy.requests)
    assert report.ok, report.verdict
    lookup = report.result(CheckId.DNS)
    assert lookup is not None
    assert lookup.title == "No lookup needed: the proxy and the endpoint are IP addresses."


async def judged_reasoning(*pieces: bytes) -> CheckResult:
    """Return what a check says of the reasoning in an answer of these pieces."""

    def answer(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(*pieces, FINISH_EVENT, USAGE_EVENT, STREAM_END)
        connection.send(b"0\r\n\r\n")

    with FaultServer(FakeApi(chat=answer)) as server:
        report = await run_check(target(server.base_url))
    reasoning = report.result(CheckId.REASONING)
    assert reasoning is not None
    assert (report.ok, reasoning.cause) == (True, "reasoning-parser")
    return reasoning


async def test_a_reasoning_parser_that_does_not_fit_the_model_is_told() -> None:
    reasoning = await judged_reasoning(delta("One, two.", field="reasoning"))
    assert "--reasoning-parser" in reasoning.advice


async def test_no_parser_is_blamed_for_tags_that_never_close() -> None:
    reasoning = await judged_reasoning(delta("<think>"), delta("One, two."))
    assert "--reasoning-parser" not in reasoning.advice
    assert "chat template" in reasoning.advice
