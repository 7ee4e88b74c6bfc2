"""The checks on the first answer: encryption, HTTP, key. One request of the model list tells them all."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckId, CheckResult, Repair, failed, passed, skipped
from tui.core.endpoint_url import models_url_of
from tui.core.failure import Failure, LmdeckError
from tui.core.key_rules import literal_trouble
from tui.core.provider import KeyHeader
from tui.core.safe_text import safe_line
from tui.net.addresses import origin_of
from tui.net.certificate import read_certificate
from tui.net.completion import complete_refusal
from tui.net.exchange import Phase
from tui.net.fetch import Fetched, fetch
from tui.net.headers import is_secret_header
from tui.net.probe.evidence import first_answering, look, other_bases
from tui.net.probe.local import is_tunnel
from tui.net.probe.run import Run
from tui.wire.errors import classify_error
from tui.wire.models import ModelList, read_models

_BELOW_TLS = ("dns-unknown-host", "dns-unavailable", "connection-refused", "connect-timeout", "no-route")
_NO_SUCH_PATH = ("wrong-path", "method-not-allowed", "unexpected-response")
"""The base URL may be another one, or there is no model list."""
ACCESS_CAUSES = ("auth", "auth-scheme", "forbidden")
"""The server answers, but not to this key."""
_SOON = timedelta(days=14)
_SHOWN_BODY = 2_000


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What came of the request for the model list."""

    response: Fetched | None = None
    models: ModelList | None = None
    failure: Failure | None = None
    milliseconds: float = 0.0

    @property
    def details(self) -> tuple[str, ...]:
        """Request and response, without what is secret."""
        if self.response is None:
            return ()
        headers = [
            f"{name}: {'•••' if is_secret_header(name) else value}"
            for name, value in self.response.headers.items()
        ]
        body = self.response.body[:_SHOWN_BODY].decode("utf-8", "replace")
        return (f"GET {self.response.url}", f"status {self.response.status}", *headers, body)


async def ask(run: Run) -> FirstAnswer:
    """Ask for the model list; while the model is being loaded, ask again until the limit."""
    deadline = time.perf_counter() + run.limits.loading_seconds
    started = time.perf_counter()
    while True:
        answer = await _ask_once(run)
        if answer.failure is None or answer.failure.cause != "loading" or time.perf_counter() >= deadline:
            return answer
        run.progress(f"The model is still being loaded: waiting for {time.perf_counter() - started:.0f} s.")
        left = max(0.0, deadline - time.perf_counter())
        await asyncio.sleep(min(run.limits.loading_interval_seconds, left + 0.01))


async def _ask_once(run: Run) -> FirstAnswer:
    url = models_url_of(run.endpoint.base_url)
    started = time.perf_counter()
    try:
        response = await fetch(
            run.services.factory,
            run.endpoint,
            url,
            seconds=run.limits.answer_seconds,
            second_look_seconds=run.limits.second_look_seconds,
        )
    except LmdeckError as error:
        return FirstAnswer(failure=error.failure, milliseconds=_since(started))
    took = _since(started)
    models = read_models(response.body) if response.status < 300 else None
    if models is not None:
        return FirstAnswer(response, models, None, took)
    return FirstAnswer(response, None, _classify(run, response), took)


def _classify(run: Run, response: Fetched) -> Failure:
    route = run.findings.route
    if response.status == 407 and not route.is_direct:
        return explain("proxy-failed", status=407, proxy=route.proxy, variable=route.variable)
    redactor = run.services.redactor
    failure = classify_error(response.status, response.headers, response.body, redactor)
    location = response.headers.get("location")
    return complete_refusal(failure, run.endpoint, route="/models", location=location, redactor=redactor)


async def check_answer(run: Run) -> FirstAnswer | None:
    """Ask, and settle encryption, HTTP and key; ``None`` where that was not worth trying.

    An answer that is no model list leaves HTTP open where a chat may still work: its failure is set
    and the HTTP check is not settled.
    """
    if not run.can_try(CheckId.TLS):
        return None
    answer = await ask(run)
    if answer.response is None:
        await _settle_silence(run, answer)
        return None
    run.findings.headers = dict(answer.response.headers)
    _settle_tls(run, answer.response)
    failure = answer.failure
    if failure is None or failure.cause in ACCESS_CAUSES:
        settle_http(run, answer)
    elif failure.cause in _NO_SUCH_PATH:
        await _find_base(run, answer, failure)
    else:
        await _offer_repair(run, failure)
        settle_http(run, answer, failure)
    return answer


async def _offer_repair(run: Run, failure: Failure) -> None:
    """Offer the URL that a failure names; a redirect's target is not asked, it may be anybody's."""
    repair = failure.facts.get("repair")
    if repair:
        is_ours = failure.cause != "redirect"
        answering = await first_answering(run, (repair,)) if is_ours else None
        run.offer_url(repair, was_tried=answering is not None)


async def _settle_silence(run: Run, answer: FirstAnswer) -> None:
    """No response came: say on which rung it ended."""
    failure = answer.failure or explain("internal")
    await _offer_repair(run, failure)
    pid = await is_tunnel(run) if failure.cause in ("closed-without-answer", "connection-reset") else None
    if pid is not None:
        port = str(origin_of(run.endpoint.base_url).port)
        failure = explain(
            "tunnel-far-end-down",
            status=None,
            server_message=None,
            chain=failure.chain,
            port=port,
            pid=str(pid),
        )
    facts = _certificate_facts(failure)
    is_encrypted = run.endpoint.base_url.startswith("https:")
    if failure.cause in _BELOW_TLS or failure.cause == "proxy-failed":
        run.settle(failed(CheckId.TCP, failure, milliseconds=answer.milliseconds))
        return
    if is_encrypted and failure.cause.startswith("tls-"):
        run.settle(failed(CheckId.TLS, failure, *facts, milliseconds=answer.milliseconds))
        return
    if is_encrypted:
        run.settle(passed(CheckId.TLS, "The connection is encrypted."))
    else:
        _settle_unencrypted(run)
    run.settle(failed(CheckId.HTTP, failure, milliseconds=answer.milliseconds))


def _certificate_facts(failure: Failure) -> tuple[str, ...]:
    labels = {
        "names": "the certificate is for",
        "issuer": "signed by",
        "begins": "valid from",
        "expired": "valid until",
        "fingerprint": "SHA-256",
    }
    return tuple(f"{label} {failure.facts[name]}" for name, label in labels.items() if name in failure.facts)


def _settle_unencrypted(run: Run) -> None:
    run.settle(skipped(CheckId.TLS, "Not used: the URL says http://."), blocks=False)


def _settle_tls(run: Run, response: Fetched) -> None:
    exchange = response.exchange
    if not run.endpoint.base_url.startswith("https:"):
        _settle_unencrypted(run)
        return
    begun, done = exchange.marks.get(Phase.TLS), exchange.marks.get(Phase.SEND)
    took = (done - begun) * 1000 if begun is not None and done is not None else None
    if took is not None:
        run.findings.timings_ms["tls"] = took
    facts = _describe_certificate(exchange.certificate)
    if run.endpoint.tls.insecure:
        unverified = explain("tls-not-verified")
        run.settle(failed(CheckId.TLS, unverified, *facts, milliseconds=took, as_warning=True))
        return
    title = f"Encrypted ({exchange.tls_version or 'TLS'}), certificate accepted."
    run.settle(passed(CheckId.TLS, title, *facts, milliseconds=took))


def _describe_certificate(der: bytes | None) -> tuple[str, ...]:
    try:
        found = read_certificate(der or b"")
    except ValueError:
        return ()  # behind a proxy, or of a form that is not known here
    left = found.ends - datetime.now(UTC)
    soon = f", in {left.days} days" if timedelta(0) < left < _SOON else ""
    return (
        f"certificate for {safe_line(', '.join(found.names), 200)}",
        f"signed by {safe_line(found.issuer, 100)}, valid until {found.ends:%Y-%m-%d}{soon}",
        f"SHA-256 {found.sha256}",
    )


def settle_http(run: Run, answer: FirstAnswer, failure: Failure | None = None) -> None:
    """Record that the server answers, or the failure that its answer means."""
    took, response = answer.milliseconds, answer.response
    if failure is not None:
        run.settle(failed(CheckId.HTTP, failure, milliseconds=took, details=answer.details))
        return
    facts: tuple[str, ...] = ()
    if response is not None:
        sent, headed = response.exchange.marks.get(Phase.SEND), response.exchange.marks.get(Phase.BODY)
        facts = (f"HTTP status {response.status}",)
        if sent is not None and headed is not None:
            run.findings.timings_ms["ttfb"] = (headed - sent) * 1000
    title = f"The server answers GET {safe_line(models_url_of(run.endpoint.base_url), 120)}."
    run.settle(passed(CheckId.HTTP, title, *facts, milliseconds=took))


async def _find_base(run: Run, answer: FirstAnswer, failure: Failure) -> None:
    """The path is not that of a model list: try where the API usually is."""
    found = await first_answering(run, other_bases(run.endpoint.base_url))
    if found is None:
        return
    run.offer_url(found, was_tried=True)
    is_v1 = found == f"{run.endpoint.base_url}/v1"
    better = explain(
        "url-missing-v1" if is_v1 else "wrong-path",
        status=failure.status,
        server_message=failure.server_message,
        repair=found,
        evidence="(tried: it answers)",
    )
    facts = (f"{run.endpoint.base_url} does not answer as an API", f"{found} does")
    run.settle(failed(CheckId.HTTP, better, *facts, milliseconds=answer.milliseconds, details=answer.details))


async def judge_key(run: Run, answer: FirstAnswer) -> CheckResult:
    """Judge whether the key was accepted; where it was not, find out what would be."""
    endpoint = run.endpoint
    if answer.failure is None or answer.failure.cause not in ACCESS_CAUSES:
        return passed(CheckId.AUTH, await _describe_access(run, answer))
    failure = answer.failure
    if failure.cause != "forbidden":
        failure = await _explain_refused_key(run, failure)
    asked = run.findings.headers.get("www-authenticate")
    facts = (
        [f"the key comes from {endpoint.key_source or 'the command line'}"]
        if endpoint.key
        else ["no key was sent"]
    )
    if asked:
        facts.append(f"the server asks for: {safe_line(run.services.redactor.redact(asked), 120)}")
    return failed(CheckId.AUTH, failure, *facts, details=answer.details)


async def _describe_access(run: Run, answer: FirstAnswer) -> str:
    if not run.endpoint.key:
        return "No key was sent, and the server asks for none."
    if answer.models is None:
        return "The key was sent and not refused."
    url = models_url_of(run.endpoint.base_url)
    open_answer = await look(run, run.without_key, url)
    is_open = open_answer is not None and open_answer.status < 300
    return "The server shows its models without a key, too." if is_open else "The server accepts the key."


async def _explain_refused_key(run: Run, failure: Failure) -> Failure:
    """Try the same request without the key and with the other headers that servers want it in."""
    endpoint = run.endpoint
    asked = failure.facts.get("scheme", "")
    scheme = asked if asked.lower() != endpoint.key_header else None
    if not endpoint.key:
        return _explain("auth", failure, key_source=None, scheme=scheme)
    trouble = literal_trouble(endpoint.key.reveal())
    if trouble is not None:
        return _explain("key-malformed", failure, reason=trouble.reason, key_source=endpoint.key_source)
    others = [header for header in KeyHeader if header is not endpoint.key_header]
    tries: list[Endpoint] = [run.without_key, *(replace(endpoint, key_header=header) for header in others)]
    url = models_url_of(endpoint.base_url)
    answers = await asyncio.gather(*(look(run, tried, url) for tried in tries))
    works = [answer is not None and answer.status < 300 for answer in answers]
    for header, is_accepted in zip(others, works[1:], strict=True):
        if is_accepted and not works[0]:
            text = f"The key is accepted in the header {header}: use it?"
            run.offer(Repair("key-header", text, {"key_header": str(header)}))
            return _explain("auth-scheme", failure, scheme=f"the header {header}")
    if works[0]:
        run.offer(Repair("key", "The server answers without a key: use none?", {"api_key": ""}))
        return _explain("auth-scheme", failure, scheme=scheme)
    return _explain("auth", failure, key_source=endpoint.key_source, scheme=scheme)


def _explain(cause: str, failure: Failure, **facts: str | None) -> Failure:
    return explain(
        cause, status=failure.status, server_message=failure.server_message, chain=failure.chain, **facts
    )


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
