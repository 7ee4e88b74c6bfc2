"""One failure, as every interface of the program reports it: a cause, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong. Create it with ``core.causes.explain``, which has the texts."""

    cause: str
    """Stable identifier of the catalogue (docs/causes.md), such as ``connection-refused``."""
    title: str
    """One sentence on what is wrong."""
    advice: str
    """One sentence on what to do."""
    status: int | None = None
    """The HTTP status, where there was one."""
    server_message: str | None = None
    """The server's own words: redacted, safe, whole up to some thousand characters."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Evidence by name (``address``, ``limit``, ``retry_after``…), for details and repairs."""
    chain: tuple[str, ...] = ()
    """The exception chain, outermost first, redacted; for the details view only."""


class LmdeckError(Exception):
    """An expected failure: ``failure`` has the texts, the command line exits with ``exit_code``."""

    exit_code = 1

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.title} {failure.advice}")
        self.failure = failure


class UsageError(LmdeckError):
    """Wrong usage or configuration: exit code 2."""

    exit_code = 2


class OverBudgetError(LmdeckError):
    """A budget is spent, so that nothing is sent: exit code 4."""

    exit_code = 4
