"""The stored API keys: ``credentials.toml``, readable by its owner only.

There is no backup of it: deleted keys are gone. An unusable file affects only its keys: only ``get`` raises,
everything else works without them. Storing the next key sets the file aside and saves its readable part.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from tui.core.causes import explain
from tui.core.failure import Failure, UsageError
from tui.core.secret import Secret
from tui.store import disk
from tui.store.api_key_text import checked_key
from tui.store.credential_rescue import WHOLE_TABLE, kept_file, odd_entries, readable_keys
from tui.store.errors import reason_of
from tui.store.files import FileStamp, stamp_of
from tui.store.paths import Paths
from tui.store.toml_file import Table, TomlDocument, TomlFile
from tui.texts import store as texts

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SIZE_LIMIT = 1024 * 1024
"""In bytes: room for thousands of keys."""


class CredentialStore:
    """Reads and changes the stored keys. All calls block briefly."""

    def __init__(self, paths: Paths) -> None:
        self._file = TomlFile(
            paths,
            paths.credentials_file,
            keep_backup=False,
            replaces_unusable=True,
            size_limit=_SIZE_LIMIT,
        )
        self._paths = paths
        self._stamp: FileStamp | None = None
        self._keys: dict[str, Secret] = {}
        self._notices: list[str] = []
        self._refusal: Failure | None = None
        self._odd: dict[str, str] = {}
        """The problem of each key that is not text, by name."""
        self._is_replaced = False
        """Whether the next key replaces an unusable file, unless that is only unsafe because others can read
        it."""

    @property
    def refusal(self) -> Failure | None:
        """Why no stored key is usable, when the file was last read."""
        return self._refusal

    @property
    def shown(self) -> str:
        """The path of the file for display."""
        return self._file.shown

    @property
    def notices(self) -> tuple[str, ...]:
        """Problems of the file: corrected, set aside, or preventing its use."""
        self._read()
        if self._refusal is None:
            odd = (texts.ODD_KEY.format(path=self._file.shown, problem=text) for text in self._odd.values())
            return (*self._notices, *odd)
        text = texts.KEYS_REFUSED.format(title=self._refusal.title, advice=self._refusal.advice)
        return (*self._notices, text)

    def get(self, name: str) -> Secret | None:
        """Return the key stored for a provider.

        Raises:
            UsageError: the file cannot be read, or others can read it and that cannot be changed.
        """
        keys = self._read()
        if self._refusal is not None:
            raise UsageError(self._refusal)
        return keys.get(name)

    def odd_entry(self, name: str) -> str | None:
        """Return the problem of a provider's key that is not text, with its line."""
        self._read()
        return self._odd.get(name) or self._odd.get(WHOLE_TABLE)

    def all(self) -> list[Secret]:
        """Return all stored keys, for the redactor; none if the file is unusable."""
        return list(self._read().values())

    def kept_for(self, name: str) -> str | None:
        """Return the file set aside that may contain the missing key of a provider, for display."""
        kept = kept_file(self._file.path, name)
        return None if kept is None else self._paths.shown(kept)

    def names(self) -> frozenset[str]:
        """Return the names with a stored key; none if the file is unusable."""
        return frozenset(self._read())

    def put(self, name: str, secret: Secret) -> None:
        """Store a key, replacing the previous one.

        Raises:
            LmdeckError: the key is invalid (``key-malformed``), or the file cannot be written.
        """
        text = checked_key(secret.reveal(), texts.THE_FORM).reveal()
        self._require_usable()
        self._change(lambda keys: keys.update({name: text}))

    def update(self, changes: Mapping[str, Secret | None]) -> dict[str, Secret | None]:
        """Store or remove (``None``) several keys in one step; return the previous ones, for undo.

        Raises:
            LmdeckError: a key is invalid, or the file cannot be written; then none is changed.
        """
        if not changes:
            return {}
        texts = {
            name: None if secret is None else checked_key(secret.reveal(), name).reveal()
            for name, secret in changes.items()
        }
        if any(texts.values()):
            self._require_usable()
        before = {name: self._known(name) for name in changes}
        if any(texts.values()) or any(before.values()):
            self._change(lambda keys: _update(keys, texts))
        return before

    def delete(self, name: str) -> Secret | None:
        """Remove a key and return it, for undo. A key in an unusable file stays there.

        Raises:
            LmdeckError: the file cannot be written.
        """
        known = self._known(name)
        if known is not None:
            self._change(lambda keys: keys.pop(name, None))
        return known

    def rename(self, old: str, new: str) -> None:
        """Move a key to another name, if it exists.

        Raises:
            LmdeckError: the file cannot be written.
        """
        if old != new and self._known(old) is not None:
            self._change(lambda keys: keys.update({new: keys.pop(old)}) if old in keys else None)

    def copy(self, old: str, new: str) -> None:
        """Copy a key to another name, if it exists.

        Raises:
            LmdeckError: the file cannot be written.
        """
        if old != new and self._known(old) is not None:
            self._change(lambda keys: keys.update({new: keys[old]}) if old in keys else None)

    def _require_usable(self) -> None:
        self._read()
        if self._refusal is not None and not self._is_replaced:
            raise UsageError(self._refusal)

    def _known(self, name: str) -> Secret | None:
        return self._read().get(name) if stamp_of(self._file.path) is not None else None

    def _read(self) -> dict[str, Secret]:
        """Return the keys; none if the file is unusable, for the reason in ``_refusal``."""
        stamp = stamp_of(self._file.path)
        if stamp is not None and stamp == self._stamp:
            return self._keys
        document = self._file.read()
        self._refusal = self._refusal_of(document)
        self._is_replaced = document.problem is not None
        self._keys = {name: Secret(text) for name, text in _texts(document.table).items()}
        if self._refusal is not None:
            self._keys = {}
        self._odd = odd_entries(document) if self._refusal is None else {}
        self._stamp = document.stamp if self._refusal is None else None
        return self._keys

    def _refusal_of(self, document: TomlDocument) -> Failure | None:
        shown = self._file.shown
        if document.problem is not None:
            kept = texts.KEEPS_READABLE if document.is_corrupt else texts.KEEPS_NONE
            return _refused(shown, document.problem, texts.FIX_KEY_FILE.format(path=shown, kept=kept))
        if document.stamp is None or not document.mode & _OTHERS:
            return None
        reason = self._close_to_others()
        if reason is None:
            return None
        return _refused(shown, texts.KEY_FILE_OPEN.format(reason=reason), texts.USE_REFERENCE)

    def _close_to_others(self) -> str | None:
        """Make the file inaccessible to others, or return why that failed; then it is not used."""
        try:
            descriptor = os.open(self._file.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                disk.make_private(descriptor)
                if os.fstat(descriptor).st_mode & _OTHERS:
                    return texts.NO_PERMISSIONS
            finally:
                os.close(descriptor)
        except OSError as error:
            return reason_of(error)
        self._notices.append(texts.MADE_PRIVATE.format(path=self._file.shown))
        return None

    def _change(self, edit: Callable[[Table], object]) -> None:
        def on_keys(table: Table) -> None:
            keys = table.get("keys")
            if not isinstance(keys, dict):
                keys = table["keys"] = {}
            edit(keys)

        rescued: Table = {}

        def rescue(document: TomlDocument) -> None:
            rescued.clear()
            if document.is_corrupt:
                rescued.update(readable_keys(document.data, _SIZE_LIMIT))

        notice = self._file.change(on_keys, base={"keys": rescued}, guard=rescue)
        if notice is not None:
            self._notices.append(_rescue_notice(notice, len(rescued)))
        self._stamp = None


def _rescue_notice(notice: str, count: int) -> str:
    """Return how many keys were saved from a file that was set aside, and what to do about the others."""
    return (texts.ONE_KEY_STAYS if count == 1 else texts.KEYS_STAY).format(notice=notice, count=count)


def _update(keys: Table, texts: Mapping[str, str | None]) -> None:
    for name, text in texts.items():
        if text is None:
            keys.pop(name, None)
        else:
            keys[name] = text


def _texts(table: Table) -> dict[str, str]:
    keys = table.get("keys", {})
    if not isinstance(keys, dict):
        return {}
    return {name: text for name, text in cast("Table", keys).items() if isinstance(text, str) and text}


def _refused(shown: str, reason: str, advice: str) -> Failure:
    return replace(explain("key-unavailable", reason=reason, key_source=shown), advice=advice)
