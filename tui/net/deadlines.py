"""Time limits and retries of requests.

Plain values, enforced by ``net.chat`` and ``net.retry``.
"""

from __future__ import annotations

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class WaitLimits:
    """How long to wait for a server, in seconds."""

    seconds: float
    """0 reports the result at once."""
    interval_seconds: float = 2.0
    option: str | None = None
    """The command-line option that sets the limit, such as ``--wait``."""


@dataclass(frozen=True, slots=True)
class RequestTimeouts:
    """The limits of one request, in seconds. ``None``: no limit while the connection is alive."""

    connect_seconds: float = 5.0
    """For each address of the host, and again for the TLS handshake."""
    write_seconds: float = 30.0
    headers_seconds: float | None = 30.0
    """From the request to the complete headers, however slowly they arrive."""
    unstreamed_seconds: float | None = 600.0
    """The same without streaming: a server sends nothing before the answer is complete."""
    idle_seconds: float | None = 60.0
    """Between events with text; keep-alive comments do not count."""
    first_text_seconds: float | None = None
    """From the request to the first text, including headers and anything else before it."""
    notice_seconds: float = 5.0
    """The interval without text after which a ``waiting`` event shows that the request is alive."""
    retries: int = 2
    """Further attempts, only before the first byte of an answer."""
    retry_refused: bool = False
    """Whether to also retry after a refused connection, an unknown host or a failed handshake."""
    backoff_seconds: float = 0.5
    """The delay before the first retry; doubled each time, up to ``longest_backoff_seconds``."""
    longest_backoff_seconds: float = 8.0
    longest_retry_after_seconds: float = 60.0
    """If a server asks for a longer delay, the request fails with that information instead."""
    loading_seconds: float = 0.0
    """How long to retry while a server is starting or loading its model, every
    ``loading_interval_seconds``."""
    loading_interval_seconds: float = 2.0
    loading_option: str | None = None
    """The command-line option that sets ``loading_seconds``, for messages."""
    reprobe_seconds: float = 1.0
    """For probing a failed host again to find the reason (``net.reprobe``); 0: never."""

    def of_waiting(self) -> WaitLimits:
        """The limits for a server that is starting or loading."""
        return WaitLimits(self.loading_seconds, self.loading_interval_seconds, self.loading_option)


HEADLESS = RequestTimeouts()
"""For commands, which must terminate by themselves."""

SCREEN = RequestTimeouts(
    headers_seconds=None, unstreamed_seconds=None, idle_seconds=None, loading_seconds=1800.0
)
"""For a user who watches and can stop at any time: a request never gives up while it is alive."""

PROBE = RequestTimeouts(headers_seconds=5.0, idle_seconds=5.0, retries=0)
"""For a quick check."""
