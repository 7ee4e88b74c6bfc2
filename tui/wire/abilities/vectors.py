"""Embeddings of an endpoint: parses replies and judges the tests of vectors."""

from __future__ import annotations

from tui.core.abilities import Finding, Outcome
from tui.core.counted import Counted
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest, Vectors
from tui.core.failure import Failure
from tui.core.vector_traits import VectorTraits
from tui.texts import abilities as texts
from tui.texts import checks
from tui.wire.abilities import words
from tui.wire.abilities.refusal import judge_error
from tui.wire.abilities.reply import Reply, broken, ignored, yes
from tui.wire.embeddings import read_embeddings


def read(reply: Reply, request: EmbeddingRequest) -> EmbeddingOutcome:
    """Parse the reply to an embeddings request."""
    if reply.status is None:
        return EmbeddingOutcome(request, failure=reply.failure)
    found = read_embeddings(reply.status, reply.headers, reply.body, len(request.texts))
    if isinstance(found, Vectors):
        return EmbeddingOutcome(request, found)
    return EmbeddingOutcome(request, failure=found)


def judge_failure(reply: Reply, failure: Failure) -> Finding:
    """Judge a reply without usable vectors."""
    if not reply.is_ok:
        return judge_error(reply, words.EMBEDDINGS, is_route=True)
    return broken(failure.title.removesuffix("."))


def judge(traits: VectorTraits, *, is_one_for_all: bool = False, is_mixed_up: bool = False) -> Finding:
    """Judge good vectors, and the same ones requested with other options."""
    if is_one_for_all:
        return ignored(texts.SAME_VECTOR)
    if is_mixed_up:
        return broken(texts.MIXED_VECTORS)
    if traits.base64 is Outcome.BROKEN:
        return broken(texts.PACKED_DIFFERENTLY)
    wishes = f"{checks.BASE64[traits.base64]}, {checks.DIMENSIONS[traits.dimensions]}"
    return yes(texts.VECTORS.format(size=Counted(traits.size), wishes=wishes))
