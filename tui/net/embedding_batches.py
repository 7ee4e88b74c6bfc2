"""Splits many texts into requests of a size that the server accepts, and joins the vectors or scores."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tui.core.abilities import Outcome
from tui.core.causes import explain
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest
from tui.core.failure import Failure
from tui.core.rerank import RerankOutcome, RerankRequest
from tui.core.usage import NOTHING_TOLD, Charge
from tui.core.vector_traits import outcome_of_failure

BATCH = 32
"""The most texts per request: TEI's default limit."""
_WHATEVER_THE_SIZE = frozenset(
    (
        "embedding-too-long",
        "embeddings-missing",
        "embeddings-unsupported",
        "rerank-missing",
        "rerank-unexpected",
        "model-not-found",
    )
)
"""Errors that do not depend on the batch size."""

_Part = TypeVar("_Part", EmbeddingOutcome, RerankOutcome)
Done = Callable[[int], object]


def _report_to_nobody(_: int) -> None:
    pass


async def embed_in_batches(
    ask: Callable[[EmbeddingRequest], Awaitable[EmbeddingOutcome]],
    request: EmbeddingRequest,
    on_done: Done = _report_to_nobody,
) -> EmbeddingOutcome:
    """Return the vectors of any number of texts; duplicates are sent once."""
    texts = tuple(dict.fromkeys(request.texts))
    parts = await _in_batches(texts, lambda part: ask(replace(request, texts=part)), on_done)
    if parts[-1].request == request:
        return parts[-1]
    failure = parts[-1].failure
    found = [part.vectors for part in parts if part.vectors is not None]
    sizes = dict.fromkeys(vectors.size for vectors in found)
    if failure is None and len(sizes) > 1:
        failure = explain("vectors-size", sizes=" and ".join(f"{size:,}" for size in list(sizes)[:2]))
    took, retries = _sums(parts)
    if failure is not None:
        return EmbeddingOutcome(
            request, failure=failure, milliseconds=took, retries=retries, told=_told(parts)
        )
    values = dict(zip(texts, (value for vectors in found for value in vectors.values), strict=True))
    told = _told(parts)
    vectors = replace(found[0], values=tuple(values[text] for text in request.texts), usage=told.usage)
    return EmbeddingOutcome(request, vectors, milliseconds=took, retries=retries, told=told)


async def rerank_in_batches(
    ask: Callable[[RerankRequest], Awaitable[RerankOutcome]], request: RerankRequest, on_done: Done
) -> RerankOutcome:
    """Return the scores of any number of documents; duplicates are sent once."""
    texts = tuple(dict.fromkeys(request.documents))
    parts = await _in_batches(texts, lambda part: ask(replace(request, documents=part)), on_done)
    took, retries = _sums(parts)
    last = parts[-1]
    if last.failure is not None:
        told = _told(parts)
        return replace(last, request=request, scores=None, milliseconds=took, retries=retries, told=told)
    found = [part.scores for part in parts if part.scores is not None]
    values = dict(zip(texts, (value for scores in found for value in scores.values), strict=True))
    told = _told(parts)
    scores = replace(found[0], values=tuple(values[text] for text in request.documents), usage=told.usage)
    return replace(last, request=request, scores=scores, milliseconds=took, retries=retries, told=told)


async def _in_batches(
    texts: Sequence[str], ask: Callable[[tuple[str, ...]], Awaitable[_Part]], on_done: Done
) -> list[_Part]:
    """Return the outcome of each request, up to the first failure.

    If the server rejects a batch, its size is halved for this and all following requests.
    """
    parts: list[_Part] = []
    begin, size = 0, BATCH
    while begin < len(texts):
        batch = tuple(texts[begin : begin + size])
        outcome = await ask(batch)
        if outcome.failure is not None and len(batch) > 1 and _is_for_its_size(outcome.failure):
            size = len(batch) // 2
            continue
        parts.append(outcome)
        if outcome.failure is not None:
            break
        begin += len(batch)
        on_done(begin)
    return parts


def _is_for_its_size(failure: Failure) -> bool:
    return outcome_of_failure(failure) is Outcome.NO and failure.cause not in _WHATEVER_THE_SIZE


def _sums(parts: Sequence[EmbeddingOutcome | RerankOutcome]) -> tuple[float, int]:
    return sum(part.milliseconds or 0.0 for part in parts), sum(part.retries for part in parts)


def _told(parts: Sequence[EmbeddingOutcome | RerankOutcome]) -> Charge:
    """Return the total usage, including estimates, and the total cost reported by the server."""
    told = NOTHING_TOLD
    for part in parts:
        told = told.plus(Charge(part.usage, part.told.cost))
    return told
