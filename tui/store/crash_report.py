"""Keeps what is known of a crash in a private file. The text is redacted by whoever makes it."""

from __future__ import annotations

import os
from pathlib import Path

from tui.store.files import ensure_private_directory

FILE_NAME = "crash.log"


def write_crash_report(state_dir: Path, text: str) -> Path | None:
    """Write the report over the last one, readable by its owner only; ``None`` where that cannot be done."""
    path = state_dir / FILE_NAME
    temporary = state_dir / f"{FILE_NAME}.{os.getpid()}"
    try:
        ensure_private_directory(state_dir)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            file.write(text)
        temporary.replace(path)
    except OSError:  # a full or read-only disk must not hide the crash itself
        return None
    return path
