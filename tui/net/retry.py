"""Decides whether and when a request is retried: only before the first byte of an answer."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime

from tui.core.failure import Failure
from tui.core.outside import read_decimal
from tui.core.server_phase import ServerPhase, phase_of
from tui.net.deadlines import RequestTimeouts
from tui.net.request_trace import RequestTrace
from tui.wire.error_facts import read_retry_after

_STATUSES = (408, 429, 502, 503, 504)
_NEVER = ("quota", "body-too-large")
_IN_VAIN = (ServerPhase.BROKEN, ServerPhase.STARTING)
"""A broken server stays broken; ``net.server_wait`` waits for a starting one."""
_UNDER_ANY_STATUS = ("rate-limited", "overloaded")
"""Some gateways return these with 400 or 500, Anthropic and Gemini with 529."""
_CONNECTION = ("connect-timeout", "no-route")
"""Possibly temporary failures before any byte was sent."""
_WHEN_ASKED = ("connection-refused", "dns-unknown-host", "dns-unavailable", "tls-stalled")
"""Failures that users want to see at once; a command that waits for a server retries them."""


MOST_STALE = 3
"""The maximum number of closed reused connections in a row before it counts as a failure."""
_OF_CLOSED = ("closed-without-answer", "connection-reset")


def retry_delay(
    failure: Failure, tried: int, timeouts: RequestTimeouts, *, headers: Mapping[str, str] | None = None
) -> float | None:
    """Return the delay before the next attempt in seconds, or ``None`` if there is none.

    Args:
        tried: attempts so far, at least 1.
        headers: the headers of the error in lower case, for ``Retry-After``.
    """
    if tried > timeouts.retries or not _may_pass(failure, timeouts):
        return None
    asked = asked_delay(headers or {})
    if asked is None:
        asked = read_decimal(failure.facts.get("retry_after", ""))
    if asked is not None:
        return asked if asked <= timeouts.longest_retry_after_seconds else None
    delay = min(timeouts.backoff_seconds * 2.0 ** (tried - 1), timeouts.longest_backoff_seconds)
    return delay * random.uniform(0.75, 1.0)  # noqa: S311 - spreads the load, hides nothing


def is_stale(failure: Failure, trace: RequestTrace) -> bool:
    """Return whether a request only hit a reused connection that the server had just closed.

    This is not a failure.
    """
    return trace.is_reused and not trace.received and failure.cause in _OF_CLOSED


def asked_delay(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the delay that a server asks for, in seconds.

    ``retry-after-ms``, or ``retry-after`` as seconds or as a date (RFC 9110, section 10.2.3).
    """
    return read_retry_after(headers, now or datetime.now(UTC))


def _may_pass(failure: Failure, timeouts: RequestTimeouts) -> bool:
    if failure.cause in _NEVER or phase_of(failure) in _IN_VAIN or failure.facts.get("waited"):
        return False
    if failure.status is not None:
        return failure.status in _STATUSES or failure.cause in _UNDER_ANY_STATUS
    return failure.cause in _CONNECTION or (timeouts.retry_refused and failure.cause in _WHEN_ASKED)
