"""Providers that are in no file: an endpoint given by its URL, for one command."""

from __future__ import annotations

from dataclasses import replace

from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.runtime.checked_url import checked_url
from tui.runtime.runtime import Runtime


def ad_hoc_provider(url: str, model: str | None, key_variable: str | None) -> Provider:
    """Return an unsaved provider.

    Raises:
        UsageError: the URL is unusable.
    """
    return Provider(
        name="url",
        model=model or "",
        provider_url=checked_url(url),
        api_key=ApiKeyReference(ApiKeyKind.ENVIRONMENT, key_variable) if key_variable else None,
    )


async def provider_for_url(
    runtime: Runtime, url: str, model: str | None, key_variable: str | None
) -> Provider:
    """Return an unnamed provider with the given model, or the first that the endpoint lists.

    Raises:
        UsageError: the URL is unusable.
        LmdeckError: no model was given and the endpoint lists none.
    """
    provider = ad_hoc_provider(url, model, key_variable)
    if provider.model:
        return provider
    listed = await runtime.list_models(provider)
    chat_models = [entry for entry in listed.models if not entry.is_embedding] or list(listed.models)
    if not chat_models:
        raise LmdeckError(explain("no-model-loaded"))
    return replace(provider, model=chat_models[0].identifier)
