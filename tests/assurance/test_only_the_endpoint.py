"""The program connects only to configured endpoints, and leaves no trace of a key."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assurance.kit import deck
from tests.support.commands import run_command
from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import replying
from tests.support.terminal import TerminalProgram, lmdeck

NOTING = """
import json, os, sys

noted = os.open(os.environ["NOTED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

def note(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        os.write(noted, json.dumps(arguments[1]).encode() + b"\\n")
    elif event == "socket.getaddrinfo":
        os.write(noted, json.dumps(arguments[:2]).encode() + b"\\n")

sys.addaudithook(note)
from tui.cli.main import main

raise SystemExit(main(sys.argv[1:]))
"""
"""lmdeck, noting every address that it connects to and every name that it looks up."""
COMMANDS = (
    ("ask", "hello"),
    ("check", "main"),
    ("chat", "--plain"),
    ("providers", "list"),
    ("providers", "show", "main"),
    ("presets",),
    ("paths",),
    ("--version",),
)


def noted(path: Path) -> list[tuple[str, int]]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [(host, int(port)) for host, port, *_ in map(json.loads, lines)]


def test_commands_connect_to_their_endpoint_alone(tmp_path: Path) -> None:
    with FaultServer(FakeApi()) as server:
        environment = deck(tmp_path, server.base_url) | {"NOTED": str(tmp_path / "noted")}
        for arguments in COMMANDS:
            done = subprocess.run(
                [sys.executable, "-c", NOTING, *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, (arguments, done.stderr)
        assert set(noted(tmp_path / "noted")) == {("127.0.0.1", server.port)}


def test_screens_connect_to_their_endpoints_alone(tmp_path: Path) -> None:
    with FaultServer(FakeApi()) as server:
        environment = deck(tmp_path, server.base_url) | {"NOTED": str(tmp_path / "noted")}
        with TerminalProgram([sys.executable, "-c", NOTING], environment) as terminal:
            terminal.wait_for(r"main .* ms")
            terminal.send("d")
            terminal.wait_for("The endpoint works")
            terminal.send("escape")
            terminal.wait_for(r"main .* ms")
            terminal.send("enter")
            terminal.wait_for("Enter to send")
            terminal.send("hello", "enter")
            terminal.wait_for("TTFT [0-9]")
            terminal.send("ctrl+q")
            assert terminal.wait() == 0
        assert set(noted(tmp_path / "noted")) == {("127.0.0.1", server.port)}


def test_no_other_package_is_loaded(tmp_path: Path) -> None:
    """Libraries load what other installed packages offer them: it would see records, keys and answers."""
    packages, loaded = tmp_path / "packages", tmp_path / "loaded"
    about = packages / "offer-1.0.dist-info"
    about.mkdir(parents=True)
    (packages / "offer.py").write_text(f"open({str(loaded)!r}, 'a').write(__name__)\nplugin = None\n")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: offer\nVersion: 1.0\n")
    groups = ("pydantic", "pygments.lexers", "pygments.styles", "pygments.filters", "textual", "lmdeck")
    (about / "entry_points.txt").write_text(
        "\n".join(f"[{group}]\nplugin = offer:plugin\n" for group in groups)
    )
    record = {"name": "imported", "providerUrl": "http://127.0.0.1:9/v1", "compatibleProvider": "m"}
    (tmp_path / "records.json").write_text(json.dumps([record]))
    with FaultServer(FakeApi(chat=replying("Look:\n\n```no-such-language\nx = 1\n```\n"))) as server:
        environment = deck(tmp_path, server.base_url) | {"PYTHONPATH": str(packages)}
        done = run_command("providers", "import", str(tmp_path / "records.json"), environment=environment)
        assert (done.code, "imported" in done.out) == (0, True), done.err
        with TerminalProgram(lmdeck("chat", "main"), environment) as terminal:
            terminal.wait_for("Enter to send")
            terminal.send("hello", "enter")
            terminal.wait_for("(?s)x = 1.*TTFT [0-9]")
            terminal.send("ctrl+q")
            assert terminal.wait() == 0
    assert not loaded.exists(), loaded.read_text()


def test_a_core_dump_is_forbidden(tmp_path: Path) -> None:
    if not Path("/proc/self/limits").exists():
        pytest.skip("reads /proc")
    with FaultServer(FakeApi()) as server:
        environment = deck(tmp_path, server.base_url)
        command = [
            "sh",
            "-c",
            'ulimit -c "$(ulimit -Hc)"; ulimit -c >&2; exec "$@"',
            "sh",
            *lmdeck("chat", "main"),
        ]
        with TerminalProgram(command, environment) as terminal:
            terminal.wait_for("Enter to send")
            if b"unlimited" not in terminal.raw:
                pytest.skip("core dumps are forbidden for the tests already")
            limits = Path(f"/proc/{terminal.pid}/limits").read_text()
    line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert line.split()[4:6] == ["0", "0"]
