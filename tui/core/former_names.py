"""Former names of renamed providers: chats and the ledger keep the name used at the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from tui.core.lazy_dataclass import dataclass
from tui.core.outside import read_local_moment


@dataclass(frozen=True, slots=True)
class FormerNames:
    """Maps former names to current providers."""

    renamed: Mapping[str, tuple[tuple[datetime, str], ...]] = field(default_factory=dict)
    """For each former name, sorted: until when a provider had it, and that provider's current name."""
    names: frozenset[str] = frozenset()
    """The current names of providers."""

    def now(self, name: str, at: datetime | str | None) -> str:
        """Return the current name of the provider that had a name at a given time.

        A provider that has the name now has had it only since the last rename.
        """
        found = self.renamed.get(name)
        if found is None:
            return name
        moment = read_local_moment(at) if isinstance(at, str) else at
        until_then = (today for until, today in found if moment is not None and moment < until)
        otherwise = name if name in self.names else found[-1][1]
        return next(until_then, otherwise)


def former_names(records: object) -> FormerNames:
    """Read the table ``former_names`` of every record, which maps each name to the end of its use."""
    if not isinstance(records, dict):
        return FormerNames()
    found: dict[str, list[tuple[datetime, str]]] = {}
    for today, record in records.items():
        former = record.get("former_names") if isinstance(record, dict) else None
        for name, text in former.items() if isinstance(former, dict) else ():
            until = read_local_moment(text) if isinstance(text, str) else None
            if until is not None and name != today:
                found.setdefault(name, []).append((until, today))
    renamed = {name: tuple(sorted(each)) for name, each in found.items()}
    return FormerNames(renamed, frozenset(records))
