"""All failures of certificates and encryption, with real handshakes."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from tests.support import certificates
from tests.support.chatting import HASTE, Chatter
from tests.support.fault_server import FAULTS, Connection, FaultServer, Tls, nginx_plain_on_tls
from tui.core.chat import Endpoint
from tui.core.provider import TlsSettings
from tui.core.secret import Secret
from tui.net.client import ClientFactory

TRUSTED = TlsSettings(ca_file=str(certificates.CA))
KEY = Secret("sk-canary-0123456789")


async def test_a_signed_certificate_is_accepted_with_its_authority(chat: Chatter) -> None:
    with FaultServer(tls=Tls()) as server:
        reply = await chat(Endpoint(server.base_url, KEY, tls=TRUSTED))
    assert reply.answer == "Hello there"
    assert "connected" in reply.stages


@pytest.mark.parametrize(
    ("certificate", "settings", "cause", "said"),
    [
        (certificates.SELF_SIGNED, TlsSettings(), "tls-self-signed", "self-signed"),
        (certificates.SERVER, TlsSettings(), "tls-unknown-ca", "lmdeck test ca"),
        (certificates.INCOMPLETE_CHAIN, TRUSTED, "tls-unknown-ca", "lmdeck test intermediate"),
        (certificates.WRONG_HOST, TRUSTED, "tls-hostname-mismatch", "models.example"),
        (certificates.EXPIRED, TRUSTED, "tls-expired", "2020-01-02"),
    ],
)
async def test_a_bad_certificate_has_its_cause_and_nothing_is_sent(
    chat: Chatter, certificate: object, settings: TlsSettings, cause: str, said: str
) -> None:
    with FaultServer(tls=Tls(certificate)) as server:  # type: ignore[arg-type]
        reply = await chat(Endpoint(server.base_url, KEY, tls=settings))
    assert reply.cause == cause
    assert reply.failure is not None
    assert said in reply.failure.title
    assert server.requests == []


async def test_a_self_signed_certificate_is_accepted_as_its_own_authority(chat: Chatter) -> None:
    with FaultServer(tls=Tls(certificates.SELF_SIGNED)) as server:
        settings = TlsSettings(ca_file=str(certificates.SELF_SIGNED))
        reply = await chat(Endpoint(server.base_url, tls=settings))
    assert reply.answer == "Hello there"


@pytest.mark.parametrize(
    "certificate", [certificates.SELF_SIGNED, certificates.EXPIRED, certificates.WRONG_HOST]
)
async def test_insecure_accepts_anything(chat: Chatter, certificate: object) -> None:
    with FaultServer(tls=Tls(certificate)) as server:  # type: ignore[arg-type]
        reply = await chat(Endpoint(server.base_url, tls=TlsSettings(insecure=True)))
    assert reply.answer == "Hello there"


@pytest.mark.parametrize("certificate", [certificates.SERVER, certificates.SELF_SIGNED, certificates.EXPIRED])
async def test_a_pin_accepts_its_certificate_whoever_signed_it(chat: Chatter, certificate: object) -> None:
    pin = certificates.fingerprint(certificate)  # type: ignore[arg-type]
    with FaultServer(tls=Tls(certificate)) as server:  # type: ignore[arg-type]
        for written in (pin, ":".join(pin[i : i + 2] for i in range(0, 64, 2)).upper()):
            reply = await chat(Endpoint(server.base_url, KEY, tls=TlsSettings(pinned_sha256=written)))
            assert reply.answer == "Hello there"


async def test_a_pin_refuses_every_other_certificate_before_anything_is_sent(chat: Chatter) -> None:
    settings = TlsSettings(
        ca_file=str(certificates.CA), pinned_sha256=certificates.fingerprint(certificates.CLIENT)
    )
    with FaultServer(tls=Tls()) as server:
        reply = await chat(Endpoint(server.base_url, KEY, tls=settings))
    assert reply.cause == "tls-pin-mismatch"
    assert reply.failure is not None
    assert reply.failure.facts["fingerprint"] == certificates.fingerprint(certificates.SERVER)
    assert server.requests == []


async def test_a_pin_holds_even_where_insecure_is_set(chat: Chatter) -> None:
    with FaultServer(tls=Tls()) as server:
        settings = TlsSettings(insecure=True, pinned_sha256="0" * 64)
        reply = await chat(Endpoint(server.base_url, tls=settings))
    assert reply.cause == "tls-pin-mismatch"


@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2])
async def test_a_wanted_client_certificate_is_named_and_given(chat: Chatter, highest: ssl.TLSVersion) -> None:
    with FaultServer(tls=Tls(wants_client_certificate=True, highest=highest)) as server:
        without = await chat(Endpoint(server.base_url, tls=TRUSTED))
        settings = TlsSettings(ca_file=str(certificates.CA), client_certificate=str(certificates.CLIENT))
        reply = await chat(Endpoint(server.base_url, tls=settings))
    assert without.cause == "tls-client-certificate-required"
    assert reply.answer == "Hello there"


async def test_a_refused_client_certificate_is_told_from_a_missing_one(chat: Chatter) -> None:
    settings = TlsSettings(ca_file=str(certificates.CA), client_certificate=str(certificates.SELF_SIGNED))
    with FaultServer(tls=Tls(wants_client_certificate=True)) as server:
        reply = await chat(Endpoint(server.base_url, tls=settings))
    assert reply.cause == "tls-failed"
    assert reply.failure is not None
    assert "client certificate" in reply.failure.title


async def test_an_old_version_is_named(chat: Chatter) -> None:
    with FaultServer(tls=Tls(highest=ssl.TLSVersion.TLSv1_1)) as server:
        reply = await chat(Endpoint(server.base_url, tls=TRUSTED))
    assert reply.cause == "tls-version"


OLD = ssl.TLSVersion.TLSv1_1


@pytest.mark.parametrize("plain", ["nginx-plain-on-tls", "close-without-answer", "healthy"])
async def test_an_old_version_is_named_whatever_plain_http_gets(chat: Chatter, plain: str) -> None:
    with FaultServer(tls=Tls(highest=OLD, plain=FAULTS[plain])) as server:
        reply = await chat(Endpoint(server.base_url, tls=TRUSTED))
    assert reply.cause == "tls-version"


def hang_up(connection: Connection) -> None:
    """End a handshake without a word; answer plain HTTP as a server of TLS does."""
    if connection.socket.recv(1, socket.MSG_PEEK) != b"\x16":
        nginx_plain_on_tls(connection)
        return
    connection.socket.recv(65536)


async def test_a_server_that_hangs_up_in_silence_and_wants_tls_is_not_taken_for_plain_http(
    chat: Chatter,
) -> None:
    with FaultServer(hang_up) as server:
        reply = await chat(server.base_url.replace("http", "https"))
    assert reply.cause == "tls-version"


async def test_from_http_an_old_version_leads_to_https_and_no_further(chat: Chatter) -> None:
    with FaultServer(tls=Tls(highest=OLD)) as server:
        first = await chat(server.base_url.replace("https", "http"))
        assert first.cause == "plain-on-tls-port"
        assert first.failure is not None
        second = await chat(Endpoint(first.failure.facts["repair"], tls=TRUSTED))
    assert second.cause == "tls-version"


def reset_handshakes(connection: Connection) -> None:
    """Cut off what is no HTTP, as servers do that leave bytes unread."""
    if connection.socket.recv(1, socket.MSG_PEEK) == b"\x16":
        connection.reset()
    else:
        FAULTS["healthy"](connection)


async def test_plain_http_that_resets_handshakes_is_recognised(chat: Chatter) -> None:
    with FaultServer(reset_handshakes) as server:
        reply = await chat(server.base_url.replace("http", "https"))
    assert reply.cause == "tls-on-plain-port"


@pytest.mark.parametrize(
    ("certificate", "settings", "cause", "parts"),
    [
        (
            certificates.EXPIRED,
            TlsSettings(),
            "tls-unknown-ca",
            [", and has expired on 2020-01-02", "CA file", "renewed"],
        ),
        (
            certificates.WRONG_HOST,
            TlsSettings(),
            "tls-unknown-ca",
            ["; it is also not for this host", "CA file"],
        ),
    ],
    ids=["expired", "wrong host"],
)
async def test_all_faults_of_a_certificate_are_told_at_once(
    chat: Chatter, certificate: Path, settings: TlsSettings, cause: str, parts: list[str]
) -> None:
    with FaultServer(tls=Tls(certificate)) as server:
        reply = await chat(Endpoint(server.base_url, KEY, tls=settings))
    assert reply.cause == cause
    assert reply.failure is not None
    for part in parts:
        assert part in reply.failure.title + reply.failure.advice


async def test_http_on_a_tls_port_offers_https(chat: Chatter) -> None:
    with FaultServer(tls=Tls()) as server:
        reply = await chat(server.base_url.replace("https", "http"))
    assert reply.cause == "plain-on-tls-port"
    assert reply.failure is not None
    assert reply.failure.facts["repair"] == server.base_url


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("plain-http-on-tls", "tls-on-plain-port"),
        ("plain-patient", "tls-no-handshake"),
        ("tls-stalled", "tls-stalled"),
        ("ssh-banner", "not-http"),
        ("reset-at-once", "connection-reset"),
        ("healthy", "tls-on-plain-port"),
        ("close-without-answer", "tls-version"),
    ],
)
async def test_https_on_a_port_that_does_not_encrypt(chat: Chatter, fault: str, cause: str) -> None:
    with FaultServer(fault) as server:
        reply = await chat(server.base_url.replace("http", "https"), timeouts=HASTE)
    assert reply.cause == cause
    if cause in ("tls-on-plain-port", "tls-no-handshake"):
        assert reply.failure is not None
        assert reply.failure.facts["repair"] == server.base_url


@pytest.mark.parametrize(
    "settings",
    [
        TlsSettings(ca_file="/nonexistent/ca.pem"),
        TlsSettings(ca_file=__file__),
        TlsSettings(client_certificate="/nonexistent/client.pem"),
        TlsSettings(client_certificate=str(certificates.CA)),
        TlsSettings(client_certificate=str(certificates.CLIENT), client_key="/nonexistent/key.pem"),
        TlsSettings(client_certificate=str(certificates.ENCRYPTED_KEY)),
        TlsSettings(ca_file="/" + "x" * 300),
        TlsSettings(client_certificate=str(certificates.CLIENT), client_key="/" + "x" * 300),
        TlsSettings(client_certificate=str(certificates.CLIENT), client_key="/dev/zero"),
    ],
    ids=[
        *("no CA", "no PEM", "no certificate", "no key in it", "no key file", "locked key"),
        *("CA that cannot be looked at", "key that cannot be looked at", "key that is no file"),
    ],
)
async def test_a_file_that_cannot_be_used_is_named(chat: Chatter, settings: TlsSettings) -> None:
    with FaultServer(tls=Tls()) as server:
        reply = await chat(Endpoint(server.base_url, tls=settings))
    assert reply.cause == "tls-file-unreadable"
    assert server.connections == 0


async def test_a_certificate_without_its_key_says_what_is_missing(chat: Chatter) -> None:
    settings = TlsSettings(client_certificate=str(certificates.CA))
    with FaultServer(tls=Tls()) as server:
        reply = await chat(Endpoint(server.base_url, tls=settings))
    assert reply.failure is not None
    assert "its private key is not in it" in reply.failure.title


async def test_a_relative_path_is_not_looked_up(
    chat: Chatter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ca.pem").write_bytes(certificates.CA.read_bytes())
    for settings in (
        TlsSettings(ca_file="ca.pem"),
        TlsSettings(client_certificate="ca.pem"),
        TlsSettings(client_certificate=str(certificates.CLIENT), client_key="ca.pem"),
    ):
        with FaultServer(tls=Tls()) as server:
            reply = await chat(Endpoint(server.base_url, tls=settings))
        assert reply.failure is not None
        assert "the path is relative" in reply.failure.title
        assert server.connections == 0


async def test_a_file_that_was_corrected_is_read_again(chat: Chatter, tmp_path: object) -> None:
    path = tmp_path / "ca.pem"  # type: ignore[operator]
    path.write_text("no certificate")
    with FaultServer(tls=Tls()) as server:
        endpoint = Endpoint(server.base_url, tls=TlsSettings(ca_file=str(path)))
        assert (await chat(endpoint)).cause == "tls-file-unreadable"
        path.write_bytes(certificates.CA.read_bytes())
        assert (await chat(endpoint)).answer == "Hello there"


async def test_the_environment_names_authorities() -> None:
    factory = ClientFactory({"SSL_CERT_FILE": str(certificates.CA)})
    with FaultServer(tls=Tls()) as server:
        reply = await Chatter(factory)(server.base_url)
    assert reply.answer == "Hello there"
    await factory.aclose()
