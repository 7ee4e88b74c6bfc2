"""Each private name of the HTTP libraries is still there, and does what it is used for."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import subprocess
import sys

import httpcore
import httpcore._synchronization as synchronization
import httpx

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tui.core.chat import Endpoint
from tui.net.client import ClientFactory
from tui.net.fetch import fetch
from tui.net.httpx_compat import AsyncioLocks, use_asyncio_locks, use_pool

PROGRAM = """
import asyncio, sys
from tui.core.chat import Endpoint
from tui.net.client import ClientFactory
from tui.net.fetch import fetch

async def ask():
    factory = ClientFactory({})
    answer = await fetch(factory, Endpoint(sys.argv[1]), sys.argv[1] + "/models")
    await factory.aclose()
    return answer.status

assert asyncio.run(ask()) == 200
assert "anyio._backends._asyncio" not in sys.modules
"""


def test_a_request_imports_nothing_for_its_locks() -> None:
    with FaultServer(FakeApi()) as server:
        done = subprocess.run([sys.executable, "-c", PROGRAM, server.base_url], check=False)
    assert done.returncode == 0


def test_the_command_of_the_library_is_left_out() -> None:
    """It is what imports Rich."""
    assert "_main" in inspect.getsource(httpx)
    program = "import sys, tui.net, httpx; assert 'rich' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_missing_module_is_searched_for_once() -> None:
    assert "sniffio" in inspect.getsource(synchronization)
    assert sys.modules.get("sniffio") is None or importlib.util.find_spec("sniffio")


async def test_a_transport_sends_through_the_pool_that_it_is_given() -> None:
    with FaultServer(FakeApi()) as server:
        async with httpx.AsyncHTTPTransport() as transport:
            assert type(transport._pool) is httpcore.AsyncConnectionPool
            pool = httpcore.AsyncConnectionPool()
            use_pool(transport, pool)
            answer = await transport.handle_async_request(httpx.Request("GET", f"{server.base_url}/models"))
            assert len(pool.connections) == 1
            await answer.aclose()


def test_they_are_put_in_place_once() -> None:
    use_asyncio_locks()
    placed = vars(synchronization)["anyio"]
    use_asyncio_locks()
    assert vars(synchronization)["anyio"] is placed
    assert isinstance(placed, AsyncioLocks)
    assert placed.fail_after.__module__.startswith("anyio")


async def test_the_lock_keeps_others_out() -> None:
    lock = synchronization.AsyncLock()
    order: list[str] = []

    async def enter(name: str) -> None:
        async with lock:
            order.append(name)
            await asyncio.sleep(0)
            order.append(name)

    await asyncio.gather(enter("a"), enter("b"))
    assert order == ["a", "a", "b", "b"]


async def test_a_request_waits_for_a_free_connection_until_its_limit() -> None:
    from tui.net.dialer import Dialer

    with FaultServer(FakeApi()) as server:
        async with httpcore.AsyncConnectionPool(max_connections=1, network_backend=Dialer()) as pool:
            url = f"{server.base_url}/models"
            async with pool.stream("GET", url) as held:
                waiting = asyncio.create_task(pool.request("GET", url))
                await asyncio.sleep(0)
                assert not waiting.done()
                await held.aread()
            assert (await waiting).status == 200


async def test_a_cancelled_request_leaves_no_connection_behind() -> None:
    with FaultServer("stall-after-headers") as server:
        factory = ClientFactory({})
        endpoint = Endpoint(server.base_url)
        asking = asyncio.create_task(fetch(factory, endpoint, f"{server.base_url}/models", seconds=30))
        while not server.requests:
            await asyncio.sleep(0.005)
        asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()
        await asyncio.to_thread(server.peer_closed.wait, 5)
        assert server.peer_closed.is_set()
        await factory.aclose()
