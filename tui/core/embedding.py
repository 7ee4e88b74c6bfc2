"""Vectors: the request to an embeddings endpoint, the result, and its figures as text."""

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
    """Texts whose vectors are requested. ``wire.embeddings`` turns it into the body."""

    model: str
    texts: tuple[str, ...]
    extra_body: Mapping[str, object] = field(default_factory=dict)

    @property
    def estimated_usage(self) -> Usage:
        """Our own count of the tokens, for a server that gives none."""
        tokens = sum(estimate_tokens(text) for text in self.texts)
        return Usage(tokens, 0, source=Source.ESTIMATED)


@dataclass(frozen=True)
class Vectors:
    """The vectors of one request, in the order of its texts; all of one size, finite, none of zeros."""

    values: tuple[tuple[float, ...], ...] = field(repr=False)
    usage: Usage | None = None
    """As the server reports it; an embedding has no completion."""
    served_model: str | None = None
    is_base64: bool = False
    """Whether the server sent the numbers packed, not as a list."""
    server_cost: ServerCost | None = None
    """What the server says that they cost."""

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return len(self.values)

    @property
    def size(self) -> int:
        """How many numbers each of them has."""
        return len(self.values[0]) if self.values else 0

    def turned(self) -> Vectors:
        """Return the same from the last to the first."""
        return replace(self, values=self.values[::-1])

    @cached_property
    def norms(self) -> tuple[float, ...]:
        """The Euclidean length of each vector."""
        return tuple(math.hypot(*value) for value in self.values)


@dataclass(frozen=True, slots=True)
class EmbeddingOutcome:
    """The outcome of one request for vectors: the vectors, or why there are none."""

    request: EmbeddingRequest
    vectors: Vectors | None = None
    failure: Failure | None = None
    milliseconds: float | None = None
    """From the request to the whole answer, further tries left out."""
    details: tuple[str, ...] = ()
    """Status, headers and the beginning of the answer, redacted."""
    retries: int = 0
    told: Charge = NOTHING_TOLD
    """What the server reported about every request, including those that failed."""

    @property
    def usage(self) -> Usage | None:
        """What was used: as reported, else estimated; ``None`` if nothing came."""
        if self.vectors is None:
            return self.told.usage
        return self.told.usage or self.vectors.usage or self.request.estimated_usage


def embedding_cost(usage: Usage | None, price: Price) -> Cost | None:
    """Return what an embedding costs. ``None``: the price is not known."""
    return None if price.input is None else cost_of(usage, embedding_price(price))


def embedding_price(price: Price) -> Price:
    """Return the price of an embedding: it has no output, so that with a free input it is free."""
    return replace(price, output=None if price.input is None else Decimal(0))


def count_text(vectors: Vectors) -> str:
    """Return count and size in words: ``2 vectors of 1,024 numbers``."""
    return f"{vectors_text(vectors.count)} of {vectors.size:,} number{'' if vectors.size == 1 else 's'}"


def vectors_text(count: int) -> str:
    """Return a count of vectors in words."""
    return f"{count:,} vector{'' if count == 1 else 's'}"


def norm_text(vectors: Vectors) -> str:
    """Return the norm as it is read: ``norm 1.000``, or ``norms 0.812 to 1.304`` where they differ."""
    least, most = (_shown_norm(pick(vectors.norms)) for pick in (min, max))
    return f"norm {least}" if least == most else f"norms {least} to {most}"


def _shown_norm(norm: float) -> str:
    return f"{norm:.3f}" if 0.001 <= norm < 1e6 else f"{norm:.3g}"


def tokens_text(usage: Usage | None) -> str:
    """Return the tokens in words: ``9 tokens``, ``~9 tokens`` where that is an estimate."""
    if usage is None or usage.prompt_tokens is None:
        return texts.TOKENS_UNKNOWN
    sign = "~" if usage.source is Source.ESTIMATED else ""
    return f"{sign}{usage.prompt_tokens:,} token{'' if usage.prompt_tokens == 1 else 's'}"
