"""Chooses the provider of a chat: the given one or the default, if it supports chat."""

from __future__ import annotations

from datetime import datetime

from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.provider import Category, Provider
from tui.core.provider_names import is_same_name
from tui.runtime.directory import ProviderDirectory


def default_provider(directory: ProviderDirectory) -> Provider | None:
    """Return the default provider, if it is active and available."""
    marked = _marked_default(directory)
    if marked is not None and _is_usable(directory, marked):
        return marked
    return next((provider for provider in directory.providers() if _is_usable(directory, provider)), None)


def usable_providers(directory: ProviderDirectory) -> list[Provider]:
    """Return the active and available providers for chats."""
    return [provider for provider in directory.providers() if _is_usable(directory, provider)]


def provider_for_chat(directory: ProviderDirectory, name: str | None) -> Provider:
    """Return the provider with a name, or the default without one, if it supports chat.

    Raises:
        UsageError: there is none, it is inactive, for embeddings, or not installed. It is never replaced by a
            different provider: a prompt is sent only where it was meant to be sent.
    """
    provider = directory.get(name) if name is not None else _default_for_chat(directory)
    if provider is None:
        raise UsageError(explain("no-provider"))
    directory.require_current(provider)
    if provider.category is not Category.MODEL:
        raise UsageError(explain("provider-embedding", name=provider.name))
    if not provider.is_active:
        raise UsageError(explain("provider-inactive", name=provider.name))
    availability = directory.availability(provider)
    if not availability.is_available:
        raise UsageError(explain("engine-missing", command=availability.command))
    return provider


def still_for_chat(directory: ProviderDirectory, provider: Provider, at: datetime) -> Provider:
    """Return the current record of a provider that a chat has used since a given time.

    It may have been renamed since, and its old name may belong to another provider.

    Raises:
        UsageError: it is gone, or no longer supports chat.
    """
    if directory.has_changed():
        directory.reload()
    return provider_for_chat(directory, directory.former_names.now(provider.name, at))


def _marked_default(directory: ProviderDirectory) -> Provider | None:
    """Return the provider set as default for chats, whether or not it is usable now."""
    marked = (provider for provider in directory.providers() if provider.is_default)
    return next((provider for provider in marked if provider.category is Category.MODEL), None)


def _default_for_chat(directory: ProviderDirectory) -> Provider | None:
    """Return the provider of a chat without a name; a default set by the user is never replaced."""
    directory.require_current()
    providers = directory.providers()
    name = directory.default_name()
    if name is not None:
        if name not in directory.unusable and not any(is_same_name(known.name, name) for known in providers):
            raise UsageError(explain("default-missing", name=name))
        return directory.get(name)
    marked = next((provider for provider in providers if provider.is_default), None)
    return marked or default_provider(directory)


def _is_usable(directory: ProviderDirectory, provider: Provider) -> bool:
    if provider.category is not Category.MODEL or not provider.is_active:
        return False
    return directory.availability(provider).is_available
