"""The layers are respected, and each entry point loads only what it needs."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.imports import cycles, import_graph, nodes, sources

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


def test_no_package_imports_what_is_in_it() -> None:
    """Each of its modules imports the package: two threads that come from either end would meet halfway,
    and one of them gets a module that is not complete."""
    graph = import_graph(sources())
    packages = {name for name, used in graph.items() if any(module.startswith(f"{name}.") for module in used)}
    assert packages == {"tui.net"}
    assert not any(module.startswith("tui.net") for module in graph["tui.net.httpx_compat"])


def test_only_an_answer_with_a_schema_loads_the_validator_and_a_wrong_schema_no_network(
    tmp_path: Path,
) -> None:
    asked = ("ask", "hi", "--url", "http://127.0.0.1:1/v1", "--model", "m", "--wait", "0.1")
    _, modules = run(tmp_path, *asked)
    assert "httpx" in modules
    assert "jsonschema" not in modules
    (tmp_path / "wrong.json").write_text('{"type": 1}')
    code, modules = run(tmp_path, *asked, "--schema", str(tmp_path / "wrong.json"))
    assert code == 2
    assert "jsonschema" in modules
    assert "httpx" not in modules


def test_no_screen_imports_another_one_and_only_the_router_knows_them() -> None:
    graph = import_graph(sources())
    screens = {name for name in graph["tui.ui.router"] if name.startswith("tui.ui.")}
    assert len(screens) >= 7
    importers = {name for name, used in graph.items() if used & screens}
    assert importers == {"tui.ui.router"}


SEAMS = ("tui.cli.main", "tui.runtime.runtime", "tui.ui.router")
"""Where the program decides what it loads: inside a layer, imports stand at the top."""
LATE = {
    "tui.cli.check": (1, "the ticket asks for the versions of packages"),
    "tui.cli.line_reader": (1, "readline, on a terminal alone: importing it writes to the output"),
    "tui.cli.running": (1, "the report of a defect"),
    "tui.cli.screens": (3, "line by line or the screens: one of them alone, and a frame before all of them"),
    "tui.core.outside": (1, "an HTTP date loads sockets and e-mail"),
    "tui.core.schema_check": (1, "the validator, where a schema is used: 100 ms"),
    "tui.demo.engine_child": (1, "an optional package, imported when the parent is watched"),
    "tui.net.client": (2, "the HTTP library, with the first request"),
    "tui.net.machine.machine": (1, "processes, where a check looks at this machine"),
    "tui.net.machine.system": (1, "psutil, where there is no /proc"),
    "tui.net.probe.diagnose": (2, "the checks above HTTP, once there is a connection; tests of abilities"),
    "tui.net.reprobe": (1, "connections, once one has failed"),
    "tui.net.tls": (1, "certifi, where the system has no authorities"),
    "tui.net.transport_errors": (1, "the HTTP library, with the first request"),
    "tui.runtime.builtin": (1, "an HTTP server and the engine, when one is used"),
    "tui.runtime.costs": (1, "the reader of chats, where one must be read: 30 ms of costs --short"),
    "tui.runtime.diagnosing": (1, "the network, in a thread"),
    "tui.session.chat_session": (1, "a turn, with the first prompt"),
    "tui.store.conversation_list": (1, "the list of saved conversations, when it is read"),
    "tui.store.paths": (1, "the places of macOS"),
    "tui.store.toml_file": (1, "tomlkit, when a file is changed"),
    "tui.ui.app": (1, "what the first answer needs"),
    "tui.ui.chat.prompt_box": (1, "the list of commands"),
    "tui.ui.chat.screen": (1, "what opens over a chat"),
    "tui.ui.textual_compat.lexers": (1, "Pygments, with the first code"),
    "tui.ui.transcript.grammar": (1, "the Markdown parser, with the first answer"),
    "tui.ui.transcript.highlight": (1, "Pygments, with the first code"),
    "tui.ui.transcript.inline": (1, "the Markdown parser, with the first answer"),
}
"""How many imports inside functions a module has beside the seams, and why a start is the sooner for it."""
MOST_LATE = 51
"""Without the router: each of its own is the opening of a screen."""


def late_imports() -> dict[str, int]:
    """Return how many imports inside functions each module has."""
    found = {}
    for name, tree in sources().items():
        functions = [node for node in nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        within = {id(child): child for function in functions for child in ast.walk(function)}
        found[name] = sum(isinstance(child, ast.Import | ast.ImportFrom) for child in within.values())
    return {name: count for name, count in found.items() if count}


def test_imports_stand_at_the_top_but_at_the_seams_and_where_a_start_needs_it() -> None:
    found = late_imports()
    assert {name: count for name, count in found.items() if name not in SEAMS} == {
        name: count for name, (count, _) in LATE.items()
    }
    assert sum(found.values()) - found["tui.ui.router"] <= MOST_LATE


TOUCHES = {
    *("read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "scandir", "listdir"),
    *("mkdir", "makedirs", "unlink", "rmdir", "rmtree", "symlink_to", "hardlink_to"),
}
ON_DISK = {
    "tui.cli.check_report": "a report that goes into a pipe or a device",
    "tui.cli.parser": "which commands there are",
    "tui.cli.streams": "/dev/null",
    "tui.core.causes": "a table of the program",
    "tui.core.commands": "a table of the program",
    "tui.demo.engine": "the log of the engine's process",
    "tui.demo.said": "what the demo says",
    "tui.net.machine.proc_files": "processes and sockets in /proc",
    "tui.net.machine.surroundings": "what kind of system this is",
    "tui.net.tls": "certificates",
    "tui.runtime.clipboard": "the copied text before",
    "tui.ui.bindings": "a table of the program",
    "tui.ui.shell.help": "a table of the program",
    "tui.ui.textual_compat.terminal_output": "/dev/null",
    "tui.ui.transcript.palette": "a table of the program",
    "tui.ui.transcript.transcript": "a table of the program",
}
"""What the modules beside the store read and write; all other files are the store's."""


def touches_the_disk(node: ast.AST) -> bool:
    """Whether something opens, lists, reads or changes files: by its name, or as an ``open`` with a mode."""
    if not isinstance(node, ast.Call):
        return False
    called, arguments = ast.unparse(node.func), [each for each in node.args if isinstance(each, ast.Constant)]
    has_mode = any(each.value in ("r", "rb", "w", "wb", "a", "ab", "x", "xb") for each in arguments)
    is_method = isinstance(node.func, ast.Attribute) and node.func.attr in TOUCHES
    return is_method or called in ("open", "os.open") or (called.endswith(".open") and has_mode)


def test_only_the_store_touches_the_files_of_a_user() -> None:
    found = {name for name, tree in sources().items() if any(map(touches_the_disk, nodes(tree)))}
    assert {name for name in found if not name.startswith("tui.store.")} == set(ON_DISK)


@pytest.mark.parametrize(
    "line", ["open(x)", "os.open(x, 0)", "x.open('wb')", "Path(x).read_text()", "x.unlink()"]
)
def test_touching_the_disk_is_found(line: str) -> None:
    assert any(map(touches_the_disk, ast.walk(ast.parse(line))))


FORMER_NAMES = re.compile(
    r"Exchange|Patience|Pace|Mailbox|JudgedContext|Places|GroundScreen|Shelf|Roll|Allowance"
    r"|_?(tell_|second_look|complete_refusal|expected_errors|unnamed_provider|hindrance|ladder)\w*"
)
"""Riddles: each of them has a name of the field now."""


def test_no_name_is_a_riddle() -> None:
    kinds = ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    names = [node.name for tree in sources().values() for node in nodes(tree) if isinstance(node, kinds)]
    assert [name for name in names if FORMER_NAMES.fullmatch(name)] == []


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_needs_nothing_loads_nothing(tmp_path: Path, option: str) -> None:
    code, modules = run(tmp_path, option)
    assert code == 0
    assert modules.isdisjoint((*HEAVY, "dataclasses", "tui.core.provider"))


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
