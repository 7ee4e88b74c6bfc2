"""Where the time of an exchange went, part by part."""

from __future__ import annotations

from tui.core.lazy_dataclass import dataclass
from tui.texts import time

MEASURED = "measured"
REPORTED = "reported"
ESTIMATED = "estimated"

HERE = "lmdeck"
"""The origin of what is measured by lmdeck's own clock."""
KEPT = time.KEPT
"""The origin of a ``connect`` that took no time."""

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
"""Origins of ``unexplained``: why the server's parts are not known, or what else took the time."""


WEAK = (
    "", NO_FIGURES, NO_FIGURES_VLLM, NO_FIGURES_SGLANG, NO_FIGURES_OLLAMA, NO_FIGURES_UNKNOWN,
    NO_FIGURES_GATEWAY,
)  # fmt: skip
"""Reasons that any other one outweighs."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of the time."""

    name: str
    """``connect``, ``route``, ``queue``, ``prompt``, ``unexplained``, ``thinking``, ``answer``, ``tail``."""
    milliseconds: float
    source: str
    """``measured`` here, ``reported`` by the server, or ``estimated``."""
    origin: str = ""
    """What of the server reported it, such as ``vllm.metrics``."""

    def to_json(self) -> dict[str, object]:
        """Return it as in all JSON output of the program."""
        return {"name": self.name, "ms": self.milliseconds, "source": self.source, "from": self.origin}


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known about an exchange's time besides its own stamps and the reply's figures."""

    route: Phase | None = None
    queue: Phase | None = None
    prompt: Phase | None = None
    answer: Phase | None = None
    """How long the server wrote, for answers that come whole."""
    unknown: str = ""
    """Why nothing is known of the server's parts, such as ``several-servers``."""

    def plus(self, other: Learned) -> Learned:
        """Return both; what the other knows counts more, and a reason more than ``no-figures``."""
        return Learned(
            other.route or self.route,
            other.queue or self.queue,
            other.prompt or self.prompt,
            other.answer or self.answer,
            self.unknown if self.unknown and other.unknown in WEAK else other.unknown,
        )


NOTHING_LEARNED = Learned()
