"""Further requests to an endpoint that determine who is responsible for an error.

Sent only after an ambiguous error, with short limits, and below the endpoint's own URL: its model list with
the key; if accepted, without it; if rejected, with other common headers. If there is no API, other URLs on
the same host are requested without the key. A diagnosis does not need this, having sent these requests
itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import partial

from tui.core.causes import explain_again
from tui.core.chat import Endpoint
from tui.core.endpoint_url import models_url_of
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.net.api_key_ways import find_key_way, refused_scheme, without_key
from tui.net.client import ClientFactory
from tui.net.elsewhere import NOT_THERE, find_base, told_elsewhere
from tui.net.fetch import Fetched, fetch_evidence
from tui.net.headers import sends_key
from tui.wire.errors import FACT_LENGTH, Refusal, clean_message
from tui.wire.evidence import Proof
from tui.wire.model_names import closest_names
from tui.wire.models import ModelList, read_models

_REFUSED = (401, 403)


@dataclass(frozen=True, slots=True)
class Shown:
    """The evidence from the endpoint."""

    proved: frozenset[Proof] = frozenset()
    models: ModelList | None = None
    base: str | None = None
    """Another base URL on the same host that responds."""
    refuses_key: bool = False
    """The key is rejected for the model list as well."""


async def judge_refusal(
    factory: ClientFactory,
    endpoint: Endpoint,
    refusal: Refusal,
    *,
    model: str,
    proved: Collection[Proof] | None,
    looks: bool = True,
    words: Callable[[Collection[Proof]], Failure] | None = None,
) -> Failure:
    """Return the failure for an error, given all evidence.

    Args:
        words: creates the failure in terms other than those for chats.
        proved: what is known about the endpoint; ``None``: not requested yet.
        looks: whether it may be requested now.
    """
    words = words or refusal.failure
    if proved is not None:
        return words(proved)
    questions, plain = refusal.questions, words(())
    if not looks or not (questions or plain.cause in NOT_THERE):
        return plain
    shown = await look_for_proofs(factory, endpoint, questions, model, is_lost=plain.cause in NOT_THERE)
    failure = _with_names(refusal, words(shown.proved), model, shown)
    if failure.cause in NOT_THERE and shown.base is not None:
        return told_elsewhere(failure, endpoint.base_url, shown.base)
    if failure.cause == "auth" and shown.refuses_key:
        url = models_url_of(endpoint.base_url)
        way = await find_key_way(endpoint, lambda tried: fetch_evidence(factory, tried, url))
        return failure if way is None else refused_scheme(failure, way)
    return failure


async def look_for_proofs(
    factory: ClientFactory,
    endpoint: Endpoint,
    questions: Collection[Proof],
    model: str,
    *,
    is_lost: bool = False,
) -> Shown:
    """Request the model list, and return what it proves. Never raises because of the network.

    ``is_lost`` means that the requested route does not exist, so that the API may be elsewhere.
    """
    url = models_url_of(endpoint.base_url)
    first, base = await asyncio.gather(
        fetch_evidence(factory, endpoint, url),
        find_base(endpoint, partial(fetch_evidence, factory)) if is_lost else _nothing(),
    )
    models = _list_in(first)
    if models is None:
        is_refused = endpoint.key is not None and first is not None and first.status in _REFUSED
        return Shown(base=base, refuses_key=is_refused)
    proved = {Proof.PATH}
    if models.find(model) is not None:
        proved.add(Proof.MODEL)
    if Proof.KEY in questions and sends_key(endpoint) and await _wants_key(factory, endpoint, url):
        proved.add(Proof.KEY)
    return Shown(frozenset(proved), models)


def _with_names(refusal: Refusal, failure: Failure, model: str, shown: Shown) -> Failure:
    """Add the name of an available model."""
    if failure.cause != "model-not-found" or shown.models is None:
        return failure
    names = [name for name in closest_names(model, shown.models.identifiers) if name != model]
    if not names:
        return failure
    closest = clean_message(names[0], refusal.redactor, FACT_LENGTH)
    return explain_again(failure, **{**failure.facts, "closest": closest})


async def _wants_key(factory: ClientFactory, endpoint: Endpoint, url: str) -> bool:
    """Return whether the same request is rejected without the key.

    Only then is the key known to be accepted.
    """
    answer = await fetch_evidence(factory, without_key(endpoint), url)
    return answer is not None and answer.status in _REFUSED


def _list_in(answer: Fetched | None) -> ModelList | None:
    return read_models(answer.body) if answer is not None and answer.status < 300 else None


async def _nothing() -> None:
    return None
