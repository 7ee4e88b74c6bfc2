"""The provider names accepted by filters: current ones, and those in costs and chats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.core.causes import explain_again
from tui.core.closest import closest_name
from tui.core.failure import LmdeckError, UsageError
from tui.core.provider_names import is_same_name

if TYPE_CHECKING:
    from tui.runtime.runtime import Runtime


def known_name(runtime: Runtime, name: str) -> str:
    """Return a provider's name with its exact spelling.

    Raises:
        UsageError: it is unknown, so that a filter would find nothing.
    """
    try:
        return runtime.directory.get(name).name
    except UsageError as error:
        unknown = error.failure
    if unknown.cause == "provider-invalid":  # it exists, but is unusable
        return name
    past = set(_past_names(runtime))
    if found := next((known for known in past if is_same_name(known, name)), None):
        return found
    closest = closest_name(name, (*past, *(provider.name for provider in runtime.directory.providers())))
    if closest and not runtime.directory.notices:  # an unreadable file is a better explanation
        unknown = explain_again(unknown, name=name, closest=closest)
    raise UsageError(unknown)


def _past_names(runtime: Runtime) -> Iterator[str]:
    yield from runtime.directory.former_names.renamed
    yield from (line.provider for line in runtime.costs.lines(is_once=True))
    try:
        for summary in runtime.conversations.listing.all():
            yield from summary.providers
    except LmdeckError:  # the folder cannot be read: only the ledger's names are known
        return
