"""Tests how a server handles the options of an embeddings request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from tui.core.abilities import Outcome
from tui.core.cosine import cosines, is_plausible
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest, Vectors
from tui.core.lazy_dataclass import dataclass
from tui.core.sent_body import sent_body
from tui.core.vector_traits import (
    VectorTraits,
    is_agreed,
    is_mixed_up,
    is_one_for_all,
    outcome_of_size,
    outcome_of_wish,
    smaller_size,
)

Ask = Callable[[EmbeddingRequest], Awaitable[EmbeddingOutcome]]

FORMAT, SIZE = "encoding_format", "dimensions"


@dataclass(slots=True)
class VectorTrials:
    """The results of the tests, and their requests."""

    traits: VectorTraits
    is_mixed_up: bool = False
    """A text has the vector of another one: ``index`` does not follow the order of the texts."""
    is_one_for_all: bool = False
    """Different texts have the same vector."""
    is_plausible: bool = True
    """Texts that mean nearly the same are the most similar."""
    packed: EmbeddingOutcome | None = None
    shortened: EmbeddingOutcome | None = None

    def note_order(self, plain: Vectors, turned: Vectors) -> None:
        """Compare with the vectors of the same texts in reverse order."""
        self.is_mixed_up = not self.is_one_for_all and is_mixed_up(plain, turned.turned())


async def try_vectors(ask: Ask, request: EmbeddingRequest, plain: Vectors) -> VectorTrials:
    """Request the same vectors with other options.

    The texts are sent in reverse order, which reveals a server that loses their order. ``plain`` is the
    answer to ``request``, which has at least three texts.
    """
    table = cosines(plain.values)
    trials = VectorTrials(
        VectorTraits(plain.size, cosines=table),
        is_one_for_all=is_one_for_all(plain),
        is_plausible=is_plausible(table),
    )
    base64 = await _try_packed(ask, request, plain, trials)
    dimensions = await _try_size(ask, request, plain, trials)
    trials.traits = replace(trials.traits, base64=base64, dimensions=dimensions)
    return trials


async def _try_packed(ask: Ask, request: EmbeddingRequest, plain: Vectors, trials: VectorTrials) -> Outcome:
    own, other = ("base64", "float") if plain.is_base64 else ("float", "base64")
    turned = replace(request, texts=request.texts[::-1])
    trials.packed = await _ask(ask, turned, FORMAT, other)
    found = trials.packed.vectors
    if found is None:
        return Outcome.YES if plain.is_base64 else outcome_of_wish(trials.packed)
    if found.is_base64 == plain.is_base64:
        trials.note_order(plain, found)
        return Outcome.YES if plain.is_base64 else Outcome.IGNORED
    if is_agreed(found.turned(), plain, plain):
        return Outcome.YES
    again = (await _ask(ask, turned, FORMAT, own)).vectors
    if again is None:
        return Outcome.NOT_TRIED
    trials.note_order(plain, again)
    return Outcome.YES if is_agreed(found, again, plain.turned()) else Outcome.BROKEN


async def _try_size(ask: Ask, request: EmbeddingRequest, plain: Vectors, trials: VectorTrials) -> Outcome:
    own = sent_body(request.extra_body).get(SIZE)
    if isinstance(own, int) and not isinstance(own, bool):  # the provider's own dimensions, already sent
        return Outcome.YES if plain.size == own else Outcome.IGNORED
    asked = smaller_size(plain.size)
    if asked is None:
        return Outcome.NOT_TRIED
    one = replace(request, texts=request.texts[:1])
    trials.shortened = shortened = await _ask(ask, one, SIZE, asked)
    if shortened.vectors is None:
        return outcome_of_wish(shortened)
    return outcome_of_size(shortened.vectors.size, plain.size, asked)


async def _ask(ask: Ask, request: EmbeddingRequest, name: str, value: object) -> EmbeddingOutcome:
    return await ask(replace(request, extra_body={**sent_body(request.extra_body), name: value}))
