"""``check`` and ``ask`` agree on the cause of every failure in the catalogue."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.catalogue_cases import CASES, Case, Situation, has_ipv6
from tests.support.chatting import HASTE, Chatter
from tests.support.check_runner import check_situation, endpoint_of
from tests.support.commands import Call
from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.provider import Provider, TlsSettings
from tui.net.client import ClientFactory
from tui.runtime.runtime import open_runtime

EXCEPTIONS = {
    # A check judges the endpoint, which answers; an answer of which a part was lost is no answer.
    "malformed-event": (None, "text-lost"),
    # The limit that the thoughts ate is the check's own, of 20 tokens; here that of the question.
    "thinking-ate-budget": (None, "thinking-ate-budget"),
    "max-tokens-too-small": (None, "max-tokens-too-small"),
}
"""Label of a case: the verdict of ``check`` and the failure of ``ask``, where they differ for a reason."""
KEY_VARIABLE = "LMDECK_TEST_KEY"
NO_URL = "url-empty"
"""Label of the case that no command line can have."""
LATE = ("connect-timeout",)
"""Causes that the command tells only after seconds that no test has."""


def assert_one_verdict(case: Case, checked: str | None, asked: str | None) -> None:
    if case.label in EXCEPTIONS:
        assert (checked, asked) == EXCEPTIONS[case.label]
        return
    assert checked == asked
    assert checked == case.cause or not case.is_verdict


def is_quick(case: Case) -> bool:
    return case.needs != "limits" and case.cause not in LATE


def add_provider(situation: Situation) -> None:
    """Add the situation as a provider with settings that no option has."""
    runtime = open_runtime(os.environ)
    runtime.provider_changes.save(
        Provider(
            "case",
            model=situation.model,
            provider_url=situation.url,
            api_key=ApiKeyReference(ApiKeyKind.ENVIRONMENT, KEY_VARIABLE) if situation.key else None,
            extra_headers=dict(situation.headers),
            tls=situation.settings,
        )
    )


@pytest.fixture
def verdicts(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Case, Situation], tuple[str | None, str | None]]:
    """What ``check`` and ``ask`` say of one situation, each with the exit code that belongs to it."""
    monkeypatch.setattr("tui.net.retry.random.uniform", lambda low, high: 0.01)

    def cause_in(done: Any, place: str) -> str | None:
        told = done.json[place]
        assert (done.code == 0) == (told is None), done
        return None if told is None else str(told["cause"])

    def run(case: Case, situation: Situation) -> tuple[str | None, str | None]:
        for name, value in {**situation.environment, KEY_VARIABLE: situation.key or ""}.items():
            monkeypatch.setenv(name, value)
        if situation.headers or situation.settings != TlsSettings():
            add_provider(situation)
            whom, options = ["case"], []
            asked = ["-p", "case"]
        else:
            whom, asked = [situation.url], ["--url", situation.url]
            options = ["--model", situation.model] if situation.model else []
            options += ["--key-env", KEY_VARIABLE] if situation.key else []
        limit = ["--wait", "1" if case.cause == "loading" else "60"]
        check = call("check", *whom, "--json", *limit, *options)
        ask = call("ask", *asked, "--json", *limit, *options, "Hello")
        told = cause_in(check, "verdict"), cause_in(ask, "error")
        assert told[0] != told[1] or check.code == ask.code, (check, ask)
        return told

    return run


@pytest.mark.parametrize(
    "case", [case for case in CASES if is_quick(case) and case.label != NO_URL], ids=lambda case: case.label
)
def test_by_command(case: Case, verdicts: Callable[[Case, Situation], tuple[str | None, str | None]]) -> None:
    if case.needs == "ipv6" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with case.make() as situation:
        assert_one_verdict(case, *verdicts(case, situation))


@pytest.mark.parametrize("case", [case for case in CASES if not is_quick(case)], ids=lambda case: case.label)
async def test_with_short_limits(case: Case) -> None:
    with case.make() as situation:
        factory = ClientFactory(situation.environment)
        report = await check_situation(situation)
        reply = await Chatter(factory)(endpoint_of(situation), timeouts=HASTE)
        await factory.aclose()
    checked = report.verdict.cause if report.verdict is not None else None
    assert_one_verdict(case, checked, reply.cause)


def test_without_a_url_both_refuse_the_command_line(call: Call) -> None:
    assert NO_URL in {case.label for case in CASES}
    for arguments in (("check", "", "--json"), ("ask", "--url", "", "--json", "Hello")):
        done = call(*arguments)
        assert (done.code, done.cause) == (2, "usage")
        assert "the value is empty" in done.err


def test_every_exception_is_a_case() -> None:
    assert set(EXCEPTIONS) <= {case.label for case in CASES}
