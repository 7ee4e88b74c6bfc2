"""Writes a crash report to a private file. The caller redacts the text."""

from __future__ import annotations

from pathlib import Path

from tui.store.files import write_atomically

FILE_NAME = "crash.log"


def write_crash_report(state_dir: Path, text: str) -> Path | None:
    """Overwrite the last report, with access for its owner only; return ``None`` on failure."""
    path = state_dir / FILE_NAME
    try:
        write_atomically(path, text.encode("utf-8", "replace"))
    except OSError:  # a full or read-only disk must not hide the crash
        return None
    return path
