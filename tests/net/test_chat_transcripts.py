"""The recorded answers of servers, played over a real socket in pieces of any size."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.chatting import Chatter
from tests.support.fault_server import Answer, FaultServer, random_sizes
from tui.core.chat import Endpoint
from tui.net.client import ClientFactory
from tui.net.models import fetch_models

DATA = Path(__file__).parents[1] / "wire" / "data"
MANIFEST: list[dict[str, Any]] = json.loads((DATA / "manifest.json").read_text())
CHATS = [entry for entry in MANIFEST if entry.get("kind", "chat") == "chat"]
LISTS = [entry for entry in MANIFEST if entry.get("kind") == "models"]


def name(entry: dict[str, Any]) -> str:
    return str(entry["file"])


def answer(entry: dict[str, Any], chunk: int | Callable[[], Iterator[int]] | None = None) -> Answer:
    headers = dict(entry["headers"])
    content_type = headers.pop("content-type", "application/json")
    return Answer((DATA / entry["file"]).read_bytes(), f"{entry['status']} X", content_type, headers, chunk)


def test_all_recordings_are_played() -> None:
    assert len(MANIFEST) == 65
    assert len(CHATS) > 50


@pytest.mark.parametrize("entry", CHATS, ids=name)
@pytest.mark.parametrize("size", ["whole", "bytes", "random"])
async def test_a_recording_gives_what_the_manifest_says(
    chat: Chatter, entry: dict[str, Any], size: str
) -> None:
    sizes = {"whole": None, "bytes": 1, "random": lambda: random_sizes(zlib.crc32(name(entry).encode()))}
    with FaultServer(answer(entry, sizes[size])) as server:
        reply = await chat(server.base_url)
    assert reply.reasoning == entry["reasoning"]
    assert reply.answer == entry["answer"]
    assert reply.finish == entry["finish"]
    assert reply.cause == entry["cause"]
    usage = reply.usage and {
        "prompt": reply.usage.prompt_tokens,
        "completion": reply.usage.completion_tokens,
        "reasoning": reply.usage.reasoning_tokens,
        "cached": reply.usage.cached_tokens,
    }
    assert usage == entry["usage"]


@pytest.mark.parametrize("entry", LISTS, ids=name)
async def test_a_list_of_models_is_read(factory: ClientFactory, entry: dict[str, Any]) -> None:
    with FaultServer(answer(entry, 7)) as server:
        models = await fetch_models(factory, Endpoint(server.base_url))
    assert models.models
