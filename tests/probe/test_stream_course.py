"""When a stream counts as buffered, and when a model is just fast."""

from __future__ import annotations

import pytest

from tui.core.parts import parts_of
from tui.core.turn import Turn
from tui.core.usage import ServerTimings
from tui.net.probe.chat import ChatOutcome
from tui.net.probe.speed import is_buffered


def outcome(moments: list[float], pieces: int, ended: float, server_ms: float | None = None) -> ChatOutcome:
    """Return a chat whose text came at these moments, in so many pieces."""
    turn = Turn("check", parts_of("prompt"))
    timings = turn.timings
    timings.started, timings.ended = 0.0, ended
    timings.first_text, timings.last_text, timings.text_events = moments[0], moments[-1], pieces
    if server_ms is not None:
        turn.server_timings = ServerTimings(predicted_ms=server_ms)
    return ChatOutcome(turn, reads=moments)


def steps(first: float, gap: float, count: int) -> list[float]:
    return [first + gap * number for number in range(count)]


@pytest.mark.parametrize(
    ("chat", "expected"),
    [
        pytest.param(outcome(steps(0.3, 0.016, 20), 20, 0.7), False, id="a usual model"),
        pytest.param(outcome([8.0], 40, 8.0), True, id="everything in one read"),
        pytest.param(outcome([8.0, 8.001], 40, 8.01), True, id="everything in two reads"),
        pytest.param(outcome(steps(8.0, 0.001, 10), 10, 8.02), True, id="a burst at the end"),
        pytest.param(outcome(steps(1.2, 0.0045, 20), 20, 1.3), False, id="a quick model after a long prompt"),
        pytest.param(outcome([0.05], 20, 0.06), False, id="a very quick server"),
        pytest.param(outcome([1.5], 3, 1.5), False, id="too few pieces to tell"),
        pytest.param(outcome([1.5], 20, 1.5, server_ms=1.0), False, id="the server was that quick"),
        pytest.param(
            outcome([1.5, 1.51], 20, 1.6, server_ms=900.0), True, id="the server was not that quick"
        ),
    ],
)
def test_is_buffered(chat: ChatOutcome, expected: bool) -> None:
    assert is_buffered(chat) is expected
