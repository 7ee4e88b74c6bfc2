"""The decode rate counts the tokens whose text was received, from the first one on."""

from __future__ import annotations

import pytest

from tui.core.timings import Timings
from tui.core.usage import Usage


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


def test_two_pieces_of_many_tokens_are_a_burst() -> None:
    assert after(1.0, 1.00004).tpot_ms(8) is None
    assert after(1.0, 1.4).tpot_ms(8) is None
    assert after(1.0, 1.4).tpot_ms(2) == pytest.approx(400)


def test_faster_than_any_server_writes_is_a_burst() -> None:
    assert after(*[1.0 + number / 100_000 for number in range(20)]).tpot_ms(20) is None
    assert after(*[1.0 + number / 5_000 for number in range(20)]).tpot_ms(20) == pytest.approx(0.2)


def test_tokens_without_text_at_the_end_are_waited_for_and_counted() -> None:
    timings = after(*[1.0 + number / 10 for number in range(5)])
    for number in range(5, 10):
        timings.saw_chunk(1.0 + number / 10)
    assert timings.tpot_ms(10) == pytest.approx(100)


def test_an_end_that_comes_with_the_last_text_is_no_token() -> None:
    timings = after(*[1.0 + number / 10 for number in range(5)])
    timings.saw_chunk(1.401)
    assert timings.tpot_ms(5) == timings.tpot_ms(6) == pytest.approx(100)


def test_an_end_that_was_held_back_is_no_token() -> None:
    """500 tokens in 0.4 s, and the end of the answer 0.2 s behind them."""
    timings = after(*[1.0 + number * 0.0008 for number in range(500)])
    timings.saw_chunk(1.0 + 499 * 0.0008 + 0.2)
    assert timings.tpot_ms(500) == timings.tpot_ms(501) == pytest.approx(0.8)


def test_times_start_where_the_request_is_written_and_the_total_with_the_connection() -> None:
    timings = Timings(started=1.0, sending=3.0, headers=4.0, ended=7.0)
    timings.saw_text(5.0, is_answer=False)
    timings.saw_text(6.0, is_answer=True)
    assert (timings.ttfb_ms, timings.ttft_ms, timings.ttfa_ms, timings.total_ms) == (1000, 2000, 3000, 6000)


def test_the_rate_is_that_of_the_pieces_where_each_is_a_token() -> None:
    timings = after(1.0, 1.02, 1.04)
    assert timings.decode_rate(3) == timings.decode_rate(4) == pytest.approx(50.0)


def test_thinking_that_was_not_sent_is_not_streamed() -> None:
    timings = after(1.0, 1.1, 1.2)
    timings.first_answer = timings.first_text
    assert timings.streamed_tokens(Usage(10, 105, 100)) == 5
    assert timings.streamed_tokens(Usage(10, 5)) == 5
    assert timings.streamed_tokens(Usage(10)) is None
    timings.first_answer = 1.1
    assert timings.streamed_tokens(Usage(10, 105, 100)) == 105
