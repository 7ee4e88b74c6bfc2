"""From an error reply to a ``Failure``: what the server says, classified, in words a person can use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.wire.error_body import ErrorBody, read_error_body, read_error_object
from tui.wire.error_facts import find_facts
from tui.wire.error_rules import choose_cause
from tui.wire.evidence import Proof
from tui.wire.gateways import LOGIN, marks_of
from tui.wire.limits import DEFAULT_LIMITS
from tui.wire.surrogates import mend
from tui.wire.token_limits import refine_cause

MESSAGE_LENGTH = 4_000
"""Characters of the server's own words that are kept: whole, but for what no person reads."""
FACT_LENGTH = 300
"""Characters of a single fact, such as the name of a gateway."""


def classify_error(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    redactor: Redactor | None = None,
    proved: Collection[Proof] = (),
) -> Failure:
    """Return the failure that a reply without an answer is. Never raises.

    Also for replies under 200: an error object, a web page, or JSON of another kind. At most
    64 kB of the body are read. Header names in any case. ``proved`` is what other requests to the same
    endpoint have shown.
    """
    text = body[: DEFAULT_LIMITS.error_body].decode("utf-8", "replace")
    return _build(status, headers, read_error_body(text), redactor, proved)


def classify_error_object(
    status: int, headers: Mapping[str, str], value: object, redactor: Redactor | None = None
) -> Failure:
    """Return the failure for an error object that is already parsed, such as one inside of a stream."""
    return _build(status, headers, read_error_object(value), redactor)


def clean_message(text: str, redactor: Redactor | None, limit: int = MESSAGE_LENGTH) -> str:
    """Return a server's words as they may be kept: whole characters, no key, one safe line, cut."""
    text = mend(text)
    if redactor is not None:
        text = redactor.redact(text)
    return safe_line(" ".join(text[: limit * 8].split()), limit)


def _build(
    status: int,
    headers: Mapping[str, str],
    body: ErrorBody,
    redactor: Redactor | None,
    proved: Collection[Proof] = (),
) -> Failure:
    headers = {name.lower(): value for name, value in headers.items()}
    cause = refine_cause(_cause(status, headers, body, proved), body)
    message = clean_message(body.message, redactor) or None
    facts: dict[str, Any] = {
        name: clean_message(value, redactor, FACT_LENGTH)
        for name, value in find_facts(cause, body, headers).items()
    }
    if status < 300 and body.is_error:
        status = body.number or status  # what the server means, not how the stream began
    return explain(cause, status=status, server_message=message, **facts)


def _cause(status: int, headers: Mapping[str, str], body: ErrorBody, proved: Collection[Proof]) -> str:
    if status < 300 and not body.is_error:
        return "login-page" if body.is_html and LOGIN in marks_of(headers, body) else "unexpected-response"
    return choose_cause(status, body, headers, proved)
