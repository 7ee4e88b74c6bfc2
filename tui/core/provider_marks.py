"""Warnings about a provider's connection, shown wherever the provider is listed or used."""

from __future__ import annotations

from tui.core.endpoint_url import inspect_url
from tui.core.provider import Provider
from tui.texts import fields as texts


def connection_marks(provider: Provider) -> tuple[str, ...]:
    """Return the warnings in one to three words each, the most serious first."""
    marks = [texts.BLOCKED] if provider.refusals else []
    if provider.tls.insecure:
        marks.append(texts.NOT_VERIFIED)
    if provider.api_key is not None and provider.allow_unencrypted_key and _crosses_in_clear(provider):
        marks.append(texts.NOT_ENCRYPTED)
    return tuple(marks)


def connection_warnings(provider: Provider) -> tuple[str, ...]:
    """Return the warnings as sentences, for a command that is about to use the provider."""
    if provider.tls.insecure:
        return (texts.TLS_UNVERIFIED.format(name=provider.name),)
    return ()


def _crosses_in_clear(provider: Provider) -> bool:
    return provider.provider_url.startswith("http://") and not inspect_url(provider.provider_url).is_loopback
