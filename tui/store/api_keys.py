"""Resolves a key reference to the key just before use, or explains why it cannot."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line
from tui.core.secret import Secret
from tui.store.api_key_command import TIME_LIMIT_SECONDS, CommandFailedError, first_line_of
from tui.store.api_key_text import checked_key
from tui.store.credentials import CredentialStore
from tui.store.errors import key_error, reason_of
from tui.store.files import read_file
from tui.texts import store as texts

_FILE_SIZE_LIMIT = 64 * 1024


class ApiKeyResolver:
    """Fetches keys. Only the output of commands is cached, in memory, until the program ends."""

    def __init__(
        self,
        credentials: CredentialStore,
        environment: Mapping[str, str],
        *,
        command_refusal: Callable[[str], str | None] = lambda name: None,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
    ) -> None:
        """Create a resolver.

        Args:
            command_refusal: returns why a provider's key must not be fetched, as the end of a sentence, or
                ``None`` (``ProviderTrust.command_refusal``).
        """
        self._credentials = credentials
        self._environment = environment
        self._command_refusal = command_refusal
        self._time_limit_seconds = time_limit_seconds
        self._printed: dict[str, Secret] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def resolve(self, provider_name: str, reference: ApiKeyReference | None) -> Secret | None:
        """Return a provider's key, or ``None`` without a reference. Blocks for up to 10 s.

        Raises:
            LmdeckError: ``key-unavailable`` or ``key-malformed``.
        """
        if reference is None:
            return None
        refusal = self._command_refusal(provider_name)
        if refusal is not None:
            is_command = reference.kind is ApiKeyKind.COMMAND
            reason = texts.COMMAND_NOT_RUN if is_command else texts.KEY_NOT_USED
            raise _unavailable(reference, reason, f"{refusal[0].upper()}{refusal[1:]}.")
        match reference.kind:
            case ApiKeyKind.ENVIRONMENT:
                return self._from_environment(reference)
            case ApiKeyKind.COMMAND:
                return self._from_command(reference)
            case ApiKeyKind.FILE:
                return self._from_file(reference)
            case ApiKeyKind.STORED:
                return self._from_credentials(provider_name)

    def renew(self, provider_name: str, reference: ApiKeyReference, refused: Secret) -> Secret | None:
        """Fetch a key again that a server rejected; its command runs once, even for several callers.

        Raises:
            LmdeckError: ``key-unavailable`` or ``key-malformed``.
        """
        with self._lock_of(reference.value):
            if self._printed.get(reference.value) == refused:
                del self._printed[reference.value]
        return self.resolve(provider_name, reference)

    def _from_environment(self, reference: ApiKeyReference) -> Secret:
        name = reference.value
        value = self._environment.get(name)
        if value is None:
            shown = safe_line(name, 40)
            raise _unavailable(
                reference,
                texts.VARIABLE_UNSET.format(name=shown),
                texts.SET_VARIABLE.format(name=shown),
            )
        return checked_key(value, _shown(reference))

    def _from_command(self, reference: ApiKeyReference) -> Secret:
        with self._lock_of(reference.value):  # several requests at once prompt the user only once
            if reference.value not in self._printed:
                self._printed[reference.value] = self._run(reference)
            return self._printed[reference.value]

    def _run(self, reference: ApiKeyReference) -> Secret:
        try:
            arguments = reference.arguments
        except ValueError:
            raise _unavailable(reference, texts.OPEN_QUOTATION, texts.CLOSE_QUOTATION) from None
        try:
            line = first_line_of(arguments, self._environment, self._time_limit_seconds)
        except CommandFailedError as error:
            raise _unavailable(reference, error.reason, error.advice) from None
        return checked_key(line, _shown(reference))

    def _from_file(self, reference: ApiKeyReference) -> Secret:
        text = reference.value
        home = self._environment.get("HOME", "")
        if text.startswith("~/") and home:
            text = f"{home}/{text[2:]}"
        if not text.startswith("/"):
            raise _unavailable(reference, texts.RELATIVE_PATH, texts.USE_FULL_PATH)
        try:
            content = read_file(Path(text), _FILE_SIZE_LIMIT)
        except OSError as error:
            raise _unavailable(reference, reason_of(error), texts.FIX_PATH_OR_FILE) from None
        if content is None:
            raise _unavailable(reference, texts.NO_FILE, texts.FIX_PATH)
        if content.mode & (stat.S_IRWXG | stat.S_IRWXO):
            shown = safe_line(reference.value, 60)
            raise _unavailable(reference, texts.FILE_OPEN, texts.CLOSE_FILE.format(path=shown))
        if content.owner not in (os.geteuid(), 0):
            raise _unavailable(reference, texts.FOREIGN_FILE, texts.USE_OWN_FILE)
        return checked_key(content.data.decode("utf-8", "replace"), _shown(reference))

    def _from_credentials(self, provider_name: str) -> Secret:
        secret = self._credentials.get(provider_name)
        if secret is None and (odd := self._credentials.odd_entry(provider_name)):
            advice = texts.FIX_KEY_ENTRY.format(path=self._credentials.shown)
            raise key_error("key-unavailable", odd, advice)
        if secret is None:
            kept = self._credentials.kept_for(provider_name)
            where = texts.KEY_MAY_BE_IN.format(path=kept) if kept else ""
            raise key_error(
                "key-unavailable",
                texts.NO_KEY_STORED.format(name=safe_line(provider_name, 40)),
                texts.ENTER_KEY.format(where=where),
            )
        return checked_key(secret.reveal(), texts.STORED_KEY)

    def _lock_of(self, command: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(command, threading.Lock())


def _shown(reference: ApiKeyReference) -> str:
    return safe_line(str(reference), 48)


def _unavailable(reference: ApiKeyReference, reason: str, advice: str) -> LmdeckError:
    return key_error("key-unavailable", reason, advice, _shown(reference))
