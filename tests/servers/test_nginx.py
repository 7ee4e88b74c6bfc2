"""nginx as a proxy: its own pages, Basic auth, certificates, an old TLS."""

from __future__ import annotations

import socket

import pytest

from tests.servers.nginx_rules import PORTS, port_of
from tests.servers.running import Server
from tests.support import certificates
from tests.support.commands import Call

TRUST = {"SSL_CERT_FILE": str(certificates.CA)}


def url(server: Server, name: str, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{port_of(server.port, name)}/v1"


@pytest.mark.parametrize(
    ("name", "scheme", "cause"),
    [
        ("down", "http", "bad-gateway"),
        ("basic", "http", "basic-auth"),
        ("forbidden", "http", "forbidden"),
        ("limited", "http", "gateway-limit"),
        ("tls", "http", "plain-on-tls-port"),
        ("tls-1.1", "https", "tls-version"),
        ("tls-1.1", "http", "plain-on-tls-port"),
        ("client", "https", "tls-client-certificate-required"),
        ("proxy", "https", "tls-on-plain-port"),
        ("expired", "https", "tls-expired"),
    ],
)
def test_check_and_ask_name_the_cause(
    lmdeck: Call, nginx: Server, name: str, scheme: str, cause: str
) -> None:
    checked = lmdeck("check", url(nginx, name, scheme), "--model", "m", "--json", **TRUST)
    asked = lmdeck("ask", "hi", "--url", url(nginx, name, scheme), "--model", "m", "--json", **TRUST)
    assert (checked.cause, asked.cause) == (cause, cause), checked.out + asked.out


def test_a_server_that_is_late_is_a_timeout_of_the_gateway(lmdeck: Call, nginx: Server) -> None:
    with socket.create_server(("127.0.0.1", nginx.port + len(PORTS))):
        asked = lmdeck("ask", "hi", "--url", url(nginx, "late"), "--model", "m", "--json")
        checked = lmdeck("check", url(nginx, "late"), "--model", "m", "--json")
    assert (asked.cause, checked.cause) == ("gateway-timeout", "gateway-timeout")


def test_an_expired_certificate_of_an_unknown_authority_is_both(lmdeck: Call, nginx: Server) -> None:
    unknown = {"SSL_CERT_FILE": str(certificates.SELF_SIGNED)}
    done = lmdeck("check", url(nginx, "expired", "https"), "--model", "m", "--json", **unknown)
    assert done.cause == "tls-unknown-ca"
    assert "has expired on 2020-01-02" in done.json["verdict"]["title"]


def test_pages_that_refuse_are_no_model_servers(lmdeck: Call, nginx: Server) -> None:
    done = lmdeck("discover", "--json")
    ports = {server["port"] for server in done.json["servers"]}
    assert not ports & set(range(nginx.port, nginx.port + len(PORTS))), done.out
