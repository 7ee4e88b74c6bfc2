"""A quick look whether an endpoint answers, for lists: one GET of the model list, no tokens spent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import field, replace

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.endpoint_url import models_url_of
from tui.core.failure import Failure, LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.net.addresses import origin_of
from tui.net.client import ClientFactory
from tui.net.deadlines import WaitLimits
from tui.net.fetch import Fetched, fetch, fetch_evidence
from tui.net.models import read_list
from tui.net.recognition import recognise
from tui.net.server_wait import Look, ServerWait, Waiting
from tui.wire.fingerprint import identify
from tui.wire.model_names import closest_names
from tui.wire.models import ModelList
from tui.wire.servers import ServerIdentity

_ANSWERED = ("auth", "basic-auth", "forbidden", "rate-limited", "overloaded", "quota", "loading")
"""The server is there, and something else is in the way."""
_NO_LIST = ("wrong-path", "method-not-allowed", "no-model-list")
_LONG_LIST = "answer-too-large"


@dataclass(frozen=True, slots=True)
class Reachability:
    """The result of a quick check."""

    is_reachable: bool | None
    """``None``: something answers, but whether it can chat is not known."""
    failure: Failure | None = None
    """What is in the way, also where the endpoint is reachable (a wrong key)."""
    milliseconds: float | None = None
    models: tuple[str, ...] | None = None
    """The models that it offers; ``None`` where it does not say."""
    server: ServerIdentity | None = None
    """Which server it is, as far as this answer shows."""
    context_window: int | None = None
    """Of the model that is wanted, in tokens, where the list says it."""
    context_windows: Mapping[str, int] = field(default_factory=dict)
    """The same by model; under an empty name what holds for the server. Looked for on request."""
    chat_models: tuple[str, ...] = ()
    """The models that it offers, without those for embeddings."""


async def reach(
    factory: ClientFactory,
    endpoint: Endpoint,
    timeout_seconds: float = 5,
    *,
    model: str = "",
    look: Look | None = None,
    is_thorough: bool = False,
) -> Reachability:
    """Look whether an endpoint answers within the time. Never raises for what a network does.

    Args:
        model: the one that is wanted: where the list has others only, that is in the way.
        look: reads this machine, to tell a server that is starting from one that is not there.
        is_thorough: also ask the addresses that tell servers apart, and the context window.
    """
    url = models_url_of(endpoint.base_url)
    started = time.perf_counter()
    try:
        response = await fetch(factory, endpoint, url, seconds=timeout_seconds)
    except LmdeckError as error:
        failure = await _explain(factory, endpoint, error.failure, look)
        return Reachability(None if failure.cause == _LONG_LIST else False, failure)
    took = (time.perf_counter() - started) * 1000
    try:
        models = read_list(factory, endpoint, response)
    except LmdeckError as error:
        failure = await _explain(factory, endpoint, error.failure, look)
        return _refused(endpoint, response, failure, took)
    server = identify(
        host=origin_of(endpoint.base_url).host, headers=response.headers, owned_by=models.owners
    )
    wanted = models.find(model)
    window = wanted.context_window if wanted is not None else None
    chats = tuple(info.identifier for info in models.chat_models)
    missing, listed = _missing(models, model), models.identifiers
    found = Reachability(True, missing, took, listed, server, window, chat_models=chats)
    return await _recognised(factory, endpoint, found, models) if is_thorough else found


async def _recognised(
    factory: ClientFactory, endpoint: Endpoint, found: Reachability, models: ModelList
) -> Reachability:
    """Add which server it is, and the context windows, by a few requests without a key."""
    root = Endpoint(endpoint.base_url.removesuffix("/v1"), tls=endpoint.tls)
    learned = await recognise(
        found.server or ServerIdentity(),
        lambda path: fetch_evidence(factory, root, root.base_url + path),
        has_list=True,
    )
    windows = {"": learned.context_window} | {info.identifier: info.context_window for info in models.models}
    known = {name: window for name, window in windows.items() if window}
    return replace(found, server=learned.identity, context_windows=known)


def _missing(models: ModelList, model: str) -> Failure | None:
    """Return the failure of a model that is not listed."""
    if not models.lacks(model):
        return None
    closest = closest_names(model, models.identifiers, 1)
    return explain("model-not-found", model=model, is_doubtful="yes", closest=closest[0] if closest else None)


async def _explain(
    factory: ClientFactory, endpoint: Endpoint, failure: Failure, look: Look | None
) -> Failure:
    """Return the failure as the phase of the server explains it; a list does not wait."""

    def ignore(_: Waiting) -> None:
        pass

    return await ServerWait(factory, endpoint, WaitLimits(0), look=look, tell=ignore).judge(failure)


def _refused(endpoint: Endpoint, response: Fetched, failure: Failure, took: float) -> Reachability:
    """Judge an endpoint that answers, but not with a list."""
    server = identify(
        host=origin_of(endpoint.base_url).host, headers=response.headers, error_body=response.body
    )
    if failure.cause in _NO_LIST:
        return Reachability(None, failure, took, server=server)
    return Reachability(failure.cause in _ANSWERED, failure, took, server=server)
