"""While ``providers.toml`` is unreadable, nothing is sent with an older version, and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fake_api import Embedder, FakeApi, good_chat
from tests.support.fault_server import FaultServer
from tests.support.terminal import TerminalProgram, lmdeck, private_environment

BROKEN_LINE = "oops =\n"


@pytest.fixture
def old() -> Iterator[FaultServer]:
    """The endpoint of the version before."""
    with FaultServer(FakeApi(chat=good_chat, embeddings=Embedder())) as server:
        yield server


@pytest.fixture
def file(call: Call, home: Path, old: FaultServer) -> Path:
    """Two providers that were moved to another endpoint since, in a file that was broken by hand then."""
    for name, category in (("p", "Model"), ("vectors", "Embedding")):
        flags = ("--url", old.base_url, "--model", "m", "--category", category, "--default")
        assert call("providers", "add", name, *flags, "--key-env", "HOME").code == 0
        assert call("providers", "set", name, "--url", "http://127.0.0.1:9/v1").code == 0
    file = home / "config" / "lmdeck" / "providers.toml"
    before = file.read_text()
    (home / "config" / "lmdeck" / "providers.toml.bak").write_text(
        before.replace("http://127.0.0.1:9/v1", old.base_url)
    )
    file.write_text(before + BROKEN_LINE)
    return file


@pytest.mark.parametrize(
    "command",
    [
        ("ask", "secret", "-p", "p"),
        ("ask", "secret"),
        ("ask", "secret", "-p", "p", "--json"),
        ("embed", "secret", "-p", "vectors"),
        ("embed", "secret"),
        ("check", "p"),
        ("check", "p", "--json"),
        ("check", "--all"),
        ("check", "vectors", "--quick"),
        ("chat", "--plain"),
        ("chat", "p", "--plain"),
    ],
)
def test_nothing_is_sent(call: Call, file: Path, old: FaultServer, command: tuple[str, ...]) -> None:
    done = call(*command)
    line = file.read_text().count("\n")
    words = " ".join((done.out + done.err).split())
    assert done.code == 2
    assert f"~/config/lmdeck/providers.toml cannot be read: it is not valid TOML (line {line})" in words
    assert "until then nothing is sent to your providers" in words
    assert old.requests == []


def test_what_needs_no_file_goes_on(call: Call, file: Path, old: FaultServer) -> None:
    assert file.exists()
    assert call("ask", "hello", "--url", old.base_url, "-m", "m").code == 0
    assert call("ask", "hello", "-p", "demo").code == 0


@pytest.mark.parametrize(
    "command",
    [
        ("providers", "list"),
        ("providers", "show", "p"),
        ("providers", "export"),
        ("providers", "export", "p"),
    ],
)
def test_what_shows_the_version_before_says_so(call: Call, file: Path, command: tuple[str, ...]) -> None:
    assert file.exists()
    done = call(*command)
    assert done.code == 0
    assert done.out
    assert "An earlier version is shown" in done.err


@pytest.mark.parametrize(
    "command",
    [
        ("providers", "add", "new", "--url", "http://127.0.0.1:9/v1", "--model", "m"),
        ("providers", "set", "p", "--model", "other"),
        ("providers", "set", "p", "--rename", "q"),
        ("providers", "default", "p"),
        ("providers", "remove", "p"),
        ("providers", "import", "records.json"),
        ("costs", "--price-old", "p"),
    ],
)
def test_nothing_is_changed(
    call: Call, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    record = {"name": "new", "providerUrl": "http://127.0.0.1:9/v1", "compatibleProvider": "m"}
    Path("records.json").write_text(json.dumps(record))
    before = {path: path.read_bytes() for path in file.parent.glob("*.toml*")}
    done = call(*command)
    assert done.code == 2
    assert "it is not valid TOML (line " in done.err
    assert {path: path.read_bytes() for path in file.parent.glob("*.toml*")} == before


def test_a_corrected_file_counts_again(call: Call, file: Path, old: FaultServer) -> None:
    text = file.read_text().replace("http://127.0.0.1:9/v1", old.base_url)
    file.write_text(text.removesuffix(BROKEN_LINE))
    assert call("ask", "hello", "-p", "p").code == 0
    assert call("providers", "set", "p", "--model", "other").code == 0


def test_an_open_chat_sends_nothing_either(home: Path, file: Path, old: FaultServer) -> None:
    broken = file.read_text()
    file.write_text(broken.removesuffix(BROKEN_LINE).replace("http://127.0.0.1:9/v1", old.base_url))
    with TerminalProgram(lmdeck("chat", "p"), private_environment(home)) as terminal:
        terminal.wait_for("Enter to send")
        file.write_text(broken)
        sent = len(old.requests)
        terminal.send("hi", "enter")
        terminal.wait_for("nothing is sent")
        assert not any(b"POST" in request for request in old.requests[sent:])
        terminal.send("ctrl+q")
        terminal.wait_for(lambda: terminal.poll() is not None or "Quit lmdeck?" in terminal.text)
        if terminal.poll() is None:
            terminal.send("y")
        assert terminal.wait() == 0


def test_the_screens_open_no_chat_with_it(home: Path, file: Path) -> None:
    assert file.exists()
    with TerminalProgram(lmdeck("chat", "p"), private_environment(home)) as terminal:
        terminal.wait_for("nothing is sent to your providers")
        assert terminal.wait() == 2
