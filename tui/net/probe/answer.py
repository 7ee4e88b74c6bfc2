"""The checks of the first response: encryption, HTTP, key. One request for the model list serves all."""

from __future__ import annotations

import time
from dataclasses import replace

from tui.core.causes import explain, explain_again
from tui.core.diagnosis import CheckId, failed, passed
from tui.core.endpoint_url import chat_url_of, models_url_of
from tui.core.failure import Failure, LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.net.addresses import origin_of
from tui.net.elsewhere import NOT_THERE, find_base, told_elsewhere
from tui.net.fetch import Fetched, fetch
from tui.net.models import read_list
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.encryption import certificate_facts, settle_tls, settle_unencrypted
from tui.net.probe.evidence import first_answering, look
from tui.net.probe.local import is_tunnel
from tui.net.request_trace import Phase
from tui.texts import checks
from tui.wire.models import ModelList

_BELOW_TLS = (
    "dns-unknown-host", "dns-unavailable", "connection-refused", "starting", "start-failed",
    "connect-timeout", "no-route",
)  # fmt: skip
ACCESS_CAUSES = ("auth", "auth-scheme", "basic-auth", "forbidden", "key-malformed")
"""The server responds, but rejects this key."""
_FOR_ALL_ROUTES = (
    "loading", "load-failed", "plain-on-tls-port", "proxy-failed", "tls-client-certificate-required",
)  # fmt: skip
"""Causes that apply to a chat as well, whichever route returned them."""
_OF_ONE_ROUTE = ("no-answer", "headers-stalled", "answer-too-large")
"""Timeouts and similar that may only concern the model list."""


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The outcome of the request for the model list."""

    response: Fetched | None = None
    models: ModelList | None = None
    failure: Failure | None = None
    milliseconds: float = 0.0

    @property
    def details(self) -> tuple[str, ...]:
        """Return request and response without secrets."""
        return () if self.response is None else self.response.details("GET")


async def ask(context: DiagnosisContext) -> FirstAnswer:
    """Request the model list; while the server is starting, retry until the limit."""
    while True:
        answer = await _ask_once(context)
        if answer.failure is None:
            return answer
        failure = await context.wait.pause(answer.failure)
        if failure is not None:
            return replace(answer, failure=failure)


async def _ask_once(context: DiagnosisContext) -> FirstAnswer:
    url = models_url_of(context.endpoint.base_url)
    started = time.perf_counter()
    notice = context.announce(checks.WAITING)
    try:
        await context.services.factory.prepare(context.endpoint)
        started = time.perf_counter()  # loading the HTTP library is not the server's time
        response = await fetch(
            context.services.factory,
            context.endpoint,
            url,
            seconds=context.limits.answer_seconds,
            reprobe_seconds=context.limits.reprobe_seconds,
        )
    except LmdeckError as error:
        return FirstAnswer(failure=error.failure, milliseconds=_since(started))
    finally:
        notice.cancel()
    took = _since(started)
    try:
        return FirstAnswer(
            response, read_list(context.services.factory, context.endpoint, response), None, took
        )
    except LmdeckError as error:
        return FirstAnswer(response, None, error.failure, took)


async def check_answer(context: DiagnosisContext) -> FirstAnswer | None:
    """Request the model list and settle encryption and HTTP; ``None`` without a response.

    If only the model list may have failed, its failure is set but the HTTP check is not settled: the
    endpoint's main request decides.
    """
    if context.endpoint.base_url.startswith("http:"):
        settle_unencrypted(context)  # known already; only HTTP is waited for
    answer = await ask(context)
    if answer.response is None:
        if _settle_or_leave(context, answer):
            return answer
        await settle_silence(context, answer)
        return None
    context.findings.headers = dict(answer.response.headers)
    settle_tls(context, answer.response)
    failure = answer.failure
    if failure is None:
        settle_http(context, answer)
    elif failure.cause not in NOT_THERE and (
        failure.cause in _FOR_ALL_ROUTES or not (context.sends_chat or context.sends_texts)
    ):
        await offer_repair(context, failure)
        settle_http(context, answer, None if failure.cause in ACCESS_CAUSES else failure)
    return answer


def _settle_or_leave(context: DiagnosisContext, answer: FirstAnswer) -> bool:
    """Return whether only the model list may be unavailable; the encryption is settled then."""
    cause = answer.failure.cause if answer.failure is not None else ""
    if cause not in _OF_ONE_ROUTE or not (context.sends_chat or context.sends_texts):
        return False
    _settle_encryption(context)
    return True


def _settle_encryption(context: DiagnosisContext) -> None:
    if context.endpoint.base_url.startswith("https:"):
        context.settle(passed(CheckId.TLS, checks.ENCRYPTED))
    else:
        settle_unencrypted(context)


async def offer_repair(context: DiagnosisContext, failure: Failure) -> None:
    """Offer the URL that a failure names.

    The target of a redirect is not requested, since it may be anyone's.
    """
    repair = failure.facts.get("repair")
    if repair:
        is_ours = failure.cause != "redirect"
        answering = await first_answering(context, (repair,)) if is_ours else None
        context.offer_url(repair, was_tried=answering is not None)


async def settle_silence(context: DiagnosisContext, answer: FirstAnswer) -> None:
    """Settle the check on which a missing response ended."""
    failure = answer.failure or explain("internal")
    await offer_repair(context, failure)
    pid = await is_tunnel(context) if failure.cause in ("closed-without-answer", "connection-reset") else None
    if pid is not None:
        port = str(origin_of(context.endpoint.base_url).port)
        failure = explain_again(failure, "tunnel-far-end-down", port=port, pid=str(pid))
    facts = certificate_facts(failure)
    is_encrypted = context.endpoint.base_url.startswith("https:")
    if failure.cause in _BELOW_TLS or failure.cause == "proxy-failed":
        context.settle(failed(CheckId.TCP, failure, milliseconds=answer.milliseconds))
        return
    if is_encrypted and failure.cause.startswith("tls-"):
        context.settle(failed(CheckId.TLS, failure, *facts, milliseconds=answer.milliseconds))
        return
    _settle_encryption(context)
    context.settle(failed(CheckId.HTTP, failure, milliseconds=answer.milliseconds))


def settle_http(context: DiagnosisContext, answer: FirstAnswer, failure: Failure | None = None) -> None:
    """Settle whether the server responds, or the failure that its response means."""
    took, response = answer.milliseconds, answer.response
    if failure is not None:
        context.settle(failed(CheckId.HTTP, failure, milliseconds=took, details=answer.details))
        return
    facts: tuple[str, ...] = ()
    if response is not None:
        sent, headed = response.trace.marks.get(Phase.SEND), response.trace.marks.get(Phase.BODY)
        facts = (checks.HTTP_STATUS.format(status=response.status),)
        if sent is not None and headed is not None:
            context.findings.timings_ms["ttfb"] = (headed - sent) * 1000
    base = context.endpoint.base_url
    asked = f"POST {chat_url_of(base)}" if response is None else f"GET {models_url_of(base)}"
    title = checks.ANSWERS_REQUEST.format(request=safe_line(asked, 130))
    context.settle(passed(CheckId.HTTP, title, *facts, milliseconds=took))


async def settle_elsewhere(context: DiagnosisContext, answer: FirstAnswer, failure: Failure) -> None:
    """Settle that no API is below the URL, and where one on the same host responds."""
    base = context.endpoint.base_url
    found = await find_base(context.endpoint, lambda at, url: look(context, at, url))
    if found is None:
        settle_http(context, answer, failure)
        return
    context.offer_url(found, was_tried=True)
    better = told_elsewhere(failure, base, found)
    facts = (checks.NOT_AN_API.format(url=base), checks.IS_AN_API.format(url=found))
    context.settle(
        failed(CheckId.HTTP, better, *facts, milliseconds=answer.milliseconds, details=answer.details)
    )


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
