"""The imports between the program's modules, read from the source, including those for types."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
Graph = Mapping[str, frozenset[str]]


@cache
def sources() -> dict[str, ast.Module]:
    """Return every module of the program by its name."""
    found = {}
    for path in sorted((ROOT / "tui").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text("utf-8"))
    return found


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return everything in a module."""
    return tuple(ast.walk(tree))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports anywhere: modules, and names within modules."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def import_graph(trees: Mapping[str, ast.Module]) -> Graph:
    """Return the program's own modules that each module imports."""
    graph = {}
    for name, tree in trees.items():
        full = {known if known in trees else known.rpartition(".")[0] for known in imported(tree)}
        graph[name] = frozenset(full & trees.keys()) - {name}
    return graph


def cycles(graph: Graph) -> list[list[str]]:
    """Return each group of modules that reach one another, by Tarjan's algorithm."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(graph[node]):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return found
