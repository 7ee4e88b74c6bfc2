"""The URL of a provider at the moment of use: nothing is sent to a URL that the rules refuse."""

from __future__ import annotations

from tui.core.causes import explain
from tui.core.endpoint_url import inspect_url
from tui.core.failure import UsageError


def checked_url(text: str) -> str:
    """Return the normalised base URL.

    Raises:
        UsageError: the URL cannot be used; the advice has its repair, where there is one.
    """
    report = inspect_url(text)
    if report.normalised is None:
        first = report.errors[0]
        raise UsageError(explain(first.cause, status=None, server_message=None, chain=(), **first.facts))
    return report.normalised
