"""Fills the table of servers in docs/dialects.md from the program: ``python tools/dialects_page.py``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tui.wire.dialects import server_table  # noqa: E402 - the path comes first

PAGE = ROOT / "docs" / "dialects.md"
_TABLE = re.compile("(<!-- servers:begin -->\n).*?(<!-- servers:end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Return the page with the table as it must be."""
    return _TABLE.sub(lambda match: f"{match[1]}{server_table().strip()}\n{match[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
