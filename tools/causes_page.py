"""The catalogue of failures as pages; ``python tools/causes_page.py`` writes docs/causes.md."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tui.core.cause import Cause  # noqa: E402 - the path comes first
from tui.core.causes import CATALOGUE, SECTIONS, explain  # noqa: E402

MOST_COMMON = (
    "connection-refused",
    "auth",
    "unexpected-response",
    "model-not-found",
    "url-missing-v1",
    "no-answer",
    "loading",
    "context-too-long",
    "wrong-ip-family",
    "tls-on-plain-port",
    "tls-unknown-ca",
    "proxy-failed",
    "rate-limited",
    "stream-buffered",
)
"""What people meet most: the first four are the classics of every local server."""


def render_page() -> str:
    """Return ``docs/causes.md``."""
    parts = [
        "# Causes and fixes\n",
        "Every failure has a stable identifier: `cause` in `lmdeck check --json` and in the errors of\n"
        "`lmdeck ask --json`. The sentences are those that lmdeck shows, without the facts of the case.\n"
        "*(warning)*: the endpoint may still work.\n",
    ]
    common = (CATALOGUE[identifier] for identifier in MOST_COMMON)
    parts.append(f"## The most common\n\n{_table(common)}")
    for heading, causes in SECTIONS.items():
        parts.append(f"## {heading}\n\n{_table(causes)}")
    return "\n".join(parts)


def _table(causes: Iterable[Cause]) -> str:
    rows = ["| cause | problem | fix |", "|---|---|---|", *map(_row, causes)]
    return "\n".join(rows) + "\n"


def _row(cause: Cause) -> str:
    plain = explain(cause.identifier)
    mark = " (warning)" if cause.is_warning else ""
    cells = (f"`{cause.identifier}`{mark}", plain.title, plain.advice)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"


if __name__ == "__main__":
    (ROOT / "docs" / "causes.md").write_text(render_page(), encoding="utf-8")
