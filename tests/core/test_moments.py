"""Relative times in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tui.core.moments import ago

NOW = datetime(2026, 3, 15, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(days=-300), "9 Jan 2027"),
        (timedelta(days=-2), "17 Mar"),
        (timedelta(days=-1), "just now"),
        (timedelta(seconds=-90), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=13, minutes=59), "13 h ago"),
        (timedelta(hours=15), "yesterday"),
        (timedelta(hours=37, minutes=59), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=7), "8 Mar"),
        (timedelta(days=80), "25 Dec 2025"),
    ],
)
def test_the_words(before: timedelta, words: str) -> None:
    assert ago((NOW - before).isoformat(), NOW) == words


def test_an_hour_before_midnight_is_hours_ago_not_yesterday() -> None:
    now = datetime(2026, 3, 15, 0, 30, tzinfo=UTC)
    assert ago((now - timedelta(hours=2)).isoformat(), now) == "2 h ago"


@pytest.mark.parametrize("stamp", ["", "soon", "2026-13-01T00:00:00", "9" * 400])
def test_what_is_no_moment_has_no_words(stamp: str) -> None:
    assert ago(stamp, NOW) == ""


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_edges_of_the_calendar_are_no_defect(stamp: str) -> None:
    assert isinstance(ago(stamp, NOW), str)
