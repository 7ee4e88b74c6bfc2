"""The requests of a diagnosis: no more than necessary, and every kind of server is identified."""

from __future__ import annotations

import json

import pytest

from tests.support.check_runner import run_check
from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import Answer, Connection, FaultServer
from tests.support.stream_samples import ANSWER_EVENTS, sse_stream
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckId, CheckStatus, DiagnosisReport
from tui.core.secret import Secret
from tui.net.probe.target import ProbeTarget

KEY = "key-of-these-tests"
NO_MODEL = Answer(b'{"error": {"message": "The model `m` does not exist."}}', "404 Not Found")
NO_OLLAMA_MODEL = Answer(
    b'{"error": {"message": "model \\"m\\" not found, try pulling it first"}}', "404 Not Found"
)
MARKS = {
    "ollama": {"/": b"Ollama is running", "/api/version": b'{"version": "0.33.0"}'},
    "llama.cpp": {"/props": b'{"build_info": "b9554-d403f00ec"}'},
    "tgi": {"/info": b'{"model_id": "m", "max_total_tokens": 4096, "version": "3.3.7"}'},
    "localai": {"/.well-known/localai.json": b'{"version": "v3.1"}'},
    "litellm": {"/health/liveliness": b'"I\'m alive!"'},
}
"""What a server that does not sign its model list shows elsewhere."""
MORE_MARKS = MARKS | {
    "sglang": {"/get_server_info": b'{"version": "0.5.23", "internal_states": []}'},
    "lmstudio": {"/api/v0/models": b'{"data": [{"id": "m", "state": "loaded"}]}'},
    "xinference": {"/v1/cluster/version": b'{"version": "3.2.0"}'},
}
"""The same where there is no model list to be signed."""


def target(url: str, *, model: str = "m", key: str | None = None) -> ProbeTarget:
    return ProbeTarget(Endpoint(url, Secret(key) if key else None), model)


def paths(server: FaultServer) -> list[str]:
    return sorted(request.split(b" ", 2)[1].decode() for request in server.requests)


def kind_of(report: DiagnosisReport) -> str | None:
    return report.server.kind if report.server is not None else None


def cause_of(report: DiagnosisReport) -> str | None:
    return report.verdict.cause if report.verdict is not None else None


async def test_a_missing_key_costs_the_list_the_chat_and_the_question_who_refuses() -> None:
    with FaultServer(FakeApi(key=f"Bearer {KEY}")) as server:
        report = await run_check(target(server.base_url))
        assert paths(server) == ["/v1/chat/completions", "/v1/models", "/version"]
    assert cause_of(report) == "auth"


async def test_a_wrong_key_costs_the_tries_that_explain_it_and_nothing_else() -> None:
    with FaultServer(FakeApi(key=f"Bearer {KEY}")) as server:
        report = await run_check(target(server.base_url, key="another"))
        assert set(paths(server)) == {"/v1/models", "/v1/chat/completions", "/version"}
        assert len(paths(server)) <= 6  # the chat; the list as it is, without the key, in each other header
    assert cause_of(report) == "auth"


async def test_the_headers_of_the_chat_tell_a_gateway() -> None:
    def chat(connection: Connection) -> None:
        connection.start_stream("x-litellm-version: 1.105.7")
        connection.send_chunks(sse_stream(*ANSWER_EVENTS))
        connection.send_chunks(b"")

    with FaultServer(FakeApi(chat=chat)) as server:
        report = await run_check(target(server.base_url))
    assert report.server is not None
    assert (kind_of(report), report.server.version) == ("litellm", "1.105.7")


@pytest.mark.parametrize("key", [None, "another"])
async def test_vllm_that_refuses_the_key_is_told_by_its_open_version(key: str | None) -> None:
    routes = {"/version": Answer(b'{"version": "0.32.0"}')}
    with FaultServer(FakeApi(key=f"Bearer {KEY}", routes=routes)) as server:
        report = await run_check(target(server.base_url, key=key))
        assert not any(b"uthorization" in each for each in server.requests if b" /version " in each)
    assert (cause_of(report), kind_of(report)) == ("auth", "vllm")
    assert report.server is not None
    assert report.server.version == "0.32.0"


async def test_a_page_that_refuses_tells_no_server() -> None:
    page = Answer(b"<html><title>403 Forbidden</title></html>", "403 Forbidden", "text/html")
    with FaultServer(page) as server:
        report = await run_check(target(server.base_url))
    assert kind_of(report) is None
    result = report.result(CheckId.SERVER)
    assert result is not None
    assert result.status is CheckStatus.SKIPPED


async def test_a_wrong_model_costs_the_list_and_the_chat() -> None:
    with FaultServer(FakeApi(models=model_list("other"), chat=NO_MODEL)) as server:
        report = await run_check(target(server.base_url))
        assert paths(server) == ["/v1/chat/completions", "/v1/models"]
    assert cause_of(report) == "model-not-found"
    assert report.result(CheckId.SERVER) is not None


async def test_the_refusal_of_a_model_tells_the_server() -> None:
    with FaultServer(FakeApi(models=model_list("other"), chat=NO_OLLAMA_MODEL)) as server:
        report = await run_check(target(server.base_url))
        assert paths(server) == ["/v1/chat/completions", "/v1/models"]
    assert (cause_of(report), kind_of(report)) == ("model-not-found", "ollama")


async def test_a_server_that_takes_any_model_name_is_asked_after_the_chat() -> None:
    routes = {path: Answer(body) for path, body in MARKS["llama.cpp"].items()}
    with FaultServer(FakeApi(models=model_list("other"), routes=routes)) as server:
        report = await run_check(target(server.base_url))
    assert report.ok
    assert kind_of(report) == "llama.cpp"


async def test_a_list_that_names_its_server_spares_the_search() -> None:
    with FaultServer(FakeApi(models=model_list("m", owned_by="vllm"))) as server:
        await run_check(target(server.base_url), quick=True)
        assert paths(server) == ["/v1/models", "/version"]


async def test_an_unknown_server_is_asked_five_questions() -> None:
    with FaultServer(FakeApi()) as server:
        report = await run_check(target(server.base_url), quick=True)
        assert len(paths(server)) == 6
    assert kind_of(report) is None


@pytest.mark.parametrize("kind", MARKS)
async def test_a_server_that_does_not_sign_its_list_is_told(kind: str) -> None:
    routes = {path: Answer(body) for path, body in MARKS[kind].items()}
    with FaultServer(FakeApi(routes=routes)) as server:
        report = await run_check(target(server.base_url))
    assert report.ok
    assert kind_of(report) == kind


@pytest.mark.parametrize("kind", MORE_MARKS)
async def test_a_server_without_a_list_is_told(kind: str) -> None:
    routes = {path: Answer(body) for path, body in MORE_MARKS[kind].items()}
    with FaultServer(FakeApi(models=None, routes=routes)) as server:
        report = await run_check(target(server.base_url))
    assert kind_of(report) == kind


async def test_a_version_is_asked_for_once_the_kind_is_known() -> None:
    routes = {path: Answer(body) for path, body in MARKS["ollama"].items()}
    with FaultServer(FakeApi(routes=routes)) as server:
        report = await run_check(target(server.base_url), quick=True)
        assert paths(server).count("/api/version") == 1
    assert report.server is not None
    assert (report.server.kind, report.server.version) == ("ollama", "0.33.0")


async def test_an_empty_list_does_not_hide_the_server() -> None:
    empty = Answer(json.dumps({"object": "list", "data": []}).encode())
    routes = {path: Answer(body) for path, body in MARKS["ollama"].items()}
    with FaultServer(FakeApi(models=empty, routes=routes)) as server:
        report = await run_check(target(server.base_url, model=""))
        named = await run_check(target(server.base_url))
    assert (cause_of(report), kind_of(report)) == ("no-model-loaded", "ollama")
    assert (named.ok, kind_of(named)) == (True, "ollama")
