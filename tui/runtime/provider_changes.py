"""Changes to the provider list, including the stored keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.core.api_key_reference import STORED, ApiKeyReference, parse_api_key_reference
from tui.core.causes import explain
from tui.core.failure import Failure, LmdeckError, UsageError
from tui.core.provider import Provider, State
from tui.core.provider_texts import check_provider
from tui.core.secret import Secret
from tui.runtime.directory import ProviderDirectory
from tui.store.api_key_text import checked_key
from tui.texts.runtime import KEYS_CHANGED
from tui.texts.store import THE_FORM

if TYPE_CHECKING:
    from tui.core.provider_rules import FieldProblem
    from tui.store.credentials import CredentialStore


class ProviderChanges:
    """Changes the provider list. Every change is written at once; all calls block briefly."""

    def __init__(self, directory: ProviderDirectory, credentials: CredentialStore) -> None:
        self._directory = directory
        self._store = directory.store
        self._credentials = credentials

    def save(
        self,
        provider: Provider,
        key_text: str | None = None,
        previous_name: str | None = None,
        cleared: Collection[str] = (),
        base: Provider | None = None,
    ) -> Provider:
        """Write a provider and its key.

        Returns the record as written: a literal key is in the credentials, and the record says ``stored``.

        Args:
            key_text: the text of the key field; ``None`` leaves the key unchanged.
            base: the record that was edited; unchanged fields keep the values of other sessions.
            cleared: fields, named as in the file, whose values are removed even if unreadable.

        Raises:
            UsageError: a field is invalid, or the record is read-only.
        """
        self._refuse_view_only(previous_name or provider.name)
        errors = [problem for problem in self.problems(provider, previous_name, key_text) if problem.is_error]
        if errors:
            raise UsageError(invalid(provider.name, errors[0]))
        self._store.trust.require()  # before a key is stored
        reference, literal = _read_key(provider, key_text)
        saved = replace(provider, api_key=reference, is_remote=False)
        if previous_name is None:
            saved = _dated(saved)
        with self._store.held():
            if literal is None:
                written = self._store.save(saved, previous_name, cleared, base)
            else:
                written = self._save_with_key(saved, literal, previous_name, cleared, base)
            if written.api_key != STORED:
                self._credentials.delete(provider.name)
        self._directory.reload()
        return written

    def save_all(self, providers: Sequence[Provider], keys: Mapping[str, Secret]) -> None:
        """Write validated providers and their keys: all of them, or none.

        ``keys`` are written first: a provider without its key would be worse than a key without a provider.

        Raises:
            LmdeckError: the files cannot be written; then nothing has changed.
        """
        self._store.trust.require()
        known = {item.name for item in self._directory.providers()}
        keyless = [item.name for item in providers if item.api_key != STORED]
        saved = [replace(item, is_remote=False) for item in providers]
        saved = [item if item.name in known else _dated(item) for item in saved]
        with self._store.held():
            before = self._credentials.update({**dict.fromkeys(keyless), **keys})
            try:
                self._store.save_all(saved)
            except BaseException as error:
                try:
                    self._credentials.update(before)
                except LmdeckError:
                    error.add_note(KEYS_CHANGED)
                raise
        self._directory.reload()

    def delete(self, name: str) -> Callable[[], None]:
        """Remove a provider and its stored key; return a function that restores both.

        Raises:
            UsageError: it does not exist, or is read-only.
        """
        name = self.editable(name).name
        with self._store.held():
            key = self._credentials.delete(name)  # first, so that no key remains if the program dies now
            try:
                removed = self._store.delete(name)
            except LmdeckError:
                if key is not None:
                    self._credentials.put(name, key)
                raise
        self._directory.reload()

        def undo() -> None:
            with self._store.held():
                self._store.save(removed)
                if key is not None:
                    self._credentials.put(name, key)
            self._directory.reload()

        return undo

    def set_default(self, name: str) -> None:
        """Make a provider the default of its category.

        Raises:
            UsageError: it does not exist.
        """
        name = self._directory.get(name).name
        self._store.set_default(name)
        self._directory.reload()

    def set_state(self, name: str, state: State) -> None:
        """Activate or deactivate a provider.

        Raises:
            UsageError: it is read-only.
        """
        provider = self.editable(name)
        self._store.save(replace(provider, state=state), base=provider)
        self._directory.reload()

    def problems(
        self, provider: Provider, previous_name: str | None, key_text: str | None
    ) -> list[FieldProblem]:
        """Return the errors that prevent saving a provider, and the warnings."""
        others = {known.name for known in self._directory.providers() if known.name != previous_name}
        return list(check_provider(provider, others, key_text=key_text))

    def editable(self, name: str) -> Provider:
        """Return a provider that can be changed.

        Raises:
            UsageError: as for ``get``, or it is read-only (``provider-read-only``).
        """
        provider = self._directory.get(name)
        self._refuse_view_only(provider.name)
        return provider

    def _refuse_view_only(self, name: str) -> None:
        for provider in self._directory.providers():
            if provider.name == name and provider.is_remote:
                raise UsageError(explain("provider-read-only", name=name))

    def _save_with_key(
        self,
        provider: Provider,
        key: Secret,
        previous_name: str | None,
        cleared: Collection[str],
        base: Provider | None,
    ) -> Provider:
        """Write provider and key.

        For a new provider the record comes first, so that no key without a provider remains if the program
        dies in between.
        """
        checked_key(key.reveal(), THE_FORM)
        name = previous_name or provider.name
        is_new = all(known.name != name for known in self._directory.providers())
        if not is_new:
            self._credentials.put(name, key)
        written = self._store.save(provider, previous_name, cleared, base)
        if is_new:
            try:
                self._credentials.put(name, key)
            except LmdeckError:
                self._store.delete(name)
                self._directory.reload()
                raise
        return written


def _dated(provider: Provider) -> Provider:
    """Return a new provider with its creation time; that of a hand-written one is unknown."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return replace(provider, created_time=provider.created_time or now)


def _read_key(provider: Provider, key_text: str | None) -> tuple[ApiKeyReference | None, Secret | None]:
    if key_text is None:
        return provider.api_key, None
    if not key_text.strip():
        return None, None
    reference = parse_api_key_reference(key_text)
    if reference is not None:
        return reference, None
    return STORED, Secret(key_text.strip())


def invalid(name: str, problem: FieldProblem) -> Failure:
    """Return the failure of a command for a problem of a field."""
    return explain("provider-invalid", name=name, field=problem.field, reason=problem.message)
