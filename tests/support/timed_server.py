"""A server that says where its time goes: in its replies as vLLM does, or only in its ``/metrics``.

What it says is what it takes: it sleeps as long as its figures say, and counts a request when it ends.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field

from tests.support.fake_api import STREAM_END, FakeApi, Replayed
from tests.support.fault_server import Answer, Connection, Fault
from tests.support.stream_samples import delta

QUEUE_SECONDS = 0.06
PROMPT_SECONDS = 0.04
VLLM_NAMES = {"queue": "vllm:request_queue_time_seconds", "prompt": "vllm:request_prefill_time_seconds"}


@dataclass
class TimedApi:
    """Answers chats; ``log`` has the requests in order."""

    reports: bool = False
    """Whether its replies carry ``metrics``."""
    is_open: bool = True
    """Whether its ``/metrics`` are open without the key."""
    others: int = 0
    """Other requests, of the same times, that end together with each of ours."""
    started: float = 1000.0
    refuses_usage: bool = False
    log: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    count: int = 7
    queue: float = 1.25
    prompt: float = 0.75

    def __call__(self, connection: Connection) -> None:
        while request := connection.read_request():
            head = request.split(b"\r\n\r\n")[0].decode("latin-1")
            self.log.append(" ".join(head.split(" ")[:2]))
            self.heads.append(head)
            self._handler(head)(Replayed(connection, request))

    def _handler(self, head: str) -> Fault:
        if head.startswith("POST"):
            return self._chat
        if " /metrics " not in head:
            return FakeApi()._route(head.encode() + b"\r\n\r\n")
        if not self.is_open:
            return Answer(b"Unauthorized", status="401 Unauthorized")
        return Answer(self.metrics().encode(), content_type="text/plain; version=0.0.4")

    def metrics(self) -> str:
        lines = [f"process_start_time_seconds {self.started}"]
        for part, name in VLLM_NAMES.items():
            labels = '{engine="0",model_name="m"}'
            lines += (
                f"{name}_sum{labels} {getattr(self, part)!r}",
                f"{name}_count{labels} {self.count}.0",
                f"{name}_created{labels} 1.7e9",
            )
        return "\n".join((*lines, ""))

    def _chat(self, connection: Connection) -> None:
        request = connection.read_request()
        connection.closes = False
        if self.refuses_usage and b"stream_options" in request:
            error = {"message": "Unknown parameter: stream_options", "param": "stream_options"}
            connection.respond(json.dumps({"error": error}).encode(), status="400 Bad Request")
            return
        connection.start_stream()
        time.sleep(QUEUE_SECONDS + PROMPT_SECONDS)
        connection.send_chunks(*(delta(f"{number} ") for number in range(5)))
        choice = {"index": 0, "delta": {}, "finish_reason": "stop"}
        last = {"model": "m", "choices": [choice]}
        usage = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5}}
        if self.reports:
            usage["metrics"] = {
                "time_to_first_token_ms": PROMPT_SECONDS * 1000,
                "queue_time_ms": QUEUE_SECONDS * 1000,
                "generation_time_ms": 1.0,
                "mean_itl_ms": None,
                "tokens_per_second": 12.0,
            }
        events = [f"data: {json.dumps(event)}\n\n".encode() for event in (last, usage)]
        self.count += 1 + self.others
        self.queue += QUEUE_SECONDS * (1 + self.others)
        self.prompt += PROMPT_SECONDS * (1 + self.others)
        connection.send_chunks(*events, STREAM_END)
        connection.send(b"0\r\n\r\n")
