"""A prompt that waits for the answer before it."""

from __future__ import annotations

from tui.core.lazy_dataclass import dataclass
from tui.core.parts import Parts

QUEUE_LIMIT = 8
"""So many prompts may wait in a chat."""


@dataclass(frozen=True, slots=True)
class QueuedPrompt:
    """A prompt that is sent when its turn comes."""

    identity: str
    """Of the turn that it becomes: a prompt whose turn is there was sent."""
    content: Parts
