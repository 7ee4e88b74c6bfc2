"""Style sheets: the rules of one screen affect no other screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.color import Color

import tui.ui
from tests.support.contrast import contrast_of
from tui.ui.themes import ANSI

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


@pytest.mark.parametrize("ground", ["#000000", "#ffffff"])
def test_what_the_ansi_theme_writes_in_its_accent_is_seen_on_black_and_on_white(ground: str) -> None:
    """By the colours that xterm has; a Linux console has about the same."""
    sheets = "".join(path.read_text(encoding="utf-8") for path in SHEETS)
    texts = set(re.findall(r"[^-]color: ansi_(\w*blue)", sheets)) | {
        str(colour).removeprefix("ansi_")
        for colour in (ANSI.primary, ANSI.accent, ANSI.variables["footer-key-foreground"])
    }
    xterm = {"blue": "#0000ee", "bright_blue": "#5c5cff"}
    pale = {name for name in texts if contrast_of(Color.parse(xterm[name]), Color.parse(ground)) < 4}
    assert not pale
