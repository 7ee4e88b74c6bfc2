"""The documentation of causes is generated from the catalogue."""

from __future__ import annotations

from pathlib import Path

from tools.causes_page import MOST_COMMON, render_page
from tui.core.causes import CATALOGUE

PAGE = Path(__file__).parents[2] / "docs" / "causes.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(), "run: python tools/causes_page.py"


def test_every_cause_is_on_the_page() -> None:
    page = render_page()
    assert all(f"| `{identifier}`" in page for identifier in CATALOGUE)


def test_the_common_ones_begin_with_the_four_classics() -> None:
    assert MOST_COMMON[:4] == ("connection-refused", "auth", "unexpected-response", "model-not-found")
    assert len(MOST_COMMON) == len(set(MOST_COMMON)) == 14
    common = render_page().partition("## The most common\n")[2].partition("\n## ")[0]
    assert common.count("\n| `") == 14
