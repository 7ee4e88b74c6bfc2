"""In any layout of a providers file, an edit leaves everything else unchanged."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.test_toml_edit import is_same, parsed, quoted
from tui.core.provider import Category
from tui.store.provider_records import put, rename_default, set_default
from tui.store.toml_edit import _anew, edit_text
from tui.store.toml_lines import comments_in, statements_of


@pytest.fixture(autouse=True, scope="module")
def no_rewrite() -> Iterator[None]:
    """A file written anew would keep its comments as well, but not its layout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr("tui.store.toml_edit._anew")
        yield


NAMES = ("a", "b", "c", "two words", "dot.ted", 'quo"te', "#no")
SCALARS = {
    "provider_url": '"http://127.0.0.1:1/v1"',
    "compatible_provider": "'m'",
    "note": '"""\n# no comment\n"""',
}
TABLES = {
    "tls": {"insecure": "false", "ca_file": '"/ca"'},
    "extra_headers": {"X-One": '"1"', "X.Two": '"# 2"'},
    "extra_body": {"top_k": "20", "p": "0.50"},
}
STOPS = "stop_texts"
SHAPES = ("headers", "header-first", "header-last", "dotted", "root-dotted", "braces", "mixed")


class Writer:
    """Writes a document in some layout, with numbered comments wherever they are allowed."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.owners: dict[str, tuple[str, ...]] = {}
        self._numbers = itertools.count(100)

    def comment(self, *owner: str) -> str:
        text = f"# {next(self._numbers)}"
        self.owners[text] = owner
        return text

    def line(self, key: str, value: str, owner: tuple[str, ...]) -> str:
        gap = self.draw(st.sampled_from(["", "", "\n"]))
        return f"{gap}{self.comment(*owner)}\n  {key}  =  {value} {self.comment(*owner)}\n"

    def lines(self, prefix: str, name: str, values: dict[str, Any]) -> str:
        """Write a record's values behind a prefix: dotted, its tables dotted or within braces."""
        text = ""
        for key, value in values.items():
            if not isinstance(value, dict):
                text += self.line(prefix + key, self.stops(name) if key == STOPS else value, (name, key))
            elif self.draw(st.booleans()):
                text += self.line(prefix + key, braces(value), (name, key))
            else:
                text += "".join(
                    self.line(f"{prefix}{key}.{quoted(inner)}", item, (name, key, inner))
                    for inner, item in value.items()
                )
        return text

    def stops(self, name: str) -> str:
        first, second = self.comment(name, STOPS), self.comment(name, STOPS)
        return f'[ {first}\n    "a]", # no number, {second[2:]}\n    "b#",\n  ]'.replace(
            "# no", second + " no"
        )

    def record(self, name: str, values: dict[str, Any]) -> tuple[str, list[str]]:
        """Write a record below headers: its own section, and those of its tables."""
        header = (
            f"[ providers . {quoted(name)} ]" if self.draw(st.booleans()) else f"[providers.{quoted(name)}]"
        )
        apart = {
            key: value
            for key, value in values.items()
            if isinstance(value, dict) and self.draw(st.booleans())
        }
        own = {key: value for key, value in values.items() if key not in apart}
        main = f"{self.comment(name)}\n{header} {self.comment(name)}\n{self.lines('', name, own)}"
        return main, [
            f"{self.comment(name, key)}\n[providers.{quoted(name)}.{key}] {self.comment(name, key)}\n"
            + "".join(self.line(quoted(inner), item, (name, key, inner)) for inner, item in value.items())
            for key, value in apart.items()
        ]


def braces(value: dict[str, Any]) -> str:
    items = ", ".join(
        f"{quoted(key)} = {braces(item) if isinstance(item, dict) else item}" for key, item in value.items()
    )
    return f"{{ {items} }}"


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return a file, and what each comment in it is about."""
    write = Writer(draw)
    records: dict[str, dict[str, Any]] = {}
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)):
        values: dict[str, Any] = {key: SCALARS[key] for key in draw(st.permutations(sorted(SCALARS)))}
        if draw(st.booleans()):
            values[STOPS] = None
        for key in draw(st.lists(st.sampled_from(sorted(TABLES)), unique=True)):
            values[key] = TABLES[key]
        records[name] = values
    shape = draw(st.sampled_from(SHAPES))
    top = f"{write.comment()}\n\n{write.line('schema', '1', ())}"
    if draw(st.booleans()):
        top = top.replace("\n\n", "\n")
    bare = f"\n{write.comment()}\n\n{write.comment()}\n[providers]  {write.comment()}\n\n"
    plain = {
        name: {key: item for key, item in values.items() if key != STOPS} for name, values in records.items()
    }
    defaults = f"\n{write.comment()}\n[defaults] {write.comment()}\n{write.line('Model', repr('a'), ())}"
    parts: list[str] = []
    sections: list[str] = []
    for number, (name, values) in enumerate(records.items()):
        as_mixed = ("dotted", "braces", "headers", "headers")[number] if shape == "mixed" else shape
        match as_mixed:
            case "dotted" | "root-dotted":
                parts.append(
                    write.lines(
                        f"{'providers.' if shape == 'root-dotted' else ''}{quoted(name)}.", name, values
                    )
                )
            case "braces":
                parts.append(write.line(quoted(name), braces(plain[name]), (name,)))
            case _:
                main, inner = write.record(name, values)
                sections += [main, *inner]
    if shape in ("headers", "header-first", "header-last") and draw(st.booleans()):
        sections = draw(st.permutations(sections))
    has_defaults = draw(st.booleans())
    text = top + (bare if shape not in ("headers", "header-last", "root-dotted") else "") + "".join(parts)
    text += "\n".join(([defaults] if has_defaults else []) + list(sections))
    text += bare if shape == "header-last" else ""
    text += f"\n{write.comment()}\n" if draw(st.booleans()) else ""
    return text, {note: owner for note, owner in write.owners.items() if note in text}


def set_value(table: dict[str, Any], name: str) -> None:
    table["providers"][name]["compatible_provider"] = "new"


def set_stops(table: dict[str, Any], name: str) -> None:
    if STOPS in table["providers"][name]:
        table["providers"][name][STOPS] = ["other"]


def set_new(table: dict[str, Any], name: str) -> None:
    table["providers"][name] |= {"created_time": "now", "state": "Active"}


def set_inner(table: dict[str, Any], name: str) -> None:
    for key in TABLES.keys() & table["providers"][name].keys():
        table["providers"][name][key] = {
            **table["providers"][name][key],
            "new key": [1, 2],
            "p": Decimal("0.25"),
        }


def new_tables(table: dict[str, Any], name: str) -> None:
    record = table["providers"][name]
    record.setdefault("tls", {"pinned_sha256": "ab"})
    record.setdefault("extra_body", {"deep": {"er": {"x": 1, "y": {}}}})


def clear(table: dict[str, Any], name: str) -> None:
    record = table["providers"][name]
    for key in ("note", "extra_headers", STOPS):
        record.pop(key, None)
    record.get("tls", {}).pop("ca_file", None)


def clear_all(table: dict[str, Any], name: str) -> None:
    table["providers"][name] = {"x": 1}


def add(table: dict[str, Any], name: str) -> None:
    table["providers"] |= {
        "new one": {"provider_url": "u", "tls": {"insecure": True}, "extra_body": {"a": {"b": 1}}},
        "empty": {},
    }


def remove(table: dict[str, Any], name: str) -> None:
    del table["providers"][name]


def rename(table: dict[str, Any], name: str) -> None:
    record = {**table["providers"][name], "former_names": {name: "now"}}
    put(table, name, "new.name", record)
    rename_default(table, name, "new.name")


def default(table: dict[str, Any], name: str) -> None:
    set_default(table, name, Category.MODEL)


def add_to_all(table: dict[str, Any], name: str) -> None:
    for record in table["providers"].values():
        record |= {"created_time": "now", "tls": {**record.get("tls", {}), "pinned_sha256": "ab"}}


EDITS: tuple[Callable[[dict[str, Any], str], None], ...] = (
    set_value, set_stops, set_new, set_inner, new_tables, clear, clear_all, add, remove, rename, default,
    add_to_all,
)  # fmt: skip


@given(
    documents(),
    st.lists(st.sampled_from(EDITS), min_size=1, max_size=2, unique=True),
    st.integers(0, 3),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
)
@settings(max_examples=300, deadline=None)
def test_an_edit_keeps_the_comments_and_the_order_of_what_it_is_not_about(
    document: tuple[str, dict[str, tuple[str, ...]]],
    edits: list[Callable[[dict[str, Any], str], None]],
    which: int,
    end: str,
    mark: str,
) -> None:
    text, owners = document
    old = parsed(text)
    names = list(old["providers"])  # type: ignore[call-overload]
    name = names[which % len(names)]
    wanted: dict[str, Any] = copy.deepcopy(old)
    if rename in edits:  # lmdeck adds and removes none in the step that renames one
        edits = [edit for edit in edits if edit not in (add, remove)]
    for edit in sorted(edits, key=EDITS.index):
        if name in wanted["providers"]:
            edit(wanted, name)
    edited = edit_text(mark + text.replace("\n", end), wanted)
    assert edited.startswith(mark)
    edited = edited.removeprefix("\ufeff")
    assert end == "\n" or edited.count("\n") == edited.count("\r\n")
    edited = edited.replace("\r\n", "\n")
    assert is_same(parsed(edited), wanted)

    kept = list(wanted["providers"])
    now = kept[names.index(name)] if rename in edits else name

    def is_there(owner: tuple[str, ...]) -> bool:
        found: Any = wanted["providers"]
        for key in (now if owner[:1] == (name,) else owner[0], *owner[1:]) if owner else ():
            if key not in found:
                return False
            found = found[key]
        return True

    told = numbers(edited)
    expected = [note for note in numbers(text) if is_there(owners[note])]
    assert [note for note in told if note in set(expected)] == expected
    assert len(told) == len(set(told))
    for other in set(names) - {name} if add_to_all not in edits else ():
        for line in lines_about(text, other, owners):
            assert line in edited, "what is about another provider stays as it was written"


def numbers(text: str) -> list[str]:
    return [note for comment in comments_in(text) for note in re.findall(r"^# \d+", comment)]


def lines_about(text: str, name: str, owners: dict[str, tuple[str, ...]]) -> list[str]:
    lines = text.splitlines()
    return [line for line in lines for note in re.findall(r"# \d{3}", line) if owners[note][:1] == (name,)]


@given(documents(), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=100, deadline=None)
def test_statements_are_the_text(document: tuple[str, dict[str, tuple[str, ...]]], end: str) -> None:
    text = document[0].replace("\n", end)
    for whole in (text, text.rstrip("\r\n")):
        statements, tail = statements_of(whole)
        assert "".join(item.text for item in statements) + tail == whole


def test_what_cannot_be_edited_is_written_anew_below_its_comments() -> None:
    text = "# ours\nschema = 1 # one\n"
    assert _anew(text, {"schema": 2}) == "# ours\n# one\n\nschema = 2\n"
    assert _anew("schema = 1\n", {"schema": 2}) == "schema = 2\n"
