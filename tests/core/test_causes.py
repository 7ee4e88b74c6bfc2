"""The catalogue of causes: complete, readable, never empty, never too wide."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tui
from tui.core.cause import fill
from tui.core.causes import CATALOGUE, SECTIONS, Cause, explain

CAUSES = sorted(CATALOGUE.values(), key=lambda cause: cause.identifier)
LONG_URL = "http://my-model-service.department.company.example:8000/api/v1"


def test_no_identifier_is_used_twice() -> None:
    assert sum(len(section) for section in SECTIONS.values()) == len(CATALOGUE)


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.identifier)
def test_identifiers_and_sentences_have_their_shape(cause: Cause) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cause.identifier)
    bare = explain(cause.identifier)
    for sentence in (bare.title, bare.advice):
        assert sentence[0].isupper() or sentence.startswith("lmdeck")
        assert "?" not in sentence.replace("after ? ", "")
        assert not re.search(r"[\[\]{}]|\|\||  | [.,;:](?!\S)", sentence), sentence
    assert bare.title.endswith(".")


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.identifier)
def test_messages_fit_two_lines_of_80_columns_with_every_fact(cause: Cause) -> None:
    facts = dict.fromkeys(
        (name for name in cause.facts if name not in ("status", "server_message")), LONG_URL
    )
    failure = explain(cause.identifier, status=503, server_message="word " * 80, chain=(), **facts)
    for sentence in (failure.title, failure.advice):
        assert len(textwrap.wrap(sentence, 80)) <= 2, sentence


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.identifier)
def test_amounts_have_separators(cause: Cause) -> None:
    facts = dict.fromkeys(cause.facts, "1234567")
    units = r"1234567( s\b| tokens| models| texts| waiting| white-space| or (more|less))"
    for sentence in (cause.title, cause.advice):
        for template in (sentence, *re.split(r"\|\||\[\[|\]\]", sentence)):
            assert not re.search(units, fill(template, facts)), template


def test_a_number_with_separators_is_one_and_another_text_stays() -> None:
    assert fill("{n:,} at port {port}", {"n": "32769", "port": "18000"}) == "32,769 at port 18000"
    assert fill("{n:,}", {"n": "at least 45000"}) == "at least 45,000"
    assert fill("{n:,}", {"n": "12.34567"}) == "12.34567"


def test_a_missing_fact_leaves_its_part_out() -> None:
    assert explain("connection-refused").title.endswith("nothing listens on that port.")
    assert explain("connection-refused", host="gpu01", port="8000").title == (
        "Connection refused: the host gpu01 answers, but nothing listens on port 8000."
    )
    assert explain("connection-refused", host=None, port="").facts == {}


def test_a_condition_chooses_a_part_and_is_not_shown() -> None:
    assert fill("It is [[{?late}too late||time]].", {}) == "It is time."
    assert fill("It is [[{?late}too late||time]].", {"late": "yes"}) == "It is too late."


def test_a_refusal_without_a_key_speaks_of_no_key() -> None:
    for cause in ("auth", "forbidden"):
        sentences = explain(cause, without_key="yes")
        assert "wrong" not in sentences.title
        assert "accepts the key" not in sentences.title
        assert sentences.advice.startswith(("Give ", "Enter one "))


def test_a_key_that_was_kept_back_has_not_travelled() -> None:
    assert "would travel unencrypted to gpu01" in explain("key-unencrypted", host="gpu01").title
    allowed = explain("key-unencrypted", host="gpu01", is_allowed="yes")
    assert "travels unencrypted to gpu01" in allowed.title
    assert "allow" not in allowed.advice


def test_the_four_common_causes_keep_their_names() -> None:
    titles = [
        explain(c).title for c in ("connection-refused", "auth", "unexpected-response", "model-not-found")
    ]
    begins = ("Connection refused", "Authentication error", "Unexpected response", "Model not found")
    assert all(title.startswith(begin) for title, begin in zip(titles, begins, strict=True))


def test_facts_are_shown_safe_and_on_one_line() -> None:
    failure = explain("server-error", server_message="CUDA\nout of \x1b[2Jmemory.")
    assert failure.title == "The server failed: CUDA out of ␛[2Jmemory."


def test_a_reason_is_told_whole_where_it_fits() -> None:
    reason = "only one of prompt, file and schema can be stdin: give the others as text or by name"
    assert explain("usage", reason=reason).title == f"Invalid command: {reason}."


def test_a_reason_is_cut_behind_a_whole_word() -> None:
    words = [f"word{number}" for number in range(60)]
    title = explain("usage", reason=", ".join(words)).title
    assert title.endswith("….")
    assert title.removesuffix("….").rpartition(" ")[2] in words
    assert explain("config-malformed", path="/a/b", reason=" ".join(words)).title.count("/a/b") == 1
    assert len(explain("usage", reason="x" * 500).title) < 160


def test_an_unknown_cause_is_a_defect() -> None:
    with pytest.raises(KeyError):
        explain("no-such-cause")


@given(st.sampled_from(CAUSES), st.text(max_size=200))
def test_no_fact_breaks_a_sentence(cause: Cause, text: str) -> None:
    facts = dict.fromkeys((name for name in cause.facts if name not in ("status", "server_message")), text)
    failure = explain(cause.identifier, status=None, server_message=text, chain=(), **facts)
    assert 0 < len(failure.title) <= 160
    assert 0 < len(failure.advice) <= 160
    assert "\n" not in failure.title + failure.advice


@given(st.text(max_size=80))
def test_fill_never_raises(template: str) -> None:
    assert isinstance(fill(template, {}), str)


def _explained() -> list[tuple[str, str]]:
    """Return file and cause of every ``explain("…")`` of the program."""
    found: list[tuple[str, str]] = []
    for path in sorted(Path(tui.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "explain":
                cause = node.args[0]
                if isinstance(cause, ast.Constant):
                    found.append((path.name, str(cause.value)))
    return found


def test_the_program_names_no_cause_that_is_not_in_the_catalogue() -> None:
    explained = _explained()
    assert explained
    assert [(file, cause) for file, cause in explained if cause not in CATALOGUE] == []
