"""Times in words."""

from __future__ import annotations

from datetime import datetime

from tui.core.outside import read_local_moment
from tui.texts import moments as texts

_DAYS_COUNTED = 7


def exact(stamp: str) -> str:
    """Format an ISO 8601 timestamp to the second, in the local time zone; empty for an empty one."""
    moment = read_local_moment(stamp)
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")


def ago(stamp: str, now: datetime) -> str:
    """Return the time since a timestamp: ``2 min ago``, ``yesterday``, ``14 Nov``; empty for an empty one.

    ``stamp`` is ISO 8601; days are those of the time zone of ``now``. A moment to come reads as now, as
    clocks differ; one that is days away has its date.
    """
    moment = read_local_moment(stamp)
    if moment is None:
        return ""
    moment = moment.astimezone(now.tzinfo)
    seconds = (now - moment).total_seconds()
    days = (now.date() - moment.date()).days
    if days < -1:
        return _date(moment, now)
    if seconds < 60:
        return texts.JUST_NOW
    if seconds < 3600:
        return texts.MINUTES.format(count=int(seconds // 60))
    if days <= 0 or seconds < 6 * 3600:
        return texts.HOURS.format(count=int(seconds // 3600))
    if days == 1:
        return texts.YESTERDAY
    if days < _DAYS_COUNTED:
        return texts.DAYS.format(count=days)
    return _date(moment, now)


def _date(moment: datetime, now: datetime) -> str:
    month = texts.MONTHS.split()[moment.month - 1]
    if moment.year == now.year:
        return texts.DAY.format(day=moment.day, month=month)
    return texts.DAY_OF_YEAR.format(day=moment.day, month=month, year=moment.year)
