"""The table of provider fields: everything derived from it is lossless in both directions."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given

from tests.support.json_schema import violations
from tests.support.valid_providers import valid_providers
from tools import provider_pages
from tui.cli.provider_edit import changed, texts_of
from tui.cli.provider_flags import add_flags, flag_of
from tui.core.provider import Provider
from tui.core.provider_field import Kind
from tui.core.provider_schema import BY_NAME, FIELDS, IN_TOML, ROWS, SETTABLE
from tui.core.provider_texts import read_form
from tui.store.casibase import export_records, import_records
from tui.store.provider_toml import decode_provider, encode_provider
from tui.store.toml_file import parse_toml, render

GOLDEN = Path(__file__).parents[1] / "store" / "golden" / "providers-1.toml"
SCHEMA = json.loads(provider_pages.SCHEMA.read_text(encoding="utf-8"))


def parsed(table: dict[str, Any]) -> dict[str, Any]:
    """Return the document of one provider as the disk gives it back."""
    document: dict[str, Any] = parse_toml(render("", {"schema": 1, "providers": {"p": table}}))
    return document


@given(valid_providers)
def test_toml_gives_the_same_provider(provider: Provider) -> None:
    table = parsed(encode_provider(provider))["providers"]["p"]
    assert decode_provider(provider.name, table) == (provider, ())


@given(valid_providers)
def test_texts_over_a_blank_form_give_the_same_provider(provider: Provider) -> None:
    reading = read_form(texts_of(provider), Provider("", created_time=provider.created_time), ())
    assert reading.errors == ()
    assert reading.provider == provider


@given(valid_providers)
def test_a_record_of_casibase_gives_what_it_can_hold(provider: Provider) -> None:
    kept = [field for field in SETTABLE if field.casibase and field.kind is not Kind.KEY]
    (record,) = import_records(export_records([provider]), zero_is_free=True).records
    for field in kept:
        value = field.of(provider)
        wanted = None if field.casibase_default is not None and value == field.casibase_default else value
        if field.name == "display_name":
            wanted = "" if value == provider.name else value
        assert field.of(record.provider) == wanted, field.name


def argv_of(provider: Provider) -> Iterator[str]:
    """Yield the flags with which ``providers add`` makes a provider."""
    for field in SETTABLE:
        text = texts_of(provider).get(field.name, "")
        if field.name == "name" or field.of(provider) == field.default:
            continue
        if field.kind is Kind.FLAG:
            yield flag_of(field)
        elif field.kind is Kind.HEADERS:
            yield from (f"{flag_of(field)}={line}" for line in text.splitlines())
        elif field.kind is Kind.KEY:
            kind, _, value = text.partition(":")
            yield f"--key-{ {'cmd': 'command'}.get(kind, kind) }={value}"
        elif field.kind is not Kind.TIME:
            yield f"{flag_of(field)}={text}"


def given_flags(argv: list[str], *, is_new: bool = True) -> Namespace:
    parser = ArgumentParser(exit_on_error=False)
    add_flags(parser, is_new=is_new)
    return parser.parse_args(argv)


@given(valid_providers)
def test_flags_give_the_same_provider(provider: Provider) -> None:
    argv = list(argv_of(provider))
    assume(not any(argument.endswith("=--") for argument in argv))  # argparse drops it before Python 3.13
    blank = Provider(provider.name, created_time=provider.created_time)
    texts = changed(texts_of(blank), given_flags(argv))
    reading = read_form(texts, blank, ())
    assert reading.errors == ()
    assert reading.provider == provider


@given(valid_providers)
def test_clearing_every_field_gives_a_blank_provider(provider: Provider) -> None:
    fields = [field for field in SETTABLE if field.kind is not Kind.TIME and field.name != "name"]
    cleared = [f"--clear={field.name}" for field in fields]
    texts = changed(texts_of(provider), given_flags(cleared, is_new=False))
    locked = {field.name: "" for field in FIELDS if field.kind is Kind.LOCKED}
    assert texts | locked == texts_of(Provider(provider.name)) | locked


def test_every_field_of_a_provider_has_an_entry() -> None:
    known = {field.path for field in FIELDS}
    blank = Provider("")
    for name in Provider.__dataclass_fields__:
        inner = getattr(getattr(blank, name), "__dataclass_fields__", None)
        paths = {name} if inner is None else {f"{name}.{part}" for part in inner}
        assert name == "refusals" or paths <= known, name


def test_what_a_person_can_set_is_in_the_form_and_has_a_flag() -> None:
    flags = {action.dest for action in _actions()}
    for field in SETTABLE:
        if field.kind is Kind.TIME:
            continue
        assert (field.flag or field.name) in flags, field.name
        assert field in ROWS or field.shown_at in BY_NAME, field.name
        assert field.help.endswith((".", "…")), field.name


def _actions() -> list[Any]:
    parser = ArgumentParser()
    add_flags(parser, is_new=False)
    return parser._actions


def test_no_flag_takes_a_key() -> None:
    flags = {flag for action in _actions() for flag in action.option_strings}
    assert {flag for flag in flags if "key" in flag} == {
        *("--key-env", "--key-file", "--key-command", "--key-stdin"),
        *("--key-header", "--client-key", "--allow-unencrypted-key"),
    }


def test_a_header_that_is_given_leaves_the_others() -> None:
    provider = replace(Provider("a"), extra_headers={"X-A": "1", "X-B": "2"})
    texts = changed(
        texts_of(provider), given_flags(["--header", "x-a: 3", "--header", "X-C: 4"], is_new=False)
    )
    assert texts["extra_headers"] == "X-B: 2\nx-a: 3\nX-C: 4"


# -- what is written from it ------------------------------------------------------------------------


def test_the_page_is_current() -> None:
    assert provider_pages.PAGE.read_text(encoding="utf-8") == provider_pages.page(), (
        "python tools/provider_pages.py"
    )


def test_the_json_schema_is_current() -> None:
    found = provider_pages.SCHEMA.read_text(encoding="utf-8")
    assert found == provider_pages.schema_text(), "run: python tools/provider_pages.py"


def test_the_golden_file_follows_the_json_schema() -> None:
    assert list(violations(plain(parse_toml(GOLDEN.read_bytes())), SCHEMA)) == []


@given(valid_providers)
def test_what_is_written_follows_the_json_schema(provider: Provider) -> None:
    assert list(violations(plain(parsed(encode_provider(provider))), SCHEMA)) == []


@pytest.mark.parametrize("field", IN_TOML, ids=lambda field: field.name)
def test_the_json_schema_refuses_what_the_reader_refuses(field: Any) -> None:
    wrong: object = ["no list fits anywhere"]
    table: dict[str, Any] = {field.name: wrong}
    table = {field.toml_table: table} if field.toml_table else table
    assert decode_provider("a", table)[1]
    assert list(violations({"providers": {"a": table}}, SCHEMA))


def plain(value: Any) -> Any:
    """Return a value as an editor that knows JSON schemas sees it."""
    return json.loads(json.dumps(value, default=float))
