"""Days and months in local time, including clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.days import day_of, first_of_next, month_of, start_of, whole_day

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-11))
ZONES = ["Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Pacific/Kiritimati"]


@pytest.mark.parametrize(
    ("zone", "day"), [(EAST, date(2026, 12, 1)), (WEST, date(2026, 11, 30)), (UTC, date(2026, 11, 30))]
)
def test_the_same_instant_lies_in_different_days(zone: tzinfo, day: date) -> None:
    assert day_of(datetime(2026, 11, 30, 12, tzinfo=UTC), zone) == day


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    period = whole_day(day, ZoneInfo("Europe/Berlin"))
    assert period.end - period.start == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_after_it() -> None:
    zone = ZoneInfo("Africa/Cairo")  # 2026-04-24 00:00 is followed by 01:00
    start = start_of(date(2026, 4, 24), zone)
    assert day_of(start, zone) == date(2026, 4, 24)
    assert day_of(start - timedelta(microseconds=1), zone) == date(2026, 4, 23)


@given(
    st.dates(date(1990, 1, 1), date(2050, 12, 30)), st.sampled_from(ZONES), st.floats(0, 1, exclude_max=True)
)
def test_every_instant_of_a_day_lies_in_it(day: date, name: str, part: float) -> None:
    zone = ZoneInfo(name)
    period = whole_day(day, zone)
    if period.start < period.end:  # Kiritimati left out a day
        assert day_of(period.start + part * (period.end - period.start) * 0.999, zone) == day
        assert day_of(period.end, zone) != day


@pytest.mark.parametrize("zone", [EAST, WEST, UTC])
def test_a_month_is_the_calendars(zone: tzinfo) -> None:
    for day, end in (
        (date(2026, 1, 31), date(2026, 2, 1)),
        (date(2028, 2, 29), date(2028, 3, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
    ):
        period = month_of(day, zone)
        assert first_of_next(day) == end
        assert (period.start, period.end) == (start_of(day.replace(day=1), zone), start_of(end, zone))


def test_the_share_of_a_period_stays_within_it() -> None:
    period = month_of(date(2026, 11, 30), UTC)
    assert period.share(datetime(2026, 11, 16, tzinfo=UTC)) == 0.5
    assert period.share(datetime(2026, 10, 1, tzinfo=UTC)) == 0
    assert period.share(datetime(2027, 1, 1, tzinfo=UTC)) == 1
