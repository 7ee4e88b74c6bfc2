"""One client's connection to the demo server, with replies on an absolute schedule."""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Protocol
from urllib.parse import urlsplit

from tui.demo.plan import Plan
from tui.demo.record import RequestRecord

_LARGEST_BODY_BYTES = 64 * 1024 * 1024
_LONGEST_IDLE_SECONDS = 3600.0


class ClientGoneError(Exception):
    """The client closed the connection, or the server is stopping."""


class Routes(Protocol):
    """Answers the requests of a connection."""

    delay_seconds: float
    started_at: float

    @property
    def root_url(self) -> str:
        """The base URL without ``/v1``."""

    def new_record(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> RequestRecord:
        """Record a request that has just arrived."""

    def plan(self, connection: Connection) -> Plan:
        """Plan the reply to a chat request."""

    def answer(self, connection: Connection) -> None:
        """Answer a request."""

    def answer_properly(self, connection: Connection, prefix: str = "") -> None:
        """Answer a request like a server without a fault."""


class Connection(BaseHTTPRequestHandler):
    """Parses requests with the standard library's handler and passes them to the server's routes."""

    protocol_version = "HTTP/1.1"
    server_version = "lmdeck-demo"
    sys_version = ""
    demo: Routes
    record: RequestRecord
    body: bytes

    def __init__(self, connection: socket.socket, address: object, demo: Routes) -> None:
        self.demo = demo
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(connection, address, demo)  # type: ignore[arg-type]  # it only keeps the server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def log_message(
        self,
        format: str,  # noqa: A002  # the name is the base class's
        *arguments: object,
    ) -> None:
        """Suppress log messages: the server runs next to a screen."""

    @property
    def route(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path

    def send_json(self, status: int, payload: object, headers: Mapping[str, str] | None = None) -> None:
        """Send a complete JSON reply."""
        self.send_whole(status, "application/json", json.dumps(payload).encode(), headers)

    def send_whole(
        self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a complete reply."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.send(body)

    def open_stream(self, headers: Mapping[str, str] | None = None) -> None:
        """Send the headers of a stream of events; chunks follow until ``close_stream``."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def send_chunk(self, data: bytes) -> None:
        """Send a part of a stream as a separate chunk."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def close_stream(self) -> None:
        """End a stream properly."""
        self.send(b"0\r\n\r\n")

    def send(self, data: bytes) -> None:
        """Pass bytes to the kernel.

        Raises:
            ClientGoneError: the client is gone.
        """
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise ClientGoneError from error

    def send_frames(self, frames: Sequence[bytes], rate: float) -> None:
        """Send one frame per token on an absolute schedule: what is due is sent in one write.

        Args:
            frames: events, each of which becomes a chunk.
            rate: frames per second; 0 sends all at once.
        """
        start = time.monotonic()
        sent = 0
        while sent < len(frames):
            due = len(frames) if rate <= 0 else min(len(frames), int((time.monotonic() - start) * rate) + 1)
            if due <= sent:
                self.pause(start + sent / rate - time.monotonic())
                continue
            batch = frames[sent:due]
            self.send(b"".join(b"%x\r\n%s\r\n" % (len(frame), frame) for frame in batch))
            sent = due
            self.record.note_tokens(sent, time.monotonic())

    def pause(self, seconds: float) -> None:
        """Wait, unless the client leaves first.

        Raises:
            ClientGoneError: the client closed the connection meanwhile.
        """
        deadline = time.monotonic() + seconds
        client = select.poll()
        client.register(self.connection, select.POLLIN)
        while (left := deadline - time.monotonic()) > 0:
            if not client.poll(left * 1000):
                return
            if self._peek() == b"":
                raise ClientGoneError
            time.sleep(min(left, 0.05))  # the next request has arrived early: it waits in the socket

    def hold(self) -> None:
        """Send nothing more until the client leaves."""
        self.pause(_LONGEST_IDLE_SECONDS)
        raise ClientGoneError

    def reset(self) -> None:
        """Cut the connection with a TCP reset instead of closing it normally."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection without sending anything."""
        raise ClientGoneError

    def stream(self, plan: Plan) -> None:
        """Send a plan's reply as a normal stream."""
        self.open_stream()
        self.send_chunk(plan.opening())
        self.pause(self.demo.delay_seconds)
        self.send_frames(plan.frames(), plan.rate)
        self.send_chunk(plan.closing())
        self.close_stream()

    def _serve(self) -> None:
        """Read the body, answer, and keep the connection for the next request."""
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= _LARGEST_BODY_BYTES:
            self.close_connection = True
            self.send_json(413, {"error": {"message": "The body's length is missing or too large."}})
            return
        self.body = self.rfile.read(length)
        self.record = self.demo.new_record(self.command, self.path, dict(self.headers.items()), self.body)
        try:
            self.demo.answer(self)
            self.record.is_complete = True
        except ClientGoneError:
            self.close_connection = True

    def _peek(self) -> bytes:
        """Peek at what the client sent: ``b""`` if it has left."""
        try:
            peeked: bytes = self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return b""
        return peeked
