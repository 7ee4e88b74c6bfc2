"""Turns an exception of a request into a failure of the catalogue.

The libraries' own messages are often empty, and the reason is further down: the whole chain of causes is
searched. If the exception is ambiguous, what happened on the wire (``net.request_trace``) decides.
"""

from __future__ import annotations

import errno
import socket
import ssl

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.endpoint_url import inspect_url
from tui.core.failure import Failure, LmdeckError
from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.net.addresses import Origin, origin_of, replace_origin
from tui.net.classify_tls import classify_tls
from tui.net.decoding import BadEncoding, GrowsTooMuch
from tui.net.failed_case import (
    BEFORE_CONNECTION,
    FailedCase,
    is_proxy_fault,
    met_proxy,
    proxy_facts,
    proxy_words,
    walk_chain,
)
from tui.net.proxies import Route
from tui.net.request_trace import Phase, RequestTrace
from tui.net.sniff import sniff

_REFUSED = (errno.ECONNREFUSED,)
_NO_ROUTE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EHOSTDOWN)
_CUT = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ESHUTDOWN, errno.ENOTCONN)
_OF_THE_NEXT_HOP = (
    "not-http",
    "http2-only",
    "plain-on-tls-port",
    "closed-without-answer",
    "connection-reset",
)
"""Outside a tunnel, these concern the host that is connected to: a proxy does not pass them on."""
_INTERIM = lazy_pattern(rb"HTTP/1\.\d 1\d\d")


def classify_exception(
    error: BaseException,
    *,
    endpoint: Endpoint,
    phase: Phase | str | None = None,
    trace: RequestTrace | None = None,
    redactor: Redactor | None = None,
    seconds: float | None = None,
    route: Route | None = None,
) -> Failure:
    """Return the failure for an exception of a request.

    Args:
        phase: how far the request had come; by default from ``trace``.
        exchange: what happened on the wire.
        redactor: erases keys from the technical details.
        seconds: the time limit that was exceeded, if any.
        route: how the request was sent; by default as in the exchange.
    """
    errors = tuple(walk_chain(error))
    for known in errors:
        if isinstance(known, LmdeckError):
            return known.failure
    seen = trace or RequestTrace()
    try:
        origin = origin_of(endpoint.base_url)
    except ValueError:
        origin = Origin("", "", 0)
    case = FailedCase(errors, endpoint, origin, seen, seen.phase if phase is None else Phase(phase), seconds)
    cause, facts = _decide(case, route)
    eraser = redactor or Redactor()
    chain = tuple(_describe(known, eraser) for known in errors)
    safe = {name: eraser.redact(value) for name, value in facts.items() if value}
    return explain(cause, status=None, server_message=proxy_words(case, eraser), chain=chain, **safe)


_Verdict = tuple[str, dict[str, str | None]]


def _decide(case: FailedCase, route: Route | None) -> _Verdict:
    for rule in (_configuration, _encoding):
        verdict = rule(case)
        if verdict is not None:
            return verdict
    by_proxy: _Verdict = "proxy-failed", proxy_facts(route)
    if is_proxy_fault(case, route):
        return _with_plain_proxy(case, by_proxy)
    for rule in (_name, _tls, _time, _system, _protocol):
        verdict = rule(case)
        if verdict is not None:
            return by_proxy if verdict[0] in _OF_THE_NEXT_HOP and met_proxy(case, route) else verdict
    reason = next((str(error) for error in reversed(case.errors) if str(error)), None)
    facts: dict[str, str | None] = {"host": case.origin.host, "reason": reason}
    return "connection-failed", facts


def _configuration(case: FailedCase) -> _Verdict | None:
    if not any(case.find(name) for name in ("InvalidURL", "UnsupportedProtocol")) and case.origin.host:
        return None
    for problem in inspect_url(case.endpoint.base_url).problems:
        if problem.is_error:
            return problem.cause, {"repair": problem.repair}
    return "url-malformed", {"reason": str(case.errors[0])}


def _encoding(case: FailedCase) -> _Verdict | None:
    for error in case.errors:
        if isinstance(error, BadEncoding):
            return "bad-encoding", {"encoding": error.unknown and safe_line(error.unknown, 40)}
    if case.find("DecodingError"):
        return "bad-encoding", {}
    if any(isinstance(error, GrowsTooMuch) for error in case.errors):
        return "answer-too-large", {}
    return None


def _name(case: FailedCase) -> _Verdict | None:
    host: dict[str, str | None] = {"host": case.origin.host}
    for error in case.errors:
        if isinstance(error, socket.gaierror):
            if error.errno == socket.EAI_SERVICE:
                return "url-bad-port", {"port": str(case.origin.port)}
            unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", -5))
            return ("dns-unknown-host" if unknown else "dns-unavailable"), host
        if isinstance(error, UnicodeError) and case.phase in BEFORE_CONNECTION:
            return "dns-unknown-host", host
        if isinstance(error, OverflowError) and case.phase in BEFORE_CONNECTION:
            return "url-bad-port", {"port": str(case.origin.port)}
    return None


def _tls(case: FailedCase) -> _Verdict | None:
    for error in case.errors:
        if isinstance(error, ssl.SSLError):
            cause, facts = classify_tls(error, case.endpoint, case.trace)
            return cause, _with_repair(case, cause, facts)
    return None


def _time(case: FailedCase) -> _Verdict | None:
    if not (case.find("TimeoutException") or any(isinstance(error, TimeoutError) for error in case.errors)):
        return None
    host: dict[str, str | None] = {"host": case.origin.host, "seconds": case.limit}
    if any(isinstance(error, OSError) and error.errno == errno.ETIMEDOUT for error in case.errors):
        return _given_up_by_system(case)
    match case.phase:
        case Phase.PREPARE | Phase.CONNECT:
            return "connect-timeout", {"address": case.origin.authority, "seconds": case.limit}
        case Phase.LOOKUP:
            return "dns-unavailable", host
        case Phase.TLS:
            return "tls-stalled", host
        case Phase.BODY:
            return "stream-stalled", host
    return ("headers-stalled" if case.trace.received else "no-answer"), host


def _system(case: FailedCase) -> _Verdict | None:
    codes = [error.errno for error in case.errors if isinstance(error, OSError) and error.errno]
    host: dict[str, str | None] = {"host": case.origin.host, "port": str(case.origin.port)}
    for code in codes:
        if code in _REFUSED:
            return "connection-refused", host
        if code in _NO_ROUTE:
            return "no-route", host
        if code in _CUT:
            return ("stream-reset" if case.phase is Phase.BODY else _cut_cause(case)), host
    return None


def _given_up_by_system(case: FailedCase) -> _Verdict:
    """The system itself received no response: to its first packet, or to keep-alive probes."""
    if case.phase in BEFORE_CONNECTION:
        return "connect-timeout", {"address": case.origin.authority}
    lost = "stream-reset" if case.phase is Phase.BODY else "connection-reset"
    return lost, {"host": case.origin.host}


def _cut_cause(case: FailedCase) -> str:
    """A server that requires a certificate may close the connection before its alert is read."""
    return "connection-reset" if sniff(bytes(case.trace.first_bytes)) in (None, "http") else "not-http"


def _protocol(case: FailedCase) -> _Verdict | None:
    error = case.find("RemoteProtocolError")
    if error is None:
        if case.find("ReadError") or case.find("WriteError"):
            host: dict[str, str | None] = {"host": case.origin.host}
            return ("stream-reset" if case.phase is Phase.BODY else "connection-reset"), host
        return None
    text = str(error)
    if case.phase is Phase.BODY:
        is_cut = "closed connection" in text or "disconnected" in text
        return ("stream-truncated" if is_cut else "http-framing"), {}
    return _head_verdict(case, text)


def _head_verdict(case: FailedCase, text: str) -> _Verdict:
    """Describe an invalid response head by the bytes that it began with."""
    facts: dict[str, str | None] = {"host": case.origin.host, "port": str(case.origin.port)}
    protocol = sniff(bytes(case.trace.first_bytes))
    if protocol == "http2":
        return "http2-only", facts
    if protocol == "tls":
        return "plain-on-tls-port", _with_repair(case, "plain-on-tls-port", facts)
    if protocol == "http":
        if "too long" in text:
            return ("interim-flood" if _is_interim(case) else "headers-too-large"), facts
        return ("closed-without-answer" if "disconnected" in text else "http-framing"), facts
    if not case.trace.first_bytes and "disconnected" in text:
        return "closed-without-answer", facts
    return "not-http", {**facts, "protocol": protocol}


def _is_interim(case: FailedCase) -> bool:
    """Return whether the received bytes began with an interim response: status 100 to 199."""
    return _INTERIM.match(case.trace.first_bytes) is not None


def _with_repair(case: FailedCase, cause: str, facts: dict[str, str | None]) -> dict[str, str | None]:
    """Add the URL with the other scheme, if that is the advice."""
    scheme = {"tls-on-plain-port": "http", "plain-on-tls-port": "https"}.get(cause)
    repair = replace_origin(case.endpoint.base_url, scheme=scheme) if scheme else None
    return {"host": case.origin.host, "port": str(case.origin.port), **facts, "repair": repair}


def _with_plain_proxy(case: FailedCase, by_proxy: _Verdict) -> _Verdict:
    """Add the proxy's address without TLS, where it speaks none."""
    cause, facts = by_proxy
    verdict = _tls(case)
    if verdict is None or verdict[0] != "tls-on-plain-port":
        return by_proxy
    return cause, {**facts, "plain": f"http:{(facts.get('proxy') or '').partition(':')[2]}"}


def _describe(error: BaseException, redactor: Redactor) -> str:
    text = redactor.redact(str(error)).strip()
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
