"""The README says what is true: its generated parts, its pictures and its commands."""

from __future__ import annotations

import re
from pathlib import Path

from tools.readme import filled
from tui.cli.parser import build_parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_generated_parts_are_current() -> None:
    assert filled(README) == README, "run: python tools/readme.py"


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+?)\)", README)
    missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
    assert targets
    assert missing == []


def test_every_command_in_it_exists() -> None:
    blocks = "\n".join(re.findall(r"```.*?```", README, re.DOTALL))
    named = set(re.findall(r"^lmdeck ([a-z]+)", blocks, re.MULTILINE))
    named |= set(re.findall(r"`lmdeck ([a-z]+)", README))
    help_text = build_parser().format_help()
    assert {"ask", "check", "demo", "providers"} <= named
    assert [name for name in named if not re.search(rf"\b{name}\b", help_text)] == []
