"""A scripted OpenAI-compatible server: the same question gets the same answer, at a given speed.

For first steps, tests, benchmarks and simulated failures. It contains no model, and listens on loopback
unless configured otherwise. Standard library only; one thread per connection.
"""

from __future__ import annotations

import hmac
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping

from tui.demo.connection import ClientGoneError, Connection
from tui.demo.contexts import DEMO_CONTEXT
from tui.demo.embeddings import embeddings, scores
from tui.demo.faults import Fault, find_fault
from tui.demo.plan import CREATED, Plan, RequestRefusedError, make_plan
from tui.demo.record import RequestRecord
from tui.demo.script import EMBEDDER, MODELS

DEFAULT_RATE = 60.0
_KEPT_RECORDS = 100


class DemoServer:
    """The server: ``start`` returns its base URL, ``stop`` frees the port and ends all connections."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        key: str | None = None,
        rate: float = DEFAULT_RATE,
        fault: str | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        """Prepare a server.

        Args:
            host: the address to listen on.
            port: 0 selects a free one.
            key: required as ``Authorization: Bearer``; ``None`` requires nothing.
            rate: tokens per second; 0 sends as fast as the socket accepts them.
            fault: a cause in the catalogue to simulate.
            delay_seconds: the wait before the first token.

        Raises:
            UnknownFaultError: the fault does not exist.
        """
        self.host = host
        self.port = port
        self.rate = rate
        self.delay_seconds = delay_seconds
        self.started_at = 0.0
        self.fault: Fault | None = None if fault is None else find_fault(fault)
        self._key = key
        self._records: deque[RequestRecord] = deque(maxlen=_KEPT_RECORDS)
        self._sequence = 0
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None

    @property
    def root_url(self) -> str:
        """The base URL without ``/v1``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """The value for a provider's URL field."""
        return f"{self.root_url}/v1"

    @property
    def requests(self) -> tuple[RequestRecord, ...]:
        """The newest requests, oldest first; at most a hundred."""
        return tuple(self._records)

    def start(self) -> str:
        """Listen, serve in the background, and return the base URL.

        Raises:
            OSError: the address cannot be used.
        """
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, self.port), family=family, backlog=128)
        self.port = self._listener.getsockname()[1]
        self.started_at = time.monotonic()
        threading.Thread(target=self._accept, args=(self._listener,), name="demo-server", daemon=True).start()
        return self.base_url

    def stop(self) -> None:
        """Free the port and close all connections. Can be repeated."""
        with self._lock:
            listener, self._listener = self._listener, None
        if listener is None:
            return
        _shut(listener)
        listener.close()
        with self._lock:
            connections = tuple(self._connections)
        for connection in connections:
            _shut(connection)

    def new_record(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> RequestRecord:
        """Record a request that has just arrived."""
        record = RequestRecord(method, path, headers, body, time.monotonic())
        self._records.append(record)
        return record

    def plan(self, connection: Connection) -> Plan:
        """Plan the reply to a chat request.

        Raises:
            RequestRefusedError: it cannot be answered.
        """
        with self._lock:
            self._sequence += 1
            identifier = f"chatcmpl-demo-{self._sequence:06d}"
        plan = make_plan(connection.body, identifier, self.rate)
        connection.record.plan = plan
        return plan

    def answer(self, connection: Connection) -> None:
        """Answer a request: with the fault if it applies, otherwise with the routes.

        Raises:
            ClientGoneError: the connection has ended.
        """
        try:
            if self.fault is not None and self.fault.answer(connection):
                return
            self.answer_properly(connection)
        except RequestRefusedError as refusal:
            connection.send_json(refusal.status, refusal.body)

    def answer_properly(self, connection: Connection, prefix: str = "") -> None:
        """Answer a request like a server without a fault; ``prefix`` is the path of the API."""
        route = connection.route.removeprefix(prefix)
        if route == "/health":
            connection.send_json(200, {"status": "ok"})
        elif route == "/bench/last":
            connection.send_json(200, self._last_answer())
        elif not self._is_authorised(connection):
            connection.send_json(401, {"error": "Unauthorized"}, {"WWW-Authenticate": "Bearer"})
        elif route == "/v1/models":
            connection.send_json(200, model_list())
        elif route not in ("/v1/chat/completions", "/v1/embeddings", "/v1/rerank"):
            connection.send_json(404, {"detail": "Not Found"})
        elif connection.command != "POST":
            connection.send_json(405, {"detail": "Method Not Allowed"}, {"Allow": "POST"})
        elif route == "/v1/embeddings":
            connection.send_json(200, embeddings(connection.body))
        elif route == "/v1/rerank":
            connection.send_json(200, scores(connection.body))
        else:
            self._chat(connection)

    def _chat(self, connection: Connection) -> None:
        plan = self.plan(connection)
        if plan.is_streamed:
            connection.stream(plan)
        else:
            connection.pause(self.delay_seconds)
            connection.send_json(200, plan.whole())
            connection.record.note_tokens(len(plan.reasoning) + len(plan.answer), time.monotonic())

    def _is_authorised(self, connection: Connection) -> bool:
        if self._key is None:
            return True
        given = connection.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        return hmac.compare_digest(given, f"Bearer {self._key}".encode())

    def _last_answer(self) -> dict[str, object]:
        """Return the actual schedule of the newest answer, for benchmarks on the same machine."""
        for record in reversed(self._records):
            if record.plan is not None:
                plan = record.plan
                return {
                    "model": plan.model,
                    "marker": plan.marker,
                    "request_arrived_at": record.arrived_at,
                    "first_token_at": record.first_token_at,
                    "last_token_at": record.last_token_at,
                    "tokens_sent": record.tokens_sent,
                    "reasoning_tokens": len(plan.reasoning),
                    "answer_tokens": len(plan.answer),
                    "is_complete": record.is_complete,
                }
        return {}

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, address = listener.accept()
            except OSError:  # ``stop`` has closed it
                return
            with self._lock:
                self._connections.add(connection)
                is_stopping = self._listener is not listener
            if is_stopping:
                _shut(connection)
            threading.Thread(target=self._serve, args=(connection, address), daemon=True).start()

    def _serve(self, connection: socket.socket, address: object) -> None:
        try:
            Connection(connection, address, self)
        except (ClientGoneError, OSError):
            pass  # the client is gone, so there is nobody to report to
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()


def model_list() -> dict[str, object]:
    """Return the response of ``/models``."""
    models = [
        {
            "id": name,
            "object": "model",
            "created": CREATED,
            "owned_by": "lmdeck-demo",
            "max_model_len": DEMO_CONTEXT,
        }
        for name in (*MODELS, EMBEDDER)
    ]
    return {"object": "list", "data": models}


def _shut(connection: socket.socket) -> None:
    """Wake the threads that wait for a socket."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # not connected, or already closed
