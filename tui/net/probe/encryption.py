"""The encryption check: the certificate's contents, and whether it was verified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tui.core.causes import explain
from tui.core.counted import Counted
from tui.core.diagnosis import CheckId, failed, passed, skipped
from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.net.certificate import read_certificate
from tui.net.fetch import Fetched
from tui.net.probe.context import DiagnosisContext
from tui.net.request_trace import Phase
from tui.texts import checks

_SOON = timedelta(days=14)


def certificate_facts(failure: Failure) -> tuple[str, ...]:
    """Return the facts about a rejected certificate, one per line."""
    labels = {
        "names": checks.FACT_NAMES,
        "issuer": checks.FACT_ISSUER,
        "begins": checks.FACT_BEGINS,
        "expired": checks.FACT_EXPIRED,
        "fingerprint": "SHA-256",
    }
    return tuple(f"{label} {failure.facts[name]}" for name, label in labels.items() if name in failure.facts)


def settle_unencrypted(context: DiagnosisContext) -> None:
    """Settle that there is no encryption; later checks run nevertheless."""
    if context.result(CheckId.TLS) is None:
        context.settle(skipped(CheckId.TLS, checks.NO_TLS), blocks=False)


def settle_tls(context: DiagnosisContext, response: Fetched) -> None:
    """Settle the encryption of a response."""
    trace = response.trace
    if not context.endpoint.base_url.startswith("https:"):
        settle_unencrypted(context)
        return
    begun, done = trace.marks.get(Phase.TLS), trace.marks.get(Phase.SEND)
    took = (done - begun) * 1000 if begun is not None and done is not None else None
    if took is not None:
        context.findings.timings_ms["tls"] = took
    facts = _describe_certificate(trace.certificate)
    if context.endpoint.tls.insecure:
        unverified = explain("tls-not-verified")
        context.settle(failed(CheckId.TLS, unverified, *facts, milliseconds=took, as_warning=True))
        return
    title = checks.VERIFIED.format(version=trace.tls_version or "TLS")
    context.settle(passed(CheckId.TLS, title, *facts, milliseconds=took))


def _describe_certificate(der: bytes | None) -> tuple[str, ...]:
    try:
        found = read_certificate(der or b"")
    except ValueError:
        return ()  # behind a proxy, or in an unknown format
    left = found.ends - datetime.now(UTC)
    soon = checks.SOON.format(days=Counted(left.days)) if timedelta(0) < left < _SOON else ""
    return (
        checks.CERTIFICATE_FOR.format(names=safe_line(", ".join(found.names), 200)),
        checks.SIGNED_BY.format(issuer=safe_line(found.issuer, 100), end=found.ends, soon=soon),
        f"SHA-256 {found.sha256}",
    )
