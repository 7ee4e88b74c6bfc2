"""What an endpoint can do besides plain chats: the abilities that are tested, and the outcomes.

``wire.abilities`` defines what is sent and how a reply is judged, ``net.probe.deep`` when.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.texts import abilities as texts


class Ability(StrEnum):
    """The abilities, in the order in which they are tested and shown."""

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
    """The effect is in the answer."""
    NO = "no"
    """The server refuses, and its words name what it refuses; or its answer has no place for it."""
    IGNORED = "ignored"
    """The request is accepted, and the answer is the same as without it."""
    BROKEN = "broken"
    """The request is accepted, and the answer is wrong."""
    NOT_TRIED = "not tried"
    """The reply says nothing of the ability: a passing fault, or an answer that was cut."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one or more replies show."""

    outcome: Outcome
    evidence: str
    """What was seen, in less than a line where possible."""


@dataclass(frozen=True, slots=True)
class AbilityResult:
    """The result of the test of one ability."""

    ability: Ability
    outcome: Outcome
    evidence: str
    tokens: int | None = None
    """Prompt and completion tokens that the test used up, as far as the server counts them."""
    requests: int = 0
    model: str = ""
    """The model that the replies name; empty where they name none."""
    provider: str = ""
    """Whom a gateway says that it has asked (OpenRouter's ``provider``); empty where it says nothing."""

    @property
    def is_tried(self) -> bool:
        """Whether the test said something."""
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
    """Where the model answers as asked; a doubt may take one or two more."""
    output_tokens: int = 0
    """Where the model ends its answers as asked."""
    more_tokens: int = 0
    """Output tokens on top of that, where answers are cut or leave a doubt."""
    input_tokens: int = 0
    """About."""

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
        """What is said before anything is sent."""
        return texts.COSTS.format(cost=self.figures)

    @property
    def figures(self) -> str:
        """The figures alone."""
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
