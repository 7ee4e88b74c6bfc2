"""Embeddings: the request, the resulting vectors, and their figures as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field, replace
from decimal import Decimal
from functools import cached_property

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.usage import (
    NOTHING_TOLD,
    Charge,
    Cost,
    Price,
    ServerCost,
    Source,
    Usage,
    cost_of,
    estimate_tokens,
)
from tui.texts import embeddings as texts


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """A request for the vectors of texts. ``wire.embeddings`` builds its body."""

    model: str
    texts: tuple[str, ...]
    extra_body: Mapping[str, object] = field(default_factory=dict)

    @property
    def estimated_usage(self) -> Usage:
        """Our own estimate of the tokens, for servers that report none."""
        tokens = sum(estimate_tokens(text) for text in self.texts)
        return Usage(tokens, 0, source=Source.ESTIMATED)


@dataclass(frozen=True)
class Vectors:
    """The vectors of one request, in the order of its texts: same size, finite, none all zeros."""

    values: tuple[tuple[float, ...], ...] = field(repr=False)
    usage: Usage | None = None
    """As reported by the server; an embedding has no completion tokens."""
    served_model: str | None = None
    is_base64: bool = False
    """Whether the server sent the numbers packed in Base64 instead of a list."""
    server_cost: ServerCost | None = None
    """The cost reported by the server."""

    @property
    def count(self) -> int:
        """The number of vectors."""
        return len(self.values)

    @property
    def size(self) -> int:
        """The number of dimensions."""
        return len(self.values[0]) if self.values else 0

    def turned(self) -> Vectors:
        """Return the vectors in reverse order."""
        return replace(self, values=self.values[::-1])

    @cached_property
    def norms(self) -> tuple[float, ...]:
        """The Euclidean length of each vector."""
        return tuple(math.hypot(*value) for value in self.values)


@dataclass(frozen=True, slots=True)
class EmbeddingOutcome:
    """The outcome of one request for vectors: the vectors, or a failure."""

    request: EmbeddingRequest
    vectors: Vectors | None = None
    failure: Failure | None = None
    milliseconds: float | None = None
    """From the request to the complete response, without retries."""
    details: tuple[str, ...] = ()
    """Status, headers and the beginning of the response, redacted."""
    retries: int = 0
    told: Charge = NOTHING_TOLD
    """What the server reported about every request, including failed ones."""

    @property
    def usage(self) -> Usage | None:
        """The usage as reported, else estimated; ``None`` without a response."""
        if self.vectors is None:
            return self.told.usage
        return self.told.usage or self.vectors.usage or self.request.estimated_usage


def embedding_cost(usage: Usage | None, price: Price) -> Cost | None:
    """Return the cost of an embedding; ``None`` if the price is unknown."""
    return None if price.input is None else cost_of(usage, embedding_price(price))


def embedding_price(price: Price) -> Price:
    """Return the price of an embedding: it has no output, so it is free if its input is."""
    return replace(price, output=None if price.input is None else Decimal(0))


def count_text(vectors: Vectors) -> str:
    """Return count and size: ``2 vectors of 1,024 numbers``."""
    return f"{vectors_text(vectors.count)} of {vectors.size:,} number{'' if vectors.size == 1 else 's'}"


def vectors_text(count: int) -> str:
    """Return the number of vectors as text."""
    return f"{count:,} vector{'' if count == 1 else 's'}"


def norm_text(vectors: Vectors) -> str:
    """Return the norm as text: ``norm 1.000``, or a range such as ``norms 0.812 to 1.304``."""
    least, most = (_shown_norm(pick(vectors.norms)) for pick in (min, max))
    return f"norm {least}" if least == most else f"norms {least} to {most}"


def _shown_norm(norm: float) -> str:
    return f"{norm:.3f}" if 0.001 <= norm < 1e6 else f"{norm:.3g}"


def tokens_text(usage: Usage | None) -> str:
    """Return the tokens as text: ``9 tokens``, or ``~9 tokens`` for an estimate."""
    if usage is None or usage.prompt_tokens is None:
        return texts.TOKENS_UNKNOWN
    sign = "~" if usage.source is Source.ESTIMATED else ""
    return f"{sign}{usage.prompt_tokens:,} token{'' if usage.prompt_tokens == 1 else 's'}"
