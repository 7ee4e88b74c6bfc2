"""The report for a failure from elsewhere: a chat, a form's test, an unavailable key.

No request is repeated: the checks before the failure are known to pass, those after it are skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tui.core.api_key_search import MASK
from tui.core.causes import causes_of
from tui.core.chat import endpoint_of
from tui.core.curl import curl_command
from tui.core.diagnosis import (
    DEPENDENCIES,
    CheckId,
    CheckResult,
    DiagnosisReport,
    Repair,
    checks_of,
    failed,
    passed,
    skipped,
)
from tui.core.endpoint_url import chat_url_of, embeddings_url_of, inspect_url
from tui.core.failure import Failure
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.core.secret import Secret
from tui.texts import checks

_BY_CAUSE: Mapping[str, CheckId] = MappingProxyType(
    {
        **dict.fromkeys(
            ("key-malformed", "key-unavailable", "engine-missing", "setting-unreadable"), CheckId.ENVIRONMENT
        ),
        "engine-failed": CheckId.ENVIRONMENT,
        "key-unencrypted": CheckId.URL,
        **dict.fromkeys(
            (
                "connection-refused",
                "starting",
                "start-failed",
                "connect-timeout",
                "no-route",
                "wrong-ip-family",
                "hosts-file-family",
                "connection-failed",
                "proxy-failed",
            ),
            CheckId.TCP,
        ),
        **dict.fromkeys(
            (
                "connection-reset",
                "closed-without-answer",
                "no-answer",
                "not-http",
                "http2-only",
                "headers-stalled",
                "headers-too-large",
                "interim-flood",
                "tunnel-far-end-down",
                "plain-on-tls-port",
                "wrong-path",
                "method-not-allowed",
                "unexpected-response",
                "redirect",
                "bad-gateway",
                "gateway-limit",
                "maintenance",
                "login-page",
                "loading",
            ),
            CheckId.HTTP,
        ),
        **dict.fromkeys(("auth", "auth-scheme", "basic-auth", "forbidden"), CheckId.AUTH),
        **dict.fromkeys(
            (
                "model-not-found",
                "model-forbidden",
                "deployment-not-found",
                "no-model-loaded",
                "no-model-list",
            ),
            CheckId.MODELS,
        ),
    }
)
_BY_PREFIX = (
    ("url-", CheckId.URL),
    ("proxy-", CheckId.ENVIRONMENT),
    ("no-proxy-", CheckId.ENVIRONMENT),
    ("localhost-is-", CheckId.ENVIRONMENT),
    ("dns-", CheckId.DNS),
    ("tls-", CheckId.TLS),
)
_STREAM = causes_of("The answer")
_BODY: Mapping[str, object] = {"messages": [{"role": "user", "content": "Hello"}], "stream": True}


def check_of(cause: str) -> CheckId:
    """Return the check that a cause belongs to; the chat for causes that only a chat can show."""
    if cause in _BY_CAUSE:
        return _BY_CAUSE[cause]
    for prefix, check in _BY_PREFIX:
        if cause.startswith(prefix):
            return check
    return CheckId.STREAM if cause in _STREAM else CheckId.CHAT


def report_of_failure(
    provider: Provider, failure: Failure, key_label: str | None = None, model: str = ""
) -> DiagnosisReport:
    """Return what a known failure shows about an endpoint, without any request."""
    model = model or provider.model
    report = inspect_url(provider.provider_url)
    checks = checks_of(is_embedding=provider.is_embedding)
    failed_check = check_of(failure.cause)
    failed_check = failed_check if failed_check in checks else CheckId.VECTORS
    return DiagnosisReport(
        url=report.normalised or safe_line(report.repair or ""),
        model=model or None,
        key_label=key_label or None,
        results=tuple(_result(check, failed_check, failure, provider) for check in checks),
        repairs=repairs_of(failure),
        curl=_curl(provider, report.normalised, model),
    )


def _result(check: CheckId, failed_check: CheckId, failure: Failure, provider: Provider) -> CheckResult:
    if check is failed_check:
        return failed(check, failure)
    if (
        check is CheckId.TLS
        and _is_below(check, failed_check)
        and provider.provider_url.startswith("http://")
    ):
        return skipped(check, checks.NO_TLS)
    if _is_below(check, failed_check):
        return passed(check, safe_line(provider.provider_url) if check is CheckId.URL else checks.WORKS_HERE)
    return skipped(check, checks.SKIPPED)


def _is_below(check: CheckId, failed_check: CheckId) -> bool:
    """Return whether a check must have passed for another one to be reached."""
    needed = DEPENDENCIES[failed_check]
    return check in needed or any(_is_below(check, other) for other in needed)


def repairs_of(failure: Failure) -> tuple[Repair, ...]:
    """Return the repairs that a failure offers."""
    url, closest = failure.facts.get("repair"), failure.facts.get("closest")
    found: list[Repair] = []
    if url and inspect_url(url).normalised is not None:
        found.append(Repair("url", checks.USE_URL.format(url=url), {"provider_url": url}))
    if closest and failure.cause == "model-not-found":
        text = checks.MODEL_OFFERED.format(model=safe_line(closest, 100))
        found.append(Repair("model", text, {"compatible_provider": closest}))
    return tuple(found)


def _curl(provider: Provider, base_url: str | None, model: str) -> str:
    if base_url is None:
        return ""
    key = Secret(MASK) if provider.api_key is not None else None  # a stand-in for the key, never written out
    endpoint = endpoint_of(provider, base_url, key)
    if provider.is_embedding:
        texts = {"model": model, "input": [provider.test_text]}
        return curl_command(endpoint, embeddings_url_of(base_url), texts)
    return curl_command(endpoint, chat_url_of(base_url), {"model": model, **_BODY})
