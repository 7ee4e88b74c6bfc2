"""Certificate verification: TLS contexts for the four modes, and the pin.

Imports ``ssl``, so it is itself imported only when a request is about to be sent.
"""

from __future__ import annotations

import errno
import hashlib
import os
import ssl
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tui.core.causes import explain
from tui.core.certificate_pin import normal_pin
from tui.core.failure import Failure, UsageError
from tui.core.provider import TlsSettings
from tui.texts import network

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class PinningSSLContext(ssl.SSLContext):
    """A client context that can require one specific certificate."""

    pinned_sha256: str | None = None
    variable: str | None = None
    """The environment variable with the certificate authorities, if set."""
    load_authorities: Callable[[], None] | None = None
    """Loads the system's authorities: about 50 ms, avoided for endpoints without TLS."""
    _loading = threading.Lock()

    def complete(self) -> None:
        """Load what was postponed. Blocking; called for an encrypted connection before its handshake.

        Raises:
            UsageError: a file is unusable.
        """
        with self._loading:  # several endpoints may need it at once
            if self.load_authorities is not None:
                self.load_authorities()
                self.load_authorities = None

    def wrap_bio(self, *arguments: Any, **keywords: Any) -> ssl.SSLObject:
        """Begin a handshake, never without the authorities."""
        if self.load_authorities is not None:
            self.complete()
        return super().wrap_bio(*arguments, **keywords)


class PinMismatch(ssl.SSLError):
    """The certificate is not the pinned one; nothing was sent."""

    def __init__(self, fingerprint: str) -> None:
        super().__init__(ssl.SSL_ERROR_SSL, f"the certificate has SHA-256 {fingerprint}")
        self.fingerprint = fingerprint


class EndlessRecords(ssl.SSLError):
    """The peer keeps sending empty TLS records."""

    def __init__(self) -> None:
        super().__init__(ssl.SSL_ERROR_SSL, "records without content, and no end of them")
        self.reason = "RECORDS_WITHOUT_CONTENT"


def build_context(settings: TlsSettings, environment: Mapping[str, str]) -> PinningSSLContext:
    """Return the context for these settings. Reads the certificate files: some milliseconds.

    A pin replaces the verification of authorities, names and dates; *insecure* disables all of it. A CA file
    replaces the authorities of the system.

    Raises:
        UsageError: a file is unusable (cause ``tls-file-unreadable``).
    """
    context = PinningSSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if settings.pinned_sha256:
        context.pinned_sha256 = normal_pin(settings.pinned_sha256) or settings.pinned_sha256
    if settings.insecure or settings.pinned_sha256:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif settings.ca_file:
        _load(settings.ca_file, lambda path: context.load_verify_locations(cafile=path))
    else:
        context.variable = next((name for name in _VARIABLES if environment.get(name)), None)
        context.load_authorities = lambda: _trust_system(context, environment)
    if settings.client_certificate:
        _load_client_certificate(context, settings)
    return context


def check_pin(context: ssl.SSLContext, certificate: bytes | None) -> None:
    """Compare the server's certificate with the pin of its context, if it has one.

    Raises:
        PinMismatch: they differ.
    """
    pin = getattr(context, "pinned_sha256", None)
    if pin is None:
        return
    fingerprint = hashlib.sha256(certificate or b"").hexdigest()
    if fingerprint != pin:
        raise PinMismatch(fingerprint)


def _trust_system(context: ssl.SSLContext, environment: Mapping[str, str]) -> None:
    """Trust the configured file or folder, else the system's authorities, else the bundled ones."""
    file, folder = environment.get("SSL_CERT_FILE"), environment.get("SSL_CERT_DIR")
    if file:
        _load(file, lambda path: context.load_verify_locations(cafile=path), "SSL_CERT_FILE")
    if folder:
        _load(folder, lambda path: _trust_folder(context, path), "SSL_CERT_DIR")
    if file or folder:
        return
    paths = ssl.get_default_verify_paths()
    if paths.cafile or _has_files(paths.capath):
        context.load_verify_locations(cafile=paths.cafile, capath=paths.capath)
        return
    import certifi

    context.load_verify_locations(cafile=certifi.where())


def _trust_folder(context: ssl.SSLContext, path: str) -> None:
    with os.scandir(path):  # OpenSSL silently accepts a missing folder
        pass
    context.load_verify_locations(capath=path)


def _has_files(folder: str | None) -> bool:
    return folder is not None and any(Path(folder).iterdir())


def _load_client_certificate(context: ssl.SSLContext, settings: TlsSettings) -> None:
    def refuse_password() -> str:
        # Otherwise OpenSSL would prompt on the terminal.
        raise ValueError(network.KEY_LOCKED)

    def load(path: str) -> None:
        try:
            context.load_cert_chain(path, key, password=refuse_password)
        except ssl.SSLError as error:
            if key is None and _is_without_key(path):
                raise ValueError(network.NO_CLIENT_KEY) from error
            raise

    key = str(Path(settings.client_key).expanduser()) if settings.client_key else None
    if settings.client_key:
        _load(settings.client_key, _read_once)  # the library would blame the certificate
    _load(settings.client_certificate or "", load)


def _is_without_key(path: str) -> bool:
    """Return whether a PEM file has a certificate but no private key."""
    data = Path(path).read_bytes()
    return b"-----BEGIN CERTIFICATE-----" in data and b"PRIVATE KEY-----" not in data


def _read_once(path: str) -> None:
    if not stat.S_ISREG(Path(path).stat().st_mode):
        raise OSError(errno.EINVAL, "It is not a file")
    with Path(path).open("rb"):
        return


def _load(path: str, load: Callable[[str], None], variable: str | None = None) -> None:
    """Load a path, possibly from an environment variable, and convert errors to a failure."""
    full = str(Path(path).expanduser())
    if variable is None and not Path(full).is_absolute():  # ambiguous
        raise UsageError(_unreadable(path, network.RELATIVE_PATH, variable))
    try:
        load(full)
    except ssl.SSLError as error:
        reason = (error.reason or network.NO_CERTIFICATE).replace("_", " ").lower()
        raise UsageError(_unreadable(path, network.NOT_PEM.format(reason=reason), variable)) from error
    except (OSError, ValueError) as error:
        words = (error.strerror if isinstance(error, OSError) else str(error)) or network.CANNOT_BE_READ
        raise UsageError(_unreadable(path, words.lower(), variable)) from error


def _unreadable(path: str, reason: str, variable: str | None = None) -> Failure:
    return explain("tls-file-unreadable", path=path, reason=reason, variable=variable)
