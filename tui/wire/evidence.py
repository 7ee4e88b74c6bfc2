"""Everything known about an error reply, and the conditions that rules check."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.wire import dialects
from tui.wire.error_body import ErrorBody
from tui.wire.gateways import marks_of, of_gateways


class Proof(StrEnum):
    """What other requests to the same endpoint have shown."""

    KEY = "key"
    """The same key was accepted where a wrong one is rejected."""
    PATH = "path"
    """Another route below the same base URL responds as an API."""
    MODEL = "model"
    """The model is in the endpoint's list."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence about one error reply."""

    status: int
    """From the reply; if that is a success status, from its body."""
    body: ErrorBody
    wording: str
    """The messages in lower case."""
    marks: frozenset[str]
    proved: frozenset[Proof]

    @property
    def is_quoted(self) -> bool:
        """Whether the error comes from a server behind the one that responded."""
        forms = (_PASSED_ON, *(row.quotes for row in dialects.DIALECTS if row.quotes))
        if any(re.search(form, self.wording) for form in forms):
            return True
        return self.body.is_wrapped and bool(of_gateways(self.marks))


_READ = 8_000
"""Characters of a message that are searched."""
_PASSED_ON = r"\b[a-z]+exception - "


_TELLING = frozenset({401, 403, 408, 429, 502, 503, 504, 529})
"""Specific statuses. If one is in the body, it is meant: the status of the reply is that of a gateway, or one
that the server uses for all errors."""
_OF_ANYBODY = _TELLING - {401, 403}
"""Statuses that mean the same if quoted: the key of an upstream server is not the user's."""


def meant_status(status: int, body: ErrorBody) -> int:
    """Return the status of an error, which may be in its body."""
    if body.number in _TELLING:
        return body.number
    if body.quoted_number in _OF_ANYBODY:
        return body.quoted_number
    return status if status >= 300 else body.number or body.quoted_number or status


def evidence_of(
    status: int, body: ErrorBody, headers: Mapping[str, str], proved: Collection[Proof] = ()
) -> Evidence:
    """Return the evidence of a reply. Header names in lower case."""
    status = meant_status(status, body)
    return Evidence(status, body, body.message[:_READ].lower(), marks_of(headers, body), frozenset(proved))


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a cause and its conditions, all of which must hold; unset ones are ignored."""

    cause: str
    codes: frozenset[str] = frozenset()
    """Any of these is a type or code from the responding server."""
    quoted: frozenset[str] = frozenset()
    """Any of these is a type or code of a quoted error."""
    parameter: str = ""
    says: re.Pattern[str] | None = None
    marks: frozenset[str] = frozenset()
    """Any of these marks is present."""
    proved: frozenset[Proof] = frozenset()
    """All of these are proved."""
    status: Collection[int] = ()
    form: str = ""
    """``json``, ``page`` or ``no-page``."""
    is_quoted: bool | None = None
    also: Callable[[Evidence], bool] | None = None

    def holds(self, seen: Evidence) -> bool:
        """Return whether all conditions hold."""
        body = seen.body
        return (
            (not self.status or seen.status in self.status)
            and (not self.codes or bool(self.codes & body.codes))
            and (not self.quoted or bool(self.quoted & body.quoted_codes))
            and (not self.parameter or body.parameter == self.parameter)
            and (not self.marks or bool(self.marks & seen.marks))
            and self.proved <= seen.proved
            and (not self.form or self._has_form(body))
            and (self.is_quoted is None or self.is_quoted == seen.is_quoted)
            and (self.says is None or self.says.search(seen.wording) is not None)
            and (self.also is None or self.also(seen))
        )

    def _has_form(self, body: ErrorBody) -> bool:
        return {"json": body.is_json, "page": body.is_html}.get(self.form, not body.is_html)
