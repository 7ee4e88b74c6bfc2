"""The table of keys: complete, without duplicates, one meaning per letter, the source of the help."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.keys_page import render_page
from tui.core.commands import COMMANDS
from tui.ui.bindings import (
    BY_IDENTIFIER,
    EARLIER,
    GROUP_TITLES,
    IDENTIFIERS,
    KEYS,
    key_names,
    keymap,
    remapped,
    types_text,
)

ROOT = Path(__file__).parents[3]
OLD_NAMES = (Path(__file__).parent / "names_of_0.1.0.txt").read_text("utf-8").split()
GONE = {"picker.switch": "the picker is one list"}
"""Names of 0.1.0 whose action does not exist any more, and why."""

MEANINGS = {
    "a": {"add"},
    "A": {"apply", "repair"},
    "c": {"go_on"},
    "C": {"clone", "fork"},
    "d": {"diagnose"},
    "D": {"delete"},
    "e": {"edit", "price"},
    "E": {"edit_provider", "edit"},
    "f": {"discover"},
    "h": {"history", "conversations"},
    "i": {"details", "close"},
    "m": {"pick"},
    "M": {"abilities"},
    "n": {"new"},
    "N": {"rename"},
    "o": {"sort"},
    "p": {"pin"},
    "q": {"back", "close", "cancel", "app.quit"},
    "r": {"again"},
    "R": {"refresh"},
    "s": {"setup"},
    "t": {"test", "again", "test_abilities"},
    "u": {"undo"},
    "w": {"columns"},
    "x": {"export"},
    "y": {"copy_turn", "copy_report", "copy_figures", "copy_notices"},
    "j": {"cursor_down", "move_block", "scroll_down"},
    "k": {"cursor_up", "move_block", "scroll_up"},
    "g": {"scroll_top", "go_top", "scroll_home"},
    "G": {"scroll_bottom", "follow_end", "scroll_end"},
    "$": {"costs"},
    "*": {"default"},
    "[": {"variant", "month", "provider"},
    "]": {"variant", "month", "provider"},
    "'": {"next_match"},
    '"': {"previous_match"},
    "/": {"filter", "search"},
    "?": {"app.help", "close"},
    ":": {"app.command_palette"},
    "Space": {"toggle_reasoning", "move", "fold", "open", "mark"},
}
"""What each letter does, by its action: the closed list. A window is closed by the letter that opens it."""
RESERVED = ("b",)
"""Letters of what does not exist yet."""
READLINE = "abdefghknortuvwxy"
"""Letters that mean something with Ctrl in a shell; those that are not in the group ``text`` do nothing."""


def test_every_group_has_a_title_and_every_title_a_group() -> None:
    assert set(KEYS) == set(GROUP_TITLES)


def test_identifiers_are_unique_and_dotted() -> None:
    identifiers = [key.identifier for group in KEYS.values() for key in group]
    assert len(identifiers) == len(set(identifiers)) == len(BY_IDENTIFIER)
    assert all("." in identifier for identifier in identifiers)


@pytest.mark.parametrize("group", KEYS)
def test_a_group_has_no_key_twice(group: str) -> None:
    """But for Esc, which does the nearest thing that can be done."""
    keys = [name for key in KEYS[group] for name in key.names if name != "escape"]
    assert len(keys) == len(set(keys))


def test_what_has_no_key_is_in_the_palette() -> None:
    """``docs/keys.md`` says so; the tours of ``test_every_key`` run them from there."""
    assert [name for name, key in BY_IDENTIFIER.items() if not key.names and not key.title] == []


def test_a_letter_means_one_thing_everywhere() -> None:
    """Every letter and sign has a meaning in the closed list, and no other one. Digits count things."""
    found: dict[str, set[str]] = {}
    for group in KEYS.values():
        for key in group:
            for name in key.names:
                if types_text(name) and not name.isdigit():
                    spelled = key_names(remapped(key, {key.identifier: name}))
                    found.setdefault(spelled, set()).add(key.action.partition("(")[0])
    assert {letter: actions - MEANINGS.get(letter, set()) for letter, actions in found.items()} == {
        letter: set() for letter in found
    }
    assert not set(found) & set(RESERVED)
    assert {letter for letter in MEANINGS if letter not in found} <= {"x"}


def test_the_prompt_is_edited_as_in_a_shell_and_no_chord_of_a_shell_does_anything_else() -> None:
    groups = ("everywhere", "chat", "chat.reading", "chat.prompt", "text")
    there = {name: key for group in groups for key in KEYS[group] for name in key.names}
    chords = {f"{modifier}+{letter}": key for modifier in ("ctrl", "alt") for letter in READLINE
              if (key := there.get(f"{modifier}+{letter}")) is not None}  # fmt: skip
    assert {chord: key.identifier for chord, key in chords.items()} == {
        "ctrl+a": "text.line_start",
        "ctrl+b": "text.left",
        "ctrl+d": "text.delete_right",
        "ctrl+e": "text.line_end",
        "ctrl+f": "text.right",
        "ctrl+h": "text.delete_left",
        "ctrl+k": "text.cut_line_end",
        "ctrl+r": "prompt.recall",
        "ctrl+u": "text.cut_line_start",
        "ctrl+w": "text.cut_to_space",
        "ctrl+y": "text.yank",
        "alt+b": "text.word_left",
        "alt+d": "text.cut_word_right",
        "alt+f": "text.word_right",
    }


def test_f_keys_are_second_names_only() -> None:
    """What has an F-key alone is a command, or has a button in the form."""
    commands = {command.action for command in COMMANDS}
    alone = {
        key.identifier
        for key in BY_IDENTIFIER.values()
        if key.names and all(name[0] == "f" and name[1:].isdigit() for name in key.names)
    }
    assert alone - commands <= {"chat.copy_code", "form.save_exit", "key.reveal"}


def test_a_command_does_what_a_key_does() -> None:
    assert all(BY_IDENTIFIER[command.action].is_always for command in COMMANDS)
    names = [command.name for command in COMMANDS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("group", KEYS)
def test_the_footer_has_at_most_six_of_a_group(group: str) -> None:
    assert sum(key.show and key.identifier not in ("chat.stop",) for key in KEYS[group]) <= 7


def test_every_binding_explains_itself() -> None:
    for key in BY_IDENTIFIER.values():
        assert key.description
        assert key.tooltip
        assert not key.tooltip.endswith(".")


NOT_IN_PALETTE = {
    "app.palette", "app.hint", "providers.recent_1", "providers.recent_2", "providers.recent_3",
    "providers.recent_4", "providers.recent_5", "form.next", "form.previous", "chat.leave", "chat.interrupt",
    "chat.focus", "chat.page_up", "chat.page_down", "reading.prompt", "reading.example_1",
    "reading.example_2", "reading.example_3", "test.close",
}  # fmt: skip
"""What only moves or closes a window, and what the palette has by other names."""
OF_SCREENS = ("everywhere", "providers", "form", "test", "chat", "chat.reading", "conversations", "diagnosis",
              "discover")  # fmt: skip


def test_the_palette_calls_every_action_of_a_screen_by_a_verb_and_an_object() -> None:
    for group in OF_SCREENS:
        titles = {key.identifier: key.title for key in KEYS[group] if key.identifier not in NOT_IN_PALETTE}
        assert {
            name for name, title in titles.items() if not re.fullmatch(r"[A-Z][a-z ]+: \S.*", title)
        } == set()
        assert len(set(titles.values())) == len(titles)
    assert not any(BY_IDENTIFIER[name].title for name in NOT_IN_PALETTE)


def test_keys_are_spelled_as_people_write_them() -> None:
    spelled = {key.identifier: key_names(key) for key in BY_IDENTIFIER.values()}
    assert spelled["providers.filter"] == "/"
    assert spelled["providers.default"] == "*"
    assert spelled["form.test"] == "t, F5"
    assert spelled["text.undo"] == "Ctrl+_"
    assert spelled["chat.editor"] == "Ctrl+X Ctrl+E"
    assert spelled["form.cancel"] == "Esc, q"
    assert spelled["table.page_up"] == "PgUp"
    assert spelled["reading.raw"] == ""


def test_a_persons_own_keys_are_shown() -> None:
    key = KEYS["providers"][1]
    assert key_names(remapped(key, {key.identifier: "n, ctrl+n"})) == "n, Ctrl+N"
    assert remapped(key, {}) is key


@pytest.mark.parametrize("name", OLD_NAMES)
def test_a_name_of_the_first_version_still_maps_its_action(name: str) -> None:
    if name in GONE:
        assert name not in IDENTIFIERS
        return
    key = BY_IDENTIFIER[EARLIER.get(name, name)]
    assert remapped(key, {name: "ctrl+o"}).names == ("ctrl+o",)
    assert "ctrl+o" in keymap({name: "ctrl+o"}).values()


def test_own_letters_type_text_where_text_is_typed() -> None:
    """A key of the settings works in text fields only where it types nothing."""
    assert keymap({"chat.model": "x, ctrl+o"}) == {"chat.model": "x", "chat.model+": "ctrl+o"}
    assert keymap({"chat.model": "x"})["chat.model+"].startswith("unbound.")


def test_the_page_of_keys_is_current() -> None:
    page = (ROOT / "docs" / "keys.md").read_text("utf-8")
    assert page == render_page(), "run: python tools/keys_page.py"
    for key in BY_IDENTIFIER.values():
        assert f"| {key.tooltip} | `{key.identifier}` |" in page
    assert all(f"/{command.name}" in page for command in COMMANDS)
    assert "| `Ctrl+P, :` |" in page
