"""The listening TCP sockets of this machine, from ``/proc/net/tcp`` and ``tcp6``."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

_LISTEN = "0A"
"""TCP_LISTEN of the kernel's include/net/tcp_states.h."""

_TEMPORARY_PORTS = range(32_768, 61_000)
"""The default of Linux."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One listening socket."""

    address: str
    port: int
    inode: int
    uid: int

    @property
    def is_ipv6(self) -> bool:
        """Whether it listens on an IPv6 address."""
        return ":" in self.address

    def accepts(self, host: str) -> bool:
        """Return whether a connection to this loopback address would arrive here.

        A socket on ``::`` is taken to accept IPv4 as well, which is the default of the system.
        """
        if self.address in (host, "::"):
            return True
        return self.address == "0.0.0.0" and ":" not in host  # noqa: S104 - compared with, not listened on

    @property
    def is_local(self) -> bool:
        """Whether loopback connections reach it."""
        address = ip_address(self.address)
        return address.is_loopback or address.is_unspecified


def read_listeners(root: Path) -> tuple[Listener, ...]:
    """Return the listening sockets, by port; none where the system has no ``/proc``."""
    found: list[Listener] = []
    for name in ("tcp", "tcp6"):
        try:
            lines = (root / "proc/net" / name).read_text(errors="replace").splitlines()[1:]
        except OSError:
            continue  # no /proc, or IPv6 is switched off
        likely = (line for line in lines if _LISTEN in line)  # a busy server has thousands of others
        found += [listener for line in likely if (listener := _read_line(line)) is not None]
    return tuple(sorted(found, key=lambda listener: (listener.port, listener.address)))


def _read_line(line: str) -> Listener | None:
    fields = line.split()
    if len(fields) < 10 or fields[3] != _LISTEN:
        return None
    address, _, port = fields[1].partition(":")
    try:
        return Listener(_read_address(address), int(port, 16), int(fields[9]), int(fields[7]))
    except ValueError:
        return None


def _read_address(text: str) -> str:
    """Decode an address: words of 32 bits in the byte order of the machine."""
    data = bytes.fromhex(text)
    if len(data) not in (4, 16):
        raise ValueError(text)
    words = [data[start : start + 4] for start in range(0, len(data), 4)]
    network = b"".join(socket.htonl(int.from_bytes(word)).to_bytes(4) for word in words)
    if len(network) == 4:
        return str(IPv4Address(network))
    address = IPv6Address(network)
    return str(address.ipv4_mapped or address)


def read_temporary_ports(root: Path) -> range:
    """Return the ports that the system gives to whoever asks for any: no server's API by default."""
    try:
        first, last = (root / "proc/sys/net/ipv4/ip_local_port_range").read_text().split()
        return range(int(first), int(last) + 1)
    except (OSError, ValueError):
        return _TEMPORARY_PORTS
