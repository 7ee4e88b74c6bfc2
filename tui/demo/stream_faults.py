"""Simulated failures of the connection itself, or in the middle of an answer."""

from __future__ import annotations

import dataclasses

from tui.demo.connection import Connection
from tui.demo.fault import chat_fault, fault, stream_fault
from tui.demo.plan import Plan

_LARGE_LINE_BYTES = 256 * 1024 * 1024
_PIECE = b"x" * (1 << 20)
_KEEP_ALIVE_SECONDS = 1.0


def _send_half(connection: Connection, plan: Plan) -> None:
    """Begin an answer and send the first half of its tokens."""
    frames = plan.frames()
    connection.open_stream()
    connection.send_chunk(plan.opening())
    connection.send_frames(frames[: max(1, len(frames) // 2)], plan.rate)


@stream_fault("stream-truncated")
def _truncated(connection: Connection, plan: Plan) -> None:
    _send_half(connection, plan)
    connection.hang_up()


@stream_fault("stream-reset")
def _reset(connection: Connection, plan: Plan) -> None:
    _send_half(connection, plan)
    connection.reset()


@stream_fault("stream-unfinished")
def _unfinished(connection: Connection, plan: Plan) -> None:
    _send_half(connection, plan)
    connection.close_stream()


@stream_fault("stream-stalled")
def _stalled(connection: Connection, plan: Plan) -> None:
    _send_half(connection, plan)
    connection.hold()


@stream_fault("stream-keepalive-only")
def _keepalive_only(connection: Connection, _: Plan) -> None:
    connection.open_stream()
    while True:
        connection.send_chunk(b": keep-alive\n\n")
        connection.pause(_KEEP_ALIVE_SECONDS)


@stream_fault("stream-buffered")
def _buffered(connection: Connection, plan: Plan) -> None:
    frames = plan.frames()
    connection.open_stream()
    connection.pause(len(frames) / plan.rate if plan.rate else 0.0)
    connection.send_frames([plan.opening() + b"".join(frames) + plan.closing()], 0.0)
    connection.close_stream()


@stream_fault("stream-ignored")
def _ignored(connection: Connection, plan: Plan) -> None:
    connection.send_json(200, plan.whole())


@chat_fault("empty-answer")
def _empty(connection: Connection) -> None:
    _send_instead(connection, reasoning=(), answer=(), finish_reason="stop")


@chat_fault("thinking-ate-budget")
def _thinking_ate_budget(connection: Connection) -> None:
    _send_instead(connection, answer=(), finish_reason="length")


_MALFORMED = b'data: {"choices": [{"delta": {"content": "\xff\xfe\n\n'


@stream_fault("malformed-event")
def _malformed(connection: Connection, plan: Plan) -> None:
    connection.open_stream()
    connection.send_frames([_MALFORMED] * len(plan.frames()), plan.rate)
    connection.send_chunk(b"data: [DONE]\n\n")
    connection.close_stream()


@stream_fault("text-lost")
def _text_lost(connection: Connection, plan: Plan) -> None:
    frames = plan.frames()
    frames[4::10] = [_MALFORMED] * len(frames[4::10])
    connection.open_stream()
    connection.send_chunk(plan.opening())
    connection.send_frames(frames, plan.rate)
    connection.send_chunk(plan.closing())
    connection.close_stream()


@stream_fault("answer-too-large")
def _too_large(connection: Connection, _plan: Plan) -> None:
    connection.open_stream()
    connection.send_chunk(b"data: ")
    for _ in range(_LARGE_LINE_BYTES // len(_PIECE)):
        connection.send_chunk(_PIECE)
    connection.hang_up()


@stream_fault("http-framing")
def _framing(connection: Connection, plan: Plan) -> None:
    _send_half(connection, plan)
    connection.send(b"zz\r\nbroken\r\n")
    connection.hang_up()


@stream_fault("bad-encoding")
def _bad_encoding(connection: Connection, plan: Plan) -> None:
    connection.open_stream({"Content-Encoding": "gzip"})
    connection.send_chunk(plan.opening())
    connection.close_stream()


@fault("no-answer")
def _no_answer(connection: Connection) -> bool:
    connection.hold()
    return True


@fault("headers-stalled")
def _headers_stalled(connection: Connection) -> bool:
    for byte in b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 3600:
        connection.send(bytes([byte]))
        connection.pause(1.0)
    connection.hang_up()
    return True


@fault("headers-too-large")
def _headers_too_large(connection: Connection) -> bool:
    connection.send_json(200, {}, {"X-Padding": "x" * 200_000})
    return True


@fault("closed-without-answer")
def _closed(connection: Connection) -> bool:
    connection.hang_up()
    return True


@fault("connection-reset")
def _connection_reset(connection: Connection) -> bool:
    connection.reset()
    return True


@fault("not-http")
def _not_http(connection: Connection) -> bool:
    connection.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    connection.hang_up()
    return True


@fault("http2-only")
def _http2_only(connection: Connection) -> bool:
    settings_frame = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
    connection.send(settings_frame)
    connection.hang_up()
    return True


def _send_instead(connection: Connection, **changes: object) -> None:
    """Answer a chat with a modified plan, streamed or not."""
    plan = dataclasses.replace(connection.demo.plan(connection), **changes)  # type: ignore[arg-type]
    if plan.is_streamed:
        connection.stream(plan)
    else:
        connection.send_json(200, plan.whole())
