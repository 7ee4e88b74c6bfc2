"""A prompt queued until the current answer ends."""

from __future__ import annotations

from tui.core.lazy_dataclass import dataclass
from tui.core.parts import Parts

QUEUE_LIMIT = 8
"""The maximum number of queued prompts per chat."""


@dataclass(frozen=True, slots=True)
class QueuedPrompt:
    """A queued prompt, sent when its turn comes."""

    identity: str
    """The id of the turn that it becomes: if that turn exists, the prompt was sent."""
    content: Parts
