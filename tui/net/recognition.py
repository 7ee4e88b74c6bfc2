"""Identifies a server with a few cheap requests to paths that only some servers have.

The caller sends them; ``wire.fingerprint`` interprets the responses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tui.net.fetch import Fetched
from tui.wire.fingerprint import ProbeAnswer, probe_for_refusal, probes_for
from tui.wire.servers import ServerIdentity

Look = Callable[[str], Awaitable[Fetched | None]]
"""GETs a path below the root of the host, without a key; returns ``None`` without a response."""


async def recognise(identity: ServerIdentity, look: Look, *, has_list: bool) -> ProbeAnswer:
    """Return an identity refined by probes, and the context window if one reports it.

    Probes for the kind are sent in parallel, and once it is known, those for its version. ``has_list`` means
    that a model list was received, which excludes some servers.
    """
    learned = ProbeAnswer(identity)
    sent: set[str] = set()
    while True:
        probes = [
            probe for probe in probes_for(learned.identity, has_list=has_list) if probe.path not in sent
        ]
        if not probes:
            return learned
        sent.update(probe.path for probe in probes)
        answers = await asyncio.gather(*(look(probe.path) for probe in probes))
        for probe, answer in zip(probes, answers, strict=True):
            known = probe.read(answer.status, answer.body) if answer is not None else None
            if known is not None:
                learned = _with(learned, known)


async def recognise_refusal(identity: ServerIdentity, look: Look, body: bytes) -> ServerIdentity:
    """Refine an identity if a key is required, with one request if the error's ``body`` suggests it."""
    probe = probe_for_refusal(body) if identity.kind is None else None
    answer = await look(probe.path) if probe is not None else None
    if probe is None or answer is None:
        return identity
    known = probe.read(answer.status, answer.body)
    return identity if known is None else identity.refined_by(known.identity)


def _with(learned: ProbeAnswer, known: ProbeAnswer) -> ProbeAnswer:
    return ProbeAnswer(
        learned.identity.refined_by(known.identity), learned.context_window or known.context_window
    )
