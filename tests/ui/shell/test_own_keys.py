"""Keys of ``config.toml`` that cannot be pressed, or mean something else there, are told."""

from __future__ import annotations

import pytest

from tui.ui.bindings import BY_IDENTIFIER, character_of
from tui.ui.own_keys import own_keys


@pytest.mark.parametrize("key", ["foo+bar", "ctrl+", "F55", "Ctrl+N", "f5+ctrl", "ctrl+x>foo", "w,foo"])
def test_a_key_that_no_keyboard_sends_is_told(key: str) -> None:
    judged = own_keys({"providers.add": key, "providers.edit": "z"})
    assert judged.usable == {"providers.edit": "z"}
    (notice,) = judged.notices
    assert "is no key, so providers.add keeps its own" in notice


@pytest.mark.parametrize(
    ("name", "key", "other"),
    [
        ("providers.test", "d", "providers.diagnose"),
        ("providers.test", "k", "table.up"),
        ("providers.test", "?", "app.help"),
        ("providers.test", "question_mark", "app.help"),
        ("chat.retry", "y", "transcript.copy"),
        ("app.palette", "ctrl+s", "form.save"),
    ],
)
def test_a_key_that_means_something_else_there_is_told(name: str, key: str, other: str) -> None:
    judged = own_keys({name: key})
    assert judged.usable == {}
    (notice,) = judged.notices
    assert f"{other}, so {name} keeps its own" in notice


def test_two_bindings_do_not_get_one_key_and_may_change_places() -> None:
    twice = own_keys({"providers.test": "z", "providers.diagnose": "z"})
    assert twice.usable == {"providers.test": "z"}
    assert "providers.diagnose keeps its own" in twice.notices[0]
    swapped = {"providers.test": "d", "providers.diagnose": "t"}
    assert own_keys(swapped).usable == swapped
    undone = own_keys({"providers.test": "d", "providers.diagnose": "foo"})
    assert undone.usable == {}
    assert len(undone.notices) == 2


def test_every_key_of_the_table_can_be_given_to_its_binding() -> None:
    table = {name: ",".join(key.names) for name, key in BY_IDENTIFIER.items() if key.names}
    assert own_keys(table).notices == ()
    typed = {
        name: ",".join(character_of(each) or each for each in key.names)
        for name, key in BY_IDENTIFIER.items()
        if key.names and "," not in map(character_of, key.names)
    }
    assert own_keys(typed).notices == ()


def test_the_same_key_works_at_another_place() -> None:
    own = {"conversations.pin": "a", "chat.new": "n,ctrl+n"}
    assert own_keys(own).usable == own
