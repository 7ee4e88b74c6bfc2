"""Every provider name can be typed after a command, and is unique."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.disk_support import often
from tests.support.commands import Call
from tui.cli.parser import build_parser
from tui.core.provider_names import is_same_name
from tui.core.provider_rules import LONGEST_NAME, check_name

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))


def write(home: Path, *names: str, more: str = "") -> Path:
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True)
    file = folder / "providers.toml"
    records = (
        f'[providers.{json.dumps(name, ensure_ascii=False)}]\ncompatible_provider = "m{number}"\n'
        'provider_url = "https://h/v1"\n'
        for number, name in enumerate(names)
    )
    file.write_text("\n".join((*records, more)), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["-x", "--json", "-", "--", "-1", "..", ".", "a b", "é"])
def test_a_name_that_no_command_can_address_is_refused(call: Call, home: Path, name: str) -> None:
    done = call("providers", "add", "--url", "https://h/v1", "--model", "m", "--", name)
    assert done.code == 2
    assert "  " not in done.err.replace("\n        ", "")
    assert not (home / "config" / "lmdeck" / "providers.toml").exists()


def test_names_that_differ_only_in_case_are_told_apart_with_a_note(call: Call, home: Path) -> None:
    values = ("--url", "https://h/v1", "--model", "m")
    assert "differ" not in call("providers", "add", "qwen", *values).err
    for number, arguments in enumerate([("add", "Qwen", *values), ("add", "Demo", *values)]):
        done = call("providers", *arguments)
        assert done.code == 0
        other = ("qwen", "demo")[number]
        assert f"There is {other}, too: the two names differ only in upper and lower case." in done.err
    changed = call("providers", "set", "qwen", "--model", "n")
    assert (changed.code, "There is Qwen, too" in changed.err) == (0, True)
    renamed = call("providers", "set", "Qwen", "--rename", "qwen-b")
    assert (renamed.code, "differ" in renamed.err) == (0, False)


@often
@given(st.text(alphabet="-.aA0_", min_size=1, max_size=12))
def test_what_is_allowed_is_taken_for_a_name_by_every_command(name: str) -> None:
    if check_name(name) is not None:
        return
    parser = build_parser()
    assert parser.parse_args(["providers", "show", name]).name == name
    assert parser.parse_args(["ask", "-p", name, "hi"]).provider == name
    assert parser.parse_args(["chat", name]).provider == name
    assert parser.parse_args(["check", name]).target == name
    assert parser.parse_args(["providers", "export", name]).names == [name]


@often
@given(st.text(max_size=120))
def test_a_repair_is_a_name(text: str) -> None:
    problem = check_name(text, {"a", "a-2"})
    if problem is not None and problem.repair is not None:
        assert check_name(problem.repair, {"a", "a-2"}) is None
        assert len(problem.repair) <= LONGEST_NAME


def test_an_older_file_with_such_a_name_is_listed_with_what_to_do(call: Call, home: Path) -> None:
    write(home, "-x")
    done = call("providers", "list")
    assert "-x" in done.out
    assert "can't start with a hyphen" in done.err


@pytest.mark.parametrize("stored", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_either_spelling_names_the_provider(call: Call, home: Path, stored: str, typed: str) -> None:
    file = write(home, stored)
    assert call("providers", "show", typed, "--json").json["provider"]["name"] == stored
    assert call("providers", "export", typed).code == 0
    assert call("providers", "default", typed).code == 0
    assert call("providers", "list", "--json").json["providers"][0]["is_default"]
    assert call("check", typed, "--quick").err.find("no provider named") == -1
    assert call("providers", "remove", typed).code == 0
    assert stored not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("pair", [(COMPOSED, DECOMPOSED), ("qwen", "ｑｗｅｎ"), ("ｑｗｅｎ", "qwen")])
def test_two_spellings_are_one_row_and_a_note_that_tells_them_apart(
    call: Call, home: Path, pair: tuple[str, str]
) -> None:
    write(home, *pair)
    done = call("providers", "list", "--json")
    own = [provider for provider in done.json["providers"] if not provider["is_remote"]]
    assert [(provider["name"], provider["model"]) for provider in own] == [(pair[0], "m0")]
    assert "this name appears twice" in done.err
    marks = [f"U+{ord(mark):04X}" for mark in pair[1] if not mark.isascii()]
    assert all(mark in done.err for mark in marks)


def test_a_default_in_the_other_spelling_is_the_default(call: Call, home: Path) -> None:
    write(home, COMPOSED, more=f'[defaults]\nModel = "{DECOMPOSED}"\n')
    (first, *_) = call("providers", "list", "--json").json["providers"]
    assert first["is_default"]


def test_a_new_name_is_taken_where_the_file_has_it_in_another_spelling(call: Call, home: Path) -> None:
    write(home, "ｑｗｅｎ")
    done = call("providers", "add", "qwen", "--url", "https://h/v1", "--model", "m")
    assert done.code == 2
    assert "already" in done.err


def test_an_import_takes_both_spellings_for_one(call: Call, home: Path, tmp_path: Path) -> None:
    write(home, COMPOSED)
    file = tmp_path / "i.json"
    file.write_text(
        json.dumps([{"name": DECOMPOSED, "providerUrl": "http://x/v1", "compatibleProvider": "n"}])
    )
    assert "kept" in call("providers", "import", str(file)).err
    assert "replaced" in call("providers", "import", str(file), "--replace").out
    assert call("providers", "show", COMPOSED, "--json").json["provider"]["model"] == "n"


@often
@given(st.text())
def test_a_name_is_the_same_in_every_normal_form(text: str) -> None:
    assert all(
        is_same_name(text, unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")
    )
