"""Regular expressions are compiled on first use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tui.core.lazy_pattern import lazy_pattern

ROOT = Path(__file__).resolve().parents[2]
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def test_it_does_what_the_compiled_one_does() -> None:
    lazy = lazy_pattern(r"(?P<word>[a-z]+)", re.IGNORECASE)
    compiled = re.compile(r"(?P<word>[a-z]+)", re.IGNORECASE)
    text = "One two 3"
    assert lazy.findall(text) == compiled.findall(text)
    assert lazy.sub("_", text) == compiled.sub("_", text)
    assert [found["word"] for found in lazy.finditer(text)] == ["One", "two"]
    assert (lazy.pattern, lazy.flags) == (compiled.pattern, compiled.flags)
    assert lazy.groupindex == compiled.groupindex
    assert lazy_pattern(rb"\d").search(b"a1") is not None


def test_a_wrong_expression_is_noticed_at_the_first_use() -> None:
    wrong = lazy_pattern("(")
    with pytest.raises(re.error):
        wrong.search("a")


def _compiled_at_import(tree: ast.AST) -> Iterator[int]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            yield node.lineno
        if not isinstance(node, _LATER):
            yield from _compiled_at_import(node)


def test_no_module_compiles_one_while_it_is_imported() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / "tui").rglob("*.py")
        for line in _compiled_at_import(ast.parse(path.read_text()))
    }
    assert not found


def _expressions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy_pattern":
            with suppress(ValueError):  # put together from parts
                text = ast.literal_eval(node.args[0])
                if isinstance(text, str):
                    yield text


def test_those_that_stand_in_one_piece_compile() -> None:
    found = [text for path in (ROOT / "tui").rglob("*.py") for text in _expressions(path)]
    assert [lazy_pattern(text).pattern for text in found] == found
    assert len(found) > 100
