"""Tries corrections before they are offered: another path, another scheme, another port of this machine.

None of these requests carries a key, except below the endpoint's own base URL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from tui.core.chat import Endpoint
from tui.core.endpoint_url import chat_url_of, models_url_of
from tui.core.failure import LmdeckError
from tui.net.bases import is_model_api
from tui.net.fetch import Fetched, fetch
from tui.net.probe.run import Run

_BODY_LIMIT = 2_000_000
_NOT_BY_GET = 405


async def look(run: Run, endpoint: Endpoint, url: str) -> Fetched | None:
    """GET a URL for evidence, shortly; ``None`` where nothing came."""
    try:
        return await fetch(
            run.services.factory,
            endpoint,
            url,
            seconds=run.limits.probe_seconds,
            body_limit=_BODY_LIMIT,
            second_look_seconds=0,
        )
    except LmdeckError:
        return None  # no evidence is an answer too


async def first_answering(run: Run, bases: Sequence[str]) -> str | None:
    """Return the first of some base URLs below which a model list is found (or a key is asked for)."""
    bases = tuple(dict.fromkeys(bases))
    answers = await asyncio.gather(
        *(look(run, endpoint_at(run, base), models_url_of(base)) for base in bases)
    )
    for base, answer in zip(bases, answers, strict=True):
        if answer is not None and is_model_api(answer):
            return base
    return None


async def has_chat_route(run: Run) -> bool:
    """Return whether chats are taken below the base URL: a GET there is refused for its method alone."""
    answer = await look(run, run.endpoint, chat_url_of(run.endpoint.base_url))
    return answer is not None and answer.status == _NOT_BY_GET


def endpoint_at(run: Run, base: str) -> Endpoint:
    """Return an endpoint for a base URL: with the key only where it lies below the one asked for."""
    inside = base.startswith(run.endpoint.base_url.rstrip("/") + "/")
    return replace(run.endpoint if inside else run.without_key, base_url=base)
