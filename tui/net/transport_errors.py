"""What a request may raise because of the network, a server or a setting; anything else is a bug."""

from __future__ import annotations

from tui.core.failure import LmdeckError
from tui.net.decoding import BadEncoding, GrowsTooMuch


def transport_errors() -> tuple[type[Exception], ...]:
    """Return the exception types for an ``except`` clause; ``net.classify`` handles all of them."""
    import httpx  # imported late: checks end before they need the library

    return (
        httpx.HTTPError,
        httpx.InvalidURL,
        LmdeckError,
        BadEncoding,
        GrowsTooMuch,
        OSError,  # includes TimeoutError
        EOFError,  # truncated compressed data
        ValueError,  # a URL without host, a name that cannot be encoded
        OverflowError,  # a port beyond 65535
    )
