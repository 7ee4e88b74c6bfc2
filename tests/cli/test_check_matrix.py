"""``check --all --deep``: the ability matrix as table, Markdown and JSON, and its changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fault_server import refused_port
from tests.support.json_schema import violations
from tests.support.matrix_server import ONLY, serving
from tui.cli import main as cli_main
from tui.cli.check_matrix import matrix_lines
from tui.cli.table import cells
from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.ability_matrix import Cell, Column, Matrix

ALL_SCHEMA = json.loads((Path(cli_main.__file__).parent / "schemas" / "check-all.schema.json").read_text())


@pytest.fixture(autouse=True)
def without_built_in(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.runtime.builtin.BuiltIns.providers", ())


def add(call: Call, name: str, url: str) -> None:
    assert call("providers", "add", name, "--url", url, "--model", "m").code == 0


def table_of(out: str) -> list[str]:
    lines = out.splitlines()
    return lines[next(place for place, line in enumerate(lines) if line.startswith("Ability")) :]


def test_the_table_has_what_each_can_and_a_sentence_for_who_cannot_be_reached(call: Call) -> None:
    (_, one), (_, two) = serving(n="yes", json_object="yes"), serving(n="ignored")
    with one, two, refused_port() as port:
        add(call, "one", one.base_url)
        add(call, "two", two.base_url)
        add(call, "gone", f"http://127.0.0.1:{port}/v1")
        done = call("check", "--all", "--only", ONLY)
    assert done.code == 1
    assert "Tests what 3 providers can do: at most 6 requests and" in done.err
    lines = table_of(done.out)
    assert [line.split() for line in lines[:4]] == [
        ["Ability", "one", "two"],
        ["Model", "m", "m"],
        ["JSON", "object", "✓", "yes", "✗", "no"],
        ["Several", "choices", "✓", "yes", "!", "ignored"],
    ]
    assert lines[4] == ""
    assert lines[5].startswith("gone: Connection refused")
    assert len(lines) == 6
    assert max(map(cells, lines[:4])) <= 80


def test_what_has_changed_is_marked_from_what_is_remembered(call: Call) -> None:
    talent, server = serving(n="yes", json_object="yes")
    with server:
        add(call, "one", server.base_url)
        first = call("check", "--all", "--only", ONLY)
        assert "was" not in first.out
        same = call("check", "--all", "--only", ONLY, "--json").json
        assert same["changes"] == []
        talent.can = {"n": "ignored", "json_object": "failing"}
        done = call("check", "--all", "--only", ONLY)
        assert "! ignored (was yes)" in done.out
        assert "· not tried" in done.out
        assert "Changed since the last test:\n  one: Several choices was yes, is now ignored\n" in done.out
        assert "JSON object was" not in done.out
        talent.can = {"n": "yes", "json_object": "no"}
        report = call("check", "--all", "--only", ONLY, "--json").json
    assert list(violations(report, ALL_SCHEMA)) == []
    assert report["changes"] == [
        {"provider": "one", "ability": "json_object", "before": "yes", "now": "no"},
        {"provider": "one", "ability": "n", "before": "ignored", "now": "yes"},
    ]
    assert report["results"][0]["abilities"]["n"]["result"] == "yes"


def test_markdown_is_a_table_for_a_readme_and_alone_on_stdout(call: Call) -> None:
    _, server = serving(n="yes")
    with server, refused_port() as port:
        add(call, "a_b", server.base_url)
        add(call, "gone", f"http://127.0.0.1:{port}/v1")
        done = call("check", "--all", "--only", ONLY, "--markdown")
    lines = done.out.splitlines()
    assert lines[0].startswith("| Ability | a\\_b<br>m")
    assert lines[1] == "| --- | --- |"
    assert lines[2:4] == ["| JSON object | ✗ no |", "| Several choices | ✓ yes |"]
    assert lines[5].startswith("Tested 20")
    assert lines[7] == "Not tested:"
    assert lines[9].startswith("- gone: Connection refused")
    assert "1 of 2 work" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--all", "--markdown"), "--markdown needs --deep or --only"),
        (("--deep", "--markdown", "http://127.0.0.1:1/v1"), "--markdown needs --all"),
        (("--all", "--deep", "--markdown", "--json"), "--markdown cannot be combined with --json"),
    ],
)
def test_markdown_needs_the_matrix(call: Call, arguments: tuple[str, ...], said: str) -> None:
    done = call("check", *arguments)
    assert done.code == 2
    assert said in done.out + done.err


# ── The layout ──────────────────────────────────────────────────────────────────────────────


def column(name: str, before: Outcome | None = None) -> Column:
    results = [AbilityResult(Ability.TOOLS, Outcome.YES, "e"), AbilityResult(Ability.N, Outcome.IGNORED, "e")]
    return Column(
        name,
        "model of 显存 that has a long name",
        cells={
            result.ability: Cell(result, before if result.ability is Ability.N else None)
            for result in results
        },
    )


@pytest.mark.parametrize("width", [60, 80, 120])
def test_blocks_fit_and_have_every_provider_once(width: int) -> None:
    names = [f"provider-{number}" for number in range(9)]
    lines = matrix_lines(Matrix(tuple(map(column, names))), width=width, ascii_only=False)
    assert max(map(cells, lines)) <= width
    heads = [line.split()[1:] for line in lines if line.startswith("Ability")]
    assert [name for head in heads for name in head] == names
    assert sum(line.startswith("Tools") for line in lines) == len(heads) > 1


def test_a_terminal_without_unicode_gets_ascii() -> None:
    matrix = Matrix((column("a", Outcome.YES), Column("b", problem="It is gone.")))
    lines = matrix_lines(matrix, width=80, ascii_only=True)
    assert any("!! ignored (was yes)" in line for line in lines)


def test_an_ability_that_only_others_were_tested_for_has_a_dash() -> None:
    other = Column(
        "b", "m", cells={Ability.EMBEDDINGS: Cell(AbilityResult(Ability.EMBEDDINGS, Outcome.YES, ""))}
    )
    lines = matrix_lines(Matrix((column("a"), other)), width=80, ascii_only=False)
    assert [line.split()[-1] for line in lines[2:]] == ["—", "—", "yes"]
    assert matrix_lines(Matrix((Column("b"),)), width=80, ascii_only=False) == ["No ability was tested."]
