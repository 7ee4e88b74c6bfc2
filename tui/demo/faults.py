"""Simulated failures by the cause that the diagnosis should report.

Only failures of an HTTP server itself: a refused connection cannot be served.
"""

from __future__ import annotations

from tui.core.safe_text import safe_line
from tui.demo import reply_faults, stream_faults
from tui.demo.fault import REGISTRY, Fault
from tui.texts.demo import UNKNOWN_FAULT

__all__ = ["Fault", "UnknownFaultError", "find_fault", "known_faults", "reply_faults", "stream_faults"]

_LONGEST = 60
"""Characters of a name that are repeated in messages."""


class UnknownFaultError(ValueError):
    """An unknown fault; ``known_faults`` lists the valid ones."""


def find_fault(cause: str) -> Fault:
    """Return a fault.

    Raises:
        UnknownFaultError: there is none for this cause.
    """
    if cause not in REGISTRY:
        raise UnknownFaultError(UNKNOWN_FAULT.format(cause=safe_line(cause, _LONGEST)))
    return REGISTRY[cause]


def known_faults() -> tuple[Fault, ...]:
    """Return all faults, sorted by cause."""
    return tuple(REGISTRY[cause] for cause in sorted(REGISTRY))
