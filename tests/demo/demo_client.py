"""A small HTTP client that returns the raw bytes of the demo server."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tui.demo.server import DemoServer

StartServer = Callable[..., DemoServer]


@dataclass
class Reply:
    """A complete reply."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON of every event but ``[DONE]``."""
        blocks = self.body.decode().split("\n\n")
        data = [block.removeprefix("data: ") for block in blocks if block.startswith("data: ")]
        return [json.loads(text) for text in data if text != "[DONE]"]

    def text(self, field: str = "content") -> str:
        """The joined text of a field of the deltas."""
        deltas = [choice["delta"] for event in self.events for choice in event["choices"]]
        return "".join(delta.get(field) or "" for delta in deltas)


def call(url: str, path: str, body: object | None = None, headers: dict[str, str] | None = None) -> Reply:
    """Send one request and read the whole reply."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request("GET" if data is None else "POST", parts.path + path, data, headers or {})
        response = connection.getresponse()
        return Reply(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def chat(
    server: DemoServer,
    prompt: str = "tell me",
    model: str = "demo-reasoner",
    *,
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> Reply:
    """Send a streamed chat (unless told otherwise) and read the whole reply."""
    messages = [{"role": "user", "content": prompt}]
    body = {"model": model, "messages": messages, "stream": True, **extra}
    return call(server.base_url, "/chat/completions", body, headers)
