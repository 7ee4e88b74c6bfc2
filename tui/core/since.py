"""Parses the start and the end of a period as entered: a day, a time, or an age."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from tui.core.days import day_of, whole_day
from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import read_local_moment, read_whole

_AGO = lazy_pattern(r"([0-9]{1,6})([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


_DAY = lazy_pattern(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")


def read_since(text: str, now: datetime, zone: tzinfo | None = None) -> datetime | None:
    """Parse ``7d``, ``12h``, ``2w``, ``2026-11-01`` or an ISO 8601 timestamp; ``None`` for anything else.

    A day begins at midnight in ``zone``, by default the local time zone.
    """
    ago = _AGO.fullmatch(text.strip().lower())
    if ago is None:
        return read_local_moment(text.strip(), zone)
    try:
        return now - timedelta(hours=_HOURS[ago[2]] * (read_whole(ago[1]) or 0))
    except OverflowError:
        return None


def read_first_day(text: str, now: datetime, zone: tzinfo | None = None) -> datetime | None:
    """Like ``read_since``, but ``30d`` is the beginning of the day 30 days ago."""
    moment = read_since(text, now, zone)
    is_of_days = moment is not None and text.strip().lower()[-1:] in ("d", "w", "m", "y")
    return whole_day(day_of(moment, zone), zone).start if moment is not None and is_of_days else moment


def read_last_day(text: str, now: datetime, zone: tzinfo | None = None) -> datetime | None:
    """Return the end of a day given as ``2026-11-30`` or ``7d``; a timestamp is returned unchanged."""
    moment = read_first_day(text, now, zone)
    bare = text.strip().lower()
    if moment is None or not (_DAY.fullmatch(bare) or bare[-1:] in ("d", "w", "m", "y")):
        return moment
    return whole_day(day_of(moment, zone), zone).end
