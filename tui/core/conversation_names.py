"""Finds a saved conversation by its number in the list, the beginning of its id, or its title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from tui.core.outside import read_whole

NEWEST = "last"


class Listed(Protocol):
    """A line of the list of conversations."""

    @property
    def identity(self) -> str:
        """The name of its file."""

    @property
    def title(self) -> str:
        """The title shown to users."""


AnyListed = TypeVar("AnyListed", bound=Listed)


def named(known: Sequence[AnyListed], name: str) -> Sequence[AnyListed]:
    """Return the conversations that match a name, from a list sorted newest first.

    Only a single match identifies a conversation. The first rule with a match wins: ``last``, a number in the
    list, an id or its beginning, a title, part of a title.
    """
    number = read_whole(name)
    if name == NEWEST:
        return known[:1]
    if number is not None and 1 <= number <= len(known):
        return known[number - 1 : number]
    wanted = _folded(name)
    if not wanted:
        return ()
    for fits in (
        lambda listed: listed.identity == name,
        lambda listed: listed.identity.startswith(name),
        lambda listed: _folded(listed.title) == wanted,
        lambda listed: wanted in _folded(listed.title),
    ):
        if found := [listed for listed in known if fits(listed)]:
            return found
    return ()


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())
