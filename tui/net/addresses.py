"""Hosts and ports of URLs, without sending any packet."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from tui.core.outside import IpAddress, ip_address

__all__ = ["IpAddress", "Origin", "ip_address", "origin_of", "replace_origin"]

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme, host and port; a key is only sent to its own origin."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """``host:port``, with brackets around an IPv6 address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def origin_of(url: str) -> Origin:
    """Return the origin of a URL, in lower case.

    Raises:
        ValueError: the URL lacks one of them, or the port is invalid.
    """
    parts = urlsplit(url)
    if not parts.scheme or not parts.hostname:
        raise ValueError("the URL has no scheme or no host")
    port = parts.port if parts.port is not None else _DEFAULT_PORTS.get(parts.scheme.lower(), 0)
    return Origin(parts.scheme.lower(), parts.hostname.rstrip("."), port)


def origin_text(url: str) -> str:
    """Return scheme, host and port of a URL; empty if it has none."""
    try:
        origin = origin_of(url)
    except ValueError:
        return ""
    return f"{origin.scheme}://{origin.authority}"


def replace_origin(url: str, *, scheme: str | None = None, host: str | None = None) -> str:
    """Return the URL with a different scheme or host; the port stays as written."""
    parts = urlsplit(url)
    name = host if host is not None else (parts.hostname or "")
    name = f"[{name}]" if ":" in name else name
    port = "" if parts.port is None else f":{parts.port}"
    return parts._replace(scheme=scheme or parts.scheme, netloc=name + port).geturl()
