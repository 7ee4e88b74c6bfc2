"""A small HTTP client for the engine, and the mark of the tests that need one.

They are skipped where it is not installed, unless LMDECK_REQUIRE_ENGINE is set.
"""

from __future__ import annotations

import http.client
import json
import os
from typing import Any
from urllib.parse import urlsplit

import pytest

from tui.demo.engine import EngineAddress
from tui.demo.engine_files import find_engine

needs_engine = pytest.mark.skipif(
    find_engine() is None and not os.environ.get("LMDECK_REQUIRE_ENGINE"),
    reason="the engine is not installed",
)


def open_request(
    address: EngineAddress, path: str, body: object | None = None, *, key: str | None = None
) -> http.client.HTTPConnection:
    """Send a request and leave the connection open, its reply unread."""
    parts = urlsplit(address.base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    headers = {"Authorization": f"Bearer {address.key.reveal() if key is None else key}"}
    data = None if body is None else json.dumps(body).encode()
    connection.request("GET" if data is None else "POST", path, data, headers)
    return connection


def fetch(
    address: EngineAddress, path: str, body: object | None = None, *, key: str | None = None
) -> tuple[int, bytes]:
    """Send a request and read the whole reply."""
    connection = open_request(address, path, body, key=key)
    try:
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def chat_body(prompt: str, **extra: object) -> dict[str, object]:
    """Return the body of a streamed chat that says the same each time."""
    messages = [{"role": "user", "content": prompt}]
    options = {"include_usage": True}
    return {
        "model": "SmolLM2-135M-Instruct",
        "messages": messages,
        "stream": True,
        "stream_options": options,
        "temperature": 0,
        "max_tokens": 24,
        **extra,
    }


def events_of(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON of every event but ``[DONE]``."""
    lines = body.decode().splitlines()
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return [json.loads(text) for text in data if text != "[DONE]"]
