"""The route of requests; traffic within this machine never uses a proxy."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from tests.support import certificates
from tests.support.chatting import Chatter
from tests.support.check_runner import run_check
from tests.support.fault_server import Answer, Connection, FaultServer, Tls, refused_port, stream_answer
from tests.support.stream_samples import delta
from tests.support.tunnel import tunnel_to
from tui.core.chat import Endpoint
from tui.core.provider import TlsSettings
from tui.core.secret import Secret
from tui.net.client import ClientFactory
from tui.net.probe.target import ProbeTarget
from tui.net.proxies import choose_route

PROXY = "http://proxy.example:3128"
REMOTE = "http://models.example/v1"


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, REMOTE, None),
        ({"HTTP_PROXY": PROXY}, REMOTE, PROXY),
        ({"HTTP_PROXY": PROXY}, "https://models.example/v1", None),
        ({"https_proxy": PROXY}, "https://models.example/v1", PROXY),
        ({"ALL_PROXY": PROXY}, REMOTE, PROXY),
        ({"HTTP_PROXY": "proxy.example:3128"}, REMOTE, PROXY),
        ({"http_proxy": "http://other.example:1", "HTTP_PROXY": PROXY}, REMOTE, "http://other.example:1"),
        ({"HTTP_PROXY": "http://user:secret@proxy.example:3128"}, REMOTE, PROXY),
        ({"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, REMOTE, None),
        ({"HTTP_PROXY": "  "}, REMOTE, None),
    ],
)
def test_the_variables_name_the_proxy(environment: dict[str, str], url: str, proxy: str | None) -> None:
    route = choose_route(url, environment)
    assert route.proxy == proxy
    assert "secret" not in repr(route) + route.describe()


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.8.9.1", "localhost", "a.localhost", "[::1]", "LOCALHOST", "localhost."),
        *("0.0.0.0", "[::]", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "0177.1"),
    ],
)
def test_loopback_goes_around_every_proxy(host: str) -> None:
    route = choose_route(f"http://{host}:8000/v1", {"HTTP_PROXY": PROXY, "ALL_PROXY": "socks5://x:1"})
    assert route.is_direct
    assert route.failure is None
    assert (route.variable, route.reason) == ("HTTP_PROXY", "loopback")


@pytest.mark.parametrize(
    ("entries", "host", "is_direct"),
    [
        ("*", "models.example", True),
        ("models.example", "models.example", True),
        ("example", "models.example", True),
        (".example", "models.example", True),
        ("*.example", "models.example", True),
        ("odels.example", "models.example", False),
        ("other.example, models.example", "models.example", True),
        ("models.example:80", "models.example", True),
        ("models.example:81", "models.example", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "models.example", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("fe80::/10", "[fe80::1]", True),
        ("[fd00::1]", "[fd00::1]", True),
        ("[fd00::1]:80", "[fd00::1]", True),
        ("fd00::1", "[fd00::1]", True),
        ("fd00::1", "[fd00::2]", False),
        ("10.1.2.3/8", "10.9.9.9", True),
        ("10.0.0.0/8", "[::ffff:10.1.2.3]", True),
        ("10.1.2.3", "[::ffff:10.1.2.3]", True),
        ("::ffff:10.1.2.3", "10.1.2.3", True),
        ("fd00::/8", "10.1.2.3", False),
        ("10.0.0.0/8", "0x0a.1.2.3", True),
        ("xn--bcher-kva.example", "bücher.example", True),
        ("bücher.example", "xn--bcher-kva.example", True),
        ("BÜCHER.example", "models.bücher.example", True),
        ("models.example.", "models.example", True),
        ("models.example", "models.example.", True),
        ("my_host-1", "my_host-1", True),
    ],
)
def test_no_proxy_knows_names_addresses_ranges_and_ports(entries: str, host: str, is_direct: bool) -> None:
    route = choose_route(f"http://{host}/v1", {"HTTP_PROXY": PROXY, "NO_PROXY": entries})
    assert route.is_direct is is_direct
    assert route.problems == ()


@pytest.mark.parametrize(
    "entry",
    [
        *("10.0.0.0/99", "[::1", "[::1]x", "host:port", "a/b", "user@host", "http://x", "10.*", "<local>"),
        *("a;b", '"quoted"', "'quoted'", "a..b", "10.1", "%", "*.", "ü" * 70),
    ],
)
def test_an_entry_that_cannot_be_read_is_named_and_the_others_hold(entry: str) -> None:
    environment = {"HTTP_PROXY": PROXY, "NO_PROXY": f"{entry},models.example"}
    route = choose_route(REMOTE, environment)
    assert route.is_direct
    assert [problem.cause for problem in route.problems] == ["no-proxy-malformed"]
    assert route.problems[0].facts["entry"] == entry


@pytest.mark.parametrize("separator", ["\t", "\n", ";", "; "])
def test_what_separates_no_entries_is_named_and_seen(separator: str) -> None:
    environment = {"HTTP_PROXY": PROXY, "no_proxy": f"other.example{separator}models.example"}
    route = choose_route(REMOTE, environment)
    assert [problem.cause for problem in route.problems] == ["no-proxy-malformed"]
    assert "has no effect" in route.problems[0].title
    assert "separated by commas" in route.problems[0].advice
    assert separator.strip(" ").encode("unicode_escape").decode() in route.problems[0].title


def test_an_entry_without_effect_is_named_also_behind_one_that_covers() -> None:
    environment = {"HTTP_PROXY": PROXY, "NO_PROXY": "models.example,<local>"}
    assert [problem.facts["entry"] for problem in choose_route(REMOTE, environment).problems] == ["<local>"]


def test_a_host_that_cannot_be_encoded_is_no_fault_of_the_entries() -> None:
    environment = {"HTTP_PROXY": PROXY, "NO_PROXY": "models.example"}
    assert choose_route(f"http://{'ü' * 70}.example/v1", environment).problems == ()


@pytest.mark.parametrize("value", ["none", "off", "DIRECT", "false", "0"])
def test_a_word_for_no_proxy_is_not_taken_for_a_host(value: str) -> None:
    failure = choose_route(REMOTE, {"HTTP_PROXY": value}).failure
    assert failure is not None
    assert failure.cause == "proxy-malformed"
    assert "$HTTP_PROXY" in failure.title


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("socks5://proxy.example:1080", "proxy-socks-unsupported"),
        ("socks4://proxy.example", "proxy-socks-unsupported"),
        ("ftp://proxy.example", "proxy-malformed"),
        ("http://", "proxy-malformed"),
        ("http://proxy.example:port", "proxy-malformed"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_a_failure_and_no_crash(value: str, cause: str) -> None:
    factory = ClientFactory({"all_proxy": value})
    reply = await Chatter(factory)(Endpoint(REMOTE))
    assert reply.cause == cause
    await factory.aclose()


async def test_a_local_endpoint_is_asked_directly_with_its_key() -> None:
    with FaultServer() as server, FaultServer(Answer(status="502 Bad Gateway")) as proxy:
        factory = ClientFactory({"HTTP_PROXY": f"http://127.0.0.1:{proxy.port}"})
        reply = await Chatter(factory)(Endpoint(server.base_url, Secret("sk-canary-0123456789")))
        await factory.aclose()
    assert reply.answer == "Hello there"
    assert proxy.connections == 0


async def test_a_remote_endpoint_is_asked_through_the_proxy() -> None:
    with FaultServer(stream_answer(delta("By proxy"))) as proxy:
        factory = ClientFactory({"HTTP_PROXY": f"http://user:word@127.0.0.1:{proxy.port}"})
        reply = await Chatter(factory)(REMOTE)
        await factory.aclose()
    assert reply.answer == "By proxy"
    assert proxy.requests[0].startswith(b"POST http://models.example/v1/chat/completions HTTP/1.1")
    assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in proxy.requests[0]


async def test_an_ipv6_host_keeps_its_brackets_behind_a_proxy() -> None:
    with FaultServer(stream_answer(delta("By proxy"))) as proxy:
        factory = ClientFactory({"HTTP_PROXY": f"http://127.0.0.1:{proxy.port}"})
        chat = Chatter(factory)
        replies = [await chat("http://[fd00::1]:8000/v1"), await chat("http://[fd00::1]/v1")]
        await factory.aclose()
    assert [reply.answer for reply in replies] == ["By proxy"] * 2
    for request, authority in zip(proxy.requests, (b"[fd00::1]:8000", b"[fd00::1]"), strict=True):
        assert request.startswith(b"POST http://%b/v1/chat/completions HTTP/1.1\r\n" % authority)
        assert b"\r\nHost: %b\r\n" % authority in request


async def test_an_ipv6_host_keeps_its_brackets_in_a_tunnel_and_not_in_its_certificate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.net.proxies.is_loopback_host", lambda host: False)
    with FaultServer(tls=Tls()) as server, FaultServer(tunnel_to(server.port)) as proxy:
        variables = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", "SSL_CERT_FILE": str(certificates.CA)}
        factory = ClientFactory(variables)
        reply = await Chatter(factory)("https://[::1]:8443/v1")
        await factory.aclose()
    assert reply.answer == "Hello there"
    assert proxy.requests[0].startswith(b"CONNECT [::1]:8443 HTTP/1.1\r\n")
    assert b"Host: [::1]:8443\r\n" in proxy.requests[0]


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway", "403 Forbidden"])
async def test_a_tunnel_that_is_refused_is_the_proxys_failure(status: str) -> None:
    with FaultServer(Answer(status=status)) as proxy:
        factory = ClientFactory({"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})
        reply = await Chatter(factory)(Endpoint("https://models.example/v1", Secret("sk-canary-0123456789")))
        await factory.aclose()
    assert reply.cause == "proxy-failed"
    assert reply.failure is not None
    assert "HTTPS_PROXY" in reply.failure.title
    assert b"canary" not in b"".join(proxy.requests)


PASSWORD = "Pr0xy-Pa55w0rd+9"
LOGIN = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
CANARY = "sk-canary-0123456789"
TUNNEL_ENDS = {
    "reason": f"HTTP/1.1 502 no way for {PASSWORD}\r\n\r\n",
    "login-in-reason": f"HTTP/1.1 407 not {LOGIN}\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
    "escaped-in-reason": f"HTTP/1.1 403 {PASSWORD.replace('+', '%2B')}\r\n\r\n",
    "page": f"HTTP/1.1 403 Forbidden\r\nContent-Length: 16\r\n\r\n{PASSWORD}",
    "redirect": f"HTTP/1.1 302 Found\r\nLocation: http://login/?p={PASSWORD}\r\n\r\n",
    "header-fault": f"HTTP/1.1 200 OK\r\n{PASSWORD}\r\n\r\n",
    "no-http": f"SSH-2.0-{PASSWORD}\r\n",
    "nothing": "",
}


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("answer", TUNNEL_ENDS)
async def test_whatever_a_proxy_says_its_password_and_the_key_stay_secret(answer: str, scheme: str) -> None:
    def end(connection: Connection) -> None:
        connection.read_request()
        connection.send(TUNNEL_ENDS[answer].encode())

    login = f"user:{quote(PASSWORD, safe='')}"
    with FaultServer(end) as proxy:
        environment = {f"{scheme}_proxy": f"http://{login}@127.0.0.1:{proxy.port}"}
        endpoint = Endpoint(
            f"{scheme}://models.example/v1", Secret(CANARY), allow_unencrypted_key=scheme == "http"
        )
        factory = ClientFactory(environment)
        reply = await Chatter(factory)(endpoint)
        await factory.aclose()
        report = await run_check(ProbeTarget(endpoint, "m"), environment=environment)
    assert reply.failure is not None
    assert report.verdict is not None
    assert reply.failure.cause == report.verdict.cause
    shown = repr(reply.failure) + repr(report) + json.dumps(report.to_json())
    assert not [text for text in (PASSWORD, quote(PASSWORD, safe=""), LOGIN, CANARY) if text in shown]
    if scheme == "https":
        assert reply.failure.cause == "proxy-failed"
        assert "$https_proxy" in reply.failure.title
        assert CANARY.encode() not in b"".join(proxy.requests)
    elif answer in ("no-http", "nothing"):
        assert reply.failure.cause == "proxy-failed"


async def test_the_proxys_own_words_are_shown() -> None:
    with FaultServer(Answer(status="403 Host not in the allow list")) as proxy:
        environment = {"https_proxy": f"http://127.0.0.1:{proxy.port}"}
        factory = ClientFactory(environment)
        reply = await Chatter(factory)("https://models.example/v1")
        await factory.aclose()
        report = await run_check(
            ProbeTarget(Endpoint("https://models.example/v1"), "m"), environment=environment
        )
    assert reply.failure is not None
    assert report.verdict is not None
    assert reply.failure.server_message == "403 Host not in the allow list"
    assert report.verdict.server_message == reply.failure.server_message


async def test_a_proxy_that_is_not_there_is_the_proxys_failure() -> None:
    with refused_port() as port:
        factory = ClientFactory({"HTTP_PROXY": f"http://127.0.0.1:{port}"})
        reply = await Chatter(factory)(REMOTE)
        await factory.aclose()
    assert reply.cause == "proxy-failed"


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "unknown certificate"])
async def test_a_proxy_whose_own_tls_fails_is_the_failure_and_not_the_url(
    scheme: str, is_plain: bool
) -> None:
    def plain(connection: Connection) -> None:
        connection.socket.recv(4096)
        connection.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")

    with FaultServer(plain, tls=None if is_plain else Tls()) as proxy:
        environment = {f"{scheme}_proxy": f"https://127.0.0.1:{proxy.port}"}
        endpoint = Endpoint(f"{scheme}://models.example/v1")
        factory = ClientFactory(environment)
        reply = await Chatter(factory)(endpoint)
        await factory.aclose()
        report = await run_check(ProbeTarget(endpoint, "m"), environment=environment)
    assert reply.failure is not None
    assert report.verdict is not None
    assert reply.failure.cause == report.verdict.cause == "proxy-failed"
    assert report.repairs == ()
    advice = f"It speaks plain http://: set ${scheme}_proxy to http://127.0.0.1:{proxy.port}."
    assert (reply.failure.advice == advice) == is_plain


async def test_a_pin_is_compared_behind_a_proxy_too() -> None:
    with FaultServer(tls=Tls()) as server, FaultServer(tunnel_to(server.port)) as proxy:
        factory = ClientFactory({"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})
        chat = Chatter(factory)
        right = TlsSettings(pinned_sha256=certificates.fingerprint(certificates.SERVER))
        good = await chat(Endpoint("https://models.example/v1", tls=right))
        bad = await chat(Endpoint("https://models.example/v1", tls=TlsSettings(pinned_sha256="1" * 64)))
        await factory.aclose()
    assert good.answer == "Hello there"
    assert bad.cause == "tls-pin-mismatch"
    assert len(server.requests) == 1
