"""The names that providers had before they were renamed: chats and ledger keep the name used at the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from tui.core.lazy_dataclass import dataclass
from tui.core.outside import read_local_moment


@dataclass(frozen=True, slots=True)
class FormerNames:
    """Finds the current provider that formerly had a name."""

    renamed: Mapping[str, tuple[tuple[datetime, str], ...]] = field(default_factory=dict)
    """By former name: until when a provider had it, the earliest first, and its current name."""
    names: frozenset[str] = frozenset()
    """The names that providers have today."""

    def now(self, name: str, at: datetime | str | None) -> str:
        """Return the current name of the provider that had a name at a time.

        The provider that has the name today has it only since the last rename.
        """
        found = self.renamed.get(name)
        if found is None:
            return name
        moment = read_local_moment(at) if isinstance(at, str) else at
        until_then = (today for until, today in found if moment is not None and moment < until)
        otherwise = name if name in self.names else found[-1][1]
        return next(until_then, otherwise)


def former_names(records: object) -> FormerNames:
    """Read the table ``former_names`` of every record: by name until when it was its."""
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
