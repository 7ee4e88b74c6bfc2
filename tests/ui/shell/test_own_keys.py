"""Keys in ``config.toml`` that cannot be pressed, or are already used, are reported."""

from __future__ import annotations

import pytest

from tui.ui.bindings import BY_IDENTIFIER, character_of
from tui.ui.own_keys import own_keys


@pytest.mark.parametrize("key", ["foo+bar", "ctrl+", "F55", "Ctrl+N", "f5+ctrl", "ctrl+x>foo", "w,foo"])
def test_a_key_that_no_keyboard_sends_is_told(key: str) -> None:
    judged = own_keys({"providers.add": key, "providers.edit": "z"})
    assert judged.usable == {"providers.edit": "z"}
    (notice,) = judged.notices
    assert "is not a key, so providers.add keeps its default" in notice


@pytest.mark.parametrize(
    ("name", "key", "other"),
    [
        ("providers.test", "d", "providers.diagnose"),
        ("providers.test", "k", "table.up"),
        ("providers.test", "?", "app.help"),
        ("providers.test", "question_mark", "app.help"),
        ("chat.retry", "y", "transcript.copy"),
        ("app.palette", "ctrl+s", "form.save"),
        ("app.palette", "ctrl+f", "text.right"),
        ("chat.new", "n,ctrl+j", "prompt.newline"),
        ("chat.model", "m, ctrl+a", "text.line_start"),
        ("chat.search", "ctrl+f", "text.right"),
        ("chat.stop", "ctrl+e", "text.line_end"),
        ("chat.new", "ctrl+g", "recall.cancel"),
        ("chat.new", "ctrl+x", "chat.editor"),
        ("reading.raw", "ctrl+r", "prompt.recall"),
        ("prompt.newline", "f3", "chat.copy_answer"),
        ("prompt.newline", "ctrl+w", "text.cut_to_space"),
        ("text.undo", "ctrl+j", "prompt.newline"),
        ("text.undo", "f12", "chat.mouse"),
        ("form.test", "ctrl+k", "text.cut_line_end"),
        ("form.save", "ctrl+g", "model.close"),
        ("form.test", "space", "choice.open"),
        ("conversations.scope", "ctrl+f", "text.right"),
        ("picker.next", "ctrl+d", "text.delete_right"),
        ("setup.apply", "ctrl+e", "text.line_end"),
    ],
)
def test_a_key_that_means_something_else_there_is_told(name: str, key: str, other: str) -> None:
    judged = own_keys({name: key})
    assert judged.usable == {}
    (notice,) = judged.notices
    assert f"{other}, so {name} keeps its default" in notice


@pytest.mark.parametrize(
    ("name", "key", "why"),
    [
        ("prompt.newline", "n", "n types text there"),
        ("text.left", "ctrl+b,left,space", "space types text there"),
        ("chat.new", "shift+left", "shift+left selects text"),
    ],
)
def test_a_key_that_a_text_field_needs_is_told(name: str, key: str, why: str) -> None:
    judged = own_keys({name: key})
    assert judged.usable == {}
    assert judged.notices[0].startswith(f"{why}, so {name} keeps its default")


def test_two_bindings_do_not_get_one_key_and_may_change_places() -> None:
    twice = own_keys({"providers.test": "z", "providers.diagnose": "z"})
    assert twice.usable == {"providers.test": "z"}
    assert "providers.diagnose keeps its default" in twice.notices[0]
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
    own = {
        "conversations.pin": "a",
        "chat.new": "n,ctrl+n",
        "chat.model": "m, ctrl+o",
        "chat.retry": "r,v>v",
        "reading.wrap": "ctrl+w",
        "providers.filter": "slash,ctrl+f",
        "prompt.newline": "ctrl+t",
        "completion.use": "tab,ctrl+f",
    }
    assert own_keys(own).usable == own
