"""A raw-socket server on loopback that fails on purpose, in each way of the catalogue of failures.

    with FaultServer("reset-after-request") as server:
        ...  # server.base_url, server.requests, server.wait_for_eof()

A fault is a function that is given one accepted connection; ``FAULTS`` has them by name. ``Answer``
plays any bytes as a response, in pieces of any size. Every thread ends with ``stop()``.
"""

from __future__ import annotations

import contextlib
import errno
import random
import socket
import ssl
import struct
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support import certificates
from tests.support.stream_samples import (
    ANSWER_EVENTS,
    FINISH,
    HTTP2_SETTINGS,
    delta,
    gzip_bomb,
    http_error,
    sse_stream,
)

Fault = Callable[["Connection"], None]


class Connection:
    """One accepted connection: blocking reads and writes, and the ways of ending it."""

    def __init__(self, server: FaultServer, raw: socket.socket) -> None:
        self.server = server
        self.raw = raw
        self.socket: socket.socket = raw
        self.closes = False
        """Whether this connection ends with its next answer: then it says so, as a server does that wants
        no second request on a connection that it is closing."""

    def read_request(self) -> bytes:
        """Return one request, head and body, and record it; ``b""`` where the peer hung up before, or
        where it begins to encrypt."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.socket.recv(65536)
            data += piece
            if not piece or data.startswith(b"\x16"):
                return b""
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while len(body) < int(lengths[0] if lengths else b"0"):
            body += self.socket.recv(65536)
        request = head + b"\r\n\r\n" + body
        self.server.requests.append(request)
        return request

    def send(self, *pieces: bytes) -> None:
        """Send each piece with a ``send`` of its own."""
        for piece in pieces:
            self.socket.sendall(piece)

    def respond(
        self,
        body: bytes,
        *,
        status: str = "200 OK",
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        chunk: int | Iterator[int] | None = None,
    ) -> None:
        """Send a whole response; with ``chunk``, in HTTP chunks of that many bytes (or of each size)."""
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
        lines += ["Connection: close"] * self.closes
        if not any(line.lower().startswith("content-type:") for line in lines):
            lines.append(f"Content-Type: {content_type}")
        lines.append("Transfer-Encoding: chunked" if chunk else f"Content-Length: {len(body)}")
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
        if chunk is None:
            self.send(body)
            return
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send(*(chunked(piece) for piece in cut(body, chunk)), b"0\r\n\r\n")

    def start_stream(self, *headers: str) -> None:
        """Send the head of a chunked event stream."""
        lines = ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked", *headers]
        lines += ["Connection: close"] * self.closes
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def send_chunks(self, *pieces: bytes) -> None:
        """Send each piece as one HTTP chunk."""
        self.send(*(chunked(piece) for piece in pieces))

    def reset(self) -> None:
        """End with RST instead of FIN."""
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def hold(self) -> None:
        """Say nothing until the peer hangs up or the server stops."""
        with contextlib.suppress(OSError):
            while not self.server.stopping.is_set():
                if not self.socket.recv(65536):
                    break
        self.server.peer_closed.set()

    def pause(self, seconds: float) -> bool:
        """Wait; return false when the server is being stopped."""
        return not self.server.stopping.wait(seconds)


def chunked(piece: bytes) -> bytes:
    """Return the bytes as one HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def cut(body: bytes, size: int | Iterator[int]) -> Iterator[bytes]:
    """Yield the bytes in pieces of one size, or of each size in turn."""
    position = 0
    while position < len(body):
        step = size if isinstance(size, int) else next(size)
        yield body[position : position + step]
        position += step


def random_sizes(seed: int, largest: int = 40) -> Iterator[int]:
    """Yield piece sizes that look arbitrary and are the same in every run."""
    generator = random.Random(seed)
    while True:
        yield generator.randint(1, largest)


@dataclass(frozen=True)
class Answer:
    """No fault: answers every request of a connection with the same response."""

    body: bytes = b"{}"
    status: str = "200 OK"
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    chunk: int | Callable[[], Iterator[int]] | None = None

    def __call__(self, connection: Connection) -> None:
        while connection.read_request():
            chunk = self.chunk() if callable(self.chunk) else self.chunk
            connection.respond(
                self.body,
                status=self.status,
                content_type=self.content_type,
                headers=self.headers,
                chunk=chunk,
            )


@dataclass(frozen=True)
class Routes:
    """Answers by path (the part after the host), with ``default`` for the others."""

    answers: Mapping[str, Answer]
    default: Answer = Answer(b'{"detail":"Not Found"}', status="404 Not Found")

    def __call__(self, connection: Connection) -> None:
        while request := connection.read_request():
            path = request.split(b" ", 2)[1].decode()
            answer = self.answers.get(path, self.default)
            connection.respond(
                answer.body, status=answer.status, content_type=answer.content_type, headers=answer.headers
            )


@dataclass
class Sequence:
    """One fault per request, each on a separate connection; the last one repeats."""

    faults: Iterable[Fault]

    def __post_init__(self) -> None:
        self._left = list(self.faults)

    def __call__(self, connection: Connection) -> None:
        fault = self._left.pop(0) if len(self._left) > 1 else self._left[0]
        fault(_OneRequest(connection.server, connection.socket))


class _OneRequest(Connection):
    """Answers a single request and then closes, so that the next one comes on a new connection."""

    _used = False

    def __init__(self, server: FaultServer, raw: socket.socket) -> None:
        super().__init__(server, raw)
        self.closes = True

    def read_request(self) -> bytes:
        if self._used:
            return b""
        self._used = True
        return super().read_request()


# --- C: connection ----------------------------------------------------------------------------------


def reset_after_request(connection: Connection) -> None:
    """C7: RST once the request is there."""
    connection.read_request()
    connection.reset()


def reset_at_once(connection: Connection) -> None:
    """C7: RST before a byte is read."""
    connection.reset()


def close_without_answer(connection: Connection) -> None:
    """C8: FIN once the request is there."""
    connection.read_request()


def silence(connection: Connection) -> None:
    """C9: the request is read, nothing is ever said."""
    connection.read_request()
    connection.hold()


def half_close(connection: Connection) -> None:
    """C8: the sending half is closed, the receiving half stays open."""
    connection.read_request()
    connection.socket.shutdown(socket.SHUT_WR)
    connection.hold()


def ssh_banner(connection: Connection) -> None:
    """C10: an SSH server."""
    connection.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    connection.hold()


def ssh_banner_and_close(connection: Connection) -> None:
    """C10: an SSH server that hangs up on nonsense."""
    connection.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    connection.read_request()
    connection.send(b"Invalid SSH identification string.\r\n")


def smtp_banner(connection: Connection) -> None:
    """C10: a mail server."""
    connection.send(b"220 mail.example ESMTP ready\r\n")
    connection.hold()


def http2_frames(connection: Connection) -> None:
    """C11: a gRPC or h2c port: it answers in HTTP/2 frames."""
    connection.send(HTTP2_SETTINGS)
    connection.read_request()
    connection.send(b"\x00\x00\x08\x07\x00\x00\x00\x00\x00" + b"\x00" * 8)


def slow_headers(connection: Connection) -> None:
    """C12: headers at a byte every 20 ms, without end."""
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while connection.pause(0.02):
        connection.send(b"a")


def huge_header(connection: Connection) -> None:
    """C13: one header of 200 KB."""
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nSet-Cookie: " + b"a" * 200_000 + b"\r\n\r\n")


# --- F: stream --------------------------------------------------------------------------------------


def bad_chunk_size(connection: Connection) -> None:
    """F8: after some text, a chunk size that is no number."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(delta("Hello "), delta("there"))
    connection.send(b"zz\r\nbroken\r\n")


def bad_status_line(connection: Connection) -> None:
    """F8: HTTP, but broken."""
    connection.read_request()
    connection.send(b"HTTP/1.1 abc\r\n\r\n")


def truncated_chunked(connection: Connection) -> None:
    """F4: FIN without the last chunk."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(delta("Hello "), delta("there"))


def truncated_length(connection: Connection) -> None:
    """F4: FIN before Content-Length bytes have come."""
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 5000\r\n\r\n")
    connection.send(delta("Hello "), delta("there"))


def truncated_in_event(connection: Connection) -> None:
    """F4: FIN in the middle of an event."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(delta("Hello "), delta("there"), delta("lost")[:20])


def reset_mid_stream(connection: Connection) -> None:
    """F5: RST after some text."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(delta("Hello "), delta("there"))
    connection.pause(0.1)
    connection.reset()


def stall_mid_stream(connection: Connection) -> None:
    """F6: some text, then silence."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(delta("Hello "), delta("there"))
    connection.hold()


def stall_after_headers(connection: Connection) -> None:
    """F6: the headers, then silence."""
    connection.read_request()
    connection.start_stream()
    connection.hold()


def keepalive_only(connection: Connection) -> None:
    """F7: comments and no text, without end."""
    connection.read_request()
    connection.start_stream()
    while connection.pause(0.02):
        connection.send_chunks(b": keep-alive\n\n")


def role_then_keepalive(connection: Connection) -> None:
    """F7: events without text, without end."""
    connection.read_request()
    connection.start_stream()
    while connection.pause(0.02):
        connection.send_chunks(b'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n')


def buffered_stream(connection: Connection) -> None:
    """F1: nothing for a while, then everything at once."""
    connection.read_request()
    connection.start_stream()
    connection.pause(0.3)
    connection.send(chunked(b"".join(ANSWER_EVENTS)) + b"0\r\n\r\n")


def unfinished(connection: Connection) -> None:
    """F3: a clean end without finish reason and ``[DONE]``."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(delta("Hello "), delta("there"))
    connection.send(b"0\r\n\r\n")


def error_mid_stream(connection: Connection) -> None:
    """F9: an error event under status 200."""
    connection.read_request()
    connection.start_stream()
    error = b'data: {"error":{"message":"CUDA out of memory","type":"InternalServerError","code":500}}\n\n'
    connection.send_chunks(delta("Hello "), error)
    connection.send(b"0\r\n\r\n")


def never_ending_after_done(connection: Connection) -> None:
    """A complete stream on a connection that stays open without its last chunk."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(*ANSWER_EVENTS)
    connection.hold()


def gzip_lie(connection: Connection) -> None:
    """F12: says gzip, is none."""
    connection.read_request()
    connection.start_stream("Content-Encoding: gzip")
    connection.send_chunks(*ANSWER_EVENTS)
    connection.send(b"0\r\n\r\n")


def brotli(connection: Connection) -> None:
    """F12: a compression that was not asked for and is not understood."""
    connection.read_request()
    connection.start_stream("Content-Encoding: br")
    connection.send_chunks(b"\x8b\x02\x80Hello\x03")
    connection.send(b"0\r\n\r\n")


def bomb(connection: Connection) -> None:
    """F13: 30 MB of text in about 30 KB of gzip."""
    connection.read_request()
    connection.start_stream("Content-Encoding: gzip")
    with contextlib.suppress(OSError):
        connection.send_chunks(gzip_bomb(30_000_000))
        connection.send(b"0\r\n\r\n")


def huge_event(connection: Connection) -> None:
    """F13: an event of 100 MB."""
    connection.read_request()
    connection.start_stream()
    with contextlib.suppress(OSError):
        connection.send_chunks(delta("Hello"), b'data: {"choices":[{"delta":{"content":"')
        for _ in range(1600):
            connection.send_chunks(b"a" * 65536)
        connection.send_chunks(b'"}}]}\n\n')
        connection.send(b"0\r\n\r\n")


def malformed_events(connection: Connection) -> None:
    """F14: events that are no JSON between events that are."""
    connection.read_request()
    connection.start_stream()
    broken = (b"data: {nope\n\n", b"data: \xff\xfe\n\n", b'data: {"choices":' + b"[" * 100_000 + b"\n\n")
    connection.send_chunks(delta("Hello "), *broken, b"data: null\n\n", delta("there"), FINISH)
    connection.send(b"0\r\n\r\n")


def stream_ignored(connection: Connection) -> None:
    """F2: one JSON body although a stream was asked for."""
    connection.read_request()
    message = b'{"role":"assistant","content":"Hello there"}'
    usage = b'{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}'
    connection.respond(
        b'{"object":"chat.completion","model":"m","choices":[{"index":0,"message":%b,'
        b'"finish_reason":"stop"}],"usage":%b}' % (message, usage)
    )


def healthy(connection: Connection) -> None:
    """No fault: a short stream, on a connection that stays open for more."""
    while connection.read_request():
        connection.start_stream()
        connection.send_chunks(*ANSWER_EVENTS)
        connection.send(b"0\r\n\r\n")


def echo_key(connection: Connection) -> None:
    """A server that repeats the request's headers in its refusal."""
    request = connection.read_request().decode("latin-1")
    headers = request.split("\r\n\r\n")[0].replace('"', "'").replace("\r\n", " | ")
    body = b'{"error":{"message":"bad key in: %b","type":"invalid_request_error"}}' % headers.encode()
    connection.respond(body, status="401 Unauthorized", headers={"X-Echo": headers[:500]})


def echo_key_in_text(connection: Connection) -> None:
    """A server that repeats the key in a refusal that is no JSON."""
    request = connection.read_request()
    connection.respond(b"denied: " + request[:400], status="403 Forbidden", content_type="text/plain")


def plain_http_on_tls(connection: Connection) -> None:
    """D1: answers what it cannot read with 400, as uvicorn does."""
    connection.socket.recv(65536)
    connection.send(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n")
    connection.send(b"Invalid HTTP request received.")


def plain_patient(connection: Connection) -> None:
    """D2: an HTTP server that waits for the end of a request which never comes."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.socket.recv(65536)
        if not piece:
            return
        data += piece
        if data[:1] == b"\x16":
            connection.hold()
            return
    connection.respond(b'{"detail":"Not Found"}', status="404 Not Found")


def tls_stalled(connection: Connection) -> None:
    """D10: neither TLS nor HTTP is answered."""
    connection.hold()


def nginx_plain_on_tls(connection: Connection) -> None:
    """D3: what nginx says to http on its TLS port."""
    connection.read_request()
    body = (
        b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head><body>"
        b"<center><h1>400 Bad Request</h1></center><center>The plain HTTP request was sent to HTTPS "
        b"port</center><hr><center>nginx/1.25.3</center></body></html>"
    )
    connection.respond(body, status="400 Bad Request", content_type="text/html")


FAULTS: dict[str, Fault] = {
    "reset-after-request": reset_after_request,
    "reset-at-once": reset_at_once,
    "close-without-answer": close_without_answer,
    "silence": silence,
    "half-close": half_close,
    "ssh-banner": ssh_banner,
    "ssh-banner-and-close": ssh_banner_and_close,
    "smtp-banner": smtp_banner,
    "http2-frames": http2_frames,
    "slow-headers": slow_headers,
    "huge-header": huge_header,
    "bad-chunk-size": bad_chunk_size,
    "bad-status-line": bad_status_line,
    "truncated-chunked": truncated_chunked,
    "truncated-length": truncated_length,
    "truncated-in-event": truncated_in_event,
    "reset-mid-stream": reset_mid_stream,
    "stall-mid-stream": stall_mid_stream,
    "stall-after-headers": stall_after_headers,
    "keepalive-only": keepalive_only,
    "role-then-keepalive": role_then_keepalive,
    "buffered-stream": buffered_stream,
    "unfinished": unfinished,
    "error-mid-stream": error_mid_stream,
    "never-ending-after-done": never_ending_after_done,
    "gzip-lie": gzip_lie,
    "brotli": brotli,
    "bomb": bomb,
    "huge-event": huge_event,
    "malformed-events": malformed_events,
    "stream-ignored": stream_ignored,
    "healthy": healthy,
    "echo-key": echo_key,
    "echo-key-in-text": echo_key_in_text,
    "plain-http-on-tls": plain_http_on_tls,
    "plain-patient": plain_patient,
    "tls-stalled": tls_stalled,
    "nginx-plain-on-tls": nginx_plain_on_tls,
    **{
        f"http-{name}": Answer(body, status, content_type, headers)
        for name, (body, status, content_type, headers) in http_error.items()
    },
}


@dataclass(frozen=True)
class Tls:
    """The encryption of a server: its certificate, and what it requires of the client."""

    certificate: Path = certificates.SERVER
    wants_client_certificate: bool = False
    highest: ssl.TLSVersion | None = None
    plain: Fault | None = None
    """What becomes of a connection that begins without encryption, as nginx answers it on its TLS port."""

    def context(self) -> ssl.SSLContext:
        """Build the server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        if self.wants_client_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(certificates.CA)
        if self.highest is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # old versions are the point
                context.maximum_version = self.highest
        return context


class FaultServer:
    """Runs a fault (a name in ``FAULTS`` or a function) on a free port, with a thread per connection."""

    def __init__(
        self,
        fault: str | Fault = "healthy",
        *,
        tls: Tls | None = None,
        host: str = "127.0.0.1",
        path: str = "/v1",
        backlog: int = 64,
        port: int = 0,
    ) -> None:
        self._fault = FAULTS[fault] if isinstance(fault, str) else fault
        self._tls = tls
        self._path = path
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=backlog)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        """Every request read so far, head and body."""
        self.connections = 0
        self.handshake_errors: list[str] = []
        self.peer_closed = threading.Event()
        """Set when a connection that was held open was closed by the client."""
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    @property
    def base_url(self) -> str:
        """The base URL to give to a client."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{self._path}"

    def start(self) -> str:
        """Begin to accept; returns ``base_url``."""
        self._run(self._accept)
        return self.base_url

    def stop(self) -> None:
        """Close everything and wait for the threads."""
        self.stop_listening()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def stop_listening(self) -> None:
        """Close the port, as the end of a process does; connections stay."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def wait_for_eof(self, timeout: float = 5) -> bool:
        """Wait until a held connection was closed by the client."""
        return self.peer_closed.wait(timeout)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(raw)
            self._run(lambda raw=raw: self._serve(raw))  # type: ignore[misc]

    def _serve(self, raw: socket.socket) -> None:
        connection = Connection(self, raw)
        try:
            plain = self._tls.plain if self._tls is not None else None
            if plain is not None and raw.recv(1, socket.MSG_PEEK) != b"\x16":
                plain(connection)
                return
            if self._tls is not None:
                connection.socket = self._tls.context().wrap_socket(
                    raw, server_side=True, do_handshake_on_connect=False
                )
                connection.raw = connection.socket
                self._open.add(connection.socket)
                connection.socket.do_handshake()
            self._fault(connection)
        except ssl.SSLError as error:
            self.handshake_errors.append(str(error))
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.EBADF, errno.ENOTCONN):
                raise
        finally:
            self._open.discard(connection.socket)
            self._open.discard(raw)
            connection.socket.close()


@contextlib.contextmanager
def refused_port(host: str = "127.0.0.1") -> Iterator[int]:
    """C1: yield a port on which nothing listens, and keep others from taking it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as holder:
        holder.bind((host, 0))
        yield holder.getsockname()[1]


def free_port() -> int:
    """Return a port that is free now, for a server that is started later."""
    with refused_port() as port:
        return port


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """C4: yield a port whose queue of connections is full, so that SYN goes unanswered."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def stream_answer(*events: bytes, chunk: int | None = None) -> Answer:
    """Return the answer that plays these events as a complete event stream."""
    return Answer(sse_stream(*events), content_type="text/event-stream", chunk=chunk or 4096)
