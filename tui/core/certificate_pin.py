"""The normal form in which fingerprints of pinned certificates are stored and compared."""

from __future__ import annotations

import re

from tui.core.lazy_pattern import lazy_pattern

_PIN = lazy_pattern(r"(?:sha-?256)?\s*(?:fingerprint)?\s*[:=/]?([0-9a-f:\s]+)", re.IGNORECASE)
_LENGTH = 64


def normal_pin(text: str) -> str | None:
    """Return a SHA-256 as 64 hexadecimal digits, from any tool's output: ``sha256 Fingerprint=AB:CD:…``."""
    found = _PIN.fullmatch(text.strip())
    digits = re.sub(r"[:\s]", "", found[1]).lower() if found else ""
    return digits if len(digits) == _LENGTH else None
