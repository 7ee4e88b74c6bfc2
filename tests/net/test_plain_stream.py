"""A connected socket: watched while an answer arrives, left alone while nobody reads."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from tui.net.streams import PlainStream


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    with near, far:
        yield near, far


async def test_pieces_come_one_by_one(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    stream = PlainStream(near)
    for number in range(5):
        reading = asyncio.create_task(stream.read(100))
        await asyncio.sleep(0)
        far.send(b"piece %d" % number)
        assert await reading == b"piece %d" % number


async def test_what_came_unasked_waits_without_waking_anybody(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    near, far = pair
    stream = PlainStream(near)
    reading = asyncio.create_task(stream.read(100))
    await asyncio.sleep(0)
    far.send(b"asked")
    assert await reading == b"asked"
    far.send(b"unasked")
    for _ in range(3):
        await asyncio.sleep(0)
    assert not asyncio.get_running_loop().remove_reader(near), "it would wake the loop for ever"
    assert stream.get_extra_info("is_readable")
    assert await stream.read(4) == b"unas"
    assert await stream.read(100) == b"ked"


async def test_the_end_is_an_empty_piece(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    stream = PlainStream(near)
    reading = asyncio.create_task(stream.read(100))
    await asyncio.sleep(0)
    far.close()
    assert await reading == b""
    assert await stream.read(100) == b""


async def test_a_read_that_was_cancelled_loses_nothing_that_comes_later(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    near, far = pair
    stream = PlainStream(near)
    reading = asyncio.create_task(stream.read(100))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    far.send(b"later")
    await asyncio.sleep(0)
    assert await stream.read(100) == b"later"


async def test_closing_leaves_the_loop_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    near, _ = pair
    stream = PlainStream(near)
    reading = asyncio.create_task(stream.read(100))
    await asyncio.sleep(0)
    descriptor = near.fileno()
    await stream.aclose()
    assert not asyncio.get_running_loop().remove_reader(descriptor)
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert near.fileno() == -1
