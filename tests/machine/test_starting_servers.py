"""Which server of this machine is starting, and which of its sockets may be the API: the port it was told.

The process tables are those of real starts: vLLM opens a dozen ports for its workers before its API's.
"""

from __future__ import annotations

import pytest

from tests.support.fake_machine import FakeMachine
from tui.net.machine.machine import Machine
from tui.net.machine.snapshot import RunningServer, Snapshot

OWN_NETWORK = 4026531840


def snapshot_of(fake: FakeMachine) -> Snapshot:
    return Machine({}, fake.root).snapshot()


def only_server(fake: FakeMachine) -> RunningServer:
    (server,) = snapshot_of(fake).servers
    return server


def start_vllm(fake: FakeMachine, *options: str) -> None:
    """A vLLM that loads its model: its engine and workers listen, its API does not."""
    for inode, port in enumerate((41_017, 43_733, 29_500, 5_557), start=11):
        fake.listen("127.0.0.1", port, inode)
    fake.run(40, "/v/bin/python3", "/v/bin/vllm", "serve", "m", *options, sockets=(11,))
    fake.run(41, "VLLM::EngineCore", parent=40, sockets=(12, 13))
    fake.run(42, "VLLM::Worker_TP0", parent=41, sockets=(14,))


@pytest.mark.parametrize("options", [("--port", "8000"), ("--port=8000",), ()])
def test_a_server_whose_workers_listen_is_still_starting(fake: FakeMachine, options: tuple[str, ...]) -> None:
    start_vllm(fake, *options)
    snapshot = snapshot_of(fake)
    server = snapshot.starting_for(8000)
    assert server is not None
    assert (server.process.pid, server.ports, server.is_starting) == (40, (), True)
    assert snapshot.starting_for(8001) is None
    assert "has no port yet" in server.describe()


@pytest.mark.parametrize("holder", [40, 41, 42])
def test_it_has_started_when_one_of_its_processes_has_the_port(fake: FakeMachine, holder: int) -> None:
    start_vllm(fake, "--port", "8000")
    fake.open(holder, 8000, 19)
    assert only_server(fake).ports == (8000,)
    assert snapshot_of(fake).starting_for(8000) is None


def test_a_child_that_is_no_known_program_may_have_the_port(fake: FakeMachine) -> None:
    fake.run(40, "vllm", "serve", "m", "--port", "8000")
    fake.run(41, "python3", "-c", "from multiprocessing.spawn import spawn_main", parent=40)
    fake.open(41, 8000, 19)
    assert only_server(fake).ports == (8000,)


def test_the_port_of_somebody_else_is_not_the_servers(fake: FakeMachine) -> None:
    fake.run(40, "vllm", "serve", "m", "--port", "8000")
    fake.run(50, "nginx")
    fake.open(50, 8000, 19)
    assert only_server(fake).is_starting


def test_workers_that_outlived_their_server_are_none(fake: FakeMachine) -> None:
    fake.run(41, "VLLM::EngineCore")
    fake.run(51, "sglang::scheduler")
    fake.open(41, 5_557, 11)
    assert snapshot_of(fake).servers == ()


def test_a_server_that_was_told_no_port_may_have_another_but_no_temporary_one(fake: FakeMachine) -> None:
    """A file of settings may have named one; the system's own choice is for the server itself."""
    fake.run(40, "litellm", "--config", "c.yaml")
    fake.open(40, 45_001, 11)
    assert only_server(fake).is_starting
    fake.open(40, 4_444, 12)
    assert only_server(fake).ports == (4_444,)


def test_the_range_of_temporary_ports_is_the_systems(fake: FakeMachine) -> None:
    (fake.root / "proc/sys/net/ipv4").mkdir(parents=True)
    (fake.root / "proc/sys/net/ipv4/ip_local_port_range").write_text("4000\t5000\n")
    fake.run(40, "litellm", "--config", "c.yaml")
    fake.open(40, 4_444, 11)
    fake.open(40, 45_001, 12)
    assert only_server(fake).ports == (45_001,)


@pytest.mark.parametrize("text", ["", "4000", "a b", "1 2 3"])
def test_a_strange_range_of_temporary_ports_is_the_default(fake: FakeMachine, text: str) -> None:
    (fake.root / "proc/sys/net/ipv4").mkdir(parents=True)
    (fake.root / "proc/sys/net/ipv4/ip_local_port_range").write_text(text)
    fake.run(40, "litellm", "--config", "c.yaml")
    fake.open(40, 45_001, 12)
    assert only_server(fake).ports == ()


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (("ollama", "serve"), {"OLLAMA_HOST": "0.0.0.0:11500"}, 11_500),
        (("ollama", "serve"), {"OLLAMA_HOST": "http://127.0.0.1:11500/"}, 11_500),
        (("ollama", "serve"), {"OLLAMA_HOST": "127.0.0.1"}, 11_434),
        (("ollama", "serve"), {"OLLAMA_HOST": "[::1]:11500"}, 11_500),
        (("ollama", "serve"), {"OLLAMA_HOST": "::1"}, 11_434),
        (("ollama", "serve"), {}, 11_434),
        (("llama-server", "-m", "x.gguf"), {"LLAMA_ARG_PORT": "8099"}, 8_099),
        (("llama-server", "--port", "8098"), {"LLAMA_ARG_PORT": "8099"}, 8_098),
        (("llama-server",), {"LLAMA_ARG_PORT": "99999"}, 8_080),
        (("text-generation-launcher", "--model-id", "m"), {"PORT": "8097"}, 8_097),
        (("local-ai", "run"), {"LOCALAI_ADDRESS": ":8096"}, 8_096),
        (("vllm", "serve", "m"), {"PORT": "8095"}, 8_000),  # vLLM reads no such variable
        (("vllm", "serve", "m"), {"VLLM_PORT": "8095"}, 8_000),  # that one is for its workers
    ],
)
def test_the_port_that_a_server_was_told(
    fake: FakeMachine, arguments: tuple[str, ...], environment: dict[str, str], expected: int
) -> None:
    fake.run(40, *arguments, environment=environment)
    server = only_server(fake)
    assert server.expected_port == expected
    assert server.is_starting_for(expected)


def test_a_server_in_a_container_has_no_port_here(fake: FakeMachine) -> None:
    (fake.root / "proc/self/ns").mkdir(parents=True)
    (fake.root / "proc/self/ns/net").symlink_to(f"net:[{OWN_NETWORK}]")
    fake.run(40, "vllm", "serve", "m", "--port", "8000", network=OWN_NETWORK + 1)
    fake.run(50, "vllm", "serve", "m", "--port", "8001", network=OWN_NETWORK)
    there, here = snapshot_of(fake).servers
    assert (there.is_starting, here.is_starting) == (False, True)
    assert "in its own network" in there.describe()
    assert snapshot_of(fake).starting_for(8000) is None
