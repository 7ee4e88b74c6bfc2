"""Edits of hand-written files: whatever the layout, the result parses to what was wanted."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import cast

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.store.toml_edit import edit_text
from tui.store.toml_lines import Statement, Table

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


# -- whatever is edited, the rest stays --------------------------------------------------------------

NAMES = ("a", "b", "two words", "dotted.name", "ümlaut", 'quo"te', "#no", "[x]")
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000),
    st.floats(),
    st.lists(st.integers(0, 9), max_size=3),
    st.fixed_dictionaries({"x": st.integers(0, 9), "y": st.lists(st.text("ab", max_size=2), max_size=2)}),
    st.just([{"n": 1}, {"n": 2}]),
)
KEYS = ("model", "provider_url", "input_price", "not known", "extra_body")
RECORD = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)
RECORDS = st.dictionaries(st.sampled_from(NAMES), RECORD, max_size=4)


def quoted(key: str) -> str:
    return tomli_w.dumps({key: 0}).removesuffix(" = 0\n")


def written(records: dict[str, dict[str, object]], gaps: Iterator[str]) -> dict[str, str]:
    """Return each record as a person writes it, with comments wherever one may stand."""
    found: dict[str, str] = {}
    for number, (name, record) in enumerate(records.items()):
        lines = [f"{next(gaps)}# {number} above\n[providers.{quoted(name)}]  # {number} beside\n"]
        tables: Table = {key: value for key, value in record.items() if isinstance(value, dict)}
        for key, value in record.items():
            if key not in tables:
                text = tomli_w.dumps({"k": value}).removeprefix("k = ").rstrip("\n")
                if "\n[[" in f"\n{text}":
                    tables[key] = value
                    continue
                lines.append(
                    f"{next(gaps)}# {number} {key}\n  {quoted(key)}  =  {text} # {number} after {key}\n"
                )
        for key, value in tables.items():
            text = tomli_w.dumps({"providers": {name: {key: value}}})
            header = "[[" if isinstance(value, list) else f"[providers.{quoted(name)}.{quoted(key)}]"
            start = text.index(header)
            lines.append(f"{next(gaps)}# {number} {key}\n{text[start:]}")
        found[name] = "".join(lines)
    return found


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, dict[str, str], Table, dict[str, str]]:
    """A file, the text of each record in it, what is wanted, and new names by old ones."""
    records = draw(RECORDS)
    gaps = itertools.cycle(draw(st.lists(st.sampled_from(["", "\n", "\n\n"]), min_size=1, max_size=5)))
    texts = written(records, gaps)
    head, tail = (
        draw(st.sampled_from(["", "# head\nschema = 1 # one\n"])),
        draw(st.sampled_from(["", "\n# end\n"])),
    )
    middle = draw(st.sampled_from(["", "\n# of\n[defaults]\n# in\nModel = 'a' # m\n"]))
    text = "".join((head, *texts.values(), middle, tail))
    wanted: dict[str, object] = {}
    renamed: dict[str, str] = {}
    is_rename = draw(st.booleans())
    for name, record in records.items():
        match draw(st.sampled_from(["keep", "keep", "edit", "rename" if is_rename else "drop"])):
            case "edit":
                wanted[name] = {**record, **draw(RECORD)}
            case "rename" if not renamed:
                renamed[name] = "new name"
                wanted["new name"] = {**record, **draw(RECORD)}
            case "keep" | "rename":
                wanted[name] = record
    if not is_rename:
        added = draw(st.sets(st.sampled_from(NAMES), max_size=1)) - records.keys()
        wanted |= {name: draw(RECORD) for name in added}
    document: Table = {"schema": 1, "providers": wanted}
    if middle:
        document["defaults"] = {"Model": draw(st.sampled_from(["a", "b"]))}
    return text, texts, document, renamed


def parsed(text: str) -> Table:
    return tomllib.loads(text, parse_float=Decimal)


def records_in(table: Table) -> dict[str, Table]:
    return cast("dict[str, Table]", table.get("providers", {}))


def as_parsed(table: Table) -> Table:
    return parsed(tomli_w.dumps(shown(table)))


def shown(table: Table) -> Table:
    return {key: value for key, value in table.items() if value or key != "providers"}


@given(edits(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
@settings(max_examples=300, deadline=None)
def test_an_edit_changes_what_it_is_about_alone(
    case: tuple[str, dict[str, str], Table, dict[str, str]], end: str, mark: str
) -> None:
    text, texts, wanted, renamed = case
    edited = edit_text(mark + text.replace("\n", end), wanted)
    assert edited.startswith(mark)
    edited = edited.removeprefix("\ufeff")
    assert is_same(parsed(edited), as_parsed(wanted))
    if text and end == "\r\n":
        assert edited.count("\n") == edited.count("\r\n")
    edited = edited.replace("\r\n", "\n")
    old, new = records_in(parsed(text)), records_in(wanted)
    for name, part in texts.items():
        now = new.get(renamed.get(name, name))
        if name in new and is_same({"v": old[name]}, as_parsed({"v": now})):
            assert part in edited, "a record that was not edited stays as it was written"
        elif now is not None:
            comments = re.findall(r"^\s*(# \d+ \w.*)$", part, re.MULTILINE)
            same_kind = {key: type(value) is type(now[key]) for key, value in old[name].items()}
            for comment in comments:
                about = comment.split(maxsplit=2)[2]
                assert comment in edited or not same_kind.get(about, True), (
                    "comments in an edited record stay"
                )
    for kept in ("# head\n", " # one\n", "# of\n[defaults]\n# in\n", " # m\n", "# end\n"):
        assert kept not in text or kept in edited


def is_same(one: Table, other: Table) -> bool:
    """Numbers that are none are equal here, and an empty table of providers is none."""
    return repr(sorted_deep(shown(one))) == repr(sorted_deep(shown(other)))


def sorted_deep(value: object) -> object:
    if isinstance(value, dict):
        return sorted((key, sorted_deep(item)) for key, item in value.items())
    if isinstance(value, list):
        return [sorted_deep(item) for item in value]
    return value.normalize() if isinstance(value, Decimal) else value


@given(st.sampled_from(sorted(FORMS)), RECORDS, st.sampled_from(["", "schema = 1\n"]))
@settings(max_examples=150, deadline=None)
def test_no_layout_loses_a_value(form: str, records: dict[str, Table], head: str) -> None:
    wanted = {"schema": 1, "kept": {"x": [1, 2.5]}, "providers": records}
    assert is_same(parsed(edit_text(head + FORMS[form], wanted)), as_parsed(wanted))


def test_comments_inside_an_edited_record_stay() -> None:
    text = (
        "# All prices per the contract of 2026.\n\n"
        "# the big one\n[providers.a]\n# in the cellar\nmodel = 'old' # why\n"
        "input_price = 0.150 # per million\n\n"
        "# sent as it is\n[providers.a.extra_body]\n# quick\ntop_k = 20 # few\n\n"
        "# second\n[providers.b]\nmodel = 'b' # kept\n"
    )
    record = {
        "model": "new",
        "input_price": Decimal("0.15"),
        "note": "n",
        "extra_body": {"top_k": 20, "p": 1},
    }
    edited = edit_text(text, {"providers": {"a": record, "b": {"model": "b"}}})
    assert edited == text.replace("'old'", '"new"').replace(
        "# per million\n", '# per million\nnote = "n"\n'
    ).replace("top_k = 20 # few\n", "top_k = 20 # few\np = 1\n")
    renamed = edit_text(text, {"providers": {"c d": records_in(parsed(text))["a"], "b": {"model": "b"}}})
    assert renamed == text.replace("[providers.a", '[providers."c d"')
    left = edit_text(text, {"providers": {"b": {"model": "b"}}})
    assert left == "# All prices per the contract of 2026.\n\n\n# second\n[providers.b]\nmodel = 'b' # kept\n"


def test_layouts_without_headers_keep_their_comments() -> None:
    text = '[providers]\na = { model = "old" } # first\n# second\nb = { model = "b" }\n'
    edited = edit_text(text, {"providers": {"a": {"model": "new"}, "b": {"model": "b"}}})
    assert edited == text.replace("old", "new")


def test_dotted_keys_stay_dotted_and_a_new_table_follows_them() -> None:
    text = (
        '# ours\nschema = 1\n[providers]\na.provider_url = "u" # u\n'
        'a.compatible_provider = "m" # pinned on purpose\na.created_time = 2026-01-01 # then\n'
        '# b\nb.note = "n"\n'
    )
    wanted = parsed(text)
    records_in(wanted)["a"] |= {"extra_headers": {"X": "1"}, "temperature": Decimal("0.5")}
    records_in(wanted)["c"] = {"provider_url": "c", "tls": {"insecure": True}}
    edited = edit_text(text, wanted)
    assert edited == text.replace("# then\n", '# then\na.temperature = 0.5\na.extra_headers.X = "1"\n') + (
        'c.provider_url = "c"\nc.tls.insecure = true\n'
    )
    at_root = (
        text.replace("[providers]\n", "").replace("\na.", "\nproviders.a.").replace("\nb.", "\nproviders.b.")
    )
    moved = edited.replace("[providers]\n", "")
    assert edit_text(at_root, wanted) == re.sub(r"(?m)^([abc]\.)", r"providers.\1", moved)


def test_a_bare_header_and_its_comments_stay() -> None:
    text = (
        "schema = 1\n\n# All our GPU machines. Ask Ada.\n[providers]  # the list\n\n"
        '# rack 3\n[providers.a]\nmodel = "old"\n'
    )
    edited = edit_text(text, {"schema": 1, "providers": {"a": {"model": "new"}}})
    assert edited == text.replace("old", "new")
    assert edit_text(text, {"schema": 1, "providers": {}}) == text[: text.index("\n# rack")]


def test_tables_out_of_order_stay_where_they_are() -> None:
    text = (
        "[providers.a.tls]\ninsecure = true # for now\n\n"
        '[providers.b]\nmodel = "b"\n\n[defaults] # one\n\n# a itself\n[providers.a]\nmodel = "old"\n'
    )
    wanted = parsed(text)
    records_in(wanted)["a"]["model"] = "new"
    assert edit_text(text, wanted) == text.replace("old", "new")
    records_in(wanted)["b"]["model"] = "new"
    assert edit_text(text, wanted) == text.replace("old", "new").replace('"b"', '"new"')


def test_comments_within_an_array_that_changes_go_above_it() -> None:
    text = 'x = 1\n# which\nstop = [ # all\n  "#a", # one\n] # end\n'
    assert edit_text(text, {"x": 1, "stop": ["b"]}) == 'x = 1\n# which\n# all\n# one\nstop = ["b"] # end\n'


def test_a_file_of_comments_alone_keeps_them_at_its_top() -> None:
    edited = edit_text("# ours", {"schema": 1, "providers": {"a": {"model": "m"}}})
    assert edited == '# ours\n\nschema = 1\n\n[providers.a]\nmodel = "m"\n'


ENTRIES = {
    "headers": ("", "# about {n}\n[providers.p{n}]\nmodel = {model}  # own\n{rest}\n\n", ""),
    "dotted": ("[providers]\n", "# about {n}\np{n}.model = {model}  # own\np{n}.{rest}\n\n", ""),
    "root-dotted": (
        "",
        "# about {n}\nproviders.p{n}.model = {model}  # own\nproviders.p{n}.{rest}\n\n",
        "x = 1\n",
    ),
}
"""By layout what is above the records, one of them, and what is below."""


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for each time that a statement was looked at."""
    found: list[None] = []
    is_at = Statement.is_at

    def counted(item: Statement, path: tuple[str, ...]) -> bool:
        found.append(None)
        return is_at(item, path)

    monkeypatch.setattr(Statement, "is_at", counted)
    return found


@pytest.mark.parametrize("layout", ENTRIES)
def test_the_work_grows_with_the_file_and_not_faster(looks: list[None], layout: str) -> None:
    head, entry, foot = ENTRIES[layout]

    def written(count: int, model: str, rest: str) -> str:
        entries = (entry.format(n=n, model=model, rest=rest.format(n=n)) for n in range(count))
        return "".join((head, *entries, foot))

    def edited(count: int) -> int:
        text = written(count, "'m'", "old = 1")
        records = {f"p{n}": {"model": "n", "new": n} for n in range(count)}
        looks.clear()
        changed = edit_text(text, {**parsed(text), "providers": records})
        assert changed == written(count, '"n"', "new = {n}")
        return len(looks)

    assert 0 < edited(40) < 3 * edited(20)


@pytest.mark.parametrize("layout", ENTRIES)
def test_many_new_records_are_added_in_one_step(looks: list[None], layout: str) -> None:
    head, entry, foot = ENTRIES[layout]
    text = "".join((head, entry.format(n=0, model="'m'", rest="old = 1"), foot))

    def added(count: int) -> int:
        wanted = parsed(text)
        records_in(wanted).update({f"new{n}": {"model": "m", "tls": {"pin": "a"}} for n in range(count)})
        looks.clear()
        changed = edit_text(text, wanted)
        assert is_same(parsed(changed), wanted)
        assert changed.startswith(text.removesuffix(foot).rstrip("\n"))
        return len(looks)

    assert added(40) < 2 * added(10)
