"""Whether the program's own files are still those that it was started from."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import tui

_LOADED_AT = time.time()


def were_replaced() -> bool:
    """Return whether a module that was loaded has another file by now, or none, as after an upgrade.

    What is loaded only when it is needed then comes from files that do not fit the rest.
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
