"""Where the time of an exchange went, part by part."""

from __future__ import annotations

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of the time."""

    name: str
    """``connect``, ``queue``, ``prompt``, ``answer`` …"""
    milliseconds: float
    source: str
    """``measured`` here, ``reported`` by the server, or ``estimated``."""
    origin: str = ""
    """What of the server reported it, such as ``vllm.metrics``."""
