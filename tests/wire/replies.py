"""Reads a reply in pieces and folds it into a turn, for tests of replies."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.core.events import Finished, StreamEvent, StreamFailed
from tui.core.failure import Failure
from tui.core.fold import apply
from tui.core.parts import parts_of
from tui.core.turn import Turn
from tui.wire.reply import ReplyReader

DATA = Path(__file__).parent / "data"
EVENT_STREAM = {"content-type": "text/event-stream"}


@dataclass(frozen=True)
class Expectation:
    """One entry of the manifest."""

    file: str
    status: int
    headers: Mapping[str, str]
    reasoning: str
    answer: str
    usage: Mapping[str, int | None] | None
    finish: str | None
    cause: str | None
    note: str
    source: str
    kind: str = "chat"
    trim: bool = False

    @property
    def body(self) -> bytes:
        """The bytes as they come out of the HTTP client, which undoes a content encoding."""
        data = (DATA / self.file).read_bytes()
        return gzip.decompress(data) if self.headers.get("content-encoding") == "gzip" else data


def load_manifest() -> list[Expectation]:
    """Return all expectations."""
    return [Expectation(**entry) for entry in json.loads((DATA / "manifest.json").read_text())]


def read_reply(
    pieces: Iterable[bytes],
    *,
    status: int = 200,
    headers: Mapping[str, str] = EVENT_STREAM,
    streamed: bool = True,
    transport: Failure | None = None,
) -> tuple[Turn, list[StreamEvent]]:
    """Return the turn and the events of a reply; exactly one of the two ends must be its last event."""
    reader = ReplyReader(status=status, headers=headers, streamed=streamed)
    events = [event for piece in pieces for event in reader.feed(piece)]
    events += reader.finish(transport=transport)
    turn = Turn("t", parts_of("prompt"))
    for event in events:
        apply(turn, event, 0.0)
    ends = [event for event in events if isinstance(event, Finished | StreamFailed)]
    assert len(ends) == 1
    assert events[-1] is ends[0]
    return turn, events


def chunk(delta: Mapping[str, object] | None = None, finish: str | None = None, **more: object) -> bytes:
    """Return one chunk of a chat as a server-sent event."""
    choice = {"index": 0, "delta": dict(delta or {}), "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice], **more})}\n\n".encode()


def stream(
    *deltas: Mapping[str, object] | str,
    finish: str | None = "stop",
    usage: Mapping[str, object] | None = None,
) -> bytes:
    """Return a whole stream of deltas, a text being a delta with that content, and its usage."""
    chunks = [chunk({"content": delta} if isinstance(delta, str) else delta) for delta in deltas]
    counts = f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n".encode() if usage else b""
    return b"".join((*chunks, chunk(finish=finish), counts, b"data: [DONE]\n\n"))
