"""Tests corrections before they are offered: another path, scheme, or port of this machine.

None of these requests carries a key, except below the endpoint's own base URL.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.core.chat import Endpoint
from tui.core.endpoint_url import chat_url_of
from tui.net import elsewhere
from tui.net.fetch import Fetched, fetch_evidence
from tui.net.probe.context import DiagnosisContext

_NOT_BY_GET = 405


async def look(context: DiagnosisContext, endpoint: Endpoint, url: str) -> Fetched | None:
    """GET a URL as quick evidence; ``None`` without a response."""
    return await fetch_evidence(context.services.factory, endpoint, url, context.limits.probe_seconds)


async def first_answering(context: DiagnosisContext, bases: Sequence[str]) -> str | None:
    """Return the first base URL below which there is a model list, or a key is required."""
    return await elsewhere.first_answering(context.endpoint, bases, lambda at, url: look(context, at, url))


async def has_chat_route(context: DiagnosisContext) -> bool:
    """Return whether a chat route exists below the base URL: it rejects GET only because of the method."""
    answer = await look(context, context.endpoint, chat_url_of(context.endpoint.base_url))
    return answer is not None and answer.status == _NOT_BY_GET
