"""The report for a failure from elsewhere, without further requests."""

from __future__ import annotations

import pytest

from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.causes import CATALOGUE, SECTIONS, explain
from tui.core.diagnosis import CHAT_CHECKS, CheckId, CheckStatus
from tui.core.known_failure import check_of, report_of_failure
from tui.core.provider import Provider

PROVIDER = Provider(
    "p",
    model="m",
    provider_url="https://host/v1/",
    api_key=ApiKeyReference(ApiKeyKind.ENVIRONMENT, "MY_KEY"),
)


@pytest.mark.parametrize("cause", CATALOGUE)
def test_every_cause_is_the_verdict_and_nothing_above_it_was_tried(cause: str) -> None:
    report = report_of_failure(PROVIDER, explain(cause, model="m"), "env:MY_KEY")
    expected = check_of(cause)
    assert [result.id for result in report.results] == list(CHAT_CHECKS)
    assert report.verdict is not None
    assert (report.verdict.id, report.verdict.cause) == (expected, cause)
    is_configuration = cause.startswith(("url-", "key-")) and expected in (CheckId.URL, CheckId.ENVIRONMENT)
    assert report.exit_code == (2 if is_configuration else 1)
    for result in report.results:
        if tuple(CheckId).index(result.id) > tuple(CheckId).index(expected):
            assert result.status is CheckStatus.SKIPPED


@pytest.mark.parametrize(
    ("cause", "check"),
    [
        ("url-no-scheme", CheckId.URL),
        ("key-unavailable", CheckId.ENVIRONMENT),
        ("dns-unknown-host", CheckId.DNS),
        ("connection-refused", CheckId.TCP),
        ("tls-expired", CheckId.TLS),
        ("no-answer", CheckId.HTTP),
        ("auth", CheckId.AUTH),
        ("model-not-found", CheckId.MODELS),
        ("context-too-long", CheckId.CHAT),
        ("stream-reset", CheckId.STREAM),
    ],
)
def test_the_check_of_a_cause(cause: str, check: CheckId) -> None:
    assert check_of(cause) is check


def test_every_network_cause_lies_below_the_key() -> None:
    order = tuple(CheckId)
    for cause in SECTIONS["Name, network and encryption"]:
        assert order.index(check_of(cause.identifier)) <= order.index(CheckId.HTTP)


def test_what_the_server_said_becomes_a_repair() -> None:
    missing = explain("model-not-found", model="m", closest="m-2")
    moved = explain("redirect", repair="https://other/v1")
    assert report_of_failure(PROVIDER, missing).repairs[0].changes == {"compatible_provider": "m-2"}
    assert report_of_failure(PROVIDER, moved).repairs[0].changes == {"provider_url": "https://other/v1"}
    assert report_of_failure(PROVIDER, explain("auth")).repairs == ()


def test_the_command_repeats_the_chat_with_the_key_as_a_variable() -> None:
    curl = report_of_failure(PROVIDER, explain("auth"), model="other").curl
    assert "https://host/v1/chat/completions" in curl
    assert "Bearer $MY_KEY" in curl
    assert '"model": "other"' in curl


def test_a_url_that_cannot_be_used_has_no_command() -> None:
    broken = Provider("p", provider_url="http://user:hunter2@host:99999/v1")
    report = report_of_failure(broken, explain("url-bad-port"))
    assert report.curl == ""
    assert "hunter2" not in repr(report)
