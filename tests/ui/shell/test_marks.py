"""Each symbol has a substitute of the same width for terminals that lack it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

import tui
from tests.ui.fake_runtime import FakeRuntime
from tui.ui.app import LmdeckApp
from tui.ui.marks import MARKS, PlainMarks, marks_for

BLACK = Color(0, 0, 0)
ROOT = Path(tui.__file__).parent
WORDS_OF_LANGUAGES = ("wrap.py", "cells.py", "split_points.py", "lines.py", "inline.py", "warm.py")
"""They know characters of texts, and show no mark."""


def written(line: str, *, keeps_lines: bool) -> str:
    segment = Segment(line, Style(bold=True))
    return PlainMarks(keeps_lines=keeps_lines).apply([segment], BLACK)[0].text


def literals(path: Path) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in comments:
            yield node.value


def shown_sources() -> list[Path]:
    folders = (ROOT / "ui", ROOT / "texts")
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return [path for path in found if path.name not in (*WORDS_OF_LANGUAGES, "marks.py")]


@pytest.mark.parametrize("keeps_lines", [True, False])
def test_a_variant_is_as_wide_as_its_mark(keeps_lines: bool) -> None:
    for mark in (*MARKS, *map(chr, range(0x2500, 0x2580))):
        assert cell_len(written(mark, keeps_lines=keeps_lines)) == cell_len(mark), mark


def test_every_variant_is_ascii_and_the_console_keeps_its_lines() -> None:
    line = "".join(MARKS) + "╭─╮│╰╯┃"
    assert written(line, keeps_lines=False).isascii()
    assert written("╭─╮│╰╯┃", keeps_lines=True) == "┌─┐│└┘│"
    assert written("★ ● ✗ …", keeps_lines=True) == "* * x ."


def test_text_of_people_and_models_stays() -> None:
    assert written("Größe 你好 é", keeps_lines=False) == "Größe 你好 é"


@pytest.mark.parametrize("path", shown_sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_screen_writes_a_mark_without_a_variant(path: Path) -> None:
    for text in literals(path):
        left = [char for char in written(text, keeps_lines=False) if ord(char) > 126]
        assert not left, f"{left} of {text!r}"


@pytest.mark.parametrize(
    ("environment", "encoding", "shown"),
    [
        ({}, "utf-8", "★ ╭"),
        ({"TERM": "xterm-256color", "LANG": "de_DE.UTF-8"}, "UTF-8", "★ ╭"),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, "utf-8", "* ┌"),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", "* +"),
        ({"LC_ALL": "POSIX", "LANG": "de_DE.UTF-8"}, "utf-8", "* +"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "C"}, "utf-8", "★ ╭"),
        ({"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}, "utf-8", "★ ╭"),
        ({}, "ascii", "* +"),
    ],
)
def test_the_terminal_decides(environment: dict[str, str], encoding: str, shown: str) -> None:
    found = marks_for(environment, encoding)
    line = [Segment("★ ╭")]
    assert (line if found is None else found.apply(line, BLACK))[0].text == shown


async def test_every_screen_is_drawn_with_the_variants() -> None:
    app = LmdeckApp(FakeRuntime(), environment={"TERM": "linux"})
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("f1", "escape", "a", "escape"):
            await pilot.pause()
            drawn = "".join(strip.text for strip in app.screen._compositor.render_strips())
            assert not set(MARKS) - {"·"} & set(drawn)
            await pilot.press(key)
