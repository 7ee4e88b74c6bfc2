"""A server that answers chats step by step as scripted, for structured answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.fake_api import FakeApi
from tests.support.fault_server import Answer, Connection, Fault, FaultServer
from tests.support.stream_samples import delta

USAGE = {"prompt_tokens": 40, "completion_tokens": 12}


def replies(
    *pieces: str,
    finish: str | None = "stop",
    reasoning: str = "",
    usage: dict[str, object] | None = None,
    holds: bool = False,
) -> Fault:
    """Stream an answer; ``holds``: the end never comes."""

    def reply(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        if reasoning:
            connection.send_chunks(delta(reasoning, field="reasoning_content"))
        connection.send_chunks(*(delta(piece) for piece in pieces))
        if holds:
            connection.hold()
        choice = {"index": 0, "delta": {}, "finish_reason": finish}
        _send(connection, {"choices": [choice]})
        _send(connection, {"choices": [], "usage": usage or USAGE})
        connection.send_chunks(b"data: [DONE]\n\n")
        connection.send(b"0\r\n\r\n")

    return reply


def _send(connection: Connection, event: dict[str, object]) -> None:
    connection.send_chunks(b"data: " + json.dumps({"id": "c", "model": "m", **event}).encode() + b"\n\n")


def refuses(message: str, status: str = "400 Bad Request", **fields: object) -> Fault:
    """Refuse a request in these words."""
    return Answer(json.dumps({"error": {"message": message, **fields}}).encode(), status=status)


@contextmanager
def answering(*steps: Fault) -> Iterator[FaultServer]:
    """Run a server that takes one step for each chat; the last one again and again."""
    left = list(steps)

    def chat(connection: Connection) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection)

    with FaultServer(FakeApi(chat=chat)) as server:
        yield server
