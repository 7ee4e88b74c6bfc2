"""Complete HTTP responses with errors: mutations of what real servers send."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.fault_server import Connection, chunked
from tests.support.stream_samples import ANSWER_EVENTS, DONE, FINISH, delta, http_error

KEY = "sk-Wq7LtR93vB-zX5mNc8KpY2"
"""Sent as the key, and echoed."""

STATUSES = (
    b"200 OK",
    b"200 OK",
    b"200 OK",
    b"204 No Content",
    b"206 Partial Content",
    b"302 Found",
    b"304 Not Modified",
    b"307 Temporary Redirect",
    b"400 Bad Request",
    b"401 Unauthorized",
    b"404 Not Found",
    b"418 \xff\xfe",
    b"429 Too Many Requests",
    b"500 Internal Server Error",
    b"503 Service Unavailable",
    b"600 What",
    b"99 Low",
    b"1000 High",
    b"-1 Minus",
    b"2OO OK",
    b"",
)
VERSIONS = (
    b"HTTP/1.1",
    b"HTTP/1.1",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"HTTP/2",
    b"HTTP/9.9",
    b"ICY",
    b"http/1.1",
    b"",
)
NAMES = (
    b"Location",
    b"Retry-After",
    b"Retry-After-Ms",
    b"Content-Type",
    b"Content-Encoding",
    b"Content-Length",
    b"Content-Range",
    b"Transfer-Encoding",
    b"Connection",
    b"Date",
    b"Server",
    b"WWW-Authenticate",
    b"Proxy-Authenticate",
    b"Set-Cookie",
    b"Link",
    b"Alt-Svc",
    b"Upgrade",
    b"X-RateLimit-Reset-Requests",
    b"X-RateLimit-Remaining-Tokens",
    b"RateLimit-Reset",
    b"X-LiteLLM-Response-Cost",
    b"X-LiteLLM-Model-Id",
    b"X-Request-Id",
    b"CF-Ray",
    b"OpenAI-Processing-Ms",
)
VALUES = (
    b"",
    b" ",
    b"0",
    b"-1",
    b"+1",
    b"1e999",
    b"NaN",
    b"inf",
    b"0x10",
    b"1_000",
    b"9" * 400,
    b"9" * 5_000,
    "٣".encode(),
    b"1,2,,3",
    b"1; 2",
    b"\xff\xfe\x80",
    b"\x00",
    b"\x1b]0;title\x07",
    b"http://[bad",
    b"http://a:b:c/",
    b"http://h:99999/",
    b"//",
    b"/\\",
    b"?",
    b"http://xn--a/",
    b"javascript:alert(1)",
    b"Wed, 31 Feb 2026 99:99:99 GMT",
    b"Fri, 31 Dec 9999 23:59:59 -2359",
    b"Mon, 01 Jan 0001 00:00:00 +2359",
    b"1m99999999h",
    b"6ms",
    b"chunked, chunked",
    b"gzip",
    b"gzip, deflate, br, zstd",
    b"identity",
    b"text/event-stream; charset=utf-16",
    b"application/json; charset=no-such",
    b"application/json; charset=idna",
    b'text/html; charset="',
    b"multipart/x-mixed-replace; boundary=",
    b"close",
    b'Basic realm="\\"',
    b"Digest " + b"a=" * 3_000,
    b"<a>;rel=x,",
    b"a" * 20_000,
    KEY.encode(),
    b"http://u:" + KEY.encode() + b"@h/",
)
LEAVES: tuple[Any, ...] = (
    None,
    True,
    "",
    0,
    -1,
    2**63,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "1e999",
    "NaN",
    "9" * 5_000,
    "٣",
    "\ud800",
    "\x00",
    "\x1b[2J",
    "\u202e",
    "http://[bad",
    "2026-02-31T99:99:99Z",
    "data:image/png;base64,=",
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"__proto__": {"a": [1, {"b": "c"}]}},
    "a" * 9_000,
    f"Incorrect API key provided: {KEY}.",
)
_CHAT = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hello",
                "reasoning_content": "Hm",
                "tool_calls": [
                    {"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ],
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {
        "prompt_tokens": 1,
        "completion_tokens": 2,
        "total_tokens": 3,
        "cost": 0.1,
        "completion_tokens_details": {"reasoning_tokens": 1},
        "prompt_tokens_details": {"cached_tokens": 1},
    },
    "timings": {"prompt_n": 1, "predicted_ms": 2.5},
}
_MODELS = {
    "object": "list",
    "data": [
        {"id": "m", "object": "model", "created": 1, "owned_by": "vllm", "max_model_len": 4096, "root": "r"}
    ],
    "models": [{"name": "m", "details": {"family": "x"}}],
}
_VECTORS = {
    "object": "list",
    "data": [{"index": 0, "embedding": [0.1, 0.2]}, {"index": 1, "embedding": [0.3, 0.4]}],
    "usage": {"prompt_tokens": 4, "total_tokens": 4},
}
_ERROR = {
    "error": {
        "message": "This model's maximum context length is 10 tokens. However, you requested 20 tokens.",
        "type": "BadRequestError",
        "param": "max_tokens",
        "code": 400,
        "metadata": {"raw": '{"error":{"message":"inner"}}', "provider_name": "p"},
    },
    "detail": [{"loc": ["body", "messages", 0], "msg": "field required", "type": "missing"}],
}
_STREAMED = {
    **{name: value for name, value in _CHAT.items() if name != "choices"},
    "choices": [{"index": 0, "delta": _CHAT["choices"][0]["message"], "finish_reason": None}],  # type: ignore[index]
}
_TEXTS = [body for body, *_ in http_error.values()]


@dataclass(frozen=True)
class Response:
    """The pieces in which it is sent, and how the connection ends."""

    pieces: tuple[bytes, ...]
    is_reset: bool

    def __call__(self, connection: Connection) -> None:
        """Answer one request."""
        if not connection.read_request():
            return
        connection.send(*self.pieces)
        if self.is_reset:
            connection.reset()


def make_response(numbers: random.Random) -> Response:
    """Return a response with at least one thing wrong, nearly always."""
    body, content_type = _body(numbers)
    head, body, is_chunked = _head(numbers, body, content_type)
    if is_chunked:
        body = b"".join(chunked(piece) for piece in _cut(numbers, body)) + b"0\r\n\r\n"
    data = head + body
    if numbers.random() < 0.1:
        interim = numbers.choice(
            (b"100 Continue", b"103 Early Hints\r\nLink: <x>", b"101 Switching", b"199 ")
        )
        data = b"HTTP/1.1 " + interim + b"\r\n\r\n" + data
    if numbers.random() < 0.3:
        data = damage(numbers, data)
    return Response(tuple(_cut(numbers, data)), numbers.random() < 0.1)


def damage(numbers: random.Random, data: bytes) -> bytes:
    """Return the bytes with some of them changed, lost, added, doubled or swapped."""
    work = bytearray(data)
    for _ in range(numbers.choice((1, 1, 1, 2, 5))):
        if not work:
            break
        place = numbers.randrange(len(work))
        length = numbers.choice((1, 1, 2, 8, 64))
        kind = numbers.randrange(5)
        if kind == 0:
            work[place] = numbers.randrange(256)
        elif kind == 1:
            del work[place : place + length]
        elif kind == 2:
            work[place:place] = numbers.choice(
                (b"\r\n", b"\n", b"\x00", b"data:", b"\xef\xbb\xbf", b'"', b"{", b"[")
            )
        elif kind == 3:
            work[place:place] = work[place : place + length]
        else:
            del work[place:]
    return bytes(work)


def damage_json(numbers: random.Random, value: Any) -> Any:
    """Return the value with one part of it replaced, lost or doubled."""
    places = list(_places(value))
    if not places:
        return numbers.choice(LEAVES)
    copy = json.loads(json.dumps(value))
    path = numbers.choice(places)
    owner = copy
    for step in path[:-1]:
        owner = owner[step]
    kind = numbers.random()
    if kind < 0.7:
        owner[path[-1]] = numbers.choice(LEAVES)
    elif kind < 0.85:
        del owner[path[-1]]
    elif isinstance(owner, list):
        owner *= numbers.choice((2, 50))
    else:
        owner[path[-1]] = [owner[path[-1]]]
    return copy


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*path, name)
        yield from _places(part, (*path, name))


def _dump(numbers: random.Random, value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=numbers.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def _json_body(numbers: random.Random) -> bytes:
    value: Any = numbers.choice((_CHAT, _MODELS, _VECTORS, _ERROR))
    for _ in range(numbers.choice((0, 1, 1, 2, 4))):
        value = damage_json(numbers, value)
    data = _dump(numbers, value)
    kind = numbers.randrange(12)
    if kind == 0:
        return b"\xef\xbb\xbf" + data
    if kind == 1:
        return data.decode("utf-8", "replace").encode("utf-16")
    if kind == 2:
        return b'{"a":' * 3_000 + data
    if kind == 3:
        return b"[" * 50_000
    return data + (data if kind == 4 else b"")


def _stream_body(numbers: random.Random) -> bytes:
    events: list[bytes] = list(ANSWER_EVENTS)
    for _ in range(numbers.randrange(1, 5)):
        event = numbers.choice(
            (
                lambda: b"data: " + _dump(numbers, damage_json(numbers, _STREAMED)) + b"\n\n",
                lambda: b"data: " + _dump(numbers, damage_json(numbers, _ERROR)) + b"\n\n",
                lambda: b"data: [ERROR] " + numbers.choice(VALUES).replace(b"\n", b"") + b"\n\n",
                lambda: b"event: " + numbers.choice(VALUES) + b"\ndata\nid: \x00\nretry: 9e9\n\n",
                lambda: numbers.choice(VALUES) + b"\r\r\n\n",
                lambda: delta(numbers.choice(("<think>", "</think>", "\x1b[2J", "\ud83d"))),
                lambda: numbers.choice((DONE, FINISH)),
            )
        )()
        events.insert(numbers.randrange(len(events) + 1), event)
    return b"".join(events)


def _body(numbers: random.Random) -> tuple[bytes, bytes]:
    kinds: tuple[tuple[Callable[[], bytes], bytes], ...] = (
        (lambda: _json_body(numbers), b"application/json"),
        (lambda: _stream_body(numbers), b"text/event-stream"),
        (lambda: numbers.choice(_TEXTS), b"text/html"),
        (lambda: numbers.randbytes(numbers.choice((0, 1, 100, 5_000))), b"application/octet-stream"),
    )
    make, content_type = numbers.choices(kinds, (5, 5, 2, 1))[0]
    body = make()
    return (damage(numbers, body) if numbers.random() < 0.3 else body), content_type


def _head(numbers: random.Random, body: bytes, content_type: bytes) -> tuple[bytes, bytes, bool]:
    first = numbers.choice(VERSIONS) + b" " + numbers.choice(STATUSES)
    if numbers.random() < 0.7:
        first = b"HTTP/1.1 " + numbers.choice(STATUSES[:15])
    lines = [first, b"Content-Type: " + content_type]
    kind = numbers.choice(("length", "chunks", "close", "wrong"))
    if numbers.random() < 0.05:
        body = gzip.compress(body, mtime=0)
        lines.append(b"Content-Encoding: gzip")
    if kind == "length":
        lines.append(b"Content-Length: %d" % len(body))
    elif kind == "chunks":
        lines.append(b"Transfer-Encoding: chunked")
    elif kind == "wrong":
        lines.append(b"Content-Length: %d" % max(0, len(body) + numbers.choice((-9, -1, 1, 9))))
    for _ in range(numbers.choice((0, 0, 1, 1, 2, 6))):
        lines.append(numbers.choice(NAMES) + b": " + numbers.choice(VALUES))
    if numbers.random() < 0.1:
        lines.append(
            numbers.choice((b"no colon", b" folded", b": empty", b"N\xc3\xa4me: x", b"A B: c", b"\tx: y"))
        )
    return b"\r\n".join([*lines, b"", b""]), body, kind == "chunks"


def _cut(numbers: random.Random, data: bytes) -> list[bytes]:
    if numbers.random() < 0.6 or len(data) > 60_000:
        return [data]
    pieces: list[bytes] = []
    while data:
        size = numbers.choice((1, 2, 7, 100, 4_000)) if len(pieces) < 30 else len(data)
        pieces.append(data[:size])
        data = data[size:]
    return pieces or [b""]
