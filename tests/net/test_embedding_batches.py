"""Many texts: each is sent once, in batches of an accepted size, with the right vector or score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.causes import explain
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest, Vectors
from tui.core.rerank import RerankOutcome, RerankRequest, Scores
from tui.core.usage import Usage
from tui.net.embedding_batches import BATCH, embed_in_batches, rerank_in_batches


class Server:
    """Accepts at most ``most`` texts; the vector of a text is its length and its hash."""

    def __init__(
        self, most: int = 1000, fails_at: int = 0, cause: str = "invalid-request", status: int = 413
    ):
        self.most, self.fails_at, self.cause, self.status = most, fails_at, cause, status
        self.batches: list[tuple[str, ...]] = []

    async def embed(self, request: EmbeddingRequest) -> EmbeddingOutcome:
        self.batches.append(request.texts)
        if self._is_refused(request.texts):
            return EmbeddingOutcome(request, failure=explain(self.cause, status=self.status))
        values = tuple((float(len(text)), float(hash(text) % 97) + 1) for text in request.texts)
        return EmbeddingOutcome(request, Vectors(values, Usage(len(request.texts), 0)), milliseconds=2.0)

    async def rerank(self, request: RerankRequest) -> RerankOutcome:
        self.batches.append(request.documents)
        if self._is_refused(request.documents):
            return RerankOutcome(request, failure=explain(self.cause, status=self.status))
        values = tuple(float(len(text)) for text in request.documents)
        return RerankOutcome(request, Scores(values, Usage(len(values), 0)), milliseconds=2.0, path="/rerank")

    def _is_refused(self, texts: tuple[str, ...]) -> bool:
        return len(texts) > self.most or len(self.batches) == self.fails_at


@given(st.lists(st.text(max_size=4), min_size=1, max_size=90), st.integers(1, 40))
async def test_each_text_gets_its_own_vector_and_is_sent_once(texts: list[str], most: int) -> None:
    server = Server(most)
    done: list[int] = []
    outcome = await embed_in_batches(server.embed, EmbeddingRequest("m", tuple(texts)), done.append)
    assert outcome.vectors is not None
    assert [value[0] for value in outcome.vectors.values] == [len(text) for text in texts]
    taken = [batch for batch in server.batches if len(batch) <= most]
    assert [text for batch in taken for text in batch] == list(dict.fromkeys(texts))
    assert outcome.usage is not None
    assert outcome.usage.prompt_tokens == len(set(texts))
    assert outcome.milliseconds == pytest.approx(2.0 * len(taken))
    assert done == sorted(done)
    assert done[-1] == len(set(texts))
    scores = await rerank_in_batches(Server(most).rerank, RerankRequest("m", "q", tuple(texts)), done.append)
    assert scores.scores is not None
    assert list(scores.scores.values) == [len(text) for text in texts]


async def test_a_batch_that_is_refused_is_halved_once_and_for_all() -> None:
    server = Server(most=10)
    request = EmbeddingRequest("m", tuple(f"text {number}" for number in range(40)))
    await embed_in_batches(server.embed, request, lambda _: None)
    assert [len(batch) for batch in server.batches] == [BATCH, 16, 8, 8, 8, 8, 8]


@pytest.mark.parametrize(
    ("cause", "status"),
    [("auth", 401), ("rate-limited", 429), ("server-error", 500), ("embedding-too-long", 400)],
)
async def test_what_no_smaller_batch_gets_around_ends_it(cause: str, status: int) -> None:
    server = Server(fails_at=2, cause=cause, status=status)
    request = EmbeddingRequest("m", tuple(f"text {number}" for number in range(80)))
    outcome = await embed_in_batches(server.embed, request, lambda _: None)
    assert outcome.failure is not None
    assert (outcome.failure.cause, outcome.vectors, len(server.batches)) == (cause, None, 2)


async def test_vectors_of_two_sizes_cannot_be_compared() -> None:
    async def ask(request: EmbeddingRequest) -> EmbeddingOutcome:
        size = 2 if len(request.texts) == BATCH else 3
        return EmbeddingOutcome(request, Vectors(((1.0,) * size,) * len(request.texts)))

    request = EmbeddingRequest("m", tuple(f"text {number}" for number in range(BATCH + 1)))
    outcome = await embed_in_batches(ask, request, lambda _: None)
    assert outcome.failure is not None
    assert (outcome.failure.cause, "2 and 3" in outcome.failure.title) == ("vectors-size", True)


async def test_a_failed_rerank_has_no_scores() -> None:
    request = RerankRequest("m", "q", tuple(f"text {number}" for number in range(40)))
    outcome = await rerank_in_batches(
        Server(fails_at=2, cause="auth", status=401).rerank, request, lambda _: None
    )
    assert outcome.scores is None
    assert outcome.failure == explain("auth", status=401)
