"""The phase of a server: starting, loading its model, broken, or ready.

It determines whether to wait. It is derived from a failure: by ``wire.error_rules`` for replies, by
``net.server_wait`` for processes and ``/health``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from tui.core.failure import Failure


class ServerPhase(StrEnum):
    """The phase of a server."""

    STARTING = "starting"
    """The process is running, but its port is not open yet: worth waiting."""
    LOADING = "loading"
    """It responds, but reports that its model is not ready yet: worth waiting."""
    BROKEN = "broken"
    """It cannot work until it is fixed or restarted: waiting and retrying are useless."""
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
"""Stages of ``Progress`` while a server is starting."""


def phase_of(failure: Failure | None) -> ServerPhase | None:
    """Return the phase that a failure shows; ``None`` if it shows none."""
    return ServerPhase.READY if failure is None else _PHASES.get(failure.cause)
