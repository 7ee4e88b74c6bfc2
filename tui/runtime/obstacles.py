"""What prevents a request of a chat."""

from __future__ import annotations

from enum import Enum

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass


class Obstacle(Enum):
    """Why no request is possible."""

    STREAMING = "streaming"
    READ_ONLY = "read only"
    """Another session writes to this conversation."""
    OPENING = "opening"
    NO_PROVIDER = "no provider"
    REFUSED = "refused"
    """The provider is unusable; ``Blocked.failure`` has the reason."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """What prevents a request."""

    obstacle: Obstacle
    failure: Failure | None = None
