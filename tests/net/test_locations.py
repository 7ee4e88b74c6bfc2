"""Redirects: a malformed Location is the server's fault, and reveals no key."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.chatting import Chatter
from tests.support.fault_server import Connection, FaultServer
from tests.support.terminal import lmdeck, private_environment
from tui.core.chat import Endpoint
from tui.core.failure import LmdeckError
from tui.core.secret import Secret
from tui.net.client import ClientFactory
from tui.net.models import fetch_models
from tui.net.reachability import reach

KEY = "sk-abc/def+ghi.JKLMNOP-0123456789"

MALFORMED = {
    "bracket": b"http://[bad",
    "brackets": b"http://[::1:80]x/",
    "port name": b"http://login.corp:port/",
    "port number": b"http://login.corp:99999/",
    "port 0": b"http://login.corp:0/",
    "huge port": b"http://login.corp:" + b"9" * 5_000 + b"/",
    "unicode digits": "http://login.corp:٣/".encode(),
    "script": b"javascript:alert(1)",
    "data": b"data:text/html,x",
    "file": b"file:///etc/passwd",
    "no host": b"http:///v1",
    "only scheme": b"https:",
    "mail": b"mailto:a@b",
    "control": b"http://h/\x01x",
    "space": b"http://h/a b",
    "empty label": b"http://a..b/",
    "long label": b"http://" + b"a" * 70 + b"/",
    "long host": b"http://" + b"a." * 200 + b"/",
    "bad punycode": b"http://xn--a/",
    "zone": b"http://[fe80::1%25eth0/",
    "long": b"http://h/" + b"a" * 66_000,
    "high bytes": b"http://\xff\xfe/\x80",
}
FINE = {
    "absolute": (b"https://h.example/v1/chat/completions", "https://h.example/v1"),
    "slash": (b"/other/v1/chat/completions", "/other/v1"),
    "relative": (b"other", None),
    "query": (b"?next=1", None),
    "dots": (b"../../../..", None),
    "no scheme": (b"//h.example/other", None),
    "IPv6": (b"http://[::1]:8000/", None),
    "names": ("http://bücher.example/".encode(), None),
}


def redirecting(location: bytes, status: bytes = b"302 Found") -> FaultServer:
    def answer(connection: Connection) -> None:
        while connection.read_request():
            connection.send(b"HTTP/1.1 %b\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % (status, location))

    return FaultServer(answer)


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_location_is_the_servers_fault(
    chat: Chatter, factory: ClientFactory, name: str
) -> None:
    with redirecting(MALFORMED[name]) as server:
        endpoint = Endpoint(server.base_url)
        reply = await chat(endpoint)
        with pytest.raises(LmdeckError) as refused:
            await fetch_models(factory, endpoint)
        found = await reach(factory, endpoint)
    for failure in (reply.failure, refused.value.failure, found.failure):
        assert failure is not None
        assert failure.cause in ("redirect", "http-framing"), failure
        assert "has a bug" in failure.advice
        assert "http://localhost" not in failure.advice + failure.title
        assert failure.facts.get("repair") is None


@pytest.mark.parametrize("name", FINE)
async def test_a_location_that_can_be_used_is_shown_whole(chat: Chatter, name: str) -> None:
    location, repair = FINE[name]
    with redirecting(location) as server:
        reply = await chat(server.base_url)
        wanted = server.base_url.removesuffix("/v1") + repair if repair and repair[0] == "/" else repair
    assert reply.failure is not None
    assert reply.cause == "redirect"
    assert "If you trust that address" in reply.failure.advice
    assert reply.failure.facts.get("repair") == wanted


@pytest.mark.parametrize(
    "location",
    [
        "http://u:{key}@h.example/",
        "http://{key}@h.example/",
        "http://{key}:port/",
        "http://h.example:{key}/",
        "http://[{key}",
        "javascript:{key}",
        "http://h.example/{key} x",
        "/login?key={key}#{key}",
    ],
)
async def test_no_location_shows_a_key_or_a_part_of_it(chat: Chatter, location: str) -> None:
    with redirecting(location.format(key=KEY).encode()) as server:
        reply = await chat(Endpoint(server.base_url, key=Secret(KEY)))
    failure = reply.failure
    assert failure is not None
    shown = " ".join((failure.title, failure.advice, *failure.chain, *failure.facts.values()))
    pieces = [KEY[start : start + 8] for start in range(len(KEY) - 7)]
    assert not [piece for piece in pieces if piece in shown]


async def test_a_name_in_front_of_the_host_is_not_shown(chat: Chatter) -> None:
    with redirecting(b"http://somebody:password@h.example/v1/chat/completions") as server:
        reply = await chat(server.base_url)
    assert reply.failure is not None
    assert "h.example" in reply.failure.title
    assert "password" not in reply.failure.title + reply.failure.advice
    assert reply.failure.facts.get("repair") is None


@pytest.mark.parametrize("header", [b"Set-Cookie: a=b; expires=\xff; max-age=9e9", b"Set-Cookie: ="])
async def test_cookies_are_nobodys_business(factory: ClientFactory, header: bytes) -> None:
    body = b'{"object":"list","data":[{"id":"m"}]}'

    def answer(connection: Connection) -> None:
        while connection.read_request():
            connection.send(b"HTTP/1.1 200 OK\r\n%b\r\n" % header)
            connection.send(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    with FaultServer(answer) as server:
        assert (await fetch_models(factory, Endpoint(server.base_url))).identifiers == ("m",)


def test_every_command_blames_the_server(tmp_path: Path) -> None:
    """Exit 1, JSON on stdout, and the other providers still have their verdict."""
    environment = private_environment(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            lmdeck(*arguments), env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout, done.stderr

    with redirecting(b"http://[bad") as server:
        code, out, err = run("check", server.base_url, "--json", "--model", "m")
        assert (code, json.loads(out)["verdict"]["cause"]) == (1, "redirect"), err
        code, out, err = run("ask", "hi", "--url", server.base_url, "--model", "m", "--json")
        assert (code, json.loads(out)["error"]["cause"]) == (1, "redirect"), err
    assert "lmdeck crashed" not in out + err
