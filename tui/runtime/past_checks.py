"""The results of past checks, stored on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.core.causes import causes_of, explain
from tui.core.check_history import CheckRecord
from tui.core.endpoint_url import inspect_url
from tui.core.failure import Failure
from tui.core.provider import Provider
from tui.runtime.builtin import is_built_in
from tui.store.endpoint_memory import EndpointMemory
from tui.texts import runtime as texts

_OF_VECTORS = causes_of("Embeddings")


def remember(memory: EndpointMemory, records: Sequence[tuple[str, CheckRecord] | None]) -> None:
    """Add checks to the histories of their endpoints, writing the file once. Blocking."""
    memory.add_checks([(key, record.to_json()) for key, record in filter(None, records)])


def past_checks(memory: EndpointMemory, provider: Provider) -> tuple[CheckRecord, ...]:
    """Return the past checks of a provider's endpoint, oldest first."""
    key = history_key(provider)
    stored = memory.checks(key) if key is not None else []
    return tuple(record for check in stored if (record := CheckRecord.from_json(check)) is not None)


def history_key(provider: Provider) -> str | None:
    """Return the key of an endpoint's checks; the port of a built-in one varies."""
    if is_built_in(provider):
        return provider.provider_url
    return inspect_url(provider.provider_url).normalised


def failed_vectors(memory: EndpointMemory, provider: Provider) -> Failure | None:
    """Return why an embedding provider returned no vectors in its last check.

    A model list cannot show that, and requesting vectors costs money. Blocking.
    """
    last = next(reversed(past_checks(memory, provider)), None)
    is_known = last is not None and last.model == provider.model and last.cause in _OF_VECTORS
    if last is None or last.cause is None or not is_known:
        return None
    failure = explain(last.cause, model=last.model)
    return replace(failure, title=texts.LAST_CHECK.format(title=failure.title))
