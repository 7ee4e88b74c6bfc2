"""Which provider files are trusted: those that others can write only after confirmation by the user.

A file that others can write could contain any command, and send any secret to any address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.store.errors import disk_error
from tui.store.paths import Paths
from tui.store.toml_file import TomlDocument, TomlFile
from tui.store.trust import Distrust, TrustedFiles, distrust_of
from tui.texts import store as texts


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of one read."""

    documents: dict[Path, TomlDocument] = field(default_factory=dict)
    untrusted: dict[str, Distrust] = field(default_factory=dict)
    """By provider whose key is not used."""


class ProviderTrust:
    """Checks the provider files when they are read."""

    def __init__(self, paths: Paths, own: TomlFile) -> None:
        """Create a checker; ``own`` is the user's file."""
        self._paths = paths
        self._own = own
        self._confirmed = TrustedFiles(paths.trusted_file, paths.shown)
        self._kept = Reading()
        self._shown_distrust: Distrust | None = None
        """For the version shown while the user's own file cannot be read."""

    def show(self, path: Path, document: TomlDocument | None) -> None:
        """Set the version shown while the user's own file cannot be read; ``None`` for none."""
        self._shown_distrust = None if document is None else self._distrust(path, document)

    def judge_own(
        self, document: TomlDocument, providers: Sequence[Provider], reading: Reading
    ) -> tuple[str, ...]:
        """Like ``judge``, for the version shown of the user's own file, which may differ from the file."""
        distrust = self._distrust(self._own.path, document) or self._shown_distrust
        reading.documents[self._own.path] = document
        return _note_untrusted(distrust, providers, reading.untrusted)

    def judge(
        self, path: Path, document: TomlDocument, providers: Sequence[Provider], reading: Reading
    ) -> tuple[str, ...]:
        """Record which providers of a file are not trusted; return a notice about it."""
        reading.documents[path] = document
        return _note_untrusted(self._distrust(path, document), providers, reading.untrusted)

    def keep(self, reading: Reading) -> None:
        """Use the result of this read from now on; earlier callers got the previous one."""
        self._kept = reading

    def command_refusal(self, name: str) -> str | None:
        """Return why the key of this provider must not be fetched, or ``None`` if it may."""
        distrust = self._kept.untrusted.get(name)
        return None if distrust is None else distrust.refusal

    def require(self) -> None:
        """Check that the user's own file may be changed.

        Raises:
            UsageError: others can write it (``file-untrusted``), or it is not TOML (``config-malformed``).
        """
        self.refuse(self._own.read())

    def distrusted(self) -> tuple[Distrust, ...]:
        """Return why provider files, as loaded, are not trusted."""
        return tuple(distrust for _, distrust in self._distrusted())

    def confirmed(self) -> tuple[Distrust, ...]:
        """Return why provider files, as loaded, would not be trusted without the user's confirmation."""
        found = [
            distrust_of(path, self._paths.shown, mode=document.mode, owner=document.owner)
            for path, document in self._kept.documents.items()
            if document.stamp is not None
        ]
        distrusted = self.distrusted()
        return tuple(distrust for distrust in found if distrust is not None and distrust not in distrusted)

    def confirm(self) -> None:
        """Trust every provider file as loaded: the user has reviewed it.

        Applies from the next read. Changes since the last read are not trusted.

        Raises:
            LmdeckError: the confirmation cannot be written.
        """
        for path, _ in self._distrusted():
            self._keep_trust(path, self._kept.documents[path].data)

    def refuse(self, document: TomlDocument) -> None:
        """Prevent writing to an untrusted file: the result would look like the user's own.

        The same for a file that is not TOML: it would be replaced by the older version that is shown.
        """
        distrust = self._distrust(self._own.path, document)
        if distrust is not None:
            failure = explain("file-untrusted", path=self._own.shown, reason=distrust.reason)
            raise UsageError(replace(failure, advice=f"{distrust.advice}."))
        if document.is_corrupt:
            raise UsageError(
                explain(
                    "config-malformed",
                    path=self._own.shown,
                    reason=document.problem,
                    consequence=texts.PROVIDERS_UNCHANGED,
                )
            )

    def keep_own(self, data: bytes) -> None:
        """Keep the confirmation when lmdeck itself changes the file."""
        path = self._own.path
        document = self._own.read()
        mode = None if document.stamp is None else document.mode
        if distrust_of(path, self._paths.shown, mode=mode, owner=document.owner) is not None:
            self._keep_trust(path, data)

    def _distrust(self, path: Path, document: TomlDocument) -> Distrust | None:
        """Return why a document is not trusted, unless the user has confirmed it."""
        mode = None if document.stamp is None else document.mode
        distrust = distrust_of(path, self._paths.shown, mode=mode, owner=document.owner)
        is_confirmed = distrust is not None and self._confirmed.is_trusted(path, document.data)
        return None if is_confirmed else distrust

    def _distrusted(self) -> list[tuple[Path, Distrust]]:
        found = [
            (path, self._distrust(path, document))
            for path, document in self._kept.documents.items()
            if document.stamp is not None or path == self._own.path
        ]
        return [(path, distrust) for path, distrust in found if distrust is not None]

    def _keep_trust(self, path: Path, data: bytes) -> None:
        try:
            self._confirmed.trust(path, data)
        except OSError as error:
            raise disk_error(error, self._paths.shown(self._paths.trusted_file)) from error


def _note_untrusted(
    distrust: Distrust | None, providers: Sequence[Provider], untrusted: dict[str, Distrust]
) -> tuple[str, ...]:
    """Record that the keys of these providers are not used; return a notice about it."""
    if distrust is None or not providers:
        return ()
    untrusted.update((provider.name, distrust) for provider in providers)
    refusal = f"{distrust.refusal[0].upper()}{distrust.refusal[1:]}"
    return (texts.KEYS_NOT_USED.format(reason=refusal),)
