"""Imported records are untrusted: they cannot refer to secrets or commands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.disk_support import often
from tui.core.api_key_reference import ApiKeyKind, disguised_reference, parse_api_key_reference
from tui.store.casibase import Import, NamedSecret, import_records

URL = "https://somewhere.example/v1"

SPELLINGS = [
    "env:OTHER",
    "cmd:touch /tmp/x",
    "file:/etc/shadow",
    "stored",
    "ENV:OTHER",
    "Cmd:true",
    " env:OTHER ",
    "env :OTHER",
    "\tcmd:true\n",
    "ｅｎｖ:OTHER",
    "env：OTHER",
    "e\u200bnv:OTHER",
    "\ufeffenv:OTHER",
    "e\u00adnv:OTHER",
    "\x00cmd:true",
    "env:",
    "STORED",
    "st\u200bored",
]


def imported(secret: str, **options: object) -> Import:
    record = {"name": "a", "providerUrl": URL, "clientSecret": secret}
    return import_records(json.dumps([record, {"name": "b"}]), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("secret", SPELLINGS)
def test_in_no_spelling_is_a_reference_taken_over_by_itself(secret: str) -> None:
    found = imported(secret)
    assert [record.provider.name for record in found.records] == ["b"]
    (left_out,) = found.left_out
    assert "instead of a key" in left_out.reason
    assert URL in left_out.reason


@pytest.mark.parametrize("secret", SPELLINGS)
def test_each_one_is_asked_about_with_where_it_would_go(secret: str) -> None:
    asked: list[NamedSecret] = []

    def allows(named: NamedSecret) -> bool:
        asked.append(named)
        return False

    assert len(imported(secret, allows=allows).left_out) == 1
    assert [(named.name, named.url) for named in asked] == [("a", URL)]


def test_what_was_allowed_is_the_reference_that_was_asked_about() -> None:
    found = imported("Cmd: pass show x ", allows=lambda named: named.reference.value == "pass show x")
    reference = found.records[0].provider.api_key
    assert reference is not None
    assert (reference.kind, reference.value) == (ApiKeyKind.COMMAND, "pass show x")
    assert found.records[0].key is None


def test_a_reference_to_nothing_is_left_out_even_where_it_is_allowed() -> None:
    (left_out,) = imported("env:", allows=lambda named: True).left_out
    assert "nothing follows env:" in left_out.reason


@pytest.mark.parametrize("secret", ["sk-env:OTHER", "environment:x", "file", "cmd", "https://x", "a:b"])
def test_a_key_is_no_reference(secret: str) -> None:
    (first, _) = imported(secret).records
    assert first.key is not None
    assert first.key.reveal() == secret


@often
@given(st.text())
def test_what_any_reader_takes_for_a_reference_is_never_taken_for_a_key(text: str) -> None:
    for shown in (text, text.strip(), text.casefold()):
        if parse_api_key_reference(shown) is not None:
            assert disguised_reference(text) is not None
    for record in imported(text).records:
        if record.key is not None:
            assert parse_api_key_reference(record.key.reveal()) is None


@pytest.mark.parametrize("field", ["providerUrl", "compatibleProvider", "displayName", "testContent", "name"])
def test_no_other_field_of_a_record_names_a_secret(field: str) -> None:
    (record,) = import_records(json.dumps({"name": "a", field: "cmd:true"})).records
    assert record.key is None
    assert record.provider.api_key is None
