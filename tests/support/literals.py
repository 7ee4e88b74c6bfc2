"""The string literals in a module's source, without docstrings, including those of attributes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.support.imports import nodes


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each literal with its line; what an f-string fills in is ``{}``."""
    skipped = {id(node.value) for node in nodes(tree) if isinstance(node, ast.Expr)}
    for node in nodes(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in node.values)
            yield node.lineno, "".join(_part(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"
