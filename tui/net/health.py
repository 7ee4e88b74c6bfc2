"""What a server's health route reports about a model that is loading."""

from __future__ import annotations

from urllib.parse import urlsplit

from tui.core.chat import Endpoint
from tui.core.failure import LmdeckError
from tui.net.client import ClientFactory
from tui.net.fetch import fetch
from tui.wire.errors import clean_message
from tui.wire.load_state import says_loading

_HEALTH_SECONDS = 1.0


async def loading_words(factory: ClientFactory, endpoint: Endpoint) -> str | None:
    """Return the message, if it says that the model is loading."""
    parts = urlsplit(endpoint.base_url)
    root = Endpoint(f"{parts.scheme}://{parts.netloc}", tls=endpoint.tls)
    url = f"{root.base_url}/health"
    try:
        answer = await fetch(
            factory, root, url, seconds=_HEALTH_SECONDS, body_limit=100_000, reprobe_seconds=0
        )
    except LmdeckError:
        return None  # without a health route there is no evidence
    sentence = says_loading(answer.status, answer.body)
    return clean_message(sentence, factory.redactor) if sentence is not None else None
