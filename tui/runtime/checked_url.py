"""Validates the URL of a provider just before use: nothing is sent to an invalid URL."""

from __future__ import annotations

from tui.core.causes import explain
from tui.core.endpoint_url import inspect_url
from tui.core.failure import UsageError


def checked_url(text: str) -> str:
    """Return the normalised base URL.

    Raises:
        UsageError: the URL is unusable; the advice contains its repair, if there is one.
    """
    report = inspect_url(text)
    if report.normalised is None:
        first = report.errors[0]
        raise UsageError(explain(first.cause, status=None, server_message=None, chain=(), **first.facts))
    return report.normalised
