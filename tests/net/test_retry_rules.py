"""Retry rules: which causes may be temporary, and the delay requested by a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.support.chatting import HASTE
from tui.core.causes import CATALOGUE, explain
from tui.net.retry import asked_delay, retry_delay

PATIENT = replace(HASTE, retries=3)
BY_ITSELF = {"connect-timeout", "no-route"}
WHEN_ASKED = {"connection-refused", "dns-unknown-host", "dns-unavailable", "tls-stalled"}
STATUSES = {408, 429, 502, 503, 504}


def is_retried(cause: str, status: int | None = None, *, waits: bool = False) -> bool:
    timeouts = replace(PATIENT, retry_refused=waits)
    return retry_delay(explain(cause, status=status), 1, timeouts) is not None


def test_without_a_status_only_what_may_pass_is_sent_again() -> None:
    assert {cause for cause in CATALOGUE if is_retried(cause)} == BY_ITSELF


def test_a_command_that_waits_sends_again_what_a_person_wants_to_know_at_once() -> None:
    assert {cause for cause in CATALOGUE if is_retried(cause, waits=True)} == BY_ITSELF | WHEN_ASKED


@pytest.mark.parametrize("waits", [False, True])
def test_with_a_status_that_decides(waits: bool) -> None:
    asked = {status for status in range(100, 600) if is_retried("bad-gateway", status, waits=waits)}
    assert asked == STATUSES


@pytest.mark.parametrize("status", [200, 400, 500, 529])
def test_a_server_that_has_too_much_to_do_is_asked_again_under_any_status(status: int) -> None:
    assert is_retried("rate-limited", status)
    assert is_retried("overloaded", status)


@pytest.mark.parametrize("cause", ["quota", "body-too-large"])
def test_what_waiting_does_not_help_is_not_asked_again(cause: str) -> None:
    assert not is_retried(cause, 429)


def test_a_sentence_that_says_how_long_to_wait_is_heeded() -> None:
    failure = explain("rate-limited", status=429, retry_after="34.07")
    patient = replace(PATIENT, longest_retry_after_seconds=60)
    assert retry_delay(failure, 1, patient) == 34.07
    assert retry_delay(failure, 1, patient, headers={"retry-after": "5"}) == 5
    assert retry_delay(failure, 1, replace(PATIENT, longest_retry_after_seconds=10)) is None


def test_a_date_counts_from_now() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    delay = asked_delay({"retry-after": soon})
    assert delay is not None
    assert 300 < delay <= 600
    assert asked_delay({"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT"}) == 0


def test_a_date_decides_how_long_a_refusal_waits() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    failure = explain("rate-limited", status=429)
    patient = replace(PATIENT, longest_retry_after_seconds=3600)
    delay = retry_delay(failure, 1, patient, headers={"retry-after": soon})
    assert delay is not None
    assert 300 < delay <= 600
    hasty = replace(PATIENT, longest_retry_after_seconds=10)
    assert retry_delay(failure, 1, hasty, headers={"retry-after": soon}) is None
