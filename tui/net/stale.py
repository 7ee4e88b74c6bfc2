"""Kept connections that the server closed just before they were used again: nobody's failure."""

from __future__ import annotations

from tui.core.failure import Failure
from tui.net.exchange import Exchange

MOST_STALE = 3
"""Kept connections found closed in a row before that is called a failure."""
_CAUSES = ("closed-without-answer", "connection-reset")


def is_stale(failure: Failure, exchange: Exchange) -> bool:
    """Return whether a request only met a connection that the server had closed already."""
    return exchange.is_reused and not exchange.received and failure.cause in _CAUSES
