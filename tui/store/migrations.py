"""Schema versions: how a file of an older lmdeck becomes one of this lmdeck, as pure functions.

A file without a version was written by hand and counts as version 1. A newer file is never migrated
down: it is opened read-only. For every version there is a golden file among the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Table = dict[str, object]
Migration = Callable[[Table], Table]

PROVIDERS_SCHEMA = 1
CREDENTIALS_SCHEMA = 1
ENDPOINTS_SCHEMA = 1

MIGRATIONS: Mapping[tuple[str, int], Migration] = {}
"""``(kind, version)`` → the function that makes ``version + 1`` of it."""


def schema_of(table: Table) -> int | None:
    """Return a document's schema version, or ``None`` where it states nonsense."""
    version = table.get("schema", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        return None
    return version


def migrate(
    kind: str,
    table: Table,
    version: int,
    current: int,
    migrations: Mapping[tuple[str, int], Migration] = MIGRATIONS,
) -> Table:
    """Return the document in the current schema; one that is current comes back unchanged.

    Raises:
        KeyError: a migration is missing (a defect of the program).
    """
    for step in range(version, current):
        table = {**migrations[kind, step](table), "schema": step + 1}
    return table
