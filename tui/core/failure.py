"""A failure as reported by every interface of the program: cause, problem and fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure. Create it with ``core.causes.explain``, which provides the texts."""

    cause: str
    """The stable identifier in the catalogue (docs/causes.md), such as ``connection-refused``."""
    title: str
    """What is wrong, in one sentence."""
    advice: str
    """What to do, in one sentence."""
    status: int | None = None
    """The HTTP status, if there was a response."""
    server_message: str | None = None
    """The server's own message: redacted, sanitised, limited to some thousand characters."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Evidence by name (``address``, ``limit``, ``retry_after``…), for details and repairs."""
    chain: tuple[str, ...] = ()
    """The exception chain, outermost first, redacted; shown only in the details."""


class LmdeckError(Exception):
    """An expected failure: ``failure`` has the texts, ``exit_code`` is that of the command line."""

    exit_code = 1

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.title} {failure.advice}")
        self.failure = failure


class UsageError(LmdeckError):
    """Wrong usage or configuration: exit code 2."""

    exit_code = 2


class OverBudgetError(LmdeckError):
    """A budget is used up, so nothing is sent: exit code 4."""

    exit_code = 4
