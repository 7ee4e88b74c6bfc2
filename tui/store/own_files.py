"""Detects whether the program's own files were replaced since it started."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import tui

_LOADED_AT = time.time()


def were_replaced() -> bool:
    """Return whether the file of a loaded module was replaced or removed, as by an upgrade.

    Modules loaded later would then come from a different version.
    """
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is None or name.partition(".")[0] != tui.__name__:
            continue
        try:
            changed = Path(file).stat().st_ctime
        except OSError:
            return True
        if changed > _LOADED_AT:
            return True
    return False
