"""What a request may raise because of a network, a server or a setting: everything else is a defect."""

from __future__ import annotations

from tui.core.failure import LmdeckError
from tui.net.decoding import BadEncoding, GrowsTooMuch


def transport_errors() -> tuple[type[Exception], ...]:
    """Return the exception types for an ``except`` clause; ``net.classify`` knows them all."""
    import httpx  # a check knows what it excepts before it needs the library

    return (
        httpx.HTTPError,
        httpx.InvalidURL,
        LmdeckError,
        BadEncoding,
        GrowsTooMuch,
        OSError,  # TimeoutError among them
        EOFError,  # compressed bytes that end too early
        ValueError,  # a URL without host, a name that cannot be encoded
        OverflowError,  # a port beyond 65535
    )
