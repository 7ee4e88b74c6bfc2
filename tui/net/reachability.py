"""A quick reachability check for lists: one GET of the model list, no tokens used."""

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
"""The server is reachable, but something else is wrong."""
_NO_LIST = ("wrong-path", "method-not-allowed", "no-model-list")
_LONG_LIST = "answer-too-large"


@dataclass(frozen=True, slots=True)
class Reachability:
    """The result of a quick check."""

    is_reachable: bool | None
    """``None``: something responds, but whether it can chat is unknown."""
    failure: Failure | None = None
    """The problem, also for a reachable endpoint (a wrong key)."""
    milliseconds: float | None = None
    models: tuple[str, ...] | None = None
    """The available models; ``None`` if unknown."""
    server: ServerIdentity | None = None
    """The kind of server, as far as this response shows it."""
    context_window: int | None = None
    """For the requested model, in tokens, if the list contains it."""
    context_windows: Mapping[str, int] = field(default_factory=dict)
    """The same by model; with an empty name for the whole server. Only determined on request."""
    chat_models: tuple[str, ...] = ()
    """The available models that are not for embeddings."""


async def reach(
    factory: ClientFactory,
    endpoint: Endpoint,
    timeout_seconds: float = 5,
    *,
    model: str = "",
    look: Look | None = None,
    is_thorough: bool = False,
) -> Reachability:
    """Check within the time limit whether an endpoint responds. Never raises because of the network.

    Args:
        model: the requested model; it is a problem if the list lacks it.
        look: reads this machine, to distinguish a starting server from a missing one.
        is_thorough: also send the requests that identify the server and its context window.
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
    """Add the kind of server and the context windows, with a few requests without a key."""
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
    """Return the failure of a model that is not in the list."""
    if not models.lacks(model):
        return None
    closest = closest_names(model, models.identifiers, 1)
    return explain("model-not-found", model=model, is_doubtful="yes", closest=closest[0] if closest else None)


async def _explain(
    factory: ClientFactory, endpoint: Endpoint, failure: Failure, look: Look | None
) -> Failure:
    """Return the failure as explained by the phase of the server; a list does not wait for it."""

    def ignore(_: Waiting) -> None:
        pass

    return await ServerWait(factory, endpoint, WaitLimits(0), look=look, tell=ignore).judge(failure)


def _refused(endpoint: Endpoint, response: Fetched, failure: Failure, took: float) -> Reachability:
    """Judge an endpoint that responds, but without a model list."""
    server = identify(
        host=origin_of(endpoint.base_url).host, headers=response.headers, error_body=response.body
    )
    if failure.cause in _NO_LIST:
        return Reachability(None, failure, took, server=server)
    return Reachability(failure.cause in _ANSWERED, failure, took, server=server)
