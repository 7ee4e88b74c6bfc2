"""The setting for how a model's reasoning is shown."""

from __future__ import annotations

from enum import StrEnum


class ReasoningView(StrEnum):
    """How reasoning is shown; if folding is not possible, ``COLLAPSED`` shows only the title."""

    LIVE = "live"
    """Open while the model thinks, collapsed when the answer begins."""
    COLLAPSED = "collapsed"
    OPEN = "open"
