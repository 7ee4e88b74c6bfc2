"""The layers hold, and each way in loads only what it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.imports import cycles, import_graph, sources

ROOT = Path(__file__).parents[1]
HEAVY = ("textual", "rich", "httpx", "pydantic", "ssl", "markdown_it", "pygments", "asyncio")

PROBE = """
import json, sys
arguments = json.loads(sys.argv[1])
sys.argv = ["lmdeck", *arguments]
try:
    from tui.cli.main import main
    code = main(arguments)
except SystemExit as ending:
    code = ending.code
sys.stderr.write("\\n" + json.dumps({"code": code or 0, "modules": sorted(sys.modules)}))
"""


def run(tmp_path: Path, *arguments: str) -> tuple[int, set[str]]:
    """Run a command in an interpreter of its own; return its exit code and what it imported."""
    homes = {
        f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **homes}
    result = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(arguments)],
        env=environment,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    told = json.loads(result.stderr.splitlines()[-1])
    return told["code"], set(told["modules"])


def test_each_layer_imports_only_what_is_below_it(tmp_path: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"}
    )
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


def test_no_module_imports_itself_through_others() -> None:
    assert cycles(import_graph(sources())) == []


def test_cycles_are_found() -> None:
    graph = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("b"), "d": frozenset("a")}
    assert cycles(graph) == [["b", "c"]]


def test_no_screen_imports_another_one_and_only_the_router_knows_them() -> None:
    graph = import_graph(sources())
    screens = {name for name in graph["tui.ui.router"] if name.startswith("tui.ui.")}
    assert len(screens) >= 7
    importers = {name for name, used in graph.items() if used & screens}
    assert importers == {"tui.ui.router"}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_needs_nothing_loads_nothing(tmp_path: Path, option: str) -> None:
    code, modules = run(tmp_path, option)
    assert code == 0
    assert modules.isdisjoint(HEAVY)


def test_a_list_on_the_command_line_needs_no_screen_and_no_network(tmp_path: Path) -> None:
    code, modules = run(tmp_path, "providers", "list", "--json")
    assert code == 0
    assert modules.isdisjoint({"textual", "rich", "httpx", "pydantic", "markdown_it", "pygments"})


def test_a_question_on_the_command_line_needs_no_screen(tmp_path: Path) -> None:
    code, modules = run(tmp_path, "ask", "--url", "http://127.0.0.1:1/v1", "--model", "x", "hello")
    assert code == 1
    assert "httpx" in modules
    assert modules.isdisjoint({"textual", "rich"})


@pytest.mark.skipif(find_spec("tui.cli.commands.check") is None, reason="there is no such command yet")
def test_a_check_on_the_command_line_needs_no_screen(tmp_path: Path) -> None:
    code, modules = run(tmp_path, "check", "http://127.0.0.1:1/v1", "--json")
    assert code == 1
    assert modules.isdisjoint({"textual", "rich"})
