"""The check of an embedding provider against servers that make vectors well, badly or not at all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.support.check_runner import SHORT, run_check
from tests.support.fake_api import FakeApi, model_list, vectors
from tests.support.fault_server import Answer, Connection, Fault, FaultServer
from tui.core.chat import Endpoint
from tui.core.diagnosis import EMBEDDING_CHECKS, CheckId, CheckResult, CheckStatus, DiagnosisReport
from tui.core.secret import Secret
from tui.net.probe.target import ProbeTarget

LISTED = model_list("bge")
GOOD = vectors([0.6, 0.8], [1, 0])


def target(url: str, model: str = "bge", key: str | None = None) -> ProbeTarget:
    secret = Secret(key) if key else None
    return ProbeTarget(Endpoint(url, secret, "env:K" if key else ""), model, is_embedding=True)


async def check(
    embeddings: Fault | None,
    *,
    models: Answer | None = LISTED,
    model: str = "bge",
    quick: bool = False,
) -> tuple[DiagnosisReport, list[bytes]]:
    with FaultServer(FakeApi(models=models, embeddings=embeddings)) as server:
        report = await run_check(target(server.base_url, model), quick=quick)
        return report, list(server.requests)


def rung(report: DiagnosisReport) -> CheckResult:
    found = report.result(CheckId.VECTORS)
    assert found is not None
    return found


async def test_a_healthy_one_tells_count_size_norm_tokens_and_time() -> None:
    report, requests = await check(GOOD)
    assert report.ok
    assert [result.id for result in report.results] == list(EMBEDDING_CHECKS)
    result = rung(report)
    assert result.title == "2 vectors of 2 numbers, norm 1.000, 8 tokens."
    assert result.milliseconds is not None
    assert (report.vector_size, report.usage and report.usage.prompt_tokens) == (2, 8)
    posts = [request for request in requests if request.startswith(b"POST")]
    assert [request.split(b" ")[1] for request in posts] == [b"/v1/embeddings"]
    body = json.loads(posts[0].partition(b"\r\n\r\n")[2])
    assert (body["model"], len(body["input"])) == ("bge", 2)
    assert "/v1/embeddings" in report.curl


@pytest.mark.parametrize(
    ("cause", "answer"),
    [
        ("server-error", Answer(b'{"error":{"message":"boom"}}', "500 Internal Server Error")),
        ("embeddings-missing", None),
        ("embeddings-unexpected", Answer(b"<html><title>hi</title></html>", content_type="text/html")),
        ("embeddings-unexpected", Answer(b'{"choices":[]}')),
        ("vectors-count", vectors([1, 0])),
        ("vectors-size", vectors([1], [1, 0])),
        ("vectors-zero", vectors([0, 0], [0, 0])),
        (
            "embeddings-unsupported",
            Answer(b'{"error":"not built in"}', "501 Not Implemented"),
        ),
    ],
)
async def test_what_is_wrong_is_the_verdict(cause: str, answer: Answer | None) -> None:
    report, _ = await check(answer)
    assert (report.exit_code, report.verdict and report.verdict.cause) == (1, cause)
    assert rung(report).status is CheckStatus.FAILED


async def test_a_quick_check_sends_no_text() -> None:
    report, requests = await check(GOOD, quick=True)
    assert report.ok
    assert not any(request.startswith(b"POST") for request in requests)
    assert rung(report).status is CheckStatus.SKIPPED


async def test_without_a_name_the_first_embedding_model_is_checked() -> None:
    report, _ = await check(GOOD, models=model_list("qwen", "bge-m3"), model="")
    assert report.ok
    assert report.model == "bge-m3"


async def test_without_a_list_the_vectors_decide() -> None:
    report, _ = await check(GOOD, models=None)
    assert report.ok
    assert [warning.cause for warning in report.warnings] == ["no-model-list"]


async def test_without_a_list_and_without_embeddings_the_url_is_wrong() -> None:
    report, _ = await check(None, models=None)
    assert report.verdict is not None
    assert report.verdict.id is CheckId.HTTP


async def test_tokens_that_nobody_counts_are_an_estimate() -> None:
    report, _ = await check(vectors([1, 0], [0, 1], usage=None))
    assert "~" in rung(report).title
    assert report.usage is not None
    assert report.usage.source == "estimated"


async def test_the_key_goes_along_and_comes_back_erased() -> None:
    key = "sk-4f9c2b7e81d0aa"

    def echo(connection: Connection) -> None:
        connection.read_request()
        connection.respond(f'{{"error":{{"message":"bad key {key}"}}}}'.encode(), status="500 Oops")

    with FaultServer(FakeApi(models=model_list("bge"), embeddings=echo, key=f"Bearer {key}")) as server:
        report = await run_check(target(server.base_url, key=key))
    assert report.verdict is not None
    assert report.verdict.id is CheckId.VECTORS
    assert key not in json.dumps(report.to_json()) + repr(report)


async def test_a_model_that_is_loading_is_asked_again() -> None:
    answers = iter([Answer(b'{"error":{"message":"Loading model"}}', "503 Service Unavailable"), GOOD])

    def load(connection: Connection) -> None:
        next(answers)(connection)

    told: list[str] = []
    limits = replace(SHORT, loading_seconds=5.0)
    with FaultServer(FakeApi(models=model_list("bge"), embeddings=load)) as server:
        report = await run_check(target(server.base_url), limits=limits, on_progress=told.append)
    assert report.ok
    assert any("loading" in text for text in told)
