"""Simulates each failure of the catalogue on loopback, without privileges; for tests and benchmarks."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Mapping

from tests.support import certificates, refusal_cases
from tests.support.catalogue import (
    CASES,
    KEY,
    Case,
    Situation,
    case,
    chatting,
    plain,
    refusal,
    serve,
    stream,
)
from tests.support.fake_api import FINISH_EVENT, STREAM_END, USAGE_EVENT, FakeApi, model_list
from tests.support.fault_server import Answer, Connection, FaultServer, Tls, full_backlog, refused_port
from tests.support.stream_samples import delta, gzip_bomb, sse_stream
from tui.core.provider import TlsSettings

__all__ = ["CASES", "KEY", "Case", "Situation", "has_ipv6"]

refusal_cases.register()


# --- A: configuration -------------------------------------------------------------------------------

serve("url-no-scheme", FakeApi(), change=lambda url: url.removeprefix("http://"))
serve("url-bad-scheme", FakeApi(), change=lambda url: url.replace("://", ":/"))
plain("url-bad-scheme", "ftp://127.0.0.1:9/v1", label="ftp")
serve("url-invisible-character", FakeApi(), change=lambda url: url + "\u200b")
serve("url-invisible-character", FakeApi(), label="space", change=lambda url: " " + url)
plain("url-bad-port", "http://127.0.0.1:99999/v1")
plain("url-bad-port", "http://127.0.0.1:8000:8000/v1", label="twice")
serve("url-credentials", FakeApi(), change=lambda url: url.replace("://", "://user:p@ss@"))
serve("url-full-route", FakeApi(), change=lambda url: f"{url}/chat/completions")
serve("url-missing-v1", FakeApi(), change=lambda url: url.removesuffix("/v1"))
serve("url-double-slash", FakeApi(), change=lambda url: url.replace("/v1", "//v1"), is_verdict=False)
serve(
    "url-listen-address", FakeApi(), change=lambda url: url.replace("127.0.0.1", "0.0.0.0"), is_verdict=False
)
serve("url-query", FakeApi(), change=lambda url: f"{url}?a=b")
serve("url-doubled-v1", FakeApi(), change=lambda url: f"{url}/v1")
plain("url-malformed", "http://[::1/v1]")
plain("url-empty", " ", needs="api")
serve("key-malformed", FakeApi(), key='"sk-quoted-123456"')
serve("key-malformed", FakeApi(), key="${OPENAI_API_KEY}", label="variable")
serve("key-malformed", FakeApi(key="Bearer right"), key="sk-xxx", label="placeholder")
plain("key-unencrypted", "http://models.example:8000/v1", key=KEY)

# --- B: environment ---------------------------------------------------------------------------------

serve("proxy-captures-local", FakeApi(), is_verdict=False, environment={"HTTP_PROXY": "http://127.0.0.1:9"})
serve(
    "no-proxy-cidr",
    FakeApi(),
    is_verdict=False,
    environment={"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.0/8"},
)
serve(
    "no-proxy-malformed",
    FakeApi(),
    is_verdict=False,
    environment={"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "[::1]"},
)
plain(
    "proxy-socks-unsupported", "http://models.example/v1", environment={"ALL_PROXY": "socks5://127.0.0.1:9"}
)
plain("proxy-malformed", "http://models.example/v1", environment={"HTTP_PROXY": "http://:nonsense"})


@case("proxy-failed")
def _refused_proxy() -> Iterator[Situation]:
    with refused_port() as port:
        yield Situation("http://models.example/v1", environment={"HTTP_PROXY": f"http://127.0.0.1:{port}"})


@case("proxy-failed", "login")
def _proxy_that_wants_a_login() -> Iterator[Situation]:
    with FaultServer(Answer(b"", status="407 Proxy Authentication Required"), path="") as proxy:
        yield Situation("http://models.example/v1", environment={"HTTP_PROXY": proxy.base_url})


def _refused(cause: str, environment: Mapping[str, str]) -> None:
    @case(cause, is_verdict=False)
    def make() -> Iterator[Situation]:
        with refused_port() as port:
            yield Situation(f"http://127.0.0.1:{port}/v1", environment=environment)


_refused("localhost-is-container", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"})
_refused("localhost-is-wsl", {"WSL_DISTRO_NAME": "Ubuntu"})
_refused("localhost-is-remote-host", {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"})

# --- C: connection ----------------------------------------------------------------------------------


@case("connection-refused")
def _nothing_listens() -> Iterator[Situation]:
    with refused_port() as port:
        yield Situation(f"http://127.0.0.1:{port}/v1")


@case("connect-timeout")
def _unanswered() -> Iterator[Situation]:
    with full_backlog() as port:
        yield Situation(f"http://127.0.0.1:{port}/v1")


@case("wrong-ip-family", needs="ipv6")
def _only_ipv6() -> Iterator[Situation]:
    with FaultServer(FakeApi(), host="::1") as server:
        yield Situation(f"http://127.0.0.1:{server.port}/v1")


@case("wrong-ip-family", "reverse", needs="ipv6")
def _only_ipv4() -> Iterator[Situation]:
    with FaultServer(FakeApi()) as server:
        yield Situation(f"http://[::1]:{server.port}/v1")


serve("connection-reset", "reset-after-request")
serve("closed-without-answer", "close-without-answer")
serve("no-answer", "silence", needs="limits")
serve("not-http", "ssh-banner", needs="limits")
serve("not-http", "ssh-banner-and-close", label="close")
serve("http2-only", "http2-frames")
serve("headers-stalled", "slow-headers", needs="limits")
serve("headers-too-large", "huge-header")

# --- D: encryption ----------------------------------------------------------------------------------

_TRUST = {"SSL_CERT_FILE": str(certificates.CA)}

serve("tls-on-plain-port", "plain-http-on-tls", scheme="https")
serve("tls-no-handshake", "plain-patient", scheme="https", needs="limits")
serve("plain-on-tls-port", FakeApi(), tls=Tls(), scheme="http")
serve("plain-on-tls-port", "nginx-plain-on-tls", label="nginx")
serve("tls-self-signed", FakeApi(), tls=Tls(certificates.SELF_SIGNED))
serve("tls-hostname-mismatch", FakeApi(), tls=Tls(certificates.WRONG_HOST), environment=_TRUST)
serve("tls-expired", FakeApi(), tls=Tls(certificates.EXPIRED), environment=_TRUST)
serve("tls-unknown-ca", FakeApi(), tls=Tls(certificates.INCOMPLETE_CHAIN), environment=_TRUST)
serve(
    "tls-client-certificate-required", FakeApi(), tls=Tls(wants_client_certificate=True), environment=_TRUST
)
serve("tls-version", FakeApi(), tls=Tls(highest=ssl.TLSVersion.TLSv1_1), environment=_TRUST)
serve("tls-stalled", "tls-stalled", scheme="https", needs="limits")
serve("tls-pin-mismatch", FakeApi(), tls=Tls(), needs="api", settings=TlsSettings(pinned_sha256="0" * 64))
serve(
    "tls-file-unreadable",
    FakeApi(),
    tls=Tls(),
    needs="api",
    settings=TlsSettings(ca_file="/nonexistent/ca.pem"),
)
serve(
    "tls-not-verified",
    FakeApi(),
    tls=Tls(certificates.SELF_SIGNED),
    is_verdict=False,
    needs="api",
    settings=TlsSettings(insecure=True),
)

# --- E: HTTP, key, model ----------------------------------------------------------------------------

serve("auth", FakeApi(key=f"Bearer {KEY}"), key="sk-another-9876543210")
serve("auth", FakeApi(key=f"Bearer {KEY}"), label="no-key")
chatting("auth", "http-401-openai", label="in-chat")
serve("auth-scheme", FakeApi(accepts=lambda head: "authorization:" not in head), key=KEY)
serve("auth-scheme", FakeApi(accepts=lambda head: "x-api-key:" in head), key=KEY, label="header")
serve("forbidden", "http-403", key=KEY)
chatting("model-not-found", "http-404-model", model="gpt")
serve("wrong-path", "http-404-path")
chatting("method-not-allowed", "http-405")
serve("method-not-allowed", "http-405", label="everywhere")
serve("unexpected-response", "http-200-html")
serve("unexpected-response", "http-200-empty", label="empty")
serve("unexpected-response", "http-200-other-json", label="json")
serve("redirect", "http-301")
chatting("context-too-long", "http-400-context")
chatting("unsupported-param", refusal("400-parameter"))
chatting("no-chat-template", "http-400-template")
chatting("roles-refused", refusal("400-roles"))
chatting("gateway-timeout", "http-504-nginx")
chatting("gateway-timeout", "http-408", label="408")
chatting("body-too-large", "http-413")
chatting("invalid-request", "http-422")
chatting("rate-limited", "http-429")
chatting("quota", "http-429-quota")
chatting("server-error", "http-500")
serve("bad-gateway", "http-502-nginx")
serve("loading", "http-503-loading")
serve("no-model-loaded", FakeApi(models=model_list()), model="")
serve("no-model-list", FakeApi(models=None), is_verdict=False)


def _json(value: object, status: str) -> Answer:
    return Answer(json.dumps(value).encode(), status)


chatting(
    "overloaded",
    _json({"error": {"message": "The request queue is full.", "type": "Service Unavailable"}}, "503 Busy"),
)
chatting(
    "thinking-unsupported",
    _json(
        {"error": {"message": '"m" does not support thinking', "type": "invalid_request_error"}}, "400 Bad"
    ),
)

# --- F: stream --------------------------------------------------------------------------------------


def _buffered(connection: Connection) -> None:
    """Nothing for a while, then the whole stream at once."""
    connection.read_request()
    connection.start_stream()
    connection.pause(0.4)
    pieces = b"".join(delta(f"{number} ") for number in range(12))
    connection.send_chunks(pieces + FINISH_EVENT + USAGE_EVENT + STREAM_END)
    connection.send(b"0\r\n\r\n")


def _bomb(connection: Connection) -> None:
    """4 MB of text in one event, compressed a thousandfold."""
    connection.read_request()
    connection.start_stream("Content-Encoding: gzip")
    connection.send_chunks(gzip_bomb(4_000_000))
    connection.send(b"0\r\n\r\n")


_LENGTH = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\n'
_STOP = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'

chatting("stream-buffered", _buffered, is_verdict=False)
chatting("stream-ignored", "stream-ignored", is_verdict=False)
chatting("stream-unfinished", "unfinished")
chatting("stream-truncated", "truncated-chunked")
chatting("stream-truncated", "truncated-length", label="length")
chatting("stream-reset", "reset-mid-stream")
chatting("stream-stalled", "stall-mid-stream", needs="limits")
chatting("stream-keepalive-only", "keepalive-only", needs="limits")
chatting("http-framing", "bad-chunk-size")
chatting("server-error", "error-mid-stream", label="in-stream")
chatting("bad-encoding", "gzip-lie")
chatting("answer-too-large", _bomb)
chatting("malformed-event", "malformed-events", is_verdict=False)
chatting("thinking-ate-budget", stream(delta("Hm", field="reasoning"), _LENGTH, STREAM_END), is_verdict=False)
chatting("empty-answer", stream(_STOP, STREAM_END))
chatting(
    "usage-missing", Answer(sse_stream(delta("Hello")), content_type="text/event-stream"), is_verdict=False
)


def has_ipv6() -> bool:
    """Whether this machine has the IPv6 loopback address."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False
