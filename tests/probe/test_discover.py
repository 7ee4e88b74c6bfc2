"""Model servers on this machine: only on loopback, and never with a key."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import certificates
from tests.support.catalogue_cases import has_ipv6
from tests.support.fake_api import FakeApi, model_list
from tests.support.fake_machine import FakeMachine
from tests.support.fault_server import Answer, FaultServer, refused_port
from tui.core.provider_texts import check_provider
from tui.demo.server import DemoServer
from tui.net import discover as discovery
from tui.net.client import ClientFactory
from tui.net.discover import Discovered, Discovery, discover
from tui.net.machine.machine import Machine
from tui.net.machine.snapshot import PortOwner, Snapshot
from tui.net.machine.sockets import Listener


async def find(
    root: Path,
    found: list[Discovered] | None = None,
    on_scanned: Callable[[int, int], None] | None = None,
) -> Discovery:
    factory = ClientFactory({"SSL_CERT_FILE": str(certificates.CA)})
    on_found = None if found is None else found.append
    try:
        return await discover(factory, Machine({}, root), on_found=on_found, on_scanned=on_scanned)
    finally:
        await factory.aclose()


async def test_a_server_is_found_with_its_process_and_models(tmp_path: Path) -> None:
    fake = FakeMachine(tmp_path)
    api = FakeApi(
        models=model_list("Qwen/Qwen3-8B", owned_by="vllm", max_model_len=2048),
        routes={"/version": Answer(b'{"version":"0.32.0"}')},
    )
    seen: list[Discovered] = []
    with FaultServer(api) as server, FaultServer("ssh-banner-and-close") as other:
        fake.listen("0.0.0.0", server.port, 11)
        fake.listen("127.0.0.1", other.port, 12)
        fake.run(42, "vllm", "serve", "Qwen/Qwen3-8B", "--port", str(server.port), sockets=(11,))
        result = await find(tmp_path, seen)
    (found,) = result.servers
    assert seen == [found]
    assert result.is_complete
    assert (found.label, str(found.identity.kind), found.identity.version) == ("vLLM", "vllm", "0.32.0")
    assert (found.models, found.context_window, found.needs_key) == (("Qwen/Qwen3-8B",), 2048, False)
    assert found.owner is not None
    assert "pid 42" in found.owner.describe()


async def test_the_scan_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    fake = FakeMachine(tmp_path)
    with FaultServer(FakeApi()) as server, FaultServer("ssh-banner-and-close") as other:
        fake.listen("127.0.0.1", server.port, 11)
        fake.listen("127.0.0.1", other.port, 12)
        await find(tmp_path, on_scanned=lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize("fault", [None, "auth", "model-not-found"])
async def test_a_demo_of_lmdeck_is_named_as_such(tmp_path: Path, fault: str | None) -> None:
    demo = DemoServer(fault=fault)
    demo.start()
    try:
        FakeMachine(tmp_path).listen("127.0.0.1", demo.port, 11)
        (found,) = (await find(tmp_path)).servers
    finally:
        demo.stop()
    assert found.shown_kind == "lmdeck demo"
    assert found.as_provider().name == f"lmdeck-demo-{demo.port}"
    assert not found.is_engine


async def test_the_engine_of_lmdeck_is_named_as_such(tmp_path: Path) -> None:
    fake = FakeMachine(tmp_path)
    child = Path(discovery.__file__).parent.parent / "demo" / "engine_child.py"
    assert child.is_file()
    with FaultServer(FakeApi(key="Bearer right")) as server:
        fake.listen("127.0.0.1", server.port, 11)
        fake.run(42, "python", str(child), sockets=(11,))
        (found,) = (await find(tmp_path)).servers
    assert found.shown_kind == "lmdeck engine"
    assert found.is_engine


async def test_what_is_found_becomes_a_valid_provider(tmp_path: Path) -> None:
    with FaultServer(FakeApi()) as server:
        FakeMachine(tmp_path).listen("127.0.0.1", server.port, 11)
        (found,) = (await find(tmp_path)).servers
        provider = found.as_provider([f"server-{server.port}"])
        assert provider.name == f"server-{server.port}-2"
        assert (provider.provider_url, provider.model) == (server.base_url, "m")
        assert check_provider(provider, [f"server-{server.port}"]) == ()


async def test_a_server_that_wants_a_key_is_found_without_one(tmp_path: Path) -> None:
    with FaultServer(FakeApi(key="Bearer right")) as server:
        FakeMachine(tmp_path).listen("127.0.0.1", server.port, 11)
        (found,) = (await find(tmp_path)).servers
        assert not any(b"uthorization" in request for request in server.requests)
    assert found.needs_key
    assert found.failure is None


PAGES = [
    (
        "401 Unauthorized",
        b"<html><head><title>401 Authorization Required</title></head><body></body></html>",
        {},
    ),
    ("403 Forbidden", b"<html><head><title>403 Forbidden</title></head><body>nginx</body></html>", {}),
    ("401 Unauthorized", b"<!doctype html><title>Sign in</title>", {"WWW-Authenticate": 'Basic realm="x"'}),
    ("403 Forbidden", b"", {}),
]


@pytest.mark.parametrize(("status", "page", "headers"), PAGES)
async def test_a_page_that_refuses_is_no_model_server(
    tmp_path: Path, status: str, page: bytes, headers: dict[str, str]
) -> None:
    with FaultServer(Answer(page, status, "text/html", headers)) as server:
        FakeMachine(tmp_path).listen("127.0.0.1", server.port, 11)
        assert (await find(tmp_path)).servers == ()


@pytest.mark.parametrize(
    ("version", "kind"), [(Answer(b'{"version":"0.32.0"}'), "vllm"), (Answer(b"{}", "404 Not Found"), None)]
)
async def test_vllm_behind_a_key_is_told_by_its_open_version(
    tmp_path: Path, version: Answer, kind: str | None
) -> None:
    with FaultServer(FakeApi(key="Bearer right", routes={"/version": version})) as server:
        FakeMachine(tmp_path).listen("127.0.0.1", server.port, 11)
        (found,) = (await find(tmp_path)).servers
    assert found.needs_key
    assert (str(found.identity.kind) if found.identity.kind else None) == kind
    assert found.identity.version == ("0.32.0" if kind else None)


async def test_a_server_that_is_loading_says_so(tmp_path: Path) -> None:
    with FaultServer("http-503-loading") as server:
        FakeMachine(tmp_path).listen("127.0.0.1", server.port, 11)
        (found,) = (await find(tmp_path)).servers
    assert found.failure is not None
    assert found.failure.cause == "loading"


@pytest.mark.parametrize("fault", ["http-200-html", "http-404-path", "http2-frames", "close-without-answer"])
async def test_what_is_no_model_server_is_left_out(tmp_path: Path, fault: str) -> None:
    with FaultServer(fault) as server:
        FakeMachine(tmp_path).listen("127.0.0.1", server.port, 11)
        assert (await find(tmp_path)).servers == ()


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_a_server_on_ipv6_alone_is_found(tmp_path: Path) -> None:
    with FaultServer(FakeApi(), host="::1") as server:
        FakeMachine(tmp_path).listen("::1", server.port, 11)
        (found,) = (await find(tmp_path)).servers
        assert found.url == server.base_url


async def test_other_addresses_are_never_asked(tmp_path: Path) -> None:
    fake = FakeMachine(tmp_path)
    fake.listen("10.0.0.5", 8000, 11)
    fake.listen("0.0.0.0", 22, 12)
    result = await find(tmp_path)
    assert (result.servers, result.asked_ports) == ((), 0)


async def test_servers_that_are_starting_are_told_apart(tmp_path: Path) -> None:
    FakeMachine(tmp_path).run(42, "vllm", "serve", "m")
    result = await find(tmp_path)
    assert [server.label for server in result.starting] == ["vLLM"]


async def test_without_proc_the_usual_ports_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer(FakeApi()) as server, refused_port() as closed:
        monkeypatch.setattr(discovery, "USUAL_PORTS", (server.port, closed))
        result = await find(tmp_path)
        assert [found.port for found in result.servers] == [server.port]
    assert not result.is_complete


async def test_where_some_ports_are_shown_they_are_asked_beside_the_usual_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS, which shows those of one's own processes."""
    with FaultServer(FakeApi()) as usual, FaultServer(FakeApi()) as shown:
        owners = (PortOwner(Listener("127.0.0.1", shown.port), None),)
        monkeypatch.setattr(Machine, "snapshot", lambda self, port=None: Snapshot(owners, ()))
        monkeypatch.setattr(discovery, "USUAL_PORTS", (usual.port, shown.port))
        result = await find(tmp_path)
    assert {found.port for found in result.servers} == {usual.port, shown.port}
    assert (result.asked_ports, result.is_complete) == (2, False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the real /proc")
async def test_a_real_listener_of_this_process_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other ports of the machine that runs the tests are left alone."""
    real = Machine.snapshot
    with FaultServer(FakeApi()) as server:

        def own_port_only(machine: Machine, port: int | None = None) -> Snapshot:
            return Snapshot(real(machine, port).on_port(server.port), ())

        monkeypatch.setattr(Machine, "snapshot", own_port_only)
        (found,) = (await find(Path("/"))).servers
    assert found.owner is not None
    assert found.owner.process is not None
    assert found.owner.process.pid == os.getpid()
