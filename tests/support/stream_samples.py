"""Bytes sent by servers: stream events, errors by status, a decompression bomb."""

from __future__ import annotations

import functools
import gzip
import json


def delta(text: str, *, field: str = "content") -> bytes:
    """Return one event with a piece of text."""
    choice = {"index": 0, "delta": {field: text}, "finish_reason": None}
    return b"data: " + json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode() + b"\n\n"


FINISH = b'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
ANSWER_EVENTS = (delta("Hello "), delta("there"), FINISH, DONE)
"""A complete short stream: ``Hello there``."""

HTTP2_SETTINGS = b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"
"""The first frame that an HTTP/2 server sends."""


def sse_stream(*events: bytes) -> bytes:
    """Return the events as one body, with finish reason and end mark."""
    return b"".join((*events, FINISH, DONE))


@functools.cache
def gzip_bomb(size: int) -> bytes:
    """Return that many bytes of an event, compressed a thousandfold."""
    return gzip.compress(b'data: {"choices":[{"delta":{"content":"' + b"a" * size, mtime=0)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


_NGINX = (
    b"<html>\r\n<head><title>%b</title></head>\r\n<body>\r\n<center><h1>%b</h1></center>\r\n"
    b"<hr><center>nginx/1.25.3</center>\r\n</body>\r\n</html>\r\n"
)


def _nginx(title: bytes) -> bytes:
    return _NGINX % (title, title)


http_error: dict[str, tuple[bytes, str, str, dict[str, str]]] = {
    "401-vllm": (_json({"error": "Unauthorized"}), "401 Unauthorized", "application/json", {}),
    "401-openai": (
        _json(
            {
                "error": {
                    "message": "Incorrect API key provided.",
                    "type": "invalid_request_error",
                    "param": None,
                    "code": "invalid_api_key",
                }
            }
        ),
        "401 Unauthorized",
        "application/json",
        {"WWW-Authenticate": "Bearer"},
    ),
    "403": (
        _json({"error": {"message": "Country not supported", "code": "unsupported_country"}}),
        "403 Forbidden",
        "application/json",
        {},
    ),
    "404-model": (
        _json(
            {
                "error": {
                    "message": "The model `gpt` does not exist.",
                    "type": "NotFoundError",
                    "param": "model",
                    "code": 404,
                }
            }
        ),
        "404 Not Found",
        "application/json",
        {},
    ),
    "404-path": (_json({"detail": "Not Found"}), "404 Not Found", "application/json", {}),
    "405": (
        _json({"detail": "Method Not Allowed"}),
        "405 Method Not Allowed",
        "application/json",
        {"Allow": "GET"},
    ),
    "200-html": (
        b"<!doctype html><html><head><title>Open WebUI</title></head><body></body></html>",
        "200 OK",
        "text/html",
        {},
    ),
    "200-empty": (b"", "200 OK", "application/json", {}),
    "200-other-json": (_json({"hello": "world"}), "200 OK", "application/json", {}),
    "301": (b"", "301 Moved Permanently", "text/html", {"Location": "/elsewhere/v1/chat/completions"}),
    "400-context": (
        _json(
            {
                "error": {
                    "message": "This model's maximum context length is 2048 tokens. However, you "
                    "requested 3000 tokens (2900 in the messages, 100 in the completion).",
                    "type": "BadRequestError",
                    "code": 400,
                }
            }
        ),
        "400 Bad Request",
        "application/json",
        {},
    ),
    "400-parameter": (
        _json(
            {
                "error": {
                    "message": "Unsupported parameter: 'stream_options'.",
                    "type": "invalid_request_error",
                    "param": "stream_options",
                    "code": "unsupported_parameter",
                }
            }
        ),
        "400 Bad Request",
        "application/json",
        {},
    ),
    "400-roles": (
        _json(
            {
                "error": {
                    "message": "Conversation roles must alternate user/assistant/user/assistant/...",
                    "type": "BadRequestError",
                    "code": 400,
                }
            }
        ),
        "400 Bad Request",
        "application/json",
        {},
    ),
    "400-template": (
        _json(
            {
                "error": {
                    "message": "As of transformers v4.44, default chat template is no longer allowed, so "
                    "you must provide a chat template if the tokenizer does not define one.",
                    "type": "BadRequestError",
                    "code": 400,
                }
            }
        ),
        "400 Bad Request",
        "application/json",
        {},
    ),
    "408": (b"", "408 Request Timeout", "text/plain", {}),
    "413": (_nginx(b"413 Request Entity Too Large"), "413 Request Entity Too Large", "text/html", {}),
    "422": (
        _json(
            {
                "detail": [
                    {"loc": ["body", "messages"], "msg": "field required", "type": "value_error.missing"}
                ]
            }
        ),
        "422 Unprocessable Entity",
        "application/json",
        {},
    ),
    "429": (
        _json(
            {"error": {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}}
        ),
        "429 Too Many Requests",
        "application/json",
        {"Retry-After": "0"},
    ),
    "429-quota": (
        _json(
            {
                "error": {
                    "message": "You exceeded your current quota.",
                    "type": "insufficient_quota",
                    "code": "insufficient_quota",
                }
            }
        ),
        "429 Too Many Requests",
        "application/json",
        {},
    ),
    "500": (
        _json({"error": {"message": "CUDA out of memory.", "type": "InternalServerError", "code": 500}}),
        "500 Internal Server Error",
        "application/json",
        {},
    ),
    "502-nginx": (_nginx(b"502 Bad Gateway"), "502 Bad Gateway", "text/html", {"Server": "nginx/1.25.3"}),
    "503-loading": (
        _json({"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}),
        "503 Service Unavailable",
        "application/json",
        {},
    ),
    "504-nginx": (
        _nginx(b"504 Gateway Time-out"),
        "504 Gateway Time-out",
        "text/html",
        {"Server": "nginx/1.25.3"},
    ),
}
"""Realistic refusals by name: body, status line, content type, further headers."""
