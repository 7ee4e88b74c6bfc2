"""Style sheets: what one screen says of its own widgets holds on no other screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tui.ui

SHEETS = sorted(Path(tui.ui.__file__).parent.glob("*/*.tcss"))


def selectors(sheet: str) -> list[str]:
    rules = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    return [selector.strip() for rule in rules for selector in rule.split(",")]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_an_identifier_is_meant_on_its_own_screen_alone(path: Path) -> None:
    """Textual applies every sheet it has read to every screen."""
    found = selectors(path.read_text(encoding="utf-8"))
    assert found
    assert [selector for selector in found if selector.startswith("#")] == []
