"""The phases of an exchange: they add up, and inconsistencies are reported."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.phase_sums import is_large, milliseconds_of, phases_of
from tui.core.phases import (
    EARLIER,
    ESTIMATED,
    HERE,
    KEPT,
    NO_FIGURES,
    NO_FIT,
    REPORTED,
    STOPPED,
    Learned,
    Phase,
)
from tui.core.timings import Timings
from tui.core.usage import ServerTimings

MOMENTS = st.none() | st.floats(0, 60, allow_nan=False)
FIGURES = st.none() | st.floats(0, 60_000, allow_nan=False)
ORDER = ("connect", "route", "queue", "prompt", "unexplained", "thinking", "answer", "tail")


@st.composite
def schedules(draw: st.DrawFn) -> Timings:
    """Stamps as they come (in order, some missing, kept connections, earlier tries), and any others."""
    moments = [draw(MOMENTS) for _ in range(9)]
    if draw(st.booleans()):
        known = sorted(moment for moment in moments if moment is not None)
        moments = [None if moment is None else known.pop(0) for moment in moments]
    names = (
        "started",
        "connecting",
        "sending",
        "first_text",
        "first_call",
        "first_answer",
        "last_text",
        "last_call",
        "ended",
    )
    return stamped(**dict(zip(names, moments, strict=True)))


def stamped(**stamps: float | None) -> Timings:
    timings = Timings()
    for name, stamp in stamps.items():
        setattr(timings, name, stamp)
    return timings


@settings(max_examples=1000, deadline=None)
@given(
    schedules(),
    st.none() | st.builds(ServerTimings, queue_ms=FIGURES, prompt_ms=FIGURES, predicted_ms=FIGURES),
    FIGURES,
    st.sampled_from(["", STOPPED]),
)
def test_the_parts_add_up_to_the_whole(
    timings: Timings, server: ServerTimings | None, route: float | None, cut: str
) -> None:
    learned = Learned(route=None if route is None else Phase("route", route, ESTIMATED))
    phases = phases_of(timings, server, learned, cut=cut)
    start = timings.sending if timings.started is None else timings.started
    if start is None or timings.ended is None or timings.ended < start:
        assert phases == ()
        return
    assert abs(sum(phase.milliseconds for phase in phases) - (timings.ended - start) * 1000) < 1
    assert all(phase.milliseconds >= 0 for phase in phases)
    names = [phase.name for phase in phases]
    assert names == [name for name in ORDER if name in names]
    if cut:
        assert not {"queue", "prompt"} & set(names)


def streamed(**changes: float) -> Timings:
    """An answer on a new connection: 10 ms to connect, the first text after 2.8 s, 6 s of reasoning."""
    stamps = {
        "connecting": 0.0, "sending": 0.01, "first_text": 2.81, "first_answer": 8.81, "last_text": 11.21,
        "ended": 11.23,
    }  # fmt: skip
    return stamped(started=0.0, **{**stamps, **changes})


VLLM = ServerTimings(queue_ms=2310, prompt_ms=412, origin="vllm.metrics")


def test_each_part_has_its_time_and_its_source() -> None:
    route = Phase("route", 18, ESTIMATED, "GET /models")
    assert phases_of(streamed(), VLLM, Learned(route=route)) == (
        Phase("connect", 10, "measured", HERE),
        route,
        Phase("queue", 2310, REPORTED, "vllm.metrics"),
        Phase("prompt", 412, REPORTED, "vllm.metrics"),
        Phase("unexplained", 60, "measured", HERE),
        Phase("thinking", 6000, "measured", HERE),
        Phase("answer", 2400, "measured", HERE),
        Phase("tail", 20, "measured", HERE),
    )


def test_without_figures_the_wait_is_one_part_with_its_reason() -> None:
    phases = phases_of(streamed())
    assert phases[1] == Phase("unexplained", 2800, "measured", NO_FIGURES)


def test_figures_that_exceed_the_wait_do_not_fit() -> None:
    phases = phases_of(streamed(), ServerTimings(queue_ms=2500, prompt_ms=412))
    assert [phase.name for phase in phases[:2]] == ["connect", "unexplained"]
    assert phases[1] == Phase("unexplained", 2800, "measured", NO_FIT)


def test_a_few_milliseconds_too_many_are_taken_off() -> None:
    phases = phases_of(streamed(), ServerTimings(queue_ms=2400, prompt_ms=404))
    assert milliseconds_of(phases, "queue") == 2400
    assert milliseconds_of(phases, "prompt") == 400
    assert milliseconds_of(phases, "unexplained") == 0


def test_a_route_that_is_longer_than_what_is_left_is_left_out() -> None:
    route = Phase("route", 90, ESTIMATED)
    assert milliseconds_of(phases_of(streamed(), VLLM, Learned(route=route)), "route") is None


def test_the_replys_own_figures_count_more_than_readings() -> None:
    other = Learned(queue=Phase("queue", 5, ESTIMATED), prompt=Phase("prompt", 5, ESTIMATED))
    phases = phases_of(streamed(), VLLM, other)
    assert (milliseconds_of(phases, "queue"), milliseconds_of(phases, "prompt")) == (2310, 412)


def test_a_stopped_answer_has_no_server_parts() -> None:
    phases = phases_of(streamed(), VLLM, cut=STOPPED)
    assert phases[1] == Phase("unexplained", 2800, "measured", STOPPED)


def test_a_kept_connection_takes_no_time() -> None:
    timings = streamed(sending=0.0)
    timings.connecting = None
    assert phases_of(timings)[0] == Phase("connect", 0, "measured", KEPT)


def test_earlier_tries_are_not_laid_on_the_server() -> None:
    timings = streamed(connecting=1.0, sending=1.01)
    timings.requests = 2
    phases = phases_of(timings, ServerTimings(queue_ms=1000, prompt_ms=700))
    assert milliseconds_of(phases, "connect") == 10
    assert phases[3] == Phase("unexplained", 1100, "measured", EARLIER)


def test_what_precedes_the_only_request_is_its_way_and_no_earlier_one() -> None:
    """A proxy is asked first, on the same connection: its ``CONNECT`` is written before the request."""
    for connecting in (0.5, None):
        timings = streamed(sending=1.0)
        timings.connecting = connecting
        connect, rest, *_ = phases_of(timings)
        assert connect == Phase("connect", 1000, "measured", HERE)
        assert rest == Phase("unexplained", 1810, "measured", NO_FIGURES)


def test_an_answer_that_came_whole_was_written_during_the_wait() -> None:
    timings = Timings(started=0.0, sending=0.0, first_text=3.0, first_answer=3.0, last_text=3.0, ended=3.0)
    server = ServerTimings(queue_ms=500, prompt_ms=300, predicted_ms=2100, origin="vllm.metrics")
    phases = phases_of(timings, server)
    assert milliseconds_of(phases, "answer") == 2100
    assert milliseconds_of(phases, "unexplained") == 100


def test_a_tool_call_is_an_answer() -> None:
    timings = Timings(started=0.0, sending=0.0, first_call=1.0, last_call=2.0, ended=2.1)
    phases = phases_of(timings)
    assert (milliseconds_of(phases, "unexplained"), milliseconds_of(phases, "answer")) == (1000, 1000)


def test_what_is_large_is_a_third_of_the_wait_and_long() -> None:
    assert is_large(phases_of(streamed(), ServerTimings(queue_ms=900, prompt_ms=900)))
    assert not is_large(phases_of(streamed(), VLLM))
    assert not is_large(phases_of(streamed(first_text=0.2), ServerTimings(queue_ms=10, prompt_ms=10)))
