"""Days and months in local time, including changes of the clock.

Every list, plot and budget uses these functions. ``zone`` is ``None`` for the local time zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open interval of time, in UTC."""

    start: datetime
    end: datetime

    def share(self, now: datetime) -> float:
        """Return the elapsed share at ``now``: 0 to 1."""
        return min(1.0, max(0.0, (now - self.start) / (self.end - self.start)))


def day_of(instant: datetime, zone: tzinfo | None = None) -> date:
    """Return the day of a time zone-aware instant."""
    return instant.astimezone(zone).date()


def start_of(day: date, zone: tzinfo | None = None) -> datetime:
    """Return the first instant of a day, in UTC, also if its midnight is skipped."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def whole_day(day: date, zone: tzinfo | None = None) -> Period:
    """Return a day: 23 to 25 hours."""
    return Period(start_of(day, zone), start_of(day + timedelta(days=1), zone))


def month_of(day: date, zone: tzinfo | None = None) -> Period:
    """Return the calendar month of a day."""
    return Period(start_of(day.replace(day=1), zone), start_of(first_of_next(day), zone))


def first_of_next(day: date) -> date:
    """Return the first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
