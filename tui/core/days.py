"""Days and months in local time: by the clock on the wall, whatever its changes.

One function each for every list, plot and budget. ``zone`` is ``None`` for this machine's time zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Period:
    """From one instant until just before another, both in UTC."""

    start: datetime
    end: datetime

    def share(self, now: datetime) -> float:
        """Return how much of it is over at ``now``: 0 to 1."""
        return min(1.0, max(0.0, (now - self.start) / (self.end - self.start)))


def day_of(instant: datetime, zone: tzinfo | None = None) -> date:
    """Return the day of an instant that has a zone."""
    return instant.astimezone(zone).date()


def start_of(day: date, zone: tzinfo | None = None) -> datetime:
    """Return the first instant of a day, in UTC; a day whose midnight is skipped begins after that."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def whole_day(day: date, zone: tzinfo | None = None) -> Period:
    """Return a day: 23 to 25 hours."""
    return Period(start_of(day, zone), start_of(day + timedelta(days=1), zone))


def month_of(day: date, zone: tzinfo | None = None) -> Period:
    """Return the calendar month in which a day lies."""
    return Period(start_of(day.replace(day=1), zone), start_of(first_of_next(day), zone))


def first_of_next(day: date) -> date:
    """Return the first day of the month after that of a day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
