"""Providers that stand in no file: an endpoint given by its URL, for one command."""

from __future__ import annotations

from dataclasses import replace

from tui.core.causes import explain
from tui.core.endpoint_url import inspect_url
from tui.core.failure import LmdeckError, UsageError
from tui.core.key_reference import KeyKind, KeyReference
from tui.core.provider import Provider
from tui.runtime.runtime import Runtime


def unnamed_provider(url: str, model: str | None, key_variable: str | None) -> Provider:
    """Return a provider that is saved nowhere. A repair of the URL that is certain is made at once.

    Raises:
        UsageError: the URL cannot be used.
    """
    report = inspect_url(url)
    errors = [problem for problem in report.problems if problem.is_error]
    if errors:
        repair = next((problem.repair for problem in errors if problem.repair), None)
        facts = {"url": url} | ({"repair": repair} if repair else {})
        raise UsageError(explain(errors[0].cause, **facts))
    return Provider(
        name="url",
        compatible_provider=model or "",
        provider_url=report.normalised or url,
        api_key=KeyReference(KeyKind.ENVIRONMENT, key_variable) if key_variable else None,
    )


async def provider_for_url(runtime: Runtime, url: str, model: str | None, key_variable: str | None) -> Provider:
    """Return an unnamed provider with a model: the one named, or the first that the endpoint lists.

    Raises:
        UsageError: the URL cannot be used.
        LmdeckError: no model was named and the endpoint lists none.
    """
    provider = unnamed_provider(url, model, key_variable)
    if provider.compatible_provider:
        return provider
    listed = await runtime.list_models(provider)
    chat_models = [entry for entry in listed.models if not entry.is_embedding] or list(listed.models)
    if not chat_models:
        raise LmdeckError(explain("no-model-loaded"))
    return replace(provider, compatible_provider=chat_models[0].identifier)
