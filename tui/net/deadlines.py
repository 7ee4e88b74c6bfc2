"""How long a request may take, and how often it may be retried.

Plain values: ``net.chat`` and ``net.retry`` enforce them.
"""

from __future__ import annotations

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class WaitLimits:
    """How long and how often, in seconds."""

    seconds: float
    """0: the result is reported at once."""
    interval_seconds: float = 2.0
    option: str | None = None
    """The command's option that sets the limit, such as ``--wait``."""


@dataclass(frozen=True, slots=True)
class RequestTimeouts:
    """The limits of one request, in seconds. ``None``: no limit while the connection lives."""

    connect_seconds: float = 5.0
    """For each address of the host, and again for the TLS handshake."""
    write_seconds: float = 30.0
    headers_seconds: float | None = 30.0
    """From the request to the complete headers, however slowly they come."""
    unstreamed_seconds: float | None = 600.0
    """The same where no stream was asked for: a server sends nothing before the answer is complete."""
    idle_seconds: float | None = 60.0
    """Between events that carry text: comments of a server that is merely alive do not count."""
    first_text_seconds: float | None = None
    """From the request to the first text, its headers and whatever else comes before it among them."""
    notice_seconds: float = 5.0
    """After so long without text, and repeatedly, a ``waiting`` event says that the request is alive."""
    retries: int = 2
    """Further tries, only before the first byte of an answer."""
    retry_refused: bool = False
    """Whether a refused connection, an unknown host or a failed handshake is tried again, too."""
    backoff_seconds: float = 0.5
    """Before the first further try; doubled each time, up to ``longest_backoff_seconds``."""
    longest_backoff_seconds: float = 8.0
    longest_retry_after_seconds: float = 60.0
    """A server that asks for a longer pause is not waited for: the failure says how long it wants."""
    loading_seconds: float = 0.0
    """How long a server that is starting or loading its model is asked again, every
    ``loading_interval_seconds``."""
    loading_interval_seconds: float = 2.0
    loading_option: str | None = None
    """The command's option that sets ``loading_seconds``, for the sentence with the limit."""
    reprobe_seconds: float = 1.0
    """For looking again at a host that failed, to tell why (``net.reprobe``); 0: never."""

    def of_waiting(self) -> WaitLimits:
        """Return those for a server that is starting or loading."""
        return WaitLimits(self.loading_seconds, self.loading_interval_seconds, self.loading_option)


HEADLESS = RequestTimeouts()
"""For commands: they end by themselves."""

SCREEN = RequestTimeouts(
    headers_seconds=None, unstreamed_seconds=None, idle_seconds=None, loading_seconds=1800.0
)
"""For a user who watches and can stop at any time: a request never gives up while it lives."""

PROBE = RequestTimeouts(headers_seconds=5.0, idle_seconds=5.0, retries=0)
"""For a quick look."""
