"""Requests a server's own claims about its model before the tests; this costs no tokens."""

from __future__ import annotations

import json

from tui.core.failure import LmdeckError
from tui.net.addresses import origin_text
from tui.net.fetch import fetch
from tui.net.probe.context import DiagnosisContext
from tui.wire.abilities.claims import SOURCES, Claims, ClaimSource
from tui.wire.abilities.reply import read_reply


async def read_claims(context: DiagnosisContext) -> Claims:
    """Return the server's claims; empty if its kind reports none."""
    kind = context.findings.identity.kind
    for source in SOURCES.get(kind.name, ()) if kind is not None else ():
        claims = await _ask(context, source)
        if claims is not None:
            return claims
    return Claims()


async def _ask(context: DiagnosisContext, source: ClaimSource) -> Claims | None:
    """Request one source. Outside the base URL without the key, which is only for the API."""
    model = context.findings.model
    base = context.endpoint.base_url if source.needs_key else origin_text(context.endpoint.base_url)
    try:
        response = await fetch(
            context.services.factory,
            context.endpoint if source.needs_key else context.without_key,
            base + source.path,
            seconds=context.limits.probe_seconds,
            reprobe_seconds=0,
            content=json.dumps({"model": model}).encode() if source.is_posted else None,
        )
    except LmdeckError:
        return None
    reply = read_reply(response.status, response.headers, response.body)
    return source.read(reply.whole, model) if reply.is_ok else None
