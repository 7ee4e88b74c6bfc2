"""Chooses the provider of a chat: the named one or the default one, if it can chat."""

from __future__ import annotations

from datetime import datetime

from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.provider import Category, Provider
from tui.core.provider_names import is_same_name
from tui.runtime.directory import ProviderDirectory


def default_provider(directory: ProviderDirectory) -> Provider | None:
    """Return the provider used where none is named: active, and available."""
    marked = _marked_default(directory)
    if marked is not None and _is_usable(directory, marked):
        return marked
    return next((provider for provider in directory.providers() if _is_usable(directory, provider)), None)


def usable_providers(directory: ProviderDirectory) -> list[Provider]:
    """Return the providers that a chat can go to: active, for chats, and there."""
    return [provider for provider in directory.providers() if _is_usable(directory, provider)]


def provider_for_chat(directory: ProviderDirectory, name: str | None) -> Provider:
    """Return the provider of that name, or without one the default, if it can chat.

    Raises:
        UsageError: there is none, it is inactive, for embeddings, or not installed. Never another
            provider in its place: a prompt goes to nobody but whom it was meant for.
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
    """Return the provider as currently in the files, for a chat that has used it since a time.

    It may have been renamed since then, and another one may have its old name.

    Raises:
        UsageError: it is gone, or can no longer chat.
    """
    if directory.has_changed():
        directory.reload()
    return provider_for_chat(directory, directory.former_names.now(provider.name, at))


def _marked_default(directory: ProviderDirectory) -> Provider | None:
    """Return the provider that was made the default for chats, whether or not it can be used now."""
    marked = (provider for provider in directory.providers() if provider.is_default)
    return next((provider for provider in marked if provider.category is Category.MODEL), None)


def _default_for_chat(directory: ProviderDirectory) -> Provider | None:
    """Return the provider of a chat if none is named; a set default is never replaced."""
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
