"""Classifies TLS errors by the verification code, the alert, or the received bytes."""

from __future__ import annotations

import ssl

from tui.core.chat import Endpoint
from tui.net.request_trace import Phase, RequestTrace
from tui.net.sniff import asks_for_certificate, sniff
from tui.net.tls import PinMismatch
from tui.texts import network

_Verdict = tuple[str, dict[str, str | None]]

_JUDGEMENTS = {
    9: "tls-not-yet-valid",
    10: "tls-expired",
    18: "tls-self-signed",
    19: "tls-unknown-ca",
    20: "tls-unknown-ca",
    21: "tls-unknown-ca",
    2: "tls-unknown-ca",
    24: "tls-unknown-ca",
    27: "tls-unknown-ca",
    62: "tls-hostname-mismatch",
    64: "tls-hostname-mismatch",
}
"""OpenSSL's X509_V_ERR codes (x509_vfy.h)."""

_VERSION = ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "NO_PROTOCOLS")
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH", "RECORD_LAYER", "UNKNOWN_PROTOCOL")
_ABOUT_CLIENT = ("CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA", "ALERT_CERTIFICATE")


def classify_tls(error: ssl.SSLError, endpoint: Endpoint, trace: RequestTrace) -> _Verdict:
    """Return cause and facts for a TLS error."""
    if isinstance(error, PinMismatch):
        return "tls-pin-mismatch", {"fingerprint": error.fingerprint}
    if isinstance(error, ssl.SSLCertVerificationError):
        cause = _JUDGEMENTS.get(error.verify_code, "tls-failed")
        return cause, _judged(cause, error, endpoint, trace)
    reason = error.reason or ""
    if any(part in reason for part in _ABOUT_CLIENT) or _wanted_certificate(reason, endpoint, trace):
        return _client_certificate(reason, endpoint)
    if any(part in reason for part in _VERSION):
        return "tls-version", {}
    if isinstance(error, ssl.SSLEOFError):
        return _hung_up(trace)
    if any(part in reason for part in _NOT_TLS):
        return _other_protocol(trace)
    return "tls-failed", {"reason": _words(reason) or network.HANDSHAKE_FAILED}


def _judged(
    cause: str, error: ssl.SSLCertVerificationError, endpoint: Endpoint, trace: RequestTrace
) -> dict[str, str | None]:
    if cause == "tls-failed":
        return {"reason": error.verify_message}
    if cause in ("tls-unknown-ca", "tls-self-signed"):
        return {"variable": trace.authorities_from, "ca_file": endpoint.tls.ca_file}
    return {}


def _wanted_certificate(reason: str, endpoint: Endpoint, trace: RequestTrace) -> bool:
    """TLS 1.2 has no alert for a missing certificate: a server that requested one just fails."""
    return (
        "ALERT_HANDSHAKE_FAILURE" in reason
        and endpoint.tls.client_certificate is None
        and asks_for_certificate(bytes(trace.handshake_bytes))
    )


def _client_certificate(reason: str, endpoint: Endpoint) -> _Verdict:
    if endpoint.tls.client_certificate is None:
        return "tls-client-certificate-required", {}
    return "tls-failed", {"reason": network.CLIENT_REFUSED.format(reason=_words(reason))}


def _hung_up(trace: RequestTrace) -> _Verdict:
    if trace.phase is Phase.TLS and not trace.handshake_bytes and not trace.through_proxy:
        return "tls-version", {}  # behind a proxy, a closed tunnel reveals no more
    return "tls-failed", {"reason": network.HUNG_UP}


def _other_protocol(trace: RequestTrace) -> _Verdict:
    protocol = sniff(bytes(trace.handshake_bytes))
    if protocol in (None, "http", "tls"):
        return "tls-on-plain-port", {}
    if protocol == "http2":
        return "http2-only", {}
    return "not-http", {"protocol": protocol}


def _words(reason: str) -> str:
    return reason.replace("_", " ").lower()
