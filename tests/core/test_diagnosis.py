"""The plan of the checks, the report, its JSON, its text, and its stored form."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.json_schema import violations
from tui.core import diagnosis as diagnosis_module
from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.check_history import CheckRecord, compare_checks, record_of
from tui.core.curl import curl_command
from tui.core.diagnosis import (
    CHAT_CHECKS,
    DEPENDENCIES,
    CheckId,
    CheckResult,
    CheckStatus,
    DiagnosisReport,
    Repair,
    ServerSummary,
    Surroundings,
    blocker_of,
    checks_of,
    failed,
    passed,
    skipped,
)
from tui.core.provider import ApiKeyHeader, TlsSettings
from tui.core.report_text import (
    all_well_sentence,
    cost_line,
    milliseconds_text,
    report_lines,
    report_text,
    result_lines,
    summary_line,
)
from tui.core.secret import Redactor, Secret

SCHEMA = json.loads((Path(diagnosis_module.__file__).parent / "check.schema.json").read_text())

REFUSED = DiagnosisReport(
    url="http://localhost:8000/v1",
    model="m",
    key_label="env:X (…1234)",
    results=(
        passed(CheckId.URL, "http://localhost:8000/v1", "requests go to …"),
        failed(CheckId.ENVIRONMENT, explain("proxy-captures-local", variable="HTTP_PROXY"), as_warning=True),
        passed(CheckId.DNS, "localhost is 127.0.0.1", milliseconds=0.14),
        failed(
            CheckId.TCP,
            explain("connection-refused", host="localhost", port="8000", chain=("ConnectError",)),
            "127.0.0.1:8000: connection refused",
            milliseconds=0.44,
        ),
        *(skipped(check, "Skipped (connection failed).") for check in CHAT_CHECKS[4:]),
    ),
    timings_ms={"dns": 0.14},
    surroundings=Surroundings(ssh=True, hostname="gpu01"),
    repairs=(Repair("url", "http://localhost:8001/v1 answers. Use it?", {"provider_url": "…"}),),
    machine=("vLLM (pid 42) listens on port 8001",),
)
WELL = DiagnosisReport(
    url="http://localhost:8000/v1",
    model="Qwen/Qwen3-8B",
    key_label=None,
    results=tuple(passed(check, "Fine.") for check in CHAT_CHECKS),
    server=ServerSummary("vllm", "0.32.0", "owned_by"),
    models=("Qwen/Qwen3-8B",),
    context_window=2048,
    timings_ms={"ttft": 12.345},
    decode_rate=61.23,
)


def test_every_check_depends_on_earlier_ones() -> None:
    order = list(CheckId)
    assert list(DEPENDENCIES) == order
    for check, needed in DEPENDENCIES.items():
        assert all(order.index(other) < order.index(check) for other in needed)


def test_an_embedding_provider_has_vectors_in_place_of_what_a_chat_shows() -> None:
    chats, vectors = checks_of(is_embedding=False), checks_of(is_embedding=True)
    assert [str(check) for check in vectors] == [
        *map(str, chats[: chats.index(CheckId.CHAT)]),
        "vectors",
        "speed",
    ]
    assert CheckId.VECTORS not in chats


def test_what_blocks_a_check() -> None:
    assert blocker_of(CheckId.TCP, {CheckId.DNS}) is CheckId.DNS
    assert blocker_of(CheckId.TCP, {CheckId.TLS}) is None
    assert blocker_of(CheckId.SPEED, {CheckId.URL}) is CheckId.URL
    assert blocker_of(CheckId.SPEED, {CheckId.VECTORS}) is CheckId.VECTORS


@pytest.mark.parametrize("report", [REFUSED, WELL, replace(WELL, was_interrupted=True)])
def test_the_json_follows_its_schema_and_is_ascii(report: DiagnosisReport) -> None:
    value = json.loads(json.dumps(report.to_json(), ensure_ascii=True))
    assert list(violations(value, SCHEMA)) == []
    assert [check["id"] for check in value["checks"]] == [str(check) for check in CHAT_CHECKS]


def test_the_schema_refuses_what_is_no_report() -> None:
    value = REFUSED.to_json()
    assert len([*violations({**value, "extra": 1}, SCHEMA)]) == 1
    assert len([*violations({**value, "ok": "yes"}, SCHEMA)]) == 1
    del value["models"]
    assert len([*violations(value, SCHEMA)]) == 1


def test_the_first_failure_is_the_verdict() -> None:
    verdict = REFUSED.verdict
    assert verdict is not None
    assert (verdict.id, verdict.cause) == (CheckId.TCP, "connection-refused")
    assert REFUSED.to_json()["verdict"] == {
        "cause": "connection-refused",
        "title": "Connection refused: the host localhost answers, but nothing listens on port 8000.",
        "advice": "Check the URL and port, and that the server is running.",
        "status": None,
        "server_message": None,
    }
    assert WELL.to_json()["verdict"] is None


@pytest.mark.parametrize(
    ("report", "code"), [(WELL, 0), (REFUSED, 1), (replace(REFUSED, was_interrupted=True), 130)]
)
def test_exit_codes(report: DiagnosisReport, code: int) -> None:
    assert report.exit_code == code
    assert report.to_json()["exit_code"] == code


def test_warnings_do_not_fail() -> None:
    warned = failed(CheckId.USAGE, explain("usage-missing"), as_warning=True)
    report = replace(WELL, results=(warned,))
    assert report.ok
    assert report.warnings == (warned,)


def test_the_summary_counts() -> None:
    assert summary_line(REFUSED.results) == "2 ok, 1 warning, 1 failed (10 skipped)"
    assert summary_line(WELL.results) == "14 ok"


def test_text_and_json_say_the_same() -> None:
    text = " ".join(" ".join(line.text for line in report_lines(REFUSED, verbose=True)).split())
    for result in REFUSED.results:
        assert result.title in text
        assert result.advice in text


@given(st.integers(40, 160), st.booleans(), st.booleans(), st.text(max_size=200))
def test_no_line_is_wider_than_asked(width: int, ascii_only: bool, verbose: bool, text: str) -> None:
    result = CheckResult(CheckId.CHAT, CheckStatus.FAILED, text, "auth", text, 12.0, (text,))
    for line in result_lines(result, width=width, ascii_only=ascii_only, verbose=verbose):
        assert len(line.text) <= width
        assert "\x1b" not in line.text


def test_ascii_reports_have_no_other_character() -> None:
    assert all(line.text.isascii() for line in report_lines(REFUSED, ascii_only=True, verbose=True))
    assert report_lines(REFUSED, ascii_only=True)[2].text.startswith("ok URL")


def test_a_report_that_is_handed_on_has_no_key() -> None:
    key = Secret("sk-canary-0123456789")
    report = replace(REFUSED, machine=(f"echo {key.reveal()}",), curl=f"curl {key.reveal()}")
    assert key.reveal() not in report_text(report, Redactor([key]))


def test_all_is_well_in_one_sentence() -> None:
    assert all_well_sentence(WELL) == (
        "The endpoint works: vllm 0.32.0 with Qwen/Qwen3-8B, context 2,048 tokens, 61.2 tokens/s."
    )


def test_a_model_that_is_not_served_is_not_said_to_answer() -> None:
    missing = CheckResult(CheckId.MODELS, CheckStatus.WARNING, "Model not found.", cause="model-not-found")
    report = replace(WELL, results=(*WELL.results, missing), is_quick=True, decode_rate=None)
    assert all_well_sentence(report) == "The endpoint answers: vllm 0.32.0, context 2,048 tokens."


def test_costs_are_said_before_and_after() -> None:
    assert "about 60 tokens, at most 20 of them output" in cost_line(is_quick=False)
    assert cost_line(is_quick=False, usage_tokens=29) == "Used 29 tokens."
    assert cost_line(is_quick=True) == "Uses no tokens."


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(None, ""), (0.44, "0.4 ms"), (9.94, "9.9 ms"), (85.4, "85 ms"), (999.6, "1.00 s"), (12_345, "12.35 s")],
)
def test_times(milliseconds: float | None, text: str) -> None:
    assert milliseconds_text(milliseconds) in (text, text.replace("12.35", "12.34"))


# --- history ----------------------------------------------------------------------------------------

BEFORE = CheckRecord("2026-01-01T00:00:00Z", None, "vllm", "0.31.0", "m", ("m", "n"), 4096, 10.0, 100.0)


def test_a_record_survives_storage() -> None:
    assert CheckRecord.from_json(json.loads(json.dumps(BEFORE.to_json()))) == BEFORE
    assert CheckRecord.from_json({"at": 5}) is None
    assert CheckRecord.from_json({"at": "x", "models": 5, "context_window": "no"}) == CheckRecord("x")


def test_changes_are_said() -> None:
    now = replace(BEFORE, server_version="0.32.0", models=("m", "o"), context_window=2048, decode_rate=50.0)
    assert compare_checks(BEFORE, now) == (
        "version was 0.31.0, is now 0.32.0",
        "no longer served: n",
        "newly served: o",
        "context window was 4,096, is now 2,048",
        "speed was 100.0 tokens/s, is now 50.0",
    )


def test_noise_and_what_is_unknown_are_no_change() -> None:
    assert compare_checks(BEFORE, replace(BEFORE, decode_rate=80.0)) == ()
    assert compare_checks(BEFORE, CheckRecord("now")) == ()
    assert compare_checks(BEFORE, replace(BEFORE, decode_rate=10.0, model="n")) == ()


def test_what_is_remembered_of_a_report() -> None:
    record = record_of(WELL, "now")
    assert (record.server_kind, record.model, record.ttft_ms) == ("vllm", "Qwen/Qwen3-8B", 12.345)
    assert record_of(REFUSED, "now").cause == "connection-refused"


# --- curl -------------------------------------------------------------------------------------------


def test_a_curl_command_names_the_key_as_a_variable() -> None:
    endpoint = Endpoint(
        "https://h/v1",
        Secret("sk-canary-0123456789"),
        "env:OPENAI_API_KEY",
        extra_headers={"X-Title": "it's", "X-Auth-Token": "secret"},
        tls=TlsSettings(ca_file="/a b.pem"),
    )
    command = curl_command(endpoint, "https://h/v1/chat/completions", {"model": "it's"}, around_proxy=True)
    assert '"Authorization: Bearer $OPENAI_API_KEY"' in command
    assert "--cacert '/a b.pem'" in command
    assert "--noproxy '*'" in command
    assert '"$X_AUTH_TOKEN"' in command
    assert "canary" not in command
    assert "secret" not in command


def test_other_key_headers_and_sources() -> None:
    endpoint = Endpoint("http://h/v1", Secret("sk-canary"), "stored", ApiKeyHeader.X_API_KEY)
    command = curl_command(endpoint, "http://h/v1/models")
    assert '-H "x-api-key: $API_KEY"' in command
    assert "-d" not in command.split()
