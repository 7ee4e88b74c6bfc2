"""The one table of keys: complete, without doubles, the source of the help."""

from __future__ import annotations

import pytest

from tui.ui.bindings import GROUP_TITLES, IDENTIFIERS, KEYS, key_names, key_table, remapped


def test_every_group_has_a_title_and_every_title_a_group() -> None:
    assert set(KEYS) == set(GROUP_TITLES)


def test_identifiers_are_unique_and_dotted() -> None:
    identifiers = [key.identifier for group in KEYS.values() for key in group]
    assert len(identifiers) == len(set(identifiers)) == len(IDENTIFIERS)
    assert all("." in identifier for identifier in identifiers)


@pytest.mark.parametrize("group", KEYS)
def test_a_group_has_no_key_twice(group: str) -> None:
    """But for Esc, which does the nearest thing that can be done."""
    keys = [name for key in KEYS[group] for name in key.keys.split(",") if name != "escape"]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("group", KEYS)
def test_the_footer_has_at_most_six_of_a_group(group: str) -> None:
    assert sum(key.show for key in KEYS[group]) <= 6


def test_every_binding_explains_itself() -> None:
    for group in KEYS.values():
        for key in group:
            assert key.description
            assert key.tooltip
            assert not key.tooltip.endswith(".")


def test_keys_are_spelled_as_people_write_them() -> None:
    spelled = {key.identifier: key_names(key) for group in KEYS.values() for key in group}
    assert spelled["providers.filter"] == "/"
    assert spelled["providers.default"] == "*"
    assert spelled["form.test"] == "t, F5"
    assert spelled["form.cancel"] == "Esc, q"
    assert spelled["table.page_up"] == "PgUp"


def test_a_persons_own_keys_are_shown() -> None:
    key = KEYS["providers"][1]
    assert key_names(remapped(key, {key.identifier: "n, ctrl+n"})) == "n, Ctrl+N"
    assert remapped(key, {}) is key


def test_the_table_names_every_key() -> None:
    table = key_table()
    for group in KEYS.values():
        for key in group:
            assert f"| `{key_names(key)}` | {key.tooltip} | `{key.identifier}` |" in table
