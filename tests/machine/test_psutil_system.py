"""Processes and sockets with psutil, the only source on macOS."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tui.net.machine.proc_files import ProcFiles
from tui.net.machine.processes import LONGEST_COMMAND
from tui.net.machine.psutil_system import PsutilSystem
from tui.net.machine.snapshot import take_snapshot
from tui.net.machine.system import System, system_below

LISTEN = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def vllm(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A process that is called like a vLLM and listens; its id and port."""
    script = tmp_path / "vllm"
    script.write_text(LISTEN)
    with subprocess.Popen(
        [sys.executable, str(script), "serve", "m", "--api-key", "hunter2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"LMDECK_TEST": "seen", "LMDECK_OTHER": "unseen"},
    ) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
        process.communicate()


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but ids is shown, as of other users' processes on macOS."""

    def deny(process: psutil.Process, *_: object) -> None:
        raise psutil.AccessDenied(process.pid)

    for name in ("cmdline", "net_connections", "environ"):
        monkeypatch.setattr(psutil.Process, name, deny)


def test_a_server_is_found_with_its_port_and_process(vllm: tuple[int, int]) -> None:
    pid, port = vllm
    snapshot = take_snapshot(PsutilSystem())
    (owner,) = snapshot.on_port(port)
    assert owner.process is not None
    assert (owner.server, owner.process.pid, owner.process.parent) == ("vLLM", pid, os.getpid())
    assert owner.process.uid == os.getuid()
    assert owner.process.uptime_seconds is not None
    assert 0 <= owner.process.uptime_seconds < 600
    assert f"vLLM listens on port {port} (127.0.0.1): pid {pid}" in owner.describe()
    assert "hunter2" not in owner.describe()
    assert pid in [server.process.pid for server in snapshot.servers]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="compares with the real /proc")
def test_it_sees_what_proc_shows(vllm: tuple[int, int]) -> None:
    pid, port = vllm
    proc, other = ProcFiles(Path("/")), PsutilSystem()

    def seen(system: System) -> tuple[object, ...]:
        process = system.process(pid)
        assert process is not None
        held = [each for each in system.listeners((), None) if each[0].port == port]
        names = (process.name, process.parent, process.uid, process.arguments)
        return held, names, system.commands()[pid], system.environment(pid, ["LMDECK_TEST"])

    assert seen(proc) == seen(other)
    assert seen(other)[-1] == {"LMDECK_TEST": "seen"}


@pytest.mark.parametrize(("address", "shown"), [("::1", "::1"), ("::ffff:127.0.0.1", "127.0.0.1")])
def test_addresses_are_written_as_everywhere(address: str, shown: str) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6")
    with socket.socket(socket.AF_INET6) as server:
        try:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            server.bind((address, 0))
        except OSError:
            pytest.skip("no IPv6")
        server.listen()
        port = server.getsockname()[1]
        held = PsutilSystem().listeners((), None)
    assert [(each.address, pid) for each, pid in held if each.port == port] == [(shown, os.getpid())]


@pytest.mark.usefixtures("unseen")
def test_processes_of_others_have_a_name_and_no_more(vllm: tuple[int, int]) -> None:
    system = PsutilSystem()
    assert (system.commands(), system.listeners((), None)) == ({}, ())
    assert system.environment(vllm[0], ["LMDECK_TEST"]) == {}
    process = system.process(vllm[0])
    assert process is not None
    assert (process.arguments, process.command_line) == ((), process.name)


def test_a_process_that_has_ended_is_none() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert PsutilSystem().process(process.pid) is None
    assert PsutilSystem().environment(process.pid, ["PATH"]) == {}


def test_a_command_line_of_any_length_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil.Process, "cmdline", lambda self: ["x", "", "y" * 2 * LONGEST_COMMAND, "z"])
    process = PsutilSystem().process(os.getpid())
    assert process is not None
    assert [len(argument) for argument in process.arguments] == [1, LONGEST_COMMAND - 3]


def test_linux_reads_proc_and_never_loads_psutil() -> None:
    """It would read the same files, several times as slowly."""
    code = (
        "import sys; from pathlib import Path; from tui.net.machine.machine import Machine\n"
        "Machine({}).snapshot(); Machine({}, Path('/nowhere')).snapshot(); print('psutil' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(not Path("/proc/net").is_dir())
    assert isinstance(system_below(Path("/nowhere")), ProcFiles)


def test_a_machine_without_proc_is_asked_by_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_dir", lambda self: False)
    assert isinstance(system_below(Path("/")), PsutilSystem)
