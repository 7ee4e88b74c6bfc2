"""How a server handles the options of a request for vectors: format, size, order, and number of texts.

Source: OpenAI's API reference (``encoding_format``, ``dimensions``, ``index``).
"""

from __future__ import annotations

import math
from dataclasses import field

from tui.core.abilities import Outcome
from tui.core.cosine import SAME, cosine, cosines, difference
from tui.core.embedding import EmbeddingOutcome, Vectors
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.usage import Source

BATCHES = (1, 8, 32)
"""How many texts the requests have whose speed is measured."""
_CLOSER = 1e-4
_NOISE = 4.0
"""How much further than from itself a server's answer may be from another one of its answers."""
_PASSING = frozenset((401, 403, 408, 425, 429))
"""Statuses that say nothing of what was wished for."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One timed request of some size."""

    outcome: EmbeddingOutcome

    @property
    def texts(self) -> int:
        """How many texts it had."""
        return len(self.outcome.request.texts)

    @property
    def texts_per_second(self) -> float | None:
        """``None``: no vectors came."""
        return self._rate(self.texts)

    @property
    def tokens_per_second(self) -> float | None:
        """``None``: no vectors came."""
        usage = self.outcome.usage
        return None if usage is None or usage.prompt_tokens is None else self._rate(usage.prompt_tokens)

    @property
    def is_estimated(self) -> bool:
        """Whether the server counts no tokens."""
        usage = self.outcome.usage
        return usage is not None and usage.source is Source.ESTIMATED

    def _rate(self, count: int) -> float | None:
        took = self.outcome.milliseconds
        return None if self.outcome.vectors is None or not took else count / took * 1000

    def to_json(self) -> dict[str, object]:
        """Return the object for ``check --json``; rates in 1/s."""
        failure, took = self.outcome.failure, self.outcome.milliseconds
        return {
            "texts": self.texts,
            "ms": None if took is None else round(took, 1),
            "texts_per_second": _rounded(self.texts_per_second),
            "tokens_per_second": _rounded(self.tokens_per_second),
            "error": None if failure is None else failure.cause,
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


@dataclass(frozen=True, slots=True)
class VectorTraits:
    """What is known about a model's vectors and how its server returns them."""

    size: int
    base64: Outcome = Outcome.NOT_TRIED
    """Whether they come packed on request, with the same numbers."""
    dimensions: Outcome = Outcome.NOT_TRIED
    """Whether they come shorter on request."""
    cosines: tuple[tuple[float, ...], ...] = field(default=(), repr=False)
    batches: tuple[Batch, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the object for ``check --json``."""
        return {
            "dimensions": self.size,
            "base64": str(self.base64),
            "dimensions_parameter": str(self.dimensions),
            "cosines": [[round(value, 4) for value in row] for row in self.cosines],
            "batches": [batch.to_json() for batch in self.batches],
        }


def is_mixed_up(plain: Vectors, other: Vectors) -> bool:
    """Whether some text has the vector of another one in ``other``; both have the same texts in one order."""
    table = [[cosine(one, known) for known in plain.values] for one in other.values]
    return any(row[place] + _CLOSER < max(row) for place, row in enumerate(table))


def is_one_for_all(vectors: Vectors) -> bool:
    """Whether different texts have got the same vector."""
    return vectors.count > 1 and min(min(row) for row in cosines(vectors.values)) > 1 - SAME


def is_agreed(packed: Vectors, listed: Vectors, earlier: Vectors) -> bool:
    """Whether packed numbers are the listed ones, both of one request.

    ``earlier`` is another answer about the same texts: some servers give none twice, and a format
    cannot agree better than they agree with themselves.
    """
    apart = difference(packed.values, listed.values)
    if apart <= SAME:
        return True
    return math.isfinite(apart) and apart <= _NOISE * difference(earlier.values, listed.values) < 1


def outcome_of_wish(answer: EmbeddingOutcome) -> Outcome:
    """Return what the answer to a request shows about its option."""
    return Outcome.YES if answer.failure is None else outcome_of_failure(answer.failure)


def outcome_of_failure(failure: Failure) -> Outcome:
    """Return what an answer without usable vectors shows about the option of its request."""
    if failure.cause.startswith("vectors-"):
        return Outcome.BROKEN
    status = failure.status or 0
    is_refusal = (400 <= status < 500 and status not in _PASSING) or status == 501
    return Outcome.NO if is_refusal else Outcome.NOT_TRIED


def outcome_of_size(size: int, full: int, asked: int) -> Outcome:
    """Return the outcome of a wish for vectors of ``asked`` numbers; they have ``full`` without one."""
    if size == asked:
        return Outcome.YES
    return Outcome.IGNORED if size == full else Outcome.BROKEN


def smaller_size(size: int) -> int | None:
    """Return a size that models with vectors of this one are likely to allow: a power of two.

    ``None``: there is no smaller one.
    """
    return 1 << (size - 1).bit_length() - 1 if size > 1 else None
