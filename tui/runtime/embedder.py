"""Vectors and scores for ``lmdeck embed``: any number of texts, with a time limit for each response."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tui.core.counted import Counted
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest
from tui.core.observed import Origin, Purpose
from tui.core.provider import Provider
from tui.core.rerank import RerankOutcome, RerankRequest
from tui.net.deadlines import HEADLESS
from tui.net.embedding_batches import embed_in_batches, rerank_in_batches
from tui.net.embeddings import embed
from tui.net.rerank import rerank
from tui.runtime.runtime import Runtime
from tui.texts.embeddings import PROGRESS


class Embedder:
    """Sends requests to one provider."""

    def __init__(
        self, runtime: Runtime, provider: Provider, wait_seconds: float, on_progress: Callable[[str], None]
    ) -> None:
        """Create an embedder; ``wait_seconds`` limits each response, including the loading of a model."""
        self._runtime = runtime
        self._provider = provider
        self._on_progress = on_progress
        self._origin = Origin(Purpose.EMBED, provider.name, provider.price)
        self._timeouts = replace(
            HEADLESS,
            unstreamed_seconds=wait_seconds,
            loading_seconds=wait_seconds,
            loading_option="--wait",
            backoff_seconds=min(HEADLESS.backoff_seconds, wait_seconds / 4),
            longest_retry_after_seconds=min(HEADLESS.longest_retry_after_seconds, wait_seconds),
            loading_interval_seconds=min(HEADLESS.loading_interval_seconds, max(0.05, wait_seconds / 4)),
        )

    async def vectors(self, texts: Sequence[str]) -> EmbeddingOutcome:
        """Return the vectors of some texts, or the failure.

        Raises:
            LmdeckError: nothing could be sent.
        """
        endpoint = await self._runtime.endpoint_for(self._provider)

        async def ask(request: EmbeddingRequest) -> EmbeddingOutcome:
            return await embed(
                self._runtime.clients,
                endpoint,
                request,
                timeouts=self._timeouts,
                on_progress=self._on_progress,
                origin=self._origin,
            )

        request = EmbeddingRequest(self._provider.model, tuple(texts), self._provider.extra_body)
        return await embed_in_batches(ask, request, self._done_of(len(texts)))

    async def scores(self, query: str, documents: Sequence[str]) -> RerankOutcome:
        """Return the scores of some documents for a query, or the failure.

        Raises:
            LmdeckError: nothing could be sent.
        """
        endpoint = await self._runtime.endpoint_for(self._provider)
        path = ""

        async def ask(request: RerankRequest) -> RerankOutcome:
            nonlocal path
            outcome = await rerank(
                self._runtime.clients,
                endpoint,
                request,
                timeouts=self._timeouts,
                on_progress=self._on_progress,
                origin=self._origin,
                path=path,
            )
            if outcome.failure is None:
                path = outcome.path
            return outcome

        request = RerankRequest(self._provider.model, query, tuple(documents), self._provider.extra_body)
        return await rerank_in_batches(ask, request, self._done_of(len(documents)))

    def _done_of(self, total: int) -> Callable[[int], None]:
        def tell(done: int) -> None:
            if done < total:
                self._on_progress(PROGRESS.format(done=done, total=Counted(total)))

        return tell
