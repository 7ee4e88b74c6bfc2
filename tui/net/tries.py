"""The attempts of one chat, and the time left for them."""

from __future__ import annotations

import asyncio

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.net.deadlines import RequestTimeouts
from tui.net.request_trace import RequestTrace
from tui.net.retry import MOST_STALE, is_stale


@dataclass(eq=False, repr=False)
class Tries:
    """Counts the attempts and time of a chat, within the limits of a ``RequestTimeouts``."""

    timeouts: RequestTimeouts
    count: int = 0
    """Attempts, not counting closed connections and dropped parameters."""
    stale: int = 0
    """Consecutive reused connections that the server had just closed."""
    first_sent: float | None = None

    def sent(self) -> None:
        """Record that a request was sent."""
        now = asyncio.get_running_loop().time()
        self.first_sent = now if self.first_sent is None else self.first_sent

    @property
    def waited_seconds(self) -> float:
        """Return the time since the first attempt was sent."""
        return 0.0 if self.first_sent is None else asyncio.get_running_loop().time() - self.first_sent

    def within_whole(self, limit: float | None) -> float | None:
        """Return the limit of one attempt, cut to the time left until the first text."""
        whole = self.timeouts.first_text_seconds
        if whole is None:
            return limit
        left = max(0.0, whole - self.waited_seconds)
        return left if limit is None else min(limit, left)

    @property
    def is_over(self) -> bool:
        """Whether the time until the first text has passed."""
        whole = self.timeouts.first_text_seconds
        return whole is not None and self.waited_seconds >= whole

    def has_time_for(self, seconds: float) -> bool:
        """Return whether the first text may still arrive in time after a pause."""
        whole = self.timeouts.first_text_seconds
        return whole is None or self.waited_seconds + seconds <= whole

    def met_stale(self, failure: Failure, trace: RequestTrace) -> bool:
        """Return whether the server had just closed a reused connection."""
        return self.stale < MOST_STALE and is_stale(failure, trace)

    def begin_anew(self) -> None:
        """Reset attempts and time after a wait for a model, which has its own limit."""
        self.count -= 1
        self.first_sent = None
