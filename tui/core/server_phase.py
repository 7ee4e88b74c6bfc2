"""What a server is doing: starting, loading its model, broken, or ready.

The one value behind every decision to wait. It is derived from a failure: by ``wire.error_rules`` for
replies, by ``net.server_wait`` for processes and ``/health``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from tui.core.failure import Failure


class ServerPhase(StrEnum):
    """The phase of a server."""

    STARTING = "starting"
    """Its process runs, but its port is not open yet: worth waiting for."""
    LOADING = "loading"
    """It answers, and says that its model is not ready yet: worth waiting for."""
    BROKEN = "broken"
    """It cannot work until it is corrected or restarted: waiting and retrying are useless."""
    READY = "ready"
    """It answered."""


_PHASES: Mapping[str, ServerPhase] = MappingProxyType(
    {
        "starting": ServerPhase.STARTING,
        "loading": ServerPhase.LOADING,
        "load-failed": ServerPhase.BROKEN,
        "start-failed": ServerPhase.BROKEN,
        "backend-crashed": ServerPhase.BROKEN,
        "server-error": ServerPhase.BROKEN,
    }
)
WORTH_WAITING = (ServerPhase.STARTING, ServerPhase.LOADING)
WAITING_STAGES = ("server-starting", "server-loading")
"""Stages of ``Progress`` at which a server is on its way."""


def phase_of(failure: Failure | None) -> ServerPhase | None:
    """Return the phase that a failure shows; ``None`` if it shows none."""
    return ServerPhase.READY if failure is None else _PHASES.get(failure.cause)
