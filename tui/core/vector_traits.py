"""How a server handles the options of an embeddings request: format, dimensions, order, batch size.

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
"""The batch sizes for measuring speed."""
_CLOSER = 1e-4
_NOISE = 4.0
"""The allowed difference between two answers, relative to the server's own variation."""
_PASSING = frozenset((401, 403, 408, 425, 429))
"""HTTP statuses that say nothing about a requested option."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One timed request."""

    outcome: EmbeddingOutcome

    @property
    def texts(self) -> int:
        """The number of texts."""
        return len(self.outcome.request.texts)

    @property
    def texts_per_second(self) -> float | None:
        """``None`` if no vectors were received."""
        return self._rate(self.texts)

    @property
    def tokens_per_second(self) -> float | None:
        """``None`` if no vectors were received."""
        usage = self.outcome.usage
        return None if usage is None or usage.prompt_tokens is None else self._rate(usage.prompt_tokens)

    @property
    def is_estimated(self) -> bool:
        """Whether the server reports no tokens."""
        usage = self.outcome.usage
        return usage is not None and usage.source is Source.ESTIMATED

    def _rate(self, count: int) -> float | None:
        took = self.outcome.milliseconds
        return None if self.outcome.vectors is None or not took else count / took * 1000

    def to_json(self) -> dict[str, object]:
        """Return the object for ``check --json``; rates are per second."""
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
    """The properties of a model's vectors, and how its server returns them."""

    size: int
    base64: Outcome = Outcome.NOT_TRIED
    """Whether they can be requested in Base64, with the same numbers."""
    dimensions: Outcome = Outcome.NOT_TRIED
    """Whether they can be requested with fewer dimensions."""
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
    """Return whether some text has the vector of another text in ``other``, which has the same order."""
    table = [[cosine(one, known) for known in plain.values] for one in other.values]
    return any(row[place] + _CLOSER < max(row) for place, row in enumerate(table))


def is_one_for_all(vectors: Vectors) -> bool:
    """Return whether different texts have the same vector."""
    return vectors.count > 1 and min(min(row) for row in cosines(vectors.values)) > 1 - SAME


def is_agreed(packed: Vectors, listed: Vectors, earlier: Vectors) -> bool:
    """Return whether packed numbers equal the listed ones, for the same request.

    ``earlier`` is another answer for the same texts: some servers vary, and the formats cannot be expected to
    agree more closely than two answers.
    """
    apart = difference(packed.values, listed.values)
    if apart <= SAME:
        return True
    return math.isfinite(apart) and apart <= _NOISE * difference(earlier.values, listed.values) < 1


def outcome_of_wish(answer: EmbeddingOutcome) -> Outcome:
    """Return what an answer shows about the option of its request."""
    return Outcome.YES if answer.failure is None else outcome_of_failure(answer.failure)


def outcome_of_failure(failure: Failure) -> Outcome:
    """Return what a failed request shows about its option."""
    if failure.cause.startswith("vectors-"):
        return Outcome.BROKEN
    status = failure.status or 0
    is_refusal = (400 <= status < 500 and status not in _PASSING) or status == 501
    return Outcome.NO if is_refusal else Outcome.NOT_TRIED


def outcome_of_size(size: int, full: int, asked: int) -> Outcome:
    """Return the outcome of a request for ``asked`` dimensions; the default number is ``full``."""
    if size == asked:
        return Outcome.YES
    return Outcome.IGNORED if size == full else Outcome.BROKEN


def smaller_size(size: int) -> int | None:
    """Return a smaller size that models of this size are likely to support: a power of two.

    ``None`` if there is none.
    """
    return 1 << (size - 1).bit_length() - 1 if size > 1 else None
