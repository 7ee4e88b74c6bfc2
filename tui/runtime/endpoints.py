"""From a provider to where its requests go: the URL checked, the key resolved, a built-in one started."""

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
    """Resolves providers. Every resolved key is passed to the redactor."""

    def __init__(
        self,
        credentials: Callable[[], CredentialStore],
        keys: Callable[[], ApiKeyResolver],
        built_ins: BuiltIns,
        redactor: Redactor,
        refuse: Callable[[Provider], None],
    ) -> None:
        """``credentials`` and ``keys`` are made when a provider first needs them.

        ``refuse`` raises where nothing may be sent to a provider.
        """
        self._credentials = credentials
        self._keys = keys
        self._built_ins = built_ins
        self._redactor = redactor
        self._refuse = refuse
        self.takes_options = False
        """Whether a command asks that has ``--key-env`` and ``--model``."""

    def must_start(self, provider: Provider) -> bool:
        """Return whether a built-in endpoint is not up yet, so that resolving it takes a moment."""
        return is_built_in(provider) and not self._built_ins.is_running(built_in_name(provider))

    async def resolve(self, provider: Provider, key_text: str | None = None) -> Endpoint:
        """Return where a provider's requests go.

        ``key_text`` is the text of a form's key field; ``None``: the provider's saved key.

        Raises:
            LmdeckError: the URL is not valid, the key cannot be had, or the engine did not start.
        """
        self._refuse_unsendable(provider)
        base_url = "" if is_built_in(provider) else checked_url(provider.provider_url)
        endpoint = await self.as_written(provider, key_text)
        return replace(endpoint, base_url=base_url) if base_url else endpoint

    async def as_written(self, provider: Provider, key_text: str | None = None) -> Endpoint:
        """Return the same with the URL as the user wrote it: for a diagnosis, which judges it first.

        Raises:
            LmdeckError: the key cannot be had, or the engine did not start.
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
        """Make known to the redactor whatever is secret in providers. No command is run for a key."""
        for provider in providers:
            reference, key = provider.api_key, None
            if reference is not None and reference.kind is not ApiKeyKind.COMMAND:
                with suppress(LmdeckError):  # a key that cannot be had was never sent from here
                    key = self._keys().resolve(provider.name, reference)
            self._redactor.add_sent(key, provider.extra_headers, provider.extra_body)

    def key_label(self, provider: Provider) -> str:
        """Return how a provider's key is shown: its source, or masked; empty where there is none."""
        reference = provider.api_key
        if reference is None:
            return ""
        if reference.kind is not ApiKeyKind.STORED:
            return str(reference)
        try:
            secret = self._credentials().get(provider.name)
        except LmdeckError:  # the list and the form say why, in a notice; a request says it in full
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
        """Return how the key of a command is fetched again; the others stay what they are."""
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
        """A security setting that is skipped would widen what is allowed: then nothing is sent."""
        self._refuse(provider)
        for refusal in provider.refusals:
            reason = f"{refusal.setting} {refusal.message}"
            raise UsageError(explain("setting-unreadable", name=provider.name, reason=reason))
