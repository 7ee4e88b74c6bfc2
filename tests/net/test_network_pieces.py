"""The small parts of the network layer, individually."""

from __future__ import annotations

import asyncio
import errno
import gzip
import socket
import ssl
import subprocess
import sys
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import certificates
from tests.support.chatting import HASTE
from tests.support.stream_samples import gzip_bomb
from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.events import EventBatch
from tui.core.secret import Redactor, Secret
from tui.net import event_queue as mailbox_module
from tui.net.addresses import origin_of, replace_origin
from tui.net.certificate import CertificateFacts, read_certificate
from tui.net.classify import classify_exception
from tui.net.decoding import BadEncoding, Decoder, GrowsTooMuch
from tui.net.event_queue import BoundedEventQueue
from tui.net.request_trace import Phase
from tui.net.retry import asked_delay, retry_delay
from tui.net.silence import SilenceWatch
from tui.net.sniff import asks_for_certificate, may_be_http, sniff

ENDPOINT = Endpoint("http://models.example:8000/v1")


# Certificates


@pytest.mark.parametrize(
    ("names", "host", "expected"),
    [
        (["models.example"], "Models.Example.", True),
        (["*.example"], "models.example", True),
        (["*.example"], "a.models.example", False),
        (["*.example"], "example", False),
        (["127.0.0.1", "::1"], "[0:0::1]", True),
        (["localhost"], "127.0.0.1", False),
    ],
)
def test_whom_a_certificate_is_for(names: list[str], host: str, expected: bool) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert CertificateFacts("s", "i", tuple(names), moment, moment, "00").is_for(host) is expected


# Addresses


def test_origins() -> None:
    assert origin_of("HTTPS://Models.Example./v1") == ("https", "models.example", 443)
    assert origin_of("http://[::1]:8000/v1").authority == "[::1]:8000"
    assert replace_origin("http://[::1]:8000/v1", scheme="https") == "https://[::1]:8000/v1"
    assert replace_origin("http://127.0.0.1/v1", host="::1") == "http://[::1]/v1"
    for url in ("", "localhost:8000/v1", "http://", "http://host:99999/"):
        with pytest.raises(ValueError):
            origin_of(url)


# Decoding


@given(
    st.binary(max_size=3000),
    st.integers(1, 50),
    st.sampled_from(["gzip", "x-gzip", "deflate", "identity", ""]),
)
def test_compressed_bytes_come_out_whole_however_they_are_cut(data: bytes, size: int, encoding: str) -> None:
    zipped = gzip.compress(data)
    packed = {"gzip": zipped, "x-gzip": zipped, "deflate": zlib.compress(data)}.get(encoding, data)
    decoder = Decoder(encoding)
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(plain for piece in pieces for plain in decoder.feed(piece)) == data
    assert not decoder.is_cut


@given(
    st.lists(st.binary(max_size=400), min_size=1, max_size=5),
    st.integers(1, 50),
    st.sampled_from([b"", b"\0" * 9, b"\x1fx"]),
)
def test_every_member_of_a_gzip_body_comes_out(members: list[bytes], size: int, behind: bytes) -> None:
    packed = b"".join(map(gzip.compress, members)) + behind
    decoder = Decoder("gzip")
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(plain for piece in pieces for plain in decoder.feed(piece)) == b"".join(members)
    assert not decoder.is_cut


@given(st.integers(1, 19))
def test_a_member_that_is_cut_is_noticed(size: int) -> None:
    decoder = Decoder("gzip")
    assert b"".join(decoder.feed(gzip.compress(b"one") + gzip.compress(b"")[:size])) == b"one"
    assert decoder.is_cut


@given(st.binary(max_size=300))
def test_bytes_that_are_not_compressed_are_refused_by_type(data: bytes) -> None:
    decoder = Decoder("gzip")
    try:
        list(decoder.feed(data))
    except BadEncoding as error:
        assert str(error)
    else:
        assert decoder.is_cut or not data


def test_a_bomb_is_stopped_in_small_blocks() -> None:
    largest = total = 0
    with pytest.raises(GrowsTooMuch):
        for plain in Decoder("gzip").feed(gzip_bomb(60_000_000)):
            largest = max(largest, len(plain))
            total += len(plain)
    assert largest <= 65536
    assert total < 15_000_000


def test_an_unknown_compression_is_named() -> None:
    for name, unknown in (("zstd", "zstd"), (" BR ", "br"), ("gzip, br", "gzip, br")):
        with pytest.raises(BadEncoding, match=unknown) as raised:
            Decoder(name)
        assert raised.value.unknown == unknown
    assert list(Decoder("identity, identity").feed(b"x")) == [b"x"]
    assert b"".join(Decoder("gzip, identity").feed(gzip.compress(b"x"))) == b"x"


# First bytes


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", None),
        (b"HT", "http"),
        (b"HTTP/1.1 200 OK", "http"),
        (b"HTTP/2 200", None),
        (b"SSH-2.0-OpenSSH", "SSH"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "tls"),
        (b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00", "http2"),
        (b"-ERR unknown command", "Redis"),
        (b"220 ftp ready", "FTP"),
        (b"220 mx ESMTP Postfix", "SMTP (mail)"),
        (b"\x4a\x00\x00\x00\x0a8.0.36\x00", "MySQL"),
        (b"hello", None),
    ],
)
def test_sniffing(data: bytes, expected: str | None) -> None:
    assert sniff(data) == expected


@given(st.binary(max_size=100))
def test_sniffing_never_fails(data: bytes) -> None:
    sniff(data)
    asks_for_certificate(data)
    assert may_be_http(data) == (b"HTTP/"[: len(data)] == data[:5])


# Certificates


@pytest.mark.parametrize("path", sorted(certificates.FOLDER.glob("*.pem")), ids=lambda path: path.stem)
def test_a_certificate_is_read_as_the_standard_library_reads_it(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    der = ssl.PEM_cert_to_DER_cert(text[: text.index("-----END CERTIFICATE-----") + 25])
    facts = read_certificate(der)
    known = ssl._ssl._test_decode_cert(str(path))  # type: ignore[attr-defined]
    assert facts.begins.timestamp() == ssl.cert_time_to_seconds(known["notBefore"])
    assert facts.ends.timestamp() == ssl.cert_time_to_seconds(known["notAfter"])
    assert facts.subject == dict(pair[0] for pair in known["subject"])["commonName"]
    assert facts.issuer == dict(pair[0] for pair in known["issuer"])["commonName"]
    assert facts.sha256 == certificates.fingerprint(path)  # type: ignore[arg-type]
    names = {name.lower().replace("0:0:0:0:0:0:0:1", "::1") for _, name in known.get("subjectAltName", ())}
    assert set(facts.names) == (names or {facts.subject})


SERVER_DER = ssl.PEM_cert_to_DER_cert(certificates.CA.read_text())


@given(st.one_of(st.binary(max_size=200), st.integers(0, len(SERVER_DER) - 1).map(lambda n: SERVER_DER[:n])))
def test_other_bytes_are_no_certificate(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_certificate(data)


@given(st.integers(0, len(SERVER_DER) - 1), st.integers(0, 255))
def test_a_damaged_certificate_is_read_or_refused(position: int, value: int) -> None:
    damaged = bytearray(SERVER_DER)
    damaged[position] = value
    try:
        read_certificate(bytes(damaged))
    except ValueError as error:
        assert str(error)


# Retries


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT"}, 30),
        ({"retry-after": "Wed, 31 Dec 2025 00:00:30 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e400"}, None),
    ],
)
def test_the_pause_that_a_server_asks_for(headers: dict[str, str], expected: float | None) -> None:
    assert asked_delay(headers, NOW) == expected


def test_pauses_grow_and_end() -> None:
    from dataclasses import replace

    timeouts = replace(HASTE, retries=9, backoff_seconds=0.5, longest_backoff_seconds=8.0)
    failure = explain("bad-gateway", status=502)
    pauses = [retry_delay(failure, tried, timeouts) for tried in range(1, 11)]
    assert pauses[-1] is None
    limits = [0.5, 1, 2, 4, 8, 8, 8, 8, 8]
    assert all(
        pause is not None and 0.75 * top <= pause <= top
        for pause, top in zip(pauses[:-1], limits, strict=True)
    )


# Silence and mailbox


async def test_silence_is_noticed_again_and_again_and_then_limited() -> None:
    noticed: list[float] = []
    over = asyncio.Event()
    watch = SilenceWatch(0.1, 0.03, on_notice=noticed.append, on_limit=over.set)
    async with asyncio.timeout(5):
        await over.wait()
    watch.close()
    assert noticed
    assert noticed == sorted(noticed)
    assert noticed[0] >= 0.03


async def test_a_touch_begins_the_silence_anew() -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    started = loop.time()
    watch = SilenceWatch(0.1, 60, on_notice=lambda _: None, on_limit=over.set)
    await asyncio.sleep(0.06)
    watch.touch()
    async with asyncio.timeout(5):
        await over.wait()
    assert loop.time() - started >= 0.155


async def test_a_full_mailbox_makes_its_writer_wait() -> None:
    mailbox = BoundedEventQueue()
    for number in range(mailbox_module._ROOM):
        mailbox.put(EventBatch(float(number), ()))
    waiting = asyncio.create_task(mailbox.wait_for_room())
    await asyncio.sleep(0)
    assert not waiting.done()
    assert await mailbox.get() == EventBatch(0.0, ())
    async with asyncio.timeout(5):
        await waiting
    mailbox.close()
    rest = [batch async for batch in _drain(mailbox)]
    assert [batch.at for batch in rest] == [float(number) for number in range(1, mailbox_module._ROOM)]


async def _drain(mailbox: BoundedEventQueue):  # type: ignore[no-untyped-def]
    while (batch := await mailbox.get()) is not None:
        yield batch


# Exceptions


@pytest.mark.parametrize(
    ("error", "phase", "cause"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Phase.CONNECT, "connection-refused"),
        (OSError(errno.EHOSTUNREACH, "x"), Phase.CONNECT, "no-route"),
        (OSError(errno.ENETUNREACH, "x"), Phase.CONNECT, "no-route"),
        (OSError(errno.ETIMEDOUT, "x"), Phase.CONNECT, "connect-timeout"),
        (OSError(errno.ETIMEDOUT, "x"), Phase.BODY, "stream-reset"),
        (BrokenPipeError(errno.EPIPE, "x"), Phase.SEND, "connection-reset"),
        (ConnectionResetError(errno.ECONNRESET, "x"), Phase.BODY, "stream-reset"),
        (socket.gaierror(socket.EAI_NONAME, "x"), Phase.LOOKUP, "dns-unknown-host"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), Phase.LOOKUP, "dns-unavailable"),
        (socket.gaierror(socket.EAI_FAIL, "x"), Phase.LOOKUP, "dns-unavailable"),
        (UnicodeError("label too long"), Phase.LOOKUP, "dns-unknown-host"),
        (TimeoutError(), Phase.LOOKUP, "dns-unavailable"),
        (TimeoutError(), Phase.CONNECT, "connect-timeout"),
        (TimeoutError(), Phase.TLS, "tls-stalled"),
        (TimeoutError(), Phase.HEADERS, "no-answer"),
        (TimeoutError(), Phase.BODY, "stream-stalled"),
        (RuntimeError(""), Phase.CONNECT, "connection-failed"),
    ],
)
@pytest.mark.parametrize("wrapping", ["bare", "cause", "context", "group"])
def test_an_exception_is_recognised_wherever_it_hides(
    error: Exception, phase: Phase, cause: str, wrapping: str
) -> None:
    failure = classify_exception(_wrap(error, wrapping), endpoint=ENDPOINT, phase=phase)
    assert failure.cause == cause
    assert failure.title
    assert failure.advice
    assert failure.chain
    assert all(failure.chain)


def _wrap(error: Exception, wrapping: str) -> BaseException:
    import httpx

    if wrapping == "bare":
        return error
    outer = httpx.NetworkError("")
    if wrapping == "cause":
        outer.__cause__ = httpx.NetworkError("")
        outer.__cause__.__cause__ = error
    elif wrapping == "context":
        outer.__context__ = error
    else:
        outer.__cause__ = ExceptionGroup("several", [ValueError("other"), error])
    return outer


def test_a_chain_that_bites_its_tail_ends() -> None:
    first, second = RuntimeError("a"), RuntimeError("b")
    first.__cause__, second.__cause__ = second, first
    assert len(classify_exception(first, endpoint=ENDPOINT).chain) == 2


def test_details_are_redacted() -> None:
    secret = Secret("sk-canary-0123456789")
    error = RuntimeError(f"Illegal header value b'Bearer {secret.reveal()}'")
    failure = classify_exception(error, endpoint=ENDPOINT, redactor=Redactor([secret]))
    assert "canary" not in repr(failure)


# Start-up


def test_importing_the_client_loads_no_http_library() -> None:
    code = (
        "import sys, tui.net.chat, tui.net.client, tui.net.models, tui.net.reachability;"
        "print(sorted({'httpx', 'httpcore', 'h11', 'certifi', 'pydantic', 'textual'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
