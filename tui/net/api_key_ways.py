"""Other ways of sending a key that an endpoint rejects: in a different header, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tui.core.causes import explain_again
from tui.core.chat import Endpoint
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import ApiKeyHeader
from tui.core.secret_headers import is_secret_header
from tui.net.elsewhere import is_list
from tui.net.fetch import Fetched
from tui.texts import network

Look = Callable[[Endpoint], Awaitable[Fetched | None]]
"""Requests the model list of an endpoint; returns ``None`` without a response."""


@dataclass(frozen=True, slots=True)
class ApiKeyWay:
    """A way in which the server returns the model list that it had refused."""

    header: ApiKeyHeader | None = None
    """The header for the key; ``None``: without a key."""


async def find_key_way(endpoint: Endpoint, look: Look) -> ApiKeyWay | None:
    """Request the model list without the key, and with the key in other common headers.

    Every request goes to the endpoint's own URL. ``None`` if all are refused.
    """
    others = [header for header in ApiKeyHeader if header is not endpoint.key_header]
    tried = (without_key(endpoint), *(replace(endpoint, key_header=header) for header in others))
    answers = await asyncio.gather(*(look(one) for one in tried))
    works = [answer is not None and is_list(answer) for answer in answers]
    if works[0]:
        return ApiKeyWay()
    return next(
        (ApiKeyWay(header) for header, is_fine in zip(others, works[1:], strict=True) if is_fine), None
    )


def refused_scheme(failure: Failure, way: ApiKeyWay) -> Failure:
    """Return the failure for a valid key that is sent in the wrong way."""
    asked = failure.facts.get("scheme")
    facts = {
        **failure.facts,
        "scheme": asked if way.header is None else network.THE_HEADER.format(name=way.header),
    }
    return explain_again(failure, "auth-scheme", **facts)


def without_key(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint without its key, or without the extra headers that replace one."""
    if endpoint.key:
        return replace(endpoint, key=None)
    return replace(
        endpoint,
        extra_headers={
            name: value for name, value in endpoint.extra_headers.items() if not is_secret_header(name)
        },
    )
