"""The stored API keys: ``credentials.toml``, readable by its owner alone.

No backup is kept of it: a key that was deleted is gone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from typing import cast

from tui.core.secret import Secret
from tui.store import disk
from tui.store.errors import key_error, reason_of
from tui.store.files import FileStamp, stamp_of
from tui.store.key_text import checked_key
from tui.store.migrations import CREDENTIALS_SCHEMA
from tui.store.paths import Paths
from tui.store.toml_file import Table, TomlFile

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class CredentialStore:
    """Reads and changes the stored keys. All calls block shortly."""

    def __init__(self, paths: Paths) -> None:
        self._file = TomlFile(
            paths, paths.credentials_file, "credentials", CREDENTIALS_SCHEMA, keep_backup=False
        )
        self._stamp: FileStamp | None = None
        self._keys: dict[str, Secret] = {}
        self._notices: list[str] = []

    @property
    def notices(self) -> tuple[str, ...]:
        """What was found wrong with the file, and set right or kept aside."""
        return tuple(self._notices)

    def get(self, name: str) -> Secret | None:
        """Return the key stored for a provider.

        Raises:
            LmdeckError: the file cannot be read, or others can read it and that cannot be changed.
        """
        return self._read().get(name)

    def all(self) -> list[Secret]:
        """Return every stored key, for the redactor.

        Raises:
            LmdeckError: see ``get``.
        """
        return list(self._read().values())

    def put(self, name: str, secret: Secret) -> None:
        """Store a key, in place of the one before.

        Raises:
            LmdeckError: the key cannot be right (``key-malformed``), or the file cannot be written.
        """
        text = checked_key(secret.reveal(), "the form").reveal()
        self._change(lambda keys: keys.update({name: text}))

    def update(self, changes: Mapping[str, Secret | None]) -> dict[str, Secret | None]:
        """Store or remove (``None``) many keys in one step; return what there was before, to undo it with.

        Raises:
            LmdeckError: a key cannot be right, or the file cannot be written; then none is changed.
        """
        if not changes:
            return {}
        texts = {
            name: None if secret is None else checked_key(secret.reveal(), name).reveal()
            for name, secret in changes.items()
        }
        before = {name: self._known(name) for name in changes}
        if any(texts.values()) or any(before.values()):
            self._change(lambda keys: _update(keys, texts))
        return before

    def delete(self, name: str) -> Secret | None:
        """Remove a key and return it, for an undo.

        Raises:
            LmdeckError: the file cannot be written.
        """
        known = self._known(name)
        if known is not None:
            self._change(lambda keys: keys.pop(name, None))
        return known

    def rename(self, old: str, new: str) -> None:
        """Move a key to another name; nothing happens where there is none.

        Raises:
            LmdeckError: the file cannot be written.
        """
        if old != new and self._known(old) is not None:
            self._change(lambda keys: keys.update({new: keys.pop(old)}) if old in keys else None)

    def copy(self, old: str, new: str) -> None:
        """Store the same key under another name; nothing happens where there is none.

        Raises:
            LmdeckError: the file cannot be written.
        """
        if old != new and self._known(old) is not None:
            self._change(lambda keys: keys.update({new: keys[old]}) if old in keys else None)

    def _known(self, name: str) -> Secret | None:
        return self._read().get(name) if stamp_of(self._file.path) is not None else None

    def _read(self) -> dict[str, Secret]:
        stamp = stamp_of(self._file.path)
        if stamp is not None and stamp == self._stamp:
            return self._keys
        document = self._file.read()
        if document.problem is not None:
            raise key_error(
                "key-unavailable",
                document.problem,
                f"Correct {self._file.shown} by hand, or enter the key again: the file is then kept aside.",
                self._file.shown,
            )
        if document.stamp is not None and document.mode & _OTHERS:
            self._close_to_others()
        self._keys = {name: Secret(text) for name, text in _texts(document.table).items()}
        self._stamp = document.stamp
        return self._keys

    def _close_to_others(self) -> None:
        """Take the file away from others; where that cannot be done, it is not used."""
        shown = self._file.shown
        try:
            descriptor = os.open(self._file.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                disk.make_private(descriptor)
                closed = not os.fstat(descriptor).st_mode & _OTHERS
            finally:
                os.close(descriptor)
            reason = "" if closed else "the disk keeps no permissions"
        except OSError as error:
            reason = reason_of(error)
        if reason:
            raise key_error(
                "key-unavailable",
                f"others can read the file, and that cannot be changed: {reason}",
                'Use a key reference such as "env:NAME" instead of a stored key.',
                shown,
            )
        self._notices.append(
            f"Others could read {shown}; it is private now. "
            "Replace the keys in it if others use this machine."
        )

    def _change(self, edit: Callable[[Table], object]) -> None:
        def on_keys(table: Table) -> None:
            keys = table.get("keys")
            if not isinstance(keys, dict):
                keys = table["keys"] = {}
            edit(keys)

        notice = self._file.change(on_keys)
        if notice is not None:
            self._notices.append(notice)
        self._stamp = None


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
