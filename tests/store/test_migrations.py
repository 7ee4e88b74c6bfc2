from __future__ import annotations

from pathlib import Path

import pytest

from tui.store.migrations import (
    MIGRATIONS,
    PROVIDERS_SCHEMA,
    Table,
    migrate,
    schema_of,
)

GOLDEN = Path(__file__).parent / "golden"


def test_a_document_goes_through_every_version_in_order() -> None:
    def rename(table: Table) -> Table:
        return {"new": table["old"]}

    def double(table: Table) -> Table:
        return {"new": f"{table['new']}{table['new']}"}

    steps = {("things", 1): rename, ("things", 2): double}
    before: Table = {"schema": 1, "old": "x"}
    assert migrate("things", before, 1, 3, steps) == {"schema": 3, "new": "xx"}
    assert before == {"schema": 1, "old": "x"}
    assert migrate("things", before, 1, 1, steps) is before
    with pytest.raises(KeyError):
        migrate("others", before, 1, 2, steps)


@pytest.mark.parametrize(
    ("table", "version"),
    [({}, 1), ({"schema": 3}, 3), ({"schema": 0}, None), ({"schema": True}, None), ({"schema": "1"}, None)],
)
def test_the_version_is_read_or_refused(table: Table, version: int | None) -> None:
    assert schema_of(table) == version


@pytest.mark.parametrize(
    ("kind", "current", "name"),
    [
        ("providers", PROVIDERS_SCHEMA, "providers-{}.toml"),
    ],
)
def test_every_version_has_a_golden_file_and_every_step_a_migration(
    kind: str, current: int, name: str
) -> None:
    assert all((GOLDEN / name.format(version)).exists() for version in range(1, current + 1))
    assert {step for step in MIGRATIONS if step[0] == kind} == {(kind, step) for step in range(1, current)}
