"""Edits of a file that people write: whatever its form, what is read from the result is what was wanted."""

from __future__ import annotations

import tomllib

import pytest

from tui.store.toml_edit import edit_text

A, B = '[providers.a]\nmodel = "old"\n', '[providers.b]\nmodel = "b"\n'
WANTED = {"format": 1, "providers": {"a": {"model": "new"}, "b": {"model": "b"}}}
FORMS = {
    "tables": f"{A}\n{B}",
    "one-table": '[providers]\na = { model = "old" }\nb = { model = "b" }\n',
    "inline": 'providers = { a = { model = "old" }, b = { model = "b" } }\n',
    "dotted": 'providers.a.model = "old"\nproviders.b.model = "b"\n',
    "parent-and-child": f"[providers]\n{A}{B}",
    "header-in-a-text": f'note = """\n[providers.a]\n"""\n{A}{B}',
    "arrays-of-tables": f"[[other]]\nx = 1\n[[other]]\nx = 2\n{A}{B}",
    "quoted": '[providers."a"]\nmodel = "old"\n[ providers . "b" ]\nmodel = "b"\n',
    "not-toml": '[providers.a\nmodel = "old"\n',
    "nothing": "",
}


@pytest.mark.parametrize("head", ["", "format = 1\n"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", ["\n", ""])
def test_the_result_is_what_was_wanted(form: str, head: str, ending: str) -> None:
    text = (head + FORMS[form]).removesuffix("\n") + ending
    assert tomllib.loads(edit_text(text, WANTED)) == WANTED


def test_what_did_not_change_stays_as_it_was_written() -> None:
    first = '# mine\nformat = 1\n\n# first\n[providers.a]\nmodel = "old"  # why\n\n'
    text = f'{first}# second\n[providers.b]\nmodel = "b" # kept'
    edited = edit_text(text, WANTED)
    assert tomllib.loads(edited) == WANTED
    for kept in ("# mine", "# first", '# second\n[providers.b]\nmodel = "b" # kept\n'):
        assert kept in edited


def test_a_record_is_added_to_a_file_without_a_last_line_break() -> None:
    text = 'format = 1\n[providers.a]\nmodel = "new"'
    edited = edit_text(text, WANTED)
    assert tomllib.loads(edited) == WANTED
    assert edited.startswith(text + "\n")
