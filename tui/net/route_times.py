"""The round-trip time to a server, measured by requests for its model list."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from tui.core.phases import ESTIMATED, Phase
from tui.net.request_trace import Phase as Step
from tui.net.request_trace import RequestTrace
from tui.texts.time import ROUTE

_KEPT_SECONDS = 600.0
_LIST = "/models"
_CACHES = ("age", "x-cache", "cf-cache-status", "x-proxy-cache")
"""Headers of a response that may come from a cache."""


class RouteTimes:
    """The shortest time to the headers of ``GET /models`` in the last ten minutes, by base URL."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[float, float]] = {}

    def note(self, url: str, status: int, headers: Mapping[str, str], trace: RequestTrace) -> None:
        """Record a response, unless it is not a model list from the server itself."""
        base, found, rest = url.partition("?")[0].rpartition(_LIST)
        sent, answered = trace.marks.get(Step.SEND), trace.marks.get(Step.BODY)
        if not found or rest or status != 200 or sent is None or answered is None:
            return
        if any(name in headers for name in _CACHES):
            return
        took = (answered - sent) * 1000
        known = self._known(base)
        if known is None or took <= known:
            self._seen[base] = (took, self._clock())

    def of(self, base_url: str) -> Phase | None:
        """Return the network round trip of an endpoint; ``None`` without a recent measurement."""
        known = self._known(base_url.rstrip("/"))
        return None if known is None else Phase("route", known, ESTIMATED, ROUTE)

    def _known(self, base: str) -> float | None:
        took, at = self._seen.get(base, (0.0, float("-inf")))
        return took if self._clock() - at < _KEPT_SECONDS else None
