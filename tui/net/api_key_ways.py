"""Other ways to send a key that an endpoint refuses: in another header, or not at all."""

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
"""Asks for the model list as an endpoint would be asked; ``None`` if nothing came."""


@dataclass(frozen=True, slots=True)
class ApiKeyWay:
    """A way in which the server shows the model list that it refused."""

    header: ApiKeyHeader | None = None
    """The header that the key is wanted in; ``None``: it is shown without a key."""


async def find_key_way(endpoint: Endpoint, look: Look) -> ApiKeyWay | None:
    """Ask for the model list without the key and with the other headers that servers want it in.

    Every request goes to the endpoint's own URL. ``None``: all were refused.
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
    """Return the refusal of a key that is right, but sent in the wrong way."""
    asked = failure.facts.get("scheme")
    facts = {
        **failure.facts,
        "scheme": asked if way.header is None else network.THE_HEADER.format(name=way.header),
    }
    return explain_again(failure, "auth-scheme", **facts)


def without_key(endpoint: Endpoint) -> Endpoint:
    """Return the same without its key, or without the extra headers that stand in for one."""
    if endpoint.key:
        return replace(endpoint, key=None)
    return replace(
        endpoint,
        extra_headers={
            name: value for name, value in endpoint.extra_headers.items() if not is_secret_header(name)
        },
    )
