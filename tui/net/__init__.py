"""The only importer of httpx: client, failure classifier, probes. No disk, no screens."""

from __future__ import annotations

import sys

# Where click is installed, httpx 0.28.1 imports Rich for a command of its own, a third of its import:
# this way it takes that command for not installed.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
