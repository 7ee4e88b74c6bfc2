"""How a user wants to see the reasoning of a model."""

from __future__ import annotations

from enum import StrEnum


class ReasoningView(StrEnum):
    """How reasoning is shown; where nothing can be folded, ``COLLAPSED`` is its title alone."""

    LIVE = "live"
    """Open while the model thinks, folded when the answer starts."""
    COLLAPSED = "collapsed"
    OPEN = "open"
