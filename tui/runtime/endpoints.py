"""Resolves a provider to an endpoint: validates the URL, fetches the key, starts a built-in server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference, parse_api_key_reference
from tui.core.causes import explain
from tui.core.chat import ApiKeyRenewal, Endpoint, endpoint_of
from tui.core.failure import LmdeckError, UsageError
from tui.core.provider import Provider
from tui.core.secret import Redactor, Secret
from tui.runtime.api_key_renewal import CommandRenewal
from tui.runtime.builtin import BuiltIns, built_in_name, is_built_in
from tui.runtime.checked_url import checked_url
from tui.texts import runtime as texts

if TYPE_CHECKING:
    from tui.store.api_keys import ApiKeyResolver
    from tui.store.credentials import CredentialStore


class Endpoints:
    """Resolves providers. Every resolved key is added to the redactor."""

    def __init__(
        self,
        credentials: Callable[[], CredentialStore],
        keys: Callable[[], ApiKeyResolver],
        built_ins: BuiltIns,
        redactor: Redactor,
        refuse: Callable[[Provider], None],
    ) -> None:
        """Create a resolver.

        Args:
            credentials, keys: created when a provider first needs them.
            refuse: raises if nothing may be sent to a provider.
        """
        self._credentials = credentials
        self._keys = keys
        self._built_ins = built_ins
        self._redactor = redactor
        self._refuse = refuse
        self.takes_options = False
        """Whether advice may mention ``--key-env`` and ``--model``."""

    def must_start(self, provider: Provider) -> bool:
        """Return whether a built-in endpoint must be started first, which takes a moment."""
        return is_built_in(provider) and not self._built_ins.is_running(built_in_name(provider))

    async def resolve(self, provider: Provider, key_text: str | None = None) -> Endpoint:
        """Return the endpoint of a provider.

        ``key_text`` is the text of a form's key field; ``None`` uses the provider's saved key.

        Raises:
            LmdeckError: the URL is invalid, the key is unavailable, or the engine did not start.
        """
        self._refuse_unsendable(provider)
        base_url = "" if is_built_in(provider) else checked_url(provider.provider_url)
        endpoint = await self.as_written(provider, key_text)
        return replace(endpoint, base_url=base_url) if base_url else endpoint

    async def as_written(self, provider: Provider, key_text: str | None = None) -> Endpoint:
        """Return the same with the URL as entered, for a diagnosis, which validates it first.

        Raises:
            LmdeckError: the key is unavailable, or the engine did not start.
        """
        self._refuse_unsendable(provider)
        if is_built_in(provider):
            return self._known(await self._built_ins.endpoint(built_in_name(provider)), provider)
        reference = self._reference(provider, key_text)
        key = await asyncio.to_thread(self._key, provider, reference, key_text)
        endpoint = replace(
            endpoint_of(provider, provider.provider_url, key),
            takes_options=self.takes_options,
            renewal=self._renewal(provider.name, reference, key),
        )
        return self._known(endpoint, provider)

    def learn_keys(self, providers: Iterable[Provider]) -> None:
        """Add all secrets of providers to the redactor. No key command is run."""
        for provider in providers:
            reference, key = provider.api_key, None
            if reference is not None and reference.kind is not ApiKeyKind.COMMAND:
                with suppress(LmdeckError):  # an unavailable key was never sent from here
                    key = self._keys().resolve(provider.name, reference)
            self._redactor.add_sent(key, provider.extra_headers, provider.extra_body)

    def key_label(self, provider: Provider) -> str:
        """Return how a provider's key is shown: its source, or masked; empty without a key."""
        reference = provider.api_key
        if reference is None:
            return ""
        if reference.kind is not ApiKeyKind.STORED:
            return str(reference)
        try:
            secret = self._credentials().get(provider.name)
        except LmdeckError:  # the list and the form show a notice; a request shows the full message
            return texts.KEY_UNREADABLE
        return secret.hint if secret is not None else texts.KEY_LOST

    @staticmethod
    def _reference(provider: Provider, key_text: str | None) -> ApiKeyReference | None:
        return provider.api_key if key_text is None else parse_api_key_reference(key_text)

    def _key(
        self, provider: Provider, reference: ApiKeyReference | None, key_text: str | None
    ) -> Secret | None:
        if reference is not None:
            return self._keys().resolve(provider.name, reference)
        return Secret(key_text.strip()) if key_text and key_text.strip() else None

    def _renewal(
        self, name: str, reference: ApiKeyReference | None, key: Secret | None
    ) -> ApiKeyRenewal | None:
        """Return how to fetch a key from a command again; other keys do not change."""
        if reference is None or not key or reference.kind is not ApiKeyKind.COMMAND:
            return None

        def fetch() -> Secret | None:
            renewed = self._keys().renew(name, reference, key)
            if renewed is not None:
                self._redactor.add(renewed)
            return renewed

        return CommandRenewal(key, fetch)

    def _known(self, endpoint: Endpoint, provider: Provider) -> Endpoint:
        self._redactor.add_sent(endpoint.key, endpoint.extra_headers, provider.extra_body)
        return endpoint

    def _refuse_unsendable(self, provider: Provider) -> None:
        """Raise if a security setting is unreadable: skipping it would weaken security."""
        self._refuse(provider)
        for refusal in provider.refusals:
            reason = f"{refusal.setting} {refusal.message}"
            raise UsageError(explain("setting-unreadable", name=provider.name, reason=reason))
