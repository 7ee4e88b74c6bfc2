"""The recorded answers of seventeen servers through ``lmdeck ask --json``, over a real socket."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any

import pytest

from tests.support.commands import Call
from tests.support.fault_server import Answer, FaultServer
from tests.wire.replies import DATA, Expectation, load_manifest

CHATS = [entry for entry in load_manifest() if entry.kind == "chat"]
WAITED_FOR = ("loading", "starting", "overloaded", "rate-limited")
"""Causes after which the question is asked again, for as long as ``--wait`` says."""
EVERY_OFFSET = "LMDECK_ASSURE" in os.environ
"""The long run cuts at every offset, the short one at a few dozen of each answer."""


def served(entry: Expectation, body: bytes, chunk: int | None = None) -> FaultServer:
    headers = {name: value for name, value in entry.headers.items() if name != "content-type"}
    status = f"{entry.status} {HTTPStatus(entry.status).phrase}"
    content_type = entry.headers.get("content-type", "")
    return FaultServer(Answer(body, status, content_type, headers, chunk))


def ask(call: Call, server: FaultServer, wait: str = "0.2") -> dict[str, Any]:
    done = call("ask", "hi", "--url", server.base_url, "--model", "m", "--json", "--wait", wait)
    report: dict[str, Any] = done.json
    assert done.code == (0 if report["ok"] else 1)
    return report


@pytest.mark.parametrize("entry", CHATS, ids=lambda entry: entry.file)
@pytest.mark.parametrize("chunk", [None, 1], ids=["whole", "byte-by-byte"])
def test_ask_gives_what_the_manifest_says(call: Call, entry: Expectation, chunk: int | None) -> None:
    with served(entry, (DATA / entry.file).read_bytes(), chunk) as server:
        report = ask(call, server, "0.2" if entry.cause in WAITED_FOR else "20")
    usage = report["usage"]
    if usage is not None and usage["source"] == "reported":
        found = {name: usage[f"{name}_tokens"] for name in ("prompt", "completion", "reasoning", "cached")}
    else:
        found = None
    assert report["reasoning"] == entry.reasoning
    assert report["answer"] == entry.answer
    assert report["finish_reason"] == entry.finish
    assert (report["error"] or {}).get("cause") == entry.cause
    assert found == entry.usage


@pytest.mark.parametrize("entry", CHATS, ids=lambda entry: entry.file)
def test_ask_keeps_the_text_of_an_answer_cut_anywhere(call: Call, entry: Expectation) -> None:
    body = (DATA / entry.file).read_bytes()
    step = 1 if EVERY_OFFSET else max(1, len(body) // 6)
    for offset in range(step // 2, len(body), step):
        with served(entry, body[:offset], 64) as server:
            report = ask(call, server)
        if report["error"] is None:
            assert report["answer"] == entry.answer
            continue
        assert report["error"]["title"]
        assert report["error"]["advice"]
        if not entry.trim:
            assert entry.reasoning.startswith(report["reasoning"])
            assert entry.answer.startswith(report["answer"])
