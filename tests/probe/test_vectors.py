"""The check of embedding providers with good, bad and missing vectors."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.core.test_diagnosis import SCHEMA
from tests.support.check_runner import SHORT, run_check
from tests.support.fake_api import Embedder, FakeApi, model_list, packed, refusal, vectors
from tests.support.fault_server import Answer, Connection, Fault, FaultServer, silence
from tests.support.json_schema import violations
from tui.core.chat import Endpoint
from tui.core.diagnosis import EMBEDDING_CHECKS, CheckId, CheckResult, CheckStatus, DiagnosisReport
from tui.core.secret import Secret
from tui.demo.embeddings import vector_of
from tui.net.probe.target import ProbeTarget
from tui.texts.embeddings import SENTENCES

LISTED = model_list("bge")


def target(url: str, model: str = "bge", key: str | None = None, **fields: Any) -> ProbeTarget:
    secret = Secret(key) if key else None
    return ProbeTarget(
        Endpoint(url, secret, "env:K" if key else ""), model, is_embedding=True, extra_body=fields
    )


async def check(
    embeddings: Fault | None,
    *,
    models: Answer | None = LISTED,
    model: str = "bge",
    quick: bool = False,
    **fields: Any,
) -> tuple[DiagnosisReport, list[bytes]]:
    with FaultServer(FakeApi(models=models, embeddings=embeddings)) as server:
        report = await run_check(target(server.base_url, model, **fields), quick=quick)
        return report, list(server.requests)


def result_of(report: DiagnosisReport, check: CheckId = CheckId.VECTORS) -> CheckResult:
    found = report.result(check)
    assert found is not None
    return found


async def test_a_healthy_one_tells_count_size_norm_tokens_and_time() -> None:
    report, requests = await check(Embedder())
    assert report.ok
    assert not report.warnings
    assert [result.id for result in report.results] == list(EMBEDDING_CHECKS)
    result = result_of(report)
    assert result.title == "3 vectors of 64 numbers, norm 1.000, 12 tokens."
    assert result.milliseconds is not None
    posts = [request for request in requests if request.startswith(b"POST")]
    assert {request.split(b" ")[1] for request in posts} == {b"/v1/embeddings"}
    body = json.loads(posts[0].partition(b"\r\n\r\n")[2])
    assert body == {"model": "bge", "input": list(SENTENCES)}
    assert "/v1/embeddings" in report.curl
    assert result_of(report, CheckId.URL).facts[0].endswith("/v1/embeddings")
    assert list(violations(json.loads(json.dumps(report.to_json())), SCHEMA)) == []


async def test_what_becomes_of_other_formats_and_sizes_is_told() -> None:
    embedder = Embedder()
    report, _ = await check(embedder)
    result = result_of(report)
    assert result.facts[0] == "base64: same numbers as float, dimensions: honoured"
    assert result.facts[1].startswith("cosines: 0.")
    assert result.shown_facts == 1
    assert report.vectors is not None
    assert report.vectors.size == 64
    told: Any = report.to_json()["vectors"]
    assert (told["base64"], told["dimensions_parameter"]) == ("yes", "yes")
    _, turned, short, *_ = embedder.bodies
    assert (turned["encoding_format"], turned["input"]) == ("base64", list(SENTENCES[::-1]))
    assert (short["dimensions"], short["input"]) == (32, [SENTENCES[0]])


async def test_the_speed_is_measured_one_by_one_and_in_batches_of_new_texts() -> None:
    embedder = Embedder()
    report, _ = await check(embedder)
    result = result_of(report, CheckId.SPEED)
    assert result.status is CheckStatus.OK
    assert "texts/s one by one, 8 at once: " in result.title
    assert result.title.endswith(" tokens/s.")
    assert "~" not in result.title
    batches = [body["input"] for body in embedder.bodies[3:]]
    assert [len(batch) for batch in batches] == [1, 8, 32]
    sent = [text for body in embedder.bodies for text in body["input"]]
    assert len({text for batch in batches for text in batch}) == 41
    assert report.usage is not None
    assert report.usage.prompt_tokens == 4 * len(sent)
    told: Any = report.to_json()["vectors"]
    assert [batch["texts"] for batch in told["batches"]] == [1, 8, 32]
    assert all(batch["texts_per_second"] > 0 for batch in told["batches"])


async def test_a_rate_of_tokens_that_nobody_counts_is_an_estimate() -> None:
    report, _ = await check(Embedder(tokens=None))
    assert "; ~" in result_of(report, CheckId.SPEED).title


def _refuses(field: str, message: str, status: str = "400 Bad Request") -> Callable[[Any], Answer | None]:
    return lambda body: refusal(message, status) if field in body else None


@pytest.mark.parametrize(
    ("embedder", "base64", "dimensions", "fact"),
    [
        (Embedder(), "yes", "yes", "honoured"),
        (Embedder(pack=None), "ignored", "yes", "base64: ignored"),
        (Embedder(refuse=_refuses("encoding_format", "no base64 here")), "no", "yes", "(no base64 here)"),
        (Embedder(shorten=False), "yes", "ignored", "dimensions: ignored"),
        (
            Embedder(refuse=_refuses("dimensions", 'Model "bge" does not support matryoshka')),
            "yes",
            "no",
            'dimensions: refused (Model "bge" does not support matryoshka)',
        ),
        (Embedder(answers={3: vectors([1, 2, 3])}), "yes", "broken", "wrong size"),
        (Embedder(answers={2: silence}), "not tried", "yes", "base64: not tried"),
        (Embedder(answers={3: refusal("slow down", "429 Too Many")}), "yes", "not tried", "slow down"),
        (Embedder(answers={3: refusal("boom", "500 Oops")}), "yes", "not tried", "boom"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_each_wish_has_its_outcome(embedder: Embedder, base64: str, dimensions: str, fact: str) -> None:
    report, _ = await check(embedder)
    assert report.ok
    told: Any = report.to_json()["vectors"]
    assert (told["base64"], told["dimensions_parameter"]) == (base64, dimensions)
    assert fact in result_of(report).facts[1 if result_of(report).cause else 0]


@pytest.mark.parametrize(
    ("embedder", "word"),
    [
        (Embedder(pack=None), "ignores"),
        (Embedder(refuse=_refuses("encoding_format", "unknown field")), "refuses"),
    ],
)
async def test_clients_that_ask_for_base64_by_default_are_warned(embedder: Embedder, word: str) -> None:
    report, _ = await check(embedder)
    (warning,) = report.warnings
    assert warning.cause == "vectors-not-packed"
    assert warning.title == (
        f"The server {word} encoding_format base64: clients that ask for base64 by default will fail."
    )


def _as_doubles(vector: Sequence[float]) -> str:
    return packed(vector, "<d")


def _from_the_other_end(vector: Sequence[float]) -> str:
    return packed(vector, ">f")


def _quantised(vector: Sequence[float]) -> str:
    return packed([round(number, 3) for number in vector])


@pytest.mark.parametrize("pack", [_as_doubles, _from_the_other_end, _quantised])
async def test_base64_of_other_numbers_is_the_verdict(pack: Callable[[Sequence[float]], str]) -> None:
    report, _ = await check(Embedder(pack=pack))
    assert report.verdict is not None
    assert report.verdict.id is CheckId.VECTORS
    assert report.verdict.cause == "vectors-differ"
    assert "base64: numbers differ from float" in report.verdict.facts[1]
    speed = result_of(report, CheckId.SPEED)
    assert (speed.status, speed.title) == (CheckStatus.SKIPPED, "Skipped (no vectors).")


async def test_numbers_that_wobble_from_request_to_request_are_no_fault_of_base64() -> None:
    requests = iter(range(100))

    def wobbling(text: str) -> list[float]:
        shift = next(requests) * 1e-4
        return [number + shift * ((place % 3) - 1) for place, number in enumerate(vector_of(text))]

    report, _ = await check(Embedder(make=wobbling))
    told: Any = report.to_json()["vectors"]
    assert (report.ok, told["base64"]) == (True, "yes")


async def test_numbers_that_depend_on_the_place_in_the_batch_are_no_fault_of_base64() -> None:
    def shifted(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for place, entry in enumerate(entries):
            given = entry["embedding"]
            numbers = list(struct.unpack("<64f", _bytes(given)) if isinstance(given, str) else given)
            numbers[0] += place * 1e-3
            entry["embedding"] = packed(numbers) if isinstance(given, str) else numbers
        return entries

    embedder = Embedder(arrange=shifted)
    report, _ = await check(embedder)
    told: Any = report.to_json()["vectors"]
    assert (report.ok, told["base64"]) == (True, "yes")
    assert embedder.bodies[2]["encoding_format"] == "float"
    assert embedder.bodies[2]["input"] == embedder.bodies[1]["input"]


def _bytes(text: str) -> bytes:
    import base64

    return base64.b64decode(text)


async def test_the_index_counts_and_not_the_place_in_the_answer() -> None:
    report, _ = await check(Embedder(arrange=lambda entries: entries[::-1]))
    assert report.ok
    assert not report.warnings


async def test_vectors_that_do_not_follow_the_order_of_the_texts_are_the_verdict() -> None:
    def sorted_by_content(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        made = sorted((entry["embedding"] for entry in entries), key=str)
        return [{**entry, "embedding": one} for entry, one in zip(entries, made, strict=True)]

    report, _ = await check(Embedder(pack=None, arrange=sorted_by_content))
    assert report.verdict is not None
    assert report.verdict.cause == "vectors-index"
    assert "in a different order" in report.verdict.title


async def test_one_vector_for_every_text_is_the_verdict() -> None:
    report, _ = await check(Embedder(make=lambda _: [0.6, 0.8]))
    assert (report.verdict and report.verdict.cause) == "vectors-equal"


async def test_a_model_that_finds_others_closer_is_implausible() -> None:
    places = {text: place for place, text in enumerate(SENTENCES)}
    made = [[1.0, 0.0], [0.0, 1.0], [0.9, 0.1]]
    report, _ = await check(Embedder(make=lambda text: made[places.get(text, 0)], shorten=False))
    (warning,) = report.warnings
    assert (report.ok, warning.cause) == (True, "vectors-implausible")
    assert "cosines: 0.00 for the similar texts, 0.99 and 0.11 for the others" in warning.facts


async def test_a_provider_with_its_own_size_is_judged_by_that() -> None:
    embedder = Embedder()
    report, _ = await check(embedder, dimensions=16)
    assert report.vectors is not None
    assert (report.vectors.size, report.vectors.dimensions) == (16, "yes")
    report, _ = await check(Embedder(shorten=False), dimensions=16)
    assert report.vectors is not None
    assert (report.vectors.size, report.vectors.dimensions) == (64, "ignored")


async def test_a_provider_that_takes_base64_is_compared_with_the_list() -> None:
    embedder = Embedder()
    report, _ = await check(embedder, encoding_format="base64")
    assert report.vectors is not None
    assert (report.ok, report.vectors.base64) == (True, "yes")
    assert embedder.bodies[1]["encoding_format"] == "float"
    report, _ = await check(Embedder(pack=_quantised), encoding_format="base64")
    assert (report.verdict and report.verdict.cause) == "vectors-differ"


@pytest.mark.parametrize(
    ("status", "cause"),
    [("413 Payload Too Large", "vectors-batch"), ("429 Too Many Requests", "rate-limited")],
)
async def test_a_batch_that_is_refused_is_a_warning_with_what_was_measured(status: str, cause: str) -> None:
    def refuse(body: dict[str, Any]) -> Answer | None:
        return refusal("batch size 8 > maximum 4", status) if len(body["input"]) > 4 else None

    embedder = Embedder(refuse=refuse)
    report, _ = await check(embedder)
    assert report.ok
    speed = result_of(report, CheckId.SPEED)
    assert (speed.status, speed.cause) == (CheckStatus.WARNING, cause)
    assert any("texts/s one by one" in fact for fact in speed.facts)
    assert [len(body["input"]) for body in embedder.bodies[3:]] == [1, 8]


async def test_a_server_that_takes_one_text_in_a_request_is_asked_one_by_one() -> None:
    def refuse(body: dict[str, Any]) -> Answer | None:
        return refusal("one text, please", "400 Bad Request") if len(body["input"]) > 1 else None

    report, _ = await check(Embedder(refuse=refuse))
    assert report.ok
    assert report.vectors is not None
    assert (report.vectors.base64, report.vectors.dimensions) == ("yes", "yes")
    assert result_of(report).title == "3 vectors of 64 numbers, norm 1.000, 12 tokens."
    assert result_of(report, CheckId.SPEED).cause == "vectors-batch"


async def test_a_speed_that_could_not_be_measured_at_all_is_a_warning() -> None:
    report, _ = await check(Embedder(answers={4: silence}))
    assert report.ok
    assert result_of(report, CheckId.SPEED).status is CheckStatus.WARNING


@pytest.mark.parametrize(
    ("cause", "answer"),
    [
        ("server-error", Answer(b'{"error":{"message":"boom"}}', "500 Internal Server Error")),
        ("embeddings-missing", None),
        ("embeddings-unexpected", Answer(b"<html><title>hi</title></html>", content_type="text/html")),
        ("embeddings-unexpected", Answer(b'{"choices":[]}')),
        ("vectors-count", vectors([1, 0])),
        ("vectors-size", vectors([1], [1, 0], [1, 0])),
        ("vectors-zero", vectors([0, 0], [0, 0], [0, 0])),
        (
            "embeddings-unsupported",
            Answer(b'{"error":"not built in"}', "501 Not Implemented"),
        ),
    ],
)
async def test_what_is_wrong_is_the_verdict(cause: str, answer: Answer | None) -> None:
    report, _ = await check(answer)
    assert (report.exit_code, report.verdict and report.verdict.cause) == (1, cause)
    assert result_of(report).status is CheckStatus.FAILED
    assert result_of(report, CheckId.SPEED).status is CheckStatus.SKIPPED
    assert report.to_json()["vectors"] is None


async def test_a_quick_check_sends_no_text() -> None:
    report, requests = await check(Embedder(), quick=True)
    assert report.ok
    assert not any(request.startswith(b"POST") for request in requests)
    for check_id in (CheckId.VECTORS, CheckId.SPEED):
        result = result_of(report, check_id)
        assert (result.status, result.title) == (
            CheckStatus.SKIPPED,
            "Skipped (a quick check uses no tokens).",
        )


async def test_without_a_name_the_first_embedding_model_is_checked() -> None:
    report, _ = await check(Embedder(), models=model_list("qwen", "bge-m3"), model="")
    assert report.ok
    assert report.model == "bge-m3"


async def test_without_a_list_the_vectors_decide() -> None:
    report, _ = await check(Embedder(), models=None)
    assert report.ok
    assert [warning.cause for warning in report.warnings] == ["no-model-list"]


async def test_without_a_list_and_without_embeddings_the_url_is_wrong() -> None:
    report, _ = await check(None, models=None)
    assert report.verdict is not None
    assert report.verdict.id is CheckId.HTTP


async def test_tokens_that_nobody_counts_are_an_estimate() -> None:
    report, _ = await check(Embedder(tokens=None))
    assert "~" in result_of(report).title
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
    loading = Answer(b'{"error":{"message":"Loading model"}}', "503 Service Unavailable")
    told: list[str] = []
    limits = replace(SHORT, loading_seconds=5.0)
    with FaultServer(FakeApi(models=LISTED, embeddings=Embedder(answers={1: loading}))) as server:
        report = await run_check(target(server.base_url), limits=limits, on_progress=told.append)
    assert report.ok
    assert any("loading" in text for text in told)
