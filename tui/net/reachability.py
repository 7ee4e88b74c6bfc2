"""A quick look whether an endpoint answers, for lists: one GET of the model list, no tokens spent."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tui.core.chat import Endpoint
from tui.core.failure import Failure, LmdeckError
from tui.net.client import ClientFactory

_ANSWERED = ("auth", "auth-scheme", "forbidden", "rate-limited", "overloaded", "quota", "loading")
"""The server is there, and something else is in the way."""
_NO_LIST = ("wrong-path", "method-not-allowed", "no-model-list")


@dataclass(frozen=True, slots=True)
class Reachability:
    """What a quick look found."""

    is_reachable: bool | None
    """``None``: something answers, but whether it can chat is not known."""
    failure: Failure | None = None
    """What is in the way, also where the endpoint is reachable (a wrong key)."""
    milliseconds: float | None = None
    models: tuple[str, ...] | None = None
    """The models that it offers; ``None`` where it does not say."""


async def reach(factory: ClientFactory, endpoint: Endpoint, timeout_seconds: float = 5) -> Reachability:
    """Look whether an endpoint answers within the time. Never raises for what a network does."""
    from tui.net.models import fetch_models

    started = time.perf_counter()
    try:
        models = await fetch_models(factory, endpoint, seconds=timeout_seconds)
    except LmdeckError as error:
        failure = error.failure
        if failure.cause in _NO_LIST:
            return Reachability(None, failure, _since(started))
        if failure.status is not None and failure.cause in _ANSWERED:
            return Reachability(True, failure, _since(started))
        return Reachability(False, failure, None if failure.status is None else _since(started))
    names = tuple(model.identifier for model in models.models)
    return Reachability(True, None, _since(started), names)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
