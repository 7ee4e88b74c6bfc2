"""What the checks of endpoints found, from one run of the program to the next."""

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
    """Add checks to the history of their endpoints, all with one writing of the file. Blocking."""
    memory.add_checks([(key, record.to_json()) for key, record in filter(None, records)])


def past_checks(memory: EndpointMemory, provider: Provider) -> tuple[CheckRecord, ...]:
    """Return the past checks of a provider's endpoint, the oldest first."""
    key = history_key(provider)
    stored = memory.checks(key) if key is not None else []
    return tuple(record for check in stored if (record := CheckRecord.from_json(check)) is not None)


def history_key(provider: Provider) -> str | None:
    """Return what an endpoint's checks are kept under: a built-in one has another port each time."""
    if is_built_in(provider):
        return provider.provider_url
    return inspect_url(provider.provider_url).normalised


def failed_vectors(memory: EndpointMemory, provider: Provider) -> Failure | None:
    """Return why an embedding provider gave no vectors when it was checked last: a list of models cannot
    tell that, and asking for vectors is paid for. Blocking."""
    last = next(reversed(past_checks(memory, provider)), None)
    is_known = last is not None and last.model == provider.model and last.cause in _OF_VECTORS
    if last is None or last.cause is None or not is_known:
        return None
    failure = explain(last.cause, model=last.model)
    return replace(failure, title=texts.LAST_CHECK.format(title=failure.title))
