"""Finds an API that is not below the given URL; shared by chats, embeddings and the diagnosis.

It searches only if the URL has returned neither a model list nor what was requested.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from tui.core.causes import explain_again
from tui.core.chat import Endpoint
from tui.core.endpoint_url import models_url_of
from tui.core.failure import Failure
from tui.net.fetch import Fetched
from tui.texts import network
from tui.wire.error_body import read_error_body
from tui.wire.models import read_models

_ASKS_FOR_KEY = (401, 403)
NOT_THERE = frozenset(
    {
        "wrong-path", "method-not-allowed", "unexpected-response", "embeddings-missing",
        "embeddings-unexpected",
    }
)  # fmt: skip
"""Causes of a response that is not from an API: it may be at another URL of the same host."""

Look = Callable[[Endpoint, str], Awaitable[Fetched | None]]
"""Requests a URL with an endpoint's settings; returns ``None`` without a response."""


async def find_base(endpoint: Endpoint, look: Look) -> str | None:
    """Return another base URL on the same host below which an API responds."""
    return await first_answering(endpoint, other_bases(endpoint.base_url), look)


async def first_answering(endpoint: Endpoint, bases: Sequence[str], look: Look) -> str | None:
    """Return the first base URL below which there is a model list, or a key is required."""
    tried = tuple(dict.fromkeys(bases))
    answers = await asyncio.gather(
        *(look(_endpoint_at(endpoint, base), models_url_of(base)) for base in tried)
    )
    for base, answer in zip(tried, answers, strict=True):
        if answer is not None and is_model_api(answer):
            return base
    return None


def told_elsewhere(failure: Failure, asked: str, found: str) -> Failure:
    """Return the failure of a base URL, with another one that responds."""
    facts = {name: value for name, value in failure.facts.items() if name == "path"}
    cause = "url-missing-v1" if found == f"{asked}/v1" else "wrong-path"
    return explain_again(failure, cause, **{**facts, "repair": found, "evidence": network.TRIED})


def _endpoint_at(endpoint: Endpoint, base: str) -> Endpoint:
    """Return the endpoint for a base URL, with its secrets only if that is below its own."""
    is_inside = base.startswith(endpoint.base_url.rstrip("/") + "/")
    if is_inside:
        return replace(endpoint, base_url=base)
    return replace(endpoint, base_url=base, key=None, extra_headers={})


def is_model_api(answer: Fetched) -> bool:
    """Return whether a response is a model list, or an error in the format of an API."""
    if is_list(answer):
        return True
    if answer.status not in _ASKS_FOR_KEY:
        return False
    return read_error_body(answer.body[:64_000].decode("utf-8", "replace")).is_error


def is_list(answer: Fetched) -> bool:
    """Return whether a response is a model list."""
    return answer.status < 300 and read_models(answer.body) is not None


def other_bases(base: str) -> tuple[str, ...]:
    """Return other possible base URLs of the API: with ``/v1``, or at the root."""
    parts = urlsplit(base)
    root = f"{parts.scheme}://{parts.netloc}"
    guesses = [] if parts.path.rstrip("/").endswith("/v1") else [f"{base}/v1"]
    guesses += [f"{root}/v1", root] if parts.path.strip("/") else []
    return tuple(guess for guess in dict.fromkeys(guesses) if guess != base)
