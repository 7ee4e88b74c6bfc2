"""API keys never leak: a canary key is searched for in every byte that leaves the program."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.assurance.hostile_tour import commands, prepare, tour
from tests.support.hostile_server import HostileServer
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.secret import Secret
from tui.store.credentials import CredentialStore
from tui.store.paths import resolve_paths

KEY = "sk-canary-9f8e7d6c5b4a39281706"
FORMS = (KEY, base64.b64encode(KEY.encode()).decode(), KEY[3:], KEY[:-4])
"""The key, its Base64, and pieces of it that nobody else would print."""


@pytest.fixture
def echoing(tmp_path: Path) -> Iterator[tuple[HostileServer, dict[str, str]]]:
    """A server that says the key in every field of its answers, and a deck that has it stored."""
    with HostileServer("harmless") as server:
        environment = prepare(tmp_path, server, KEY)
        environment["LMDECK_LOG"] = str(tmp_path / "debug.log")
        server.text = f"{KEY} {base64.b64encode(KEY.encode()).decode()}"
        yield server, environment


def found_in(data: bytes) -> list[str]:
    return [form for form in FORMS if form.encode() in data]


def assert_files_are_clean(home: Path) -> None:
    assert b"exchange" in (home / "debug.log").read_bytes()
    for path in home.rglob("*"):
        if path.is_file() and not path.name.startswith("credentials.toml"):
            assert not found_in(path.read_bytes()), path


def test_no_screen_shows_a_key_that_a_server_echoes(
    echoing: tuple[HostileServer, dict[str, str]], tmp_path: Path
) -> None:
    server, environment = echoing
    raw = tour(environment)
    assert f"Bearer {KEY}" in server.authorizations, "the key reached its own endpoint"
    assert not found_in(raw)
    assert_files_are_clean(tmp_path)


def test_no_command_prints_a_key_that_a_server_echoes(
    echoing: tuple[HostileServer, dict[str, str]], tmp_path: Path
) -> None:
    server, environment = echoing
    raw = commands(environment)
    assert f"Bearer {KEY}" in server.authorizations
    assert not found_in(raw)
    assert_files_are_clean(tmp_path)


def test_the_process_list_does_not_have_it(tmp_path: Path) -> None:
    with HostileServer("harmless") as server:
        environment = prepare(tmp_path, server, KEY)
        with TerminalProgram(lmdeck("chat", "hostile"), environment) as terminal:
            terminal.wait_for("Enter to send")
            terminal.send("hello", "enter")
            terminal.wait_for("TTFT [0-9]")
            lines = b"".join(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline"))
    assert not found_in(lines)


class Recorder:
    """A server that records requests, and can redirect them."""

    def __init__(self, redirect_to: str | None = None) -> None:
        self.received: list[bytes] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                recorder.received.append(self.requestline.encode() + bytes(self.headers) + body)
                if redirect_to is not None:
                    self.send_response(307)
                    self.send_header("Location", redirect_to + self.path)
                else:
                    self.send_response(502)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = do_CONNECT = _take  # noqa: N815 - the names that the base class calls

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize("header", ["bearer", "api-key", "x-api-key"])
def test_a_redirect_gets_neither_key_nor_prompt(tmp_path: Path, header: str) -> None:
    other = Recorder()
    first = Recorder(redirect_to=f"{other.url}/moved")
    environment = _deck(tmp_path, first.url + "/v1", header)
    for arguments in (("ask", "hello", "-p", "canary"), ("check", "canary")):
        with TerminalProgram(lmdeck(*arguments), environment) as terminal:
            assert terminal.wait() == 1
            terminal.drain()
            assert not found_in(bytes(terminal.raw))
    first.close()
    other.close()
    assert any(KEY.encode() in data for data in first.received), "the key reached its own endpoint"
    # A check of another test may ask this port what it serves: it knows neither the path nor the key.
    assert not any(b" /moved" in data or KEY.encode() in data for data in other.received)


def test_a_proxy_of_the_environment_sees_nothing_of_loopback(tmp_path: Path) -> None:
    proxy = Recorder()
    with HostileServer("harmless") as server:
        environment = _deck(tmp_path, server.base_url, "bearer")
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            environment[name] = proxy.url
        for arguments in (("ask", "hello", "-p", "canary"), ("check", "canary")):
            with TerminalProgram(lmdeck(*arguments), environment) as terminal:
                assert terminal.wait() == 0
    proxy.close()
    asked_as_proxy = [data for data in proxy.received if re.match(rb"CONNECT |[A-Z]+ http:", data)]
    assert asked_as_proxy == []
    assert f"Bearer {KEY}" in server.authorizations


def _deck(home: Path, url: str, header: str) -> dict[str, str]:
    environment = private_environment(home)
    CredentialStore(resolve_paths(environment)).put("canary", Secret(KEY))
    text = (
        f'[providers.canary]\nprovider_url = "{url}"\ncompatible_provider = "m"\n'
        f'api_key = "stored"\nkey_header = "{header}"\n'
    )
    (home / "config" / "lmdeck" / "providers.toml").write_text(text)
    return environment
