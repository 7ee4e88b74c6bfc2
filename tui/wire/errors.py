"""Turns an error reply into a ``Failure``: extracts the message, classifies and explains it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Any

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.wire.error_body import ErrorBody, read_error_body, read_error_object
from tui.wire.error_facts import find_facts
from tui.wire.error_rules import choose_cause, proved_facts
from tui.wire.evidence import Proof, meant_status
from tui.wire.gateways import LOGIN, marks_of
from tui.wire.limits import DEFAULT_LIMITS
from tui.wire.surrogates import mend
from tui.wire.token_limits import refine_cause

MESSAGE_LENGTH = 4_000
"""The limit for the server's message in characters, more than anybody reads."""
FACT_LENGTH = 300
"""The limit for a single fact, such as the name of a gateway, in characters."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A parsed error reply. Its failure can be refined by further evidence."""

    status: int
    headers: Mapping[str, str]
    """With names in lower case."""
    body: ErrorBody
    redactor: Redactor | None = field(default=None, repr=False)

    def failure(self, proved: Collection[Proof] = ()) -> Failure:
        """Return the failure, given what other requests to the same endpoint have shown."""
        cause = refine_cause(self._cause(proved), self.body)
        message = clean_message(self.body.message, self.redactor) or None
        found = {**find_facts(cause, self.body, self.headers), **proved_facts(cause, proved)}
        facts: dict[str, Any] = {
            name: clean_message(value, self.redactor, FACT_LENGTH) for name, value in found.items()
        }
        status = self.status
        if status < 300 and self.body.is_error:
            status = meant_status(status, self.body)  # rather than that of the stream
        return explain(cause, status=status, server_message=message, **facts)

    @property
    def questions(self) -> frozenset[Proof]:
        """The proofs that would change the failure."""
        plain = self.failure()
        return frozenset(proof for proof in Proof if self.failure((proof,)) != plain)

    def _cause(self, proved: Collection[Proof]) -> str:
        if self.status < 300 and not self.body.is_error:
            is_login = self.body.is_html and LOGIN in marks_of(self.headers, self.body)
            return "login-page" if is_login else "unexpected-response"
        return choose_cause(self.status, self.body, self.headers, proved)


def read_refusal(
    status: int, headers: Mapping[str, str], body: bytes, redactor: Redactor | None = None
) -> Refusal:
    """Parse a reply without an answer. Never raises.

    Also with status 200: an error object, a web page, or unrelated JSON. At most 64 kB of the body are read.
    Header names in any case.
    """
    text = body[: DEFAULT_LIMITS.error_body].decode("utf-8", "replace")
    return Refusal(status, _lowered(headers), read_error_body(text), redactor)


def read_refusal_object(
    status: int, headers: Mapping[str, str], value: object, redactor: Redactor | None = None
) -> Refusal:
    """Return the same for a parsed error object, such as one inside a stream."""
    return Refusal(status, _lowered(headers), read_error_object(value), redactor)


def classify_error(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    redactor: Redactor | None = None,
    proved: Collection[Proof] = (),
) -> Failure:
    """Return the failure of a reply without an answer; a shorthand for ``read_refusal``."""
    return read_refusal(status, headers, body, redactor).failure(proved)


def clean_message(text: str, redactor: Redactor | None, limit: int = MESSAGE_LENGTH) -> str:
    """Return a server's text for storage: redacted, sanitised, on one line, cut to ``limit``."""
    text = mend(text)
    if redactor is not None:
        text = redactor.redact(text)
    return safe_line(" ".join(text[: limit * 8].split()), limit)


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
