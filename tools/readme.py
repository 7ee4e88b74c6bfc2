"""Fills the README's tables from the program: ``python tools/readme.py``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tui.core.causes import explain  # noqa: E402 - the path comes first
from tui.ui.bindings import key_table  # noqa: E402

CLIENTS_FOUR = ("connection-refused", "auth", "unexpected-response", "model-not-found")
TEN_OTHERS = (
    "url-missing-v1",
    "tls-self-signed",
    "loading",
    "no-answer",
    "context-too-long",
    "rate-limited",
    "bad-gateway",
    "stream-buffered",
    "thinking-ate-budget",
    "proxy-captures-local",
)


def failure_table() -> str:
    """Return the failures people meet most, in the program's own words."""
    lines = ["| cause | what lmdeck says | what to do |", "|---|---|---|"]
    for cause in CLIENTS_FOUR + TEN_OTHERS:
        failure = explain(cause)
        name = f"**`{cause}`**" if cause in CLIENTS_FOUR else f"`{cause}`"
        lines.append(f"| {name} | {failure.title} | {failure.advice} |")
    return "\n".join(lines)


def filled(readme: str) -> str:
    """Return the README with its generated parts as they must be."""
    for name, text in (("keys", key_table().strip()), ("failures", failure_table())):
        pattern = re.compile(f"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        readme = pattern.sub(lambda match, text=text: f"{match[1]}{text}\n{match[2]}", readme)
    return readme


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
