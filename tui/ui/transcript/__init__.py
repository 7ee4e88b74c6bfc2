"""The transcript: turns drawn line by line, at a cost per token that never grows."""

from __future__ import annotations

from tui.ui.transcript.transcript import Transcript
from tui.ui.transcript.warm import warm_up

__all__ = ["Transcript", "warm_up"]
