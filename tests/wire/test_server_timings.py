"""The speed figures of servers, field by field, without mixing them up."""

from __future__ import annotations

import json

import pytest

from tests.wire.replies import read_reply
from tui.wire.usage_fields import read_header_timings, read_timings

VLLM_METRICS = {
    "time_to_first_token_ms": 64.2,
    "generation_time_ms": 660.0,
    "queue_time_ms": 1713.0,
    "mean_itl_ms": 34.6,
    "tokens_per_second": 27.5,
    "speculative_decoding": None,
}


def test_vllms_metrics_are_read_field_by_field() -> None:
    found = read_timings({"metrics": VLLM_METRICS})
    assert found is not None
    assert (found.queue_ms, found.prompt_ms, found.predicted_ms) == (1713, 64.2, 660)
    assert found.predicted_per_second == pytest.approx(28.9, abs=0.01)
    assert found.origin == "vllm.metrics"


@pytest.mark.parametrize("name", VLLM_METRICS)
def test_each_of_vllms_metrics_may_be_null(name: str) -> None:
    found = read_timings({"metrics": {**VLLM_METRICS, name: None}})
    assert found is not None
    told = {
        "queue_time_ms": found.queue_ms,
        "time_to_first_token_ms": found.prompt_ms,
        "generation_time_ms": found.predicted_ms,
        "mean_itl_ms": found.predicted_per_second,
    }
    assert [key for key, value in told.items() if value is None] == [key for key in told if key == name]


def test_vllms_rate_never_has_the_prompt_in_it() -> None:
    usage = {"completion_tokens": 23}
    without_gap = {**VLLM_METRICS, "mean_itl_ms": None}
    found = read_timings({"metrics": without_gap, "usage": usage})
    assert found is not None
    assert found.predicted_per_second == pytest.approx(22 / 0.66)
    one = read_timings({"metrics": without_gap, "usage": {"completion_tokens": 1}})
    assert one is not None
    assert one.predicted_per_second is None
    assert read_timings({"metrics": {"tokens_per_second": 27.5}}) is None
    assert read_timings({"metrics": dict.fromkeys(VLLM_METRICS)}) is None


def test_stats_of_others_are_told_from_vllms_by_their_fields() -> None:
    studio = read_timings({"stats": {"tokens_per_second": 51.2, "time_to_first_token": 0.1}})
    assert studio is not None
    assert (studio.predicted_per_second, studio.prompt_ms, studio.queue_ms) == (51.2, None, None)
    vllm = read_timings({"stats": VLLM_METRICS})
    assert vllm is not None
    assert vllm.predicted_per_second == pytest.approx(28.9, abs=0.01)


def test_llama_cpps_placeholders_are_no_rates() -> None:
    one = {"prompt_n": 0, "prompt_ms": 0.0, "prompt_per_second": 1e6, "predicted_n": 1,
           "predicted_ms": 0.001, "predicted_per_second": 0.0, "cache_n": 12}  # fmt: skip
    found = read_timings({"timings": one})
    assert found is not None
    assert (found.predicted_ms, found.predicted_per_second, found.prompt_per_second) == (None, None, None)
    two = read_timings({"timings": {**one, "prompt_n": 3, "predicted_n": 2, "predicted_ms": 20.0}})
    assert two is not None
    assert (two.predicted_ms, two.prompt_per_second) == (20, 1e6)


def test_tgis_queue_stands_in_a_header_of_its_own_replies() -> None:
    found = read_header_timings({"x-queue-time": "41", "x-compute-type": "gpu"})
    assert found is not None
    assert (found.queue_ms, found.origin) == (41, "x-queue-time")
    assert read_header_timings({"x-queue-time": "0.041"}) is None


def test_the_header_of_a_whole_reply_is_read_and_figures_in_the_reply_count_more() -> None:
    headers = {"content-type": "application/json", "x-queue-time": "41", "x-compute-type": "gpu"}
    message = {"message": {"content": "A"}, "finish_reason": "stop"}
    body: dict[str, object] = {"choices": [message]}
    whole, _ = read_reply([json.dumps(body).encode()], headers=headers, streamed=False)
    assert whole.server_timings is not None
    assert whole.server_timings.queue_ms == 41
    body["metrics"] = VLLM_METRICS
    other, _ = read_reply([json.dumps(body).encode()], headers=headers, streamed=False)
    assert other.server_timings is not None
    assert other.server_timings.queue_ms == 1713
