"""How a user wants to see the reasoning of a model."""

from __future__ import annotations

from enum import StrEnum


class ReasoningView(StrEnum):
    """How reasoning is shown; if nothing can be folded, ``COLLAPSED`` shows only its title."""

    LIVE = "live"
    """Open while the model thinks, folded when the answer starts."""
    COLLAPSED = "collapsed"
    OPEN = "open"
