"""What else an endpoint shows, where that decides whose fault a refusal is.

Only after a refusal that leaves a question, shortly, and below the endpoint's own URL: its model list
with the key, where it was accepted, without it, and where it was refused, in the other ways in which
servers want one. A diagnosis knows all that already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.endpoint_url import models_url_of
from tui.core.failure import Failure, LmdeckError
from tui.net.bases import other_bases
from tui.net.client import ClientFactory
from tui.net.completion import sends_key
from tui.net.fetch import Fetched, fetch
from tui.net.key_ways import find_key_way, refused_scheme, without_key
from tui.wire.errors import FACT_LENGTH, Refusal, clean_message
from tui.wire.evidence import Proof
from tui.wire.model_names import closest_names
from tui.wire.models import ModelList, read_models

_SECONDS = 3.0
"""For all of it: a person waits for the verdict."""
_BODY_LIMIT = 2_000_000
_REFUSED = (401, 403)
_NOT_THERE = ("wrong-path", "embeddings-missing")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the endpoint shows."""

    proved: frozenset[Proof] = frozenset()
    models: ModelList | None = None
    base: str | None = None
    """Another base URL, below this one, that answers."""
    refuses_key: bool = False
    """The model list is refused as well."""


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
    """Return the failure that a refusal is, by all the evidence.

    Args:
        words: makes the failure in other words than those for chats.
        proved: what is known of the endpoint; ``None``: nobody has asked yet.
        looks: whether it may be asked now.
    """
    words = words or refusal.failure
    if proved is not None:
        return words(proved)
    questions = refusal.questions
    if not questions or not looks:
        return words(())
    shown = await look_for_proofs(factory, endpoint, questions, model)
    failure = _with_names(refusal, words(shown.proved), model, shown)
    if failure.cause == "auth" and shown.refuses_key:
        url = models_url_of(endpoint.base_url)
        way = await find_key_way(endpoint, lambda tried: _get(factory, tried, url))
        return failure if way is None else refused_scheme(failure, way)
    return failure


async def look_for_proofs(
    factory: ClientFactory, endpoint: Endpoint, questions: Collection[Proof], model: str
) -> Shown:
    """Ask for the model list and return what it proves. Never raises for what a network does."""
    url = models_url_of(endpoint.base_url)
    better = f"{endpoint.base_url}/v1"
    asks_path = Proof.PATH in questions and better in other_bases(endpoint.base_url)
    first, second = await asyncio.gather(
        _get(factory, endpoint, url),
        _get(factory, endpoint, models_url_of(better)) if asks_path else _nothing(),
    )
    models = _list_in(first)
    if models is None:
        is_refused = endpoint.key is not None and first is not None and first.status in _REFUSED
        return Shown(base=better if _list_in(second) is not None else None, refuses_key=is_refused)
    proved = {Proof.PATH}
    if models.find(model) is not None:
        proved.add(Proof.MODEL)
    if Proof.KEY in questions and sends_key(endpoint) and await _wants_key(factory, endpoint, url):
        proved.add(Proof.KEY)
    return Shown(frozenset(proved), models)


def _with_names(refusal: Refusal, failure: Failure, model: str, shown: Shown) -> Failure:
    """Add the name or the address that would do."""
    added: dict[str, str] = {}
    cause = failure.cause
    if cause == "model-not-found" and shown.models is not None:
        names = [name for name in closest_names(model, shown.models.identifiers) if name != model]
        added = {"closest": clean_message(names[0], refusal.redactor, FACT_LENGTH)} if names else {}
    elif cause in _NOT_THERE and shown.base is not None:
        cause, added = "url-missing-v1", {"repair": shown.base, "evidence": "(tried: it answers)"}
    if not added:
        return failure
    return explain(
        cause,
        status=failure.status,
        server_message=failure.server_message,
        chain=failure.chain,
        **{**failure.facts, **added},
    )


async def _wants_key(factory: ClientFactory, endpoint: Endpoint, url: str) -> bool:
    """Whether the same request is refused without the key: only then is one that is answered accepted."""
    answer = await _get(factory, without_key(endpoint), url)
    return answer is not None and answer.status in _REFUSED


def _list_in(answer: Fetched | None) -> ModelList | None:
    return read_models(answer.body) if answer is not None and answer.status < 300 else None


async def _get(factory: ClientFactory, endpoint: Endpoint, url: str) -> Fetched | None:
    try:
        return await fetch(
            factory, endpoint, url, seconds=_SECONDS, body_limit=_BODY_LIMIT, second_look_seconds=0
        )
    except LmdeckError:
        return None  # no evidence is an answer too


async def _nothing() -> None:
    return None
