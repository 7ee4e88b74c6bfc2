"""A listening TCP socket."""

from __future__ import annotations

from ipaddress import ip_address

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Listener:
    """One listening socket."""

    address: str
    port: int

    @property
    def is_ipv6(self) -> bool:
        """Whether it listens on an IPv6 address."""
        return ":" in self.address

    def accepts(self, host: str) -> bool:
        """Return whether a connection to this loopback address would arrive here.

        A socket on ``::`` is assumed to accept IPv4 as well, which is the system's default.
        """
        if self.address in (host, "::"):
            return True
        return self.address == "0.0.0.0" and ":" not in host  # noqa: S104 - compared with, not listened on

    @property
    def is_local(self) -> bool:
        """Whether loopback connections reach it."""
        address = ip_address(self.address)
        return address.is_loopback or address.is_unspecified


Held = tuple[Listener, int | None]
"""A listening socket and its process, if visible."""
