"""The abilities of an endpoint beyond plain chat, and the outcomes of their tests.

``wire.abilities`` builds the requests and judges the replies; ``net.probe.deep`` runs the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.texts import abilities as texts


class Ability(StrEnum):
    """The tested abilities, in the order in which they are tested and shown."""

    SYSTEM = "system"
    TOOLS = "tools"
    TOOLS_FORCED = "tools_forced"
    TOOLS_STREAMED = "tools_streamed"
    JSON_OBJECT = "json_object"
    JSON_SCHEMA = "json_schema"
    LOGPROBS = "logprobs"
    N = "n"
    SEED = "seed"
    STOP = "stop"
    MAX_TOKENS = "max_tokens"
    VISION = "vision"
    USAGE_DETAILS = "usage_details"
    CONTINUE = "continue"
    EMBEDDINGS = "embeddings"
    RERANK = "rerank"
    COMPLETIONS = "completions"
    RESPONSES = "responses"
    ANTHROPIC = "anthropic"


class Outcome(StrEnum):
    """The outcome of a test."""

    YES = "yes"
    """The answer shows the effect."""
    NO = "no"
    """The server refuses and names what it refuses, or its reply has no field for it."""
    IGNORED = "ignored"
    """The request is accepted, but has no effect on the answer."""
    BROKEN = "broken"
    """The request is accepted, but the answer is wrong."""
    NOT_TRIED = "not tried"
    """Inconclusive: a temporary failure or a truncated answer."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The conclusion from one or more replies."""

    outcome: Outcome
    evidence: str
    """What was observed, shorter than a line where possible."""


@dataclass(frozen=True, slots=True)
class AbilityResult:
    """The result of the test of one ability."""

    ability: Ability
    outcome: Outcome
    evidence: str
    tokens: int | None = None
    """Prompt and completion tokens used by the test, as far as the server reports them."""
    requests: int = 0
    model: str = ""
    """The model named in the replies; empty if they name none."""
    provider: str = ""
    """The upstream provider that a gateway reports (OpenRouter's ``provider``); empty if unknown."""

    @property
    def is_tried(self) -> bool:
        """Whether the test was conclusive."""
        return self.outcome is not Outcome.NOT_TRIED

    def to_json(self) -> dict[str, object]:
        """Return the object of ``check --deep --json``."""
        return {
            "result": str(self.outcome),
            "evidence": self.evidence,
            "tokens": self.tokens,
            "requests": self.requests,
            "model": self.model or None,
            "provider": self.provider or None,
        }


@dataclass(frozen=True, slots=True)
class AbilityCost:
    """The maximum cost of a test."""

    requests: int = 0
    """If the model answers as instructed; unclear replies can take one or two more."""
    output_tokens: int = 0
    """If the model ends its answers as instructed."""
    more_tokens: int = 0
    """Additional output tokens for truncated or unclear answers."""
    input_tokens: int = 0
    """Approximate."""

    def plus(self, other: AbilityCost) -> AbilityCost:
        """Return the sum."""
        return AbilityCost(
            self.requests + other.requests,
            self.output_tokens + other.output_tokens,
            self.more_tokens + other.more_tokens,
            self.input_tokens + other.input_tokens,
        )

    @property
    def sentence(self) -> str:
        """The sentence shown before anything is sent."""
        return texts.COSTS.format(cost=self.figures)

    @property
    def figures(self) -> str:
        """The figures without the sentence."""
        more = texts.COST_MORE.format(tokens=self.more_tokens) if self.more_tokens else ""
        return texts.COST.format(
            requests=texts.REQUEST if self.requests == 1 else texts.REQUESTS.format(count=self.requests),
            output=self.output_tokens,
            input=max(10, round(self.input_tokens, -1)),
            more=more,
        )


def abilities_json(results: Iterable[AbilityResult]) -> dict[str, object]:
    """Return the object ``abilities`` of ``check --deep --json``."""
    return {str(result.ability): result.to_json() for result in results}
