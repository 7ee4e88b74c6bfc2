"""The decode rate counts the tokens that came as text, from the first one on."""

from __future__ import annotations

import pytest

from tui.core.timings import Timings


def after(*moments: float) -> Timings:
    timings = Timings(started=0.0)
    for moment in moments:
        timings.saw_text(moment, is_answer=True)
    return timings


@pytest.mark.parametrize(
    ("tokens", "milliseconds"),
    [
        (4, 100.0),  # a token a piece
        (5, 100.0),  # and one that ended the answer without text
        (7, 50.0),  # pieces of two tokens
        (2, 300.0),
        (1, None),
        (None, None),
    ],
)
def test_time_per_token(tokens: int | None, milliseconds: float | None) -> None:
    tpot = after(1.0, 1.1, 1.2, 1.3).tpot_ms(tokens)
    assert tpot == (None if milliseconds is None else pytest.approx(milliseconds))


def test_one_piece_has_no_rate() -> None:
    assert after(1.0).decode_rate(2) is None
    assert after(1.0, 1.0).decode_rate(2) is None


def test_pieces_that_come_at_once_have_no_rate() -> None:
    assert after(1.0, *[1.001] * 19).decode_rate(20) is None
    assert after(1.0, *[1.1] * 6, *[1.2] * 6, *[1.3] * 7).decode_rate(20) is None
    assert after(*[1.0 + 0.1 * (number // 4) for number in range(20)]).decode_rate(20) is not None


def test_the_rate_is_that_of_the_pieces_where_each_is_a_token() -> None:
    timings = after(1.0, 1.02, 1.04)
    assert timings.decode_rate(3) == timings.decode_rate(4) == pytest.approx(50.0)
