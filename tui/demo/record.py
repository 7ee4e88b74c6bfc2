"""What the demo server records about a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field

from tui.core.lazy_dataclass import dataclass
from tui.demo.plan import Plan


@dataclass(slots=True)
class RequestRecord:
    """A request and the progress of its answer. Times are seconds of ``time.monotonic``."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)  # may contain a key
    body: bytes = field(repr=False)
    arrived_at: float
    first_token_at: float | None = None
    last_token_at: float | None = None
    """When the newest token was passed to the kernel."""
    tokens_sent: int = 0
    plan: Plan | None = field(default=None, repr=False)
    is_complete: bool = False
    """The complete reply was sent."""

    @property
    def json(self) -> dict[str, object]:
        """Return the body as JSON; empty if it is invalid."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def note_tokens(self, sent: int, at: float) -> None:
        """Record that ``sent`` tokens were sent."""
        if self.first_token_at is None:
            self.first_token_at = at
        self.last_token_at = at
        self.tokens_sent = sent
