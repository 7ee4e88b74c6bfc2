"""Fills the README's tables from the program: ``python tools/readme.py``."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.causes_page import render_common  # noqa: E402 - the path comes first
from tools.keys_page import render_common as key_table  # noqa: E402
from tui.wire.dialects import server_table  # noqa: E402


def _between(text: str, match: re.Match[str]) -> str:
    return f"{match[1]}{text}\n{match[2]}"


def filled(readme: str) -> str:
    """Return the README with its generated parts as they must be."""
    tables = {"keys": key_table(), "failures": render_common(), "servers": server_table()}
    for name, text in tables.items():
        pattern = re.compile(f"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        readme = pattern.sub(partial(_between, text.strip()), readme)
    return readme


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
