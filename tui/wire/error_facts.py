"""Extracts facts from an error: token counts and limit, the rejected field, when to retry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import read_http_date
from tui.wire.error_body import ErrorBody
from tui.wire.gateways import gateway_name, marks_of
from tui.wire.numbers import read_number
from tui.wire.token_limits import read_token_limits

_LONGEST_WAIT_SECONDS = 1e9
"""Longer values are not plausible."""
_REFUSED_NAMES = tuple(
    lazy_pattern(pattern, re.IGNORECASE)
    for pattern in (
        r"parameter\.([a-z_]+) must be",
        r"(?:parameter|value|argument|field|key|property|param)s?(?: supplied| provided)?:? \[?"
        r"['\"`]([\w.\[\]]+)['\"`]",
        r"(?:argument|parameter|field)s?(?: supplied)?: ([a-z_]\w+)",
        r"unknown field ['\"`]?([a-z_]\w*)",
        r"['\"`]([a-z_][\w.\[\]]*)['\"`] (?:is|does|are|was)(?: not|n't) "
        r"(?:supported?|permitted|allowed|recogni)",
        r"n't support ([a-z_]+)=",
        r"(stream)[ _](options) can only",
        r"verified to (stream) this",
    )
)


_OF_GATEWAYS = frozenset(
    {
        "bad-gateway", "gateway-timeout", "gateway-limit", "upstream-auth", "upstream-mapping",
        "upstream-paused", "maintenance",
    }
)  # fmt: skip
_OF_MODELS = frozenset({"model-not-found", "model-forbidden", "upstream-mapping", "deployment-not-found"})
_UNITS = {"ms": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "hour": 3600.0}
_UNIT = r"(ms|s|sec|m|min|h|hour)(?:ond|ute)?s?(?![a-z])"
_DELAY_PART = lazy_pattern(rf"(\d{{1,9}}(?:\.\d{{1,9}})?) ?{_UNIT}", re.IGNORECASE)
_DELAY = lazy_pattern(
    rf"(?:retry|try again) (?:in|after) ((?:\d{{1,9}}(?:\.\d{{1,9}})? ?{_UNIT} ?)+)", re.IGNORECASE
)
_REALMS = (lazy_pattern(r'realm="([^"]{1,80})"', re.IGNORECASE),)
_APIS = (
    lazy_pattern(
        r"(?:only|just)[^.]{0,40}?\b(?:v1/)?(responses|completions|embeddings|messages|rerank|realtime)\b"
    ),
    lazy_pattern(r"(?:mean to use|use|try|call) (?:the )?/?(?:v1/)?(responses|completions|embeddings)\b"),
    lazy_pattern(r"\b(embedding)s? model"),
)
_OFFERED = lazy_pattern(
    r"(?:valid|available|supported|known|served|allowed)\s+(?:aliases|models?(?:\s+names?)?|names)"
    r"(?:\s+(?:are|is|include))?\s*[:=]\s*(?P<list>[^.;\n]{1,400}(?:\.[^\s.;][^.;\n]{0,100})*)"
    r"|can only access models?\s*=?\s*\[(?P<allowed>[^\]]{1,400})\]"
    r"|server is pinned to\s+(?P<pinned>'[^']{1,300}'|\"[^\"]{1,300}\"|\S{1,300}?)(?=[.;]?(?:\s|$))",
    re.IGNORECASE,
)
_MOST_OFFERED = 5


def find_facts(cause: str, body: ErrorBody, headers: Mapping[str, str]) -> dict[str, str]:
    """Return the facts of an error by name, without unknown ones.

    ``prompt_tokens``, ``limit``, ``parameter``, ``field``, ``retry_after`` (seconds), ``gateway``,
    ``location``, ``scheme``, ``content``.
    """
    facts: dict[str, str | None] = {}
    if cause in ("context-too-long", "max-tokens-too-large", "max-tokens-too-small"):
        facts.update(_token_facts(body))
    elif cause in ("unsupported-param", "thinking-unsupported", "invalid-request", "roles-refused"):
        facts["parameter"] = find_parameter(body)
        facts["field"] = body.location
    elif cause == "unexpected-response":
        facts["content"] = body.content
    elif cause in ("redirect", "login-page"):
        facts["location"] = headers.get("location")
    elif cause == "auth":
        facts["scheme"] = headers.get("www-authenticate", "").partition(" ")[0]
    elif cause == "basic-auth":
        facts["realm"] = _search(_REALMS, headers.get("www-authenticate", ""))
    elif cause in _OF_GATEWAYS or (cause == "forbidden" and body.is_html):
        facts["gateway"] = gateway_name(headers, marks_of(headers, body))
    elif cause == "model-other-api":
        facts["api"] = _other_api(body.message.lower())
    elif cause == "request-refused":
        facts["code"] = next(iter(sorted(body.words)), None)
    if cause in _OF_MODELS:
        facts["offered"] = find_offered(body.message)
    seconds = read_retry_after(headers)
    seconds = _told_delay(body) if seconds is None else seconds
    if seconds:  # 0 means that no wait is needed
        facts["retry_after"] = f"{seconds:g}"
    return {name: value for name, value in facts.items() if value}


def _token_facts(body: ErrorBody) -> dict[str, str | None]:
    found = read_token_limits(body)
    numbers = {
        "limit": found.limit, "max_tokens": found.answer, "room": found.room, "least": found.answer_least,
    }  # fmt: skip
    facts = {name: None if number is None else str(number) for name, number in numbers.items()}
    return {"prompt_tokens": found.prompt_text, **facts}


def find_offered(message: str) -> str | None:
    """Return the model names that an error suggests instead, at most five."""
    found = _OFFERED.search(message)
    if found is None:
        return None
    if found["pinned"]:
        return found["pinned"].strip("'\"")
    names = (found["list"] or found["allowed"] or "").strip().strip("[](){}")
    listed = [name.strip().strip("'\"`") for name in re.split(r",|\band\b", names)]
    shown = [name for name in listed if name and " " not in name]
    return ", ".join(shown[:_MOST_OFFERED]) or None


def _other_api(wording: str) -> str | None:
    name = _search(_APIS, wording)
    return None if name is None else f"/v1/{'embeddings' if name == 'embedding' else name}"


def find_parameter(body: ErrorBody) -> str | None:
    """Return the name of the request field that an error is about."""
    if body.parameter:
        return body.parameter
    for pattern in _REFUSED_NAMES:
        found = pattern.search(body.message)
        if found:
            return found[1] if found.lastindex == 1 else "_".join(found.groups()).lower()
    return None


def _search(patterns: tuple[re.Pattern[str], ...], wording: str) -> str | None:
    for pattern in patterns:
        found = pattern.search(wording)
        if found:
            return found[1]
    return None


def _told_delay(body: ErrorBody) -> float | None:
    """Return the delay in a message, in seconds.

    ``try again in 1m2.5s``, ``retry after 26 seconds`` (Groq, OpenAI, Azure, Gemini).
    """
    found = _DELAY.search(body.message)
    if found is None:
        return None
    parts = _DELAY_PART.findall(found[1])
    seconds = sum((read_number(number) or 0) * _UNITS[unit.lower()] for number, unit in parts)
    return seconds if 0 < seconds < _LONGEST_WAIT_SECONDS else None


def read_retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the delay requested by ``retry-after-ms`` or ``retry-after``, in seconds.

    A date is relative to ``now``, by default the reply's own ``date`` header. Header names in lower case.
    """
    milliseconds = read_number(headers.get("retry-after-ms"))
    if milliseconds is not None and milliseconds < _LONGEST_WAIT_SECONDS * 1000:
        return milliseconds / 1000
    text = headers.get("retry-after", "")
    seconds = read_number(text)
    if seconds is not None:
        return seconds if seconds < _LONGEST_WAIT_SECONDS else None
    until = read_http_date(text)
    since = now or read_http_date(headers.get("date", ""))
    if until is None or since is None:
        return None
    return max(0.0, (until - since).total_seconds())
