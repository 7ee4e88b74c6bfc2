"""Chooses the embedding provider for a command: the given one, or the default."""

from __future__ import annotations

from dataclasses import replace

from tui.core.causes import explain
from tui.core.failure import LmdeckError, UsageError
from tui.core.provider import Category, Provider
from tui.runtime.directory import ProviderDirectory
from tui.runtime.runtime import Runtime
from tui.runtime.targets import ad_hoc_provider


def provider_for_vectors(directory: ProviderDirectory, name: str | None, model: str | None) -> Provider:
    """Return the provider with a name, by default the default one, with a different model if given.

    A chat provider is only used with a given model, since many servers have both kinds.

    Raises:
        UsageError: there is none, it is inactive or not installed, or its own model is for chats. It is never
            replaced by a different provider.
    """
    provider = directory.get(name) if name is not None else _default(directory)
    directory.require_current(provider)
    if not provider.is_embedding and not model:
        raise UsageError(explain("provider-chat", name=provider.name))
    if not (model or provider.model):
        raise UsageError(explain("provider-without-model", name=provider.name))
    if not provider.is_active:
        raise UsageError(explain("provider-inactive", name=provider.name))
    availability = directory.availability(provider)
    if not availability.is_available:
        raise UsageError(explain("engine-missing", command=availability.command))
    if not provider.is_embedding:  # its prices are those of chats
        provider = replace(provider, category=Category.EMBEDDING, input_price=None)
    return replace(provider, model=model) if model else provider


def _default(directory: ProviderDirectory) -> Provider:
    """Return the default embedding provider, or the first active one."""
    directory.require_current()
    known = [provider for provider in directory.providers() if provider.is_embedding]
    marked = [provider for provider in known if provider.is_default]
    active = [provider for provider in known if provider.is_active]
    if not (found := marked or active):
        raise UsageError(explain("no-embedding-provider"))
    return found[0]


async def vectors_for_url(
    runtime: Runtime, url: str, model: str | None, key_variable: str | None
) -> Provider:
    """Return an unnamed provider with the given model, or the first embedding model that is listed.

    Raises:
        UsageError: the URL is unusable.
        LmdeckError: no model was given and the endpoint lists none.
    """
    provider = replace(ad_hoc_provider(url, model, key_variable), category=Category.EMBEDDING)
    if model:
        return provider
    listed = (await runtime.list_models(provider)).models
    found = [entry for entry in listed if entry.is_embedding] or list(listed)
    if not found:
        raise LmdeckError(explain("no-model-loaded"))
    return replace(provider, model=found[0].identifier)
