"""Writes docs/causes.md from the catalogue of failures: ``python tools/causes_page.py``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tui.core.causes_page import render_page  # noqa: E402 - the path comes first

if __name__ == "__main__":
    (ROOT / "docs" / "causes.md").write_text(render_page(), encoding="utf-8")
