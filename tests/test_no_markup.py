"""No text that may come from outside is ever read as markup: looked up in the syntax of every ui module.

Textual and Rich read a plain ``str`` as markup in many places: a bracket in it vanishes, runs an action
or ends the program. So such a place gets a literal, ``markup=False``, or a ``Content`` or ``Text``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).parent.parent / "tui" / "ui"
MODULES = sorted(UI.rglob("*.py"))

FIRST_ARGUMENT = {"Static", "Label", "Button", "Link", "Option", "Tab", "TabPane", "Tooltip", "Collapsible"}
"""Widgets whose first argument is shown."""
EVERY_ARGUMENT = {"add_row", "add_column", "add_columns", "add_option", "update_cell", "update_cell_at"}
"""Methods whose positional arguments are shown or may be."""
UPDATED = {"update"}
"""Methods of widgets that replace their text; those of dictionaries and sets share the name."""
ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "label"}
"""Attributes that are shown."""
TITLES = {"title", "label", "prompt"}
"""Keyword arguments that are shown."""
SAFE_CALLS = {"Content", "Text", "Segment", "Segments"}
BANNED = {"from_markup", "escape"}


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_plain_text(node: ast.expr) -> bool:
    """Whether an expression is certainly a ``str`` that is no literal."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return _is_plain_text(node.left) or _is_plain_text(node.right)
    if isinstance(node, ast.Call):
        called = _name(node.func)
        return called in {
            "str",
            "repr",
            "format",
            "join",
            "safe_text",
            "safe_line",
            "strip",
            "replace",
            "title",
        }
    if isinstance(node, ast.IfExp):
        return _is_plain_text(node.body) or _is_plain_text(node.orelse)
    return False


def _is_safe(node: ast.expr, content_names: set[str]) -> bool:
    """Whether a shown expression is a literal or a ``Content``, ``Text`` or visual made on purpose."""
    if isinstance(node, ast.Constant):
        return "[" not in node.value if isinstance(node.value, str) else True
    if isinstance(node, ast.Call):
        called = _name(node.func)
        if called == "cast":
            return _is_safe(node.args[1], content_names)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(owner, ast.Call) and _is_safe(owner, content_names):
            return True
        safe = SAFE_CALLS | content_names
        return called in safe or (owner is not None and _name(owner) in safe)
    if isinstance(node, ast.IfExp):
        return _is_safe(node.body, content_names) and _is_safe(node.orelse, content_names)
    if isinstance(node, ast.BoolOp):
        return all(_is_safe(value, content_names) for value in node.values)
    if isinstance(node, ast.BinOp):
        return _is_safe(node.left, content_names) or _is_safe(node.right, content_names)
    return _name(node) in content_names


def _content_names(tree: ast.Module) -> set[str]:
    """Return the names that are annotated, or made, as ``Content`` or ``Text`` in a module."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.returns is not None and _mentions_content(node.returns):
                names.add(node.name)
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            if _mentions_content(node.annotation):
                names.add(node.arg if isinstance(node, ast.arg) else _name(node.target))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            owner = node.value.func
            made = {_name(owner), _name(owner.value) if isinstance(owner, ast.Attribute) else ""}
            if made & SAFE_CALLS or made & names:
                names.update(_name(target) for target in node.targets)
        elif isinstance(node, ast.comprehension | ast.For):
            made_by = _name(node.iter.func) if isinstance(node.iter, ast.Call) else ""
            parts = ast.walk(node.target) if made_by in RETURN_CONTENT else ()
            names.update(_name(part) for part in parts if isinstance(part, ast.Name))
    return names


def _mentions_content(annotation: ast.expr) -> bool:
    words = {_name(node) for node in ast.walk(annotation) if isinstance(node, ast.Name | ast.Attribute)}
    return bool(words & {"Content", "Text"}) and "str" not in words


def _functions(tree: ast.Module) -> Iterator[str]:
    """Yield the functions and methods of a module that return ``Content`` or ``Text``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.returns is None:
            continue
        if _mentions_content(node.returns):
            yield node.name


RETURN_CONTENT = {
    name for module in MODULES for name in _functions(ast.parse(module.read_text(encoding="utf-8")))
}


def _shown(tree: ast.Module) -> Iterator[tuple[int, ast.expr]]:
    """Yield every expression that a widget shows, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _shown_by_call(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES:
                    yield node.lineno, node.value


def _shown_by_call(node: ast.Call) -> Iterator[tuple[int, ast.expr]]:
    called = _name(node.func)
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    markup = keywords.get("markup")
    if isinstance(markup, ast.Constant) and markup.value is False:
        return
    if called in FIRST_ARGUMENT:
        yield from ((node.lineno, argument) for argument in node.args[:1])
        yield from ((node.lineno, value) for name, value in keywords.items() if name in TITLES)
    elif called in EVERY_ARGUMENT:
        shown = node.args[2:] if called.startswith("update_cell") else node.args
        yield from ((node.lineno, argument) for argument in shown if not isinstance(argument, ast.Starred))
    elif called in UPDATED and isinstance(node.func, ast.Attribute):
        yield from ((node.lineno, argument) for argument in node.args[:1] if _is_plain_text(argument))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(UI)))
def test_no_shown_text_is_markup(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    wrong = [
        f"{module.name}:{line}: {ast.unparse(value)}"
        for line, value in _shown(tree)
        if not _is_safe(value, RETURN_CONTENT | _content_names(tree))
    ]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(UI)))
def test_markup_is_neither_parsed_nor_escaped(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    wrong = [
        f"{module.name}:{node.lineno}: {ast.unparse(node.func)}"
        for node in calls
        if _name(node.func) in BANNED and not ast.unparse(node.func).startswith("re.")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        "Static(text)",
        "Label(f'{name}')",
        "Button(label=provider.name)",
        "table.add_row(name)",
        "table.add_column(column.title)",
        "self.query_one(Static).update(f'{x}')",
        "self.border_title = provider.name",
        "Option(model)",
        "Static('[bold]x')",
    ],
)
def test_the_rule_finds(line: str) -> None:
    assert [value for _, value in _shown(ast.parse(line)) if not _is_safe(value, set())]


@pytest.mark.parametrize(
    "line",
    [
        "Static(Content(text))",
        "Label('Name')",
        "Static(text, markup=False)",
        "table.add_row(Text(name))",
        "x.update(Content.assemble(a, b))",
        "names.update(other)",
        "self.border_title = 'Help'",
    ],
)
def test_the_rule_lets_pass(line: str) -> None:
    assert not [value for _, value in _shown(ast.parse(line)) if not _is_safe(value, set())]
