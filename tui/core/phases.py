"""The phases of an exchange: where its time went."""

from __future__ import annotations

from tui.core.lazy_dataclass import dataclass
from tui.texts import time

MEASURED = "measured"
REPORTED = "reported"
ESTIMATED = "estimated"

HERE = "lmdeck"
"""The origin of times measured by lmdeck's own clock."""
KEPT = time.KEPT
"""The origin of a ``connect`` that took no time, on a reused connection."""

NO_FIGURES = "no-figures"
NO_FIGURES_VLLM = "no-figures-vllm"
NO_FIGURES_SGLANG = "no-figures-sglang"
NO_FIGURES_OLLAMA = "no-figures-ollama"
NO_FIGURES_UNKNOWN = "no-figures-unknown-server"
NO_FIGURES_GATEWAY = "no-figures-gateway"
NO_USAGE = "no-usage"
STOPPED = "stopped"
FAILED = "failed"
NO_FIT = "figures-do-not-fit"
SEVERAL = "several-servers"
EARLIER = "earlier-requests"
"""Origins of ``unexplained``: why the server's phases are unknown, or what else took the time."""


WEAK = (
    "", NO_FIGURES, NO_FIGURES_VLLM, NO_FIGURES_SGLANG, NO_FIGURES_OLLAMA, NO_FIGURES_UNKNOWN,
    NO_FIGURES_GATEWAY,
)  # fmt: skip
"""Reasons that any other reason overrides."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the time."""

    name: str
    """``connect``, ``route``, ``queue``, ``prompt``, ``unexplained``, ``thinking``, ``answer``, ``tail``."""
    milliseconds: float
    source: str
    """``measured`` here, ``reported`` by the server, or ``estimated``."""
    origin: str = ""
    """The server's field or source that reported it, such as ``vllm.metrics``."""

    def to_json(self) -> dict[str, object]:
        """Return the JSON object, the same in all output of the program."""
        return {"name": self.name, "ms": self.milliseconds, "source": self.source, "from": self.origin}


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known about an exchange's time from outside the reply."""

    route: Phase | None = None
    queue: Phase | None = None
    prompt: Phase | None = None
    answer: Phase | None = None
    """The generation time, for answers that arrive in one piece."""
    unknown: str = ""
    """Why the server's phases are unknown, such as ``several-servers``."""

    def plus(self, other: Learned) -> Learned:
        """Merge both; values of ``other`` take precedence, and any reason over ``no-figures``."""
        return Learned(
            other.route or self.route,
            other.queue or self.queue,
            other.prompt or self.prompt,
            other.answer or self.answer,
            self.unknown if self.unknown and other.unknown in WEAK else other.unknown,
        )


NOTHING_LEARNED = Learned()
