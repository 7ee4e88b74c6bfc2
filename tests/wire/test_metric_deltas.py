"""Two readings of ``/metrics``: where the time of a request went, and when that is unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.phases import ESTIMATED, NO_FIGURES, REPORTED, SEVERAL, Learned, Phase
from tui.wire.metric_deltas import learned_between, read_counters

QUEUE = "vllm:request_queue_time_seconds"
PREFILL = "vllm:request_prefill_time_seconds"


def reading(
    name: str = QUEUE,
    labels: str = '{engine="0",model_name="m"}',
    *,
    total: float = 1.0,
    count: float = 1,
    started: float | None = 5.0,
) -> str:
    lines = [f"process_start_time_seconds {started}"] if started is not None else []
    return "\n".join([*lines, f"{name}_sum{labels} {total!r}", f"{name}_count{labels} {count}", ""])


def learned(before: str, after: str, model: str = "m") -> Learned:
    return learned_between(read_counters(before), read_counters(after), model)


NAMES = [
    ("queue", QUEUE, ""),
    ("queue", "vllm:time_in_queue_requests", ""),
    ("prompt", PREFILL, ""),
    ("answer", "vllm:request_decode_time_seconds", ""),
    ("queue", "sglang:queue_time_seconds", ""),
    ("prompt", "sglang:per_stage_req_latency_seconds", '{stage="prefill_forward"}'),
    ("queue", "tgi_request_queue_duration", ""),
]


@pytest.mark.parametrize(("part", "name", "stage"), NAMES)
def test_one_request_that_ended_is_told_exactly(part: str, name: str, stage: str) -> None:
    found = learned(reading(name, stage, total=1, count=3), reading(name, stage, total=1.25, count=4))
    assert getattr(found, part) == Phase(part, 250, REPORTED, f"{name}{stage}")


def test_another_stage_is_not_the_prompt() -> None:
    name, stage = "sglang:per_stage_req_latency_seconds", '{stage="decode_loop"}'
    found = learned(reading(name, stage, total=1, count=3), reading(name, stage, total=1.25, count=4))
    assert found == Learned(unknown=NO_FIGURES)


def test_the_newest_name_counts() -> None:
    old = "vllm:time_in_queue_requests"
    before = reading(total=1, count=1) + reading(old, total=1, count=1, started=None)
    after = reading(total=1.5, count=2) + reading(old, total=9, count=2, started=None)
    assert learned(before, after).queue == Phase("queue", 500, REPORTED, QUEUE)


def test_several_that_ended_share_the_time() -> None:
    one = learned(reading(total=1, count=3), reading(total=2, count=5)).queue
    assert one == Phase("queue", 500, ESTIMATED, f"{QUEUE}, shared with 1 other")
    more = learned(reading(total=1, count=3), reading(total=2, count=7)).queue
    assert more == Phase("queue", 250, ESTIMATED, f"{QUEUE}, shared with 3 others")


def test_each_histogram_is_judged_by_its_own_count() -> None:
    """Two requests ended; the time to the first token was counted when it came."""
    ttft = "vllm:time_to_first_token_seconds"
    before = reading(total=1, count=3) + reading(ttft, total=1, count=3, started=None)
    after = reading(total=2, count=4) + reading(ttft, total=9, count=9, started=None)
    assert learned(before, after) == Learned(queue=Phase("queue", 1000, REPORTED, QUEUE))


def test_without_growth_nothing_is_known() -> None:
    assert learned(reading(count=3), reading(count=3)) == Learned(unknown=NO_FIGURES)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (reading(count=9), reading(count=4)),
        (reading(total=9, count=3), reading(total=2, count=4)),
        (reading(count=3), reading(count=4, started=6.0)),
        (reading(count=3), reading(count=4, started=None)),
        (reading(count=3), reading(labels='{engine="1",model_name="m"}', count=4)),
        (reading() + reading(PREFILL, started=None), reading(count=2)),
    ],
    ids=["count falls", "sum falls", "started anew", "start unknown", "other labels", "histogram gone"],
)
def test_readings_of_several_servers_say_nothing(before: str, after: str) -> None:
    assert learned(before, after) == Learned(unknown=SEVERAL)


def test_new_labels_are_not_compared() -> None:
    both = reading(total=1.5, count=2) + reading(labels='{engine="1",model_name="m"}', started=None)
    assert learned(reading(), both) == Learned(unknown=NO_FIGURES)


def test_the_first_request_of_a_server_makes_its_series() -> None:
    empty = "process_start_time_seconds 5.0\n"
    assert learned(empty, reading(total=0.5)).queue == Phase("queue", 500, REPORTED, QUEUE)
    assert learned("", reading(total=0.5, started=None)) == Learned(unknown=NO_FIGURES)


def test_the_model_that_was_asked_counts_and_all_engines_of_it() -> None:
    def all_of(first: float, second: float, other: float, count: int) -> str:
        return (
            reading(labels='{engine="0",model_name="m"}', total=first, count=count)
            + reading(labels='{engine="1",model_name="m"}', total=second, count=5, started=None)
            + reading(labels='{engine="0",model_name="lora"}', total=other, count=3 * count, started=None)
        )

    before, after = all_of(1, 2, 3, 5), all_of(1.5, 2, 9, 6)
    assert learned(before, after).queue == Phase("queue", 500, REPORTED, QUEUE)
    shared = learned(before, after, "an alias").queue
    assert shared is not None
    assert shared.source == ESTIMATED


def test_created_is_a_time_and_by_reason_another_figure() -> None:
    before, after = reading(total=1, count=1), reading(total=1.5, count=2)
    noise = f'{QUEUE}_created 1.79e9\n{QUEUE}_sum_by_reason 3.0\n{QUEUE}_bucket{{le="1"}} 7\n'
    assert learned(before + noise, after + noise.replace("1.79e9", "1.2e9")).queue is not None


def test_a_difference_below_the_precision_of_the_sum_is_unknown() -> None:
    assert learned(reading(total=1e7, count=1), reading(total=1e7 + 0.001, count=2)).queue is None
    assert learned(reading(total=0.0, count=1), reading(total=0.0, count=2)).queue == Phase(
        "queue", 0, REPORTED, QUEUE
    )


def test_labels_with_quotes_and_braces_are_read() -> None:
    labels = '{engine="0",model_name="a}b \\"c\\""}'
    found = learned(reading(labels=labels), reading(labels=labels, total=1.5, count=2))
    assert found.queue is not None


LINES = st.sampled_from([QUEUE, f"{QUEUE}_sum", f"{QUEUE}_count", "process_start_time_seconds"])
TEXTS = st.lists(st.tuples(LINES, st.text(max_size=12)).map("".join), max_size=6).map("\n".join)


@given(TEXTS, TEXTS)
def test_any_text_is_read_without_an_exception(before: str, after: str) -> None:
    found = learned(before, after)
    assert found.queue is None or found.queue.milliseconds >= 0


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [(3, 3, ""), (3, 4, ", 1 preemption meanwhile"), (0, 2, ", 2 preemptions meanwhile")],
)
def test_requests_that_were_set_aside_meanwhile_are_told(before: int, after: int, words: str) -> None:
    def both(count: int, total: float, preempted: int) -> str:
        labels = '{engine="0",model_name="m"}'
        return (
            reading(PREFILL, total=total, count=count) + f"vllm:num_preemptions_total{labels} {preempted}\n"
        )

    found = learned(both(1, 1, before), both(2, 1.25, after))
    assert found.prompt == Phase("prompt", 250, REPORTED, f"{PREFILL}{words}")
    falling = learned(both(1, 1, 9), both(2, 1.25, 1))
    assert falling == Learned(unknown=SEVERAL)


def test_a_queue_is_not_what_a_preemption_lengthens() -> None:
    def both(count: int, preempted: int) -> str:
        return reading(total=count, count=count) + f"vllm:num_preemptions_total {preempted}\n"

    assert learned(both(1, 0), both(2, 5)).queue == Phase("queue", 1000, REPORTED, QUEUE)
