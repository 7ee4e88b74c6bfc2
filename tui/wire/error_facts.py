"""What an error gives away in numbers and names: tokens and limit, the refused field, when to come back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from tui.core.outside import read_http_date
from tui.wire.error_body import ErrorBody
from tui.wire.numbers import read_count, read_number

_LONGEST_WAIT_SECONDS = 1e9
"""What is longer is no wait but nonsense."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_N = r"(\d{1,9})"
_LIMITS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:context|sequence) (?:length|window|size) (?:is|of|\()\s*(?:only )?{_N}",
        rf"context size \({_N}",
        rf"must be <= {_N}",
        rf"input length should be \[\d+, ?{_N}",
        rf"> {_N} maximum",
        rf"maximum (?:of|is) {_N}",
        rf"(?:limit|limited to|at most) (?:is |of )?{_N} tokens",
    )
)
_PROMPTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"contains (?:at least )?{_N}",
        rf"{_N} (?:tokens )?(?:from|in) the (?:input )?messages",
        rf"(?:request|input|prompt) (?:has |is |of |\()\s*{_N}",
        rf"given: {_N} `inputs`",
        rf"(?:resulted in|requested (?:a total of )?) ?{_N} tokens",
        rf"too long: {_N} tokens",
    )
)
_REFUSED_NAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
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


def find_facts(cause: str, body: ErrorBody, headers: Mapping[str, str]) -> dict[str, str]:
    """Return the facts of an error by name: ``prompt_tokens``, ``limit``, ``parameter``, ``field``,
    ``retry_after`` (seconds), ``gateway``, ``location``, ``scheme``, ``content``; absent where unknown."""
    facts: dict[str, str | None] = {}
    if cause == "context-too-long":
        facts["prompt_tokens"], facts["limit"] = _token_numbers(body)
    elif cause in ("unsupported-param", "thinking-unsupported", "invalid-request", "no-chat-template"):
        facts["parameter"] = find_parameter(body)
        facts["field"] = body.location
    elif cause == "unexpected-response":
        facts["content"] = body.content
    elif cause == "redirect":
        facts["location"] = headers.get("location")
    elif cause == "auth":
        facts["scheme"] = headers.get("www-authenticate", "").partition(" ")[0]
    elif cause in ("bad-gateway", "gateway-timeout"):
        facts["gateway"] = headers.get("server")
    seconds = read_retry_after(headers)
    if seconds:  # 0 says that nobody has to wait
        facts["retry_after"] = f"{seconds:g}"
    return {name: value for name, value in facts.items() if value}


def find_parameter(body: ErrorBody) -> str | None:
    """Return the name of the request's field that an error is about."""
    if body.parameter:
        return body.parameter
    for pattern in _REFUSED_NAMES:
        found = pattern.search(body.message)
        if found:
            return found[1] if found.lastindex == 1 else "_".join(found.groups()).lower()
    return None


def _token_numbers(body: ErrorBody) -> tuple[str | None, str | None]:
    wording = _THOUSANDS.sub("", body.message.lower())
    prompt = read_count(body.fields.get("n_prompt_tokens"))  # llama.cpp
    limit = read_count(body.fields.get("n_ctx"))
    return (
        str(prompt) if prompt is not None else _search(_PROMPTS, wording),
        str(limit) if limit is not None else _search(_LIMITS, wording),
    )


def _search(patterns: tuple[re.Pattern[str], ...], wording: str) -> str | None:
    for pattern in patterns:
        found = pattern.search(wording)
        if found:
            return found[1]
    return None


def read_retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that a server asks to wait, from ``retry-after-ms`` or ``retry-after``.

    A date counts from ``now``, or from the reply's own ``date`` header where that is not given.
    Header names in lower case.
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
