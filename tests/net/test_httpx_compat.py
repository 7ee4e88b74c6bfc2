"""Each private name of the HTTP libraries exists, and does what it is used for."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import subprocess
import sys
from typing import Any

import h11
import httpcore
import httpcore._synchronization as synchronization
import httpx
import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tui.core.chat import Endpoint
from tui.net.client import ClientFactory
from tui.net.fetch import fetch
from tui.net.httpx_compat import AsyncioLocks, ResponseBody, use_asyncio_locks, use_pool

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


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
TEXTS = [b"data: one\n\n", b"5\r\nfive5\r\n", b"\r\n", b"x" * 300]
CHUNKS = [b"%X\r\n%b\r\n" % (len(text), text) for text in TEXTS]
END = b"0\r\n\r\n"


async def body_of(pieces: list[bytes]) -> tuple[bytes, httpcore.AsyncConnectionPool]:
    """Return the body of a response that comes in these pieces, and the pool that it was read through."""
    pool = httpcore.AsyncConnectionPool(network_backend=httpcore.AsyncMockBackend([*pieces]))
    transport = httpx.AsyncHTTPTransport()
    use_pool(transport, pool)
    client = httpx.AsyncClient(transport=transport)
    response = await client.send(client.build_request("GET", "http://server.invalid/"), stream=True)
    body = ResponseBody(response)
    found: list[bytes] = []
    try:
        while (piece := await body.read()) is not None:
            found.append(piece)
    finally:
        await response.aclose()
    return b"".join(found), pool


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 17, 64, 4_096])
async def test_a_body_is_the_same_for_every_split_of_its_bytes(size: int) -> None:
    body, pool = await body_of(cut(b"".join((HEAD, *CHUNKS, END)), size))
    assert body == b"".join(TEXTS)
    assert [connection.is_idle() for connection in pool.connections] == [True]


@pytest.mark.parametrize(
    "pieces",
    [
        [HEAD, *CHUNKS, END],
        [HEAD + CHUNKS[0], *CHUNKS[1:], END],
        [HEAD, CHUNKS[0] + CHUNKS[1], CHUNKS[2], CHUNKS[3] + END],
        [HEAD, CHUNKS[0] + CHUNKS[1][:4], CHUNKS[1][4:], *CHUNKS[2:], END],
        [HEAD, CHUNKS[0], CHUNKS[1][:-1], CHUNKS[1][-1:] + CHUNKS[2], CHUNKS[3], b"0", b"\r\nA: b\r\n\r\n"],
        [HEAD, CHUNKS[0].replace(b"\r\n", b";note=1\r\n", 1), *CHUNKS[1:], END],
    ],
)
async def test_whole_chunks_and_others_take_turns(pieces: list[bytes]) -> None:
    body, pool = await body_of(pieces)
    assert body == b"".join(TEXTS)
    assert [connection.is_idle() for connection in pool.connections] == [True]


async def test_whole_chunks_pass_by_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    receive = h11.Connection.receive_data

    def note(connection: h11.Connection, data: bytes) -> None:
        parsed.append(data)
        receive(connection, data)

    monkeypatch.setattr(h11.Connection, "receive_data", note)
    await body_of([HEAD + CHUNKS[0], *CHUNKS[1:], END])
    assert parsed == [HEAD + CHUNKS[0], END]


@pytest.mark.parametrize("wrong", [b"zz\r\nhello\r\n", b"5\r\nhelloXX", b"-5\r\nhello\r\n", b""])
async def test_what_is_wrong_is_judged_by_the_library(wrong: bytes) -> None:
    """Empty: the connection ends in the middle."""
    with pytest.raises(httpx.RemoteProtocolError):
        await body_of([HEAD, CHUNKS[0], wrong])


async def test_another_kind_of_body_is_the_librarys_to_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"
    body, _ = await body_of([head, b"5\r\nhello\r\n", b"5\r\nhello\r\n"])
    assert body == b"5\r\nhello\r\n" * 2


async def test_an_error_of_the_network_is_told_in_the_words_of_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object, **__: object) -> bytes:
        raise httpcore.ReadError("reset")

    pieces = [HEAD + CHUNKS[0]]
    read = httpcore.AsyncMockStream.read

    async def read_once(stream: httpcore.AsyncMockStream, *arguments: Any, **options: Any) -> bytes:
        monkeypatch.setattr(httpcore.AsyncMockStream, "read", fail)
        return await read(stream, *arguments, **options)

    monkeypatch.setattr(httpcore.AsyncMockStream, "read", read_once)
    with pytest.raises(httpx.ReadError, match="reset"):
        await body_of(pieces)
