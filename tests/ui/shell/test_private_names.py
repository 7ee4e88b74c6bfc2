"""Private names of Textual, Rich and Pygments: only used in one package, and all of them exist."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.imports import Graph, import_graph, imported, nodes, sources

WINGS = ("tui.ui.textual_compat.", "tui.net.httpx_compat")
PYTHONS_OWN = {"_replace", "_exit", "_SubParsersAction", "_ActionsContainer", "_Decompress"}
"""Names with an underscore that the standard library documents or has no public one for."""
OWNERS = {
    "textual.app:App": (
        "_batch_count",
        "_begin_update",
        "_close_messages_no_wait",
        "_driver",
        "_end_update",
        "_exception",
        "_exit",
        "_exit_renderables",
        "_fatal_error",
        "_handle_exception",
        "_keymap",
        "_notifications",
        "_running",
        "_unnotify",
    ),
    "textual._compositor:Compositor": ("_dirty_regions", "_get_renders", "_visible_widgets"),
    "textual.screen:Screen": ("_compositor", "_layout_required", "_scroll_required"),
    "textual.widget:Widget": ("_bindings", "_clear_arrangement_cache", "_layout_required"),
    "textual.dom:DOMNode": ("_attach", "_pruning"),
    "textual.widgets:Collapsible": ("_title", "_update_collapsed"),
    "textual.widgets:TextArea": ("_refresh_size",),
    "textual.command:CommandPalette": ("_list_visible", "_refresh_command_list"),
    "textual.drivers.linux_driver:LinuxDriver": (
        "_app",
        "_file",
        "_get_terminal_size",
        "_key_thread",
        "_loop",
        "_must_signal_resume",
        "_run_input_thread",
    ),
    "textual._xterm_parser:XTermParser": ("_awaiting", "_gen", "_timeout_time", "_tokens"),
    "rich.console:Console": ("_color_system", "_environ"),
    "rich.style:Style": ("_make_ansi_codes",),
    "pygments.lexers.python:PythonLexer": ("_tokens",),
}
MODULES = (
    "textual._ansi_sequences",
    "textual._compositor",
    "textual._context",
    "textual._parser",
    "textual._xterm_parser",
)
"""Private modules that are imported, each for a name or two."""


@cache
def own_names(tree: ast.Module) -> set[str]:
    """Return what a module defines with an underscore: functions, attributes, slots."""
    found = set()
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found - {name for node in nodes(tree) for name in named_in(node)}


def named_in(node: ast.AST) -> Iterator[str]:
    """Yield the attributes that a call names in a text: ``getattr(x, "_name")``, ``attrgetter("_a._b")``."""
    if not isinstance(node, ast.Call):
        return
    function = ast.unparse(node.func).rpartition(".")[2]
    if function in ("getattr", "setattr", "delattr", "hasattr", "attrgetter", "methodcaller", "__setattr__"):
        texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
        yield from (name for text in texts if isinstance(text, str) for name in text.split("."))


def foreign_names(name: str, trees: dict[str, ast.Module], graph: Graph) -> set[str]:
    """Return the private attributes in a module that neither it nor what it imports defines."""
    known = set().union(*(own_names(trees[other]) for other in reaches(name, graph)))
    return {each for each in used_names(trees[name]) if each[:1] == "_" and each[:2] != "__"} - known


def used_names(tree: ast.Module) -> Iterator[str]:
    """Yield the attributes that a module uses."""
    for node in nodes(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        yield from named_in(node)


def reaches(name: str, graph: Graph) -> set[str]:
    """Return a module and the modules of its bases, as far as it imports them."""
    return {name, *graph[name], *(far for near in graph[name] for far in graph[near])}


def test_private_names_are_used_in_one_package_alone() -> None:
    trees = sources()
    graph = import_graph(trees)
    used = {name: foreign_names(name, trees, graph) - PYTHONS_OWN for name in trees}
    elsewhere = {name: names for name, names in used.items() if names and not name.startswith(WINGS)}
    assert elsewhere == {}


def test_private_modules_are_imported_in_one_package_alone() -> None:
    libraries = ("textual.", "rich.", "pygments.", "httpx.", "httpcore.")
    found = {
        (name, known)
        for name, tree in sources().items()
        for known in imported(tree)
        if known.startswith(libraries) and "._" in known
    }
    assert {name for name, _ in found if not name.startswith(WINGS)} == set()
    assert {known.rpartition(".")[0] for _, known in found} <= {*MODULES, "pygments.token"}


def changed_modules(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that do something with ``sys.modules`` but to look into it."""
    read = {id(place) for node in nodes(tree) for place in looked_into(node)}
    for node in nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "sys":
            yield from (node.lineno for alias in node.names if alias.name in ("modules", "*"))
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.modules" and id(node) not in read:
            yield node.lineno


def looked_into(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what an expression only reads: ``name in it``, ``it[name]``, ``it.get(name)``, ``it.items()``."""
    if isinstance(node, ast.Compare):
        yield from node.comparators
    is_item = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
    is_question = isinstance(node, ast.Attribute) and node.attr in ("get", "items", "keys", "values")
    if (is_item or is_question) and isinstance(node, ast.Subscript | ast.Attribute):
        yield node.value


@pytest.mark.parametrize(
    ("line", "is_change"),
    [
        ('sys.modules["sniffio"] = None', True),
        ('del sys.modules["sniffio"]', True),
        ('sys.modules.setdefault("sniffio", None)', True),
        ("sys.modules.update(sniffio=None)", True),
        ("sys.modules |= {}", True),
        ("known = sys.modules", True),
        ("from sys import modules", True),
        ('"sniffio" in sys.modules', False),
        ('sys.modules["sniffio"].x', False),
        ("list(sys.modules.items())", False),
    ],
)
def test_a_change_of_the_modules_is_found_however_it_is_spelled(line: str, is_change: bool) -> None:
    assert bool(list(changed_modules(ast.parse(line)))) is is_change


@pytest.mark.parametrize(
    "line",
    [
        "app._driver",
        'getattr(app, "_driver")',
        'getattr(app, "_driver", None)',
        'setattr(app, "_driver", 1)',
        'object.__setattr__(app, "_driver", 1)',
        'operator.attrgetter("screen._driver")(app)',
    ],
)
def test_a_private_name_is_found_however_it_is_spelled(line: str) -> None:
    assert "_driver" in foreign_names("m", {"m": ast.parse(line)}, {"m": frozenset()})


def test_modules_of_others_are_replaced_in_one_place_alone() -> None:
    writers = {name for name, tree in sources().items() if next(changed_modules(tree), None)}
    assert writers == {"tui.net.httpx_compat"}


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner in OWNERS for name in OWNERS[owner]])
def test_each_private_name_is_still_there(owner: str, name: str) -> None:
    module, _, kind = owner.partition(":")
    cls = getattr(importlib.import_module(module), kind)
    if not hasattr(cls, name):  # set on the object
        bases = [base for base in cls.__mro__ if base is not object]
        assert any(f"self.{name}" in inspect.getsource(base) for base in bases), f"{owner} has no {name}"


def test_each_private_name_that_is_used_is_listed() -> None:
    trees = sources()
    graph = import_graph(trees)
    listed = {name for names in OWNERS.values() for name in names}
    used = {
        name
        for module in trees
        if module.startswith("tui.ui.textual_compat.")
        for name in foreign_names(module, trees, graph)
    }
    assert used - PYTHONS_OWN <= listed
