"""Problems with a setting from the environment name its variable with the exact spelling."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support import certificates
from tests.support.chatting import Chatter
from tests.support.check_runner import run_check
from tests.support.fault_server import Answer, FaultServer, Tls, refused_port
from tui.core.chat import Endpoint
from tui.core.failure import Failure
from tui.core.provider import TlsSettings
from tui.net.client import ClientFactory
from tui.net.probe.target import ProbeTarget
from tui.net.proxies import choose_route

REMOTE = "http://models.example/v1"


@asynccontextmanager
async def chatting(environment: dict[str, str]) -> AsyncIterator[Chatter]:
    factory = ClientFactory(environment)
    try:
        yield Chatter(factory)
    finally:
        await factory.aclose()


async def failure_with(environment: dict[str, str], endpoint: Endpoint | str) -> Failure:
    async with chatting(environment) as chat:
        failure = (await chat(endpoint)).failure
    assert failure is not None
    return failure


def absent(folder: Path) -> Path:
    return folder / "gone"


def without_certificate(folder: Path) -> Path:
    path = folder / "notes.pem"
    path.write_text("nothing of that kind")
    return path


def a_folder(folder: Path) -> Path:
    return folder


def a_file(folder: Path) -> Path:
    return without_certificate(folder)


@pytest.mark.parametrize(
    ("variable", "made"),
    [
        ("SSL_CERT_FILE", absent),
        ("SSL_CERT_FILE", without_certificate),
        ("SSL_CERT_FILE", a_folder),
        ("SSL_CERT_DIR", absent),
        ("SSL_CERT_DIR", a_file),
    ],
)
async def test_authorities_that_cannot_be_read(
    tmp_path: Path, variable: str, made: Callable[[Path], Path]
) -> None:
    path = made(tmp_path)
    with FaultServer(tls=Tls()) as server:
        failure = await failure_with({variable: str(path)}, server.base_url)
        assert server.connections == 0
    assert failure.cause == "tls-file-unreadable"
    assert failure.facts["path"] == str(path)
    assert f"${variable}" in failure.title
    assert f"${variable}" in failure.advice
    assert "TLS settings" not in failure.advice


async def test_a_file_of_the_provider_is_no_matter_of_the_environment(tmp_path: Path) -> None:
    with FaultServer(tls=Tls()) as server:
        endpoint = Endpoint(server.base_url, tls=TlsSettings(ca_file=str(absent(tmp_path))))
        failure = await failure_with({"SSL_CERT_FILE": str(certificates.CA)}, endpoint)
    assert failure.cause == "tls-file-unreadable"
    assert "$SSL_CERT_FILE" not in failure.title + failure.advice
    assert "TLS settings" in failure.advice


@pytest.mark.parametrize(
    ("served", "cause"),
    [(certificates.SERVER, "tls-unknown-ca"), (certificates.SELF_SIGNED, "tls-self-signed")],
)
async def test_authorities_that_do_not_vouch(served: Path, cause: str) -> None:
    with FaultServer(tls=Tls(served)) as server:
        failure = await failure_with({"SSL_CERT_FILE": str(certificates.CLIENT)}, server.base_url)
    assert failure.cause == cause
    assert "$SSL_CERT_FILE" in failure.advice


async def test_an_empty_folder_of_authorities(tmp_path: Path) -> None:
    with FaultServer(tls=Tls()) as server:
        failure = await failure_with({"SSL_CERT_DIR": str(tmp_path)}, server.base_url)
    assert failure.cause == "tls-unknown-ca"
    assert "$SSL_CERT_DIR does not contain" in failure.title


async def test_a_ca_file_that_does_not_vouch_is_named() -> None:
    with FaultServer(tls=Tls()) as server:
        endpoint = Endpoint(server.base_url, tls=TlsSettings(ca_file=str(certificates.CLIENT)))
        failure = await failure_with({}, endpoint)
    assert failure.cause == "tls-unknown-ca"
    assert str(certificates.CLIENT) in failure.title


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
async def test_a_proxy_that_is_not_there(variable: str) -> None:
    with refused_port() as port:
        failure = await failure_with({variable: f"http://127.0.0.1:{port}"}, REMOTE)
    assert failure.cause == "proxy-failed"
    assert f"from ${variable})" in failure.title
    assert f"${variable}" in failure.advice


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("407 Proxy Authentication Required", "proxy-failed"),
        ("502 Bad Gateway", "bad-gateway"),
        ("503 Service Unavailable", "bad-gateway"),
        ("504 Gateway Timeout", "gateway-timeout"),
        ("403 Forbidden", "forbidden"),
    ],
)
async def test_what_the_proxy_may_have_answered_itself(status: str, cause: str) -> None:
    page = Answer(b"<html><title>The requested URL could not be retrieved</title></html>", status)
    with FaultServer(page) as proxy:
        environment = {"http_proxy": f"http://127.0.0.1:{proxy.port}"}
        failure = await failure_with(environment, REMOTE)
        report = await run_check(ProbeTarget(Endpoint(REMOTE), "m"), environment=environment)
    assert failure.cause == cause
    assert "$http_proxy" in failure.title + failure.advice
    assert f"http://127.0.0.1:{proxy.port}" in failure.title + failure.advice
    assert report.verdict is not None
    assert (report.verdict.cause, report.verdict.advice) == (cause, failure.advice)


async def test_what_came_directly_names_no_proxy() -> None:
    with FaultServer(Answer(b"", "502 Bad Gateway")) as server:
        failure = await failure_with({"http_proxy": "http://proxy.example:3128"}, server.base_url)
    assert "http_proxy" not in failure.title + failure.advice


@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_exceptions_from_the_proxy(variable: str) -> None:
    environment = {"HTTP_PROXY": "http://proxy.example:3128", variable: "http://x,models.example"}
    route = choose_route(REMOTE, environment)
    assert f"${variable} has models.example" in route.describe()
    assert f"${variable} contains" in route.problems[0].title


def test_the_lower_case_spelling_counts_where_both_are_set() -> None:
    environment = {
        "HTTP_PROXY": "http://proxy.example:3128",
        "no_proxy": "models.example",
        "NO_PROXY": "other.example",
    }
    assert choose_route(REMOTE, environment).is_direct
    assert not choose_route("http://other.example/v1", environment).is_direct
