"""A small OpenAI-compatible server on ``FaultServer``: a model list, any kind of chat, further routes."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.fault_server import FAULTS, Answer, Connection, Fault
from tests.support.stream_samples import delta
from tui.demo.embeddings import vector_of


def model_list(*names: str, owned_by: str = "somebody", **fields: object) -> Answer:
    """Return the answer to ``GET /models``."""
    entries = [{"id": name, "object": "model", "owned_by": owned_by, **fields} for name in names]
    return Answer(json.dumps({"object": "list", "data": entries}).encode())


def vectors(*embeddings: object, **fields: object) -> Answer:
    """Return an answer of ``POST /embeddings`` with these vectors, in their order."""
    data = [{"object": "embedding", "index": place, "embedding": one} for place, one in enumerate(embeddings)]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    return Answer(json.dumps({"object": "list", "data": data, "usage": usage, **fields}).encode())


def packed(vector: Sequence[float], form: str = "<f") -> str:
    """Return numbers as ``encoding_format: base64`` wants them; ``form`` is byte order and type."""
    return base64.b64encode(struct.pack(f"{form[0]}{len(vector)}{form[1]}", *vector)).decode("ascii")


def refusal(message: str, status: str = "400 Bad Request") -> Answer:
    """Return an error as OpenAI words it."""
    return Answer(json.dumps({"error": {"message": message, "code": int(status[:3])}}).encode(), status)


@dataclass
class Embedder:
    """Answers ``POST /embeddings`` with a vector of 64 numbers for each text, made of its words.

    By default all that can be asked for is done; ``answers`` has what is sent in place of the n-th answer,
    from 1.
    """

    pack: Callable[[Sequence[float]], object] | None = packed
    """``None``: ``encoding_format`` is ignored."""
    shorten: bool = True
    """``dimensions`` is obeyed, not ignored."""
    refuse: Callable[[dict[str, Any]], Answer | None] = lambda _: None
    """Returns the refusal of a request, where it is refused."""
    make: Callable[[str], Sequence[float]] = vector_of
    arrange: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = lambda entries: entries
    tokens: int | None = 4
    """For each text; ``None``: no usage is told."""
    answers: Mapping[int, Fault] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list, init=False)
    """What was asked for."""

    def __call__(self, connection: Connection) -> None:
        request = connection.read_request()
        body = json.loads(request.partition(b"\r\n\r\n")[2])
        self.bodies.append(body)
        answer = self.answers.get(len(self.bodies)) or self.refuse(body) or self._answer(body)
        answer(Replayed(connection, request))

    def _answer(self, body: dict[str, Any]) -> Answer:
        given = body["input"]
        made = [self.make(text) for text in ([given] if isinstance(given, str) else given)]
        if self.shorten and "dimensions" in body:
            made = [vector[: body["dimensions"]] for vector in made]
        pack = self.pack if body.get("encoding_format") == "base64" and self.pack is not None else list
        data = [
            {"object": "embedding", "index": place, "embedding": pack(one)} for place, one in enumerate(made)
        ]
        answer: dict[str, object] = {"object": "list", "model": body["model"], "data": self.arrange(data)}
        if self.tokens is not None:
            count = self.tokens * len(made)
            answer["usage"] = {"prompt_tokens": count, "total_tokens": count}
        return Answer(json.dumps(answer).encode())


USAGE_EVENT = b'data: {"id":"c","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":10}}\n\n'
FINISH_EVENT = b'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
STREAM_END = b"data: [DONE]\n\n"


def good_chat(connection: Connection) -> None:
    """Answer with ten pieces of text and the token counts."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(
        *(delta(f"{number} ") for number in range(10)), FINISH_EVENT, USAGE_EVENT, STREAM_END
    )
    connection.send(b"0\r\n\r\n")


class Replayed(Connection):
    """A connection whose next request has already been read."""

    def __init__(self, connection: Connection, request: bytes) -> None:
        super().__init__(connection.server, connection.raw)
        self.socket = connection.socket
        self.closes = request.startswith(b"POST")
        self._request: bytes | None = request

    def read_request(self) -> bytes:
        if self._request is None:
            return b""
        request, self._request = self._request, None
        return request


@dataclass
class FakeApi:
    """Routes by method and path; anything else is a 404 like FastAPI's."""

    models: Answer | Fault | None = field(default_factory=lambda: model_list("m"))
    chat: Fault | str = good_chat
    embeddings: Fault | None = None
    base: str = "/v1"
    routes: Mapping[str, Answer] = field(default_factory=dict)
    key: str | None = None
    """With it every request below the base needs this ``Authorization`` value."""
    accepts: Callable[[str], bool] | None = None
    """Judges the head of a request instead of ``key``; refused ones get 401."""

    def __call__(self, connection: Connection) -> None:
        while request := connection.read_request():
            self._route(request)(Replayed(connection, request))
            if request.startswith(b"POST"):
                return  # a chat's fault may be the end of the connection

    def _route(self, request: bytes) -> Fault:
        head = request.split(b"\r\n\r\n")[0].decode("latin-1")
        method, path, _ = head.split(" ", 2)
        if path in self.routes:
            return self.routes[path]
        if path.startswith(self.base + "/") and not self._is_accepted(head):
            return FAULTS["http-401-vllm"]
        if method == "GET" and path == f"{self.base}/models" and self.models is not None:
            return self.models
        if method == "POST" and path == f"{self.base}/chat/completions":
            return FAULTS[self.chat] if isinstance(self.chat, str) else self.chat
        if method == "POST" and path == f"{self.base}/embeddings" and self.embeddings is not None:
            return self.embeddings
        return Answer(b'{"detail":"Not Found"}', status="404 Not Found")

    def _is_accepted(self, head: str) -> bool:
        if self.accepts is not None:
            return self.accepts(head.lower())
        return self.key is None or f"authorization: {self.key}".lower() in head.lower()
