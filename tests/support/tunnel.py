"""A ``CONNECT`` proxy that leads to one local port, whatever host is requested."""

from __future__ import annotations

import contextlib
import socket
import threading

from tests.support.fault_server import Connection, Fault


def tunnel_to(port: int) -> Fault:
    """Return the behaviour of a proxy whose tunnels all end at a port of this machine."""

    def serve(connection: Connection) -> None:
        connection.read_request()
        with socket.create_connection(("127.0.0.1", port)) as far:
            connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(far, connection.socket), daemon=True)
            back.start()
            _copy(connection.socket, far)
            back.join(5)

    return serve


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
