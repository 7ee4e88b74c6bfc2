"""The smallest window that the screens are made for, in cells."""

from __future__ import annotations

SMALLEST_WIDTH, SMALLEST_HEIGHT = 60, 16


def is_too_small(width: int, height: int) -> bool:
    """Return whether a window is smaller than the screens are made for."""
    return width < SMALLEST_WIDTH or height < SMALLEST_HEIGHT
