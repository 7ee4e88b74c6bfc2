"""Embeddings of a provider: resolves the endpoint, and sends the texts with the client of chats."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest
from tui.core.failure import LmdeckError
from tui.core.observed import Origin, Purpose
from tui.net.deadlines import SCREEN
from tui.net.embedding_batches import embed_in_batches
from tui.net.embeddings import embed
from tui.texts.embeddings import SENTENCES

if TYPE_CHECKING:
    from tui.core.provider import Provider
    from tui.net.client import ClientFactory
    from tui.runtime.endpoints import Endpoints


async def test_vectors(
    endpoints: Endpoints,
    clients: ClientFactory,
    provider: Provider,
    key_text: str | None = None,
    *,
    on_progress: Callable[[str], None],
) -> EmbeddingOutcome:
    """Send the provider's test text after the sentences that it is compared with.

    Never raises because of the server. ``key_text`` is the text of a form's key field; ``None`` uses the
    provider's saved key.
    """
    texts = (*SENTENCES, provider.test_text)
    request = EmbeddingRequest(provider.model, texts, provider.extra_body)
    try:
        endpoint = await endpoints.resolve(provider, key_text)
    except LmdeckError as error:
        return EmbeddingOutcome(request, failure=error.failure)
    origin = Origin(Purpose.TEST, provider.name, provider.price)

    async def ask(part: EmbeddingRequest) -> EmbeddingOutcome:
        return await embed(clients, endpoint, part, timeouts=SCREEN, on_progress=on_progress, origin=origin)

    return await embed_in_batches(ask, request)
