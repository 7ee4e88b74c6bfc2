"""A missing, empty or blocked model list is only a warning if a given model works."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.support.check_runner import SHORT, run_check
from tests.support.fake_api import Embedder, FakeApi, model_list
from tests.support.fault_server import Answer, Connection, Fault, FaultServer
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckId, CheckStatus, DiagnosisReport
from tui.core.secret import Secret
from tui.net.probe.target import ProbeTarget


def error(status: str, message: str = "", **fields: object) -> Answer:
    return Answer(json.dumps({"error": {"message": message, **fields}}).encode(), status)


def silent(connection: Connection) -> None:
    connection.read_request()
    connection.hold()


PAGE = b"<html><title>%b</title></html>"
LISTS: dict[str, Answer | Fault | None] = {
    "missing": None,
    "empty": model_list(),
    "fails": error("500 Internal Server Error", "[Errno 2] No such cache"),
    "fails-without-a-word": Answer(b"Internal Server Error", "500 Internal Server Error"),
    "blocked": Answer(PAGE % b"403 Forbidden", "403 Forbidden", headers={"server": "nginx"}),
    "blocked-by-key": error("403 Forbidden", "Missing scopes: api.model.read"),
    "wants-a-password": Answer(
        b"", "401 Unauthorized", headers={"www-authenticate": 'Basic realm="Private"'}
    ),
    "wants-a-key": error("401 Unauthorized", "Unauthorized"),
    "limited": error("429 Too Many Requests", "slow down"),
    "down": Answer(PAGE % b"502 Bad Gateway", "502 Bad Gateway", headers={"server": "nginx"}),
    "moved": Answer(b"", "307 Temporary Redirect", headers={"location": "/v1/models/"}),
    "a-page": Answer(PAGE % b"Welcome"),
    "silent": silent,
    "endless": Answer(b" " * 5_000_001),
}


def status_of(report: DiagnosisReport, check: CheckId) -> CheckStatus:
    result = report.result(check)
    assert result is not None
    return result.status


@pytest.mark.parametrize("name", LISTS)
async def test_the_chat_decides(name: str) -> None:
    with FaultServer(FakeApi(models=LISTS[name])) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url, Secret("sk-0123456789abcdef")), "m"))
    assert report.ok, report.verdict
    assert status_of(report, CheckId.MODELS) is CheckStatus.WARNING
    assert report.result(CheckId.MODELS).cause == "no-model-list"  # type: ignore[union-attr]
    assert status_of(report, CheckId.CHAT) is CheckStatus.OK
    assert status_of(report, CheckId.AUTH) is CheckStatus.OK
    assert report.repairs == ()


@pytest.mark.parametrize("name", [name for name in LISTS if name != "moved"])
async def test_the_vectors_decide(name: str) -> None:
    api = FakeApi(models=LISTS[name], embeddings=Embedder())
    with FaultServer(api) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url), "m", is_embedding=True))
    assert report.ok, report.verdict
    assert status_of(report, CheckId.MODELS) is CheckStatus.WARNING


async def test_the_warning_has_the_servers_own_sentence() -> None:
    with FaultServer(FakeApi(models=LISTS["fails"])) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url), "m"))
    warning = report.result(CheckId.MODELS)
    assert warning is not None
    assert warning.server_message == "[Errno 2] No such cache"
    assert "HTTP status 500" in warning.title


async def test_a_list_that_is_too_long_is_told_from_a_long_answer() -> None:
    limits = replace(SHORT, answer_seconds=60)
    with FaultServer(FakeApi(models=LISTS["endless"])) as server:
        named = await run_check(ProbeTarget(Endpoint(server.base_url), "m"), limits=limits)
        unnamed = await run_check(ProbeTarget(Endpoint(server.base_url)), limits=limits)
    warning = named.result(CheckId.MODELS)
    assert warning is not None
    assert "its model list could not be read (it is longer than 5 MB)" in warning.title
    assert unnamed.verdict is not None
    assert unnamed.verdict.title.startswith("The list of models was stopped")
    assert "Type the model name" in unnamed.verdict.advice


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("chat", "cause"),
    [
        (error("404 Not Found", "The model `m` does not exist.", code="model_not_found"), "model-not-found"),
        (error("400 Bad Request", "x", code="content_filter"), "content-filter"),
        (error("401 Unauthorized", "Incorrect API key", code="invalid_api_key"), "auth"),
        (error("500 Internal Server Error", "boom"), "server-error"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_verdict_is_that_of_the_chat(name: str, chat: Answer, cause: str) -> None:
    with FaultServer(FakeApi(models=LISTS[name], chat=chat)) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url, Secret("sk-0123456789abcdef")), "m"))
    assert report.verdict is not None
    assert report.verdict.cause == cause


async def test_where_no_model_is_named_the_list_is_needed() -> None:
    with FaultServer(FakeApi(models=LISTS["empty"])) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url)))
    assert report.verdict is not None
    assert report.verdict.cause == "no-model-loaded"


async def test_what_holds_for_every_route_is_asked_once() -> None:
    plain = Answer(PAGE % b"The plain HTTP request was sent to HTTPS port", "400 Bad Request")
    with FaultServer(FakeApi(models=plain)) as server:
        report = await run_check(ProbeTarget(Endpoint(server.base_url), "m"))
        asked = [request for request in server.requests if request.startswith(b"POST")]
    assert report.verdict is not None
    assert report.verdict.cause == "plain-on-tls-port"
    assert asked == []
