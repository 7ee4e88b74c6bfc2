"""The beginning of a period as users write it: a day, a moment, or how long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import read_local_moment, read_whole

_AGO = lazy_pattern(r"([0-9]{1,6})([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


def read_since(text: str, now: datetime) -> datetime | None:
    """Return the moment that ``7d``, ``12h``, ``2w``, ``2026-11-01`` or an ISO 8601 moment means.

    A day begins at midnight in this machine's time zone. ``None`` for anything else.
    """
    ago = _AGO.fullmatch(text.strip().lower())
    if ago is None:
        return read_local_moment(text.strip())
    try:
        return now - timedelta(hours=_HOURS[ago[2]] * (read_whole(ago[1]) or 0))
    except OverflowError:
        return None
