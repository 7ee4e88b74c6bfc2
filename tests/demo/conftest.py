"""Running demo servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.demo.demo_client import StartServer
from tui.demo.server import DemoServer


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Start demo servers that end with the test; as fast as the socket takes the tokens."""
    servers: list[DemoServer] = []

    def start(**options: Any) -> DemoServer:
        server = DemoServer(**{"rate": 0, **options})
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(start_server: StartServer) -> DemoServer:
    """A demo server without faults."""
    return start_server()
