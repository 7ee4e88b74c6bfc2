"""The metrics of four servers as one record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.wire.prometheus import ServerMetrics, read_metrics

VLLM = """\
# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="Qwen/Qwen3-8B"} 2.0
vllm:num_requests_running{engine="1",model_name="Qwen/Qwen3-8B"} 3.0
vllm:num_requests_waiting{engine="0",model_name="a}b c"} 1.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 1.0
vllm:kv_cache_usage_perc{engine="0"} 0.25
vllm:kv_cache_usage_perc{engine="1"} 0.75
vllm:prefix_cache_queries_total{engine="0"} 200.0
vllm:prefix_cache_hits_total{engine="0"} 50.0
vllm:prompt_tokens_total{engine="0"} 1.5e3
vllm:generation_tokens_total{engine="0"} 300.0 1787000000
vllm:num_preemptions_total{engine="0"} 0.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.1"} 3.0
vllm:time_to_first_token_seconds_sum{engine="0"} 1.0
vllm:time_to_first_token_seconds_count{engine="0"} 4.0
vllm:inter_token_latency_seconds_sum{engine="0"} 3.0
vllm:inter_token_latency_seconds_count{engine="0"} 300.0
vllm:request_queue_time_seconds_sum{engine="0"} 0.0
vllm:request_queue_time_seconds_count{engine="0"} 0.0
"""


def test_vllm() -> None:
    metrics = read_metrics(VLLM)
    assert metrics == ServerMetrics(
        requests_running=5,
        requests_waiting=1,
        time_to_first_token_seconds=0.25,
        inter_token_seconds=0.01,
    )


def test_sglang() -> None:
    text = """\
sglang:num_running_reqs{model_name="m",tp_rank="0"} 4.0
sglang:num_queue_reqs{model_name="m"} 0.0
sglang:token_usage{model_name="m"} 0.12
sglang:cache_hit_rate{model_name="m"} 0.4
sglang:gen_throughput{model_name="m"} 512.5
sglang:prompt_tokens_total{model_name="m"} 9.0
sglang:num_retracted_reqs{model_name="m"} 1.0
"""
    metrics = read_metrics(text)
    assert metrics == ServerMetrics(
        requests_running=4,
        requests_waiting=0,
        tokens_per_second=512.5,
    )


def test_llama_cpp() -> None:
    text = """\
# TYPE llamacpp:requests_processing gauge
llamacpp:requests_processing 1
llamacpp:requests_deferred 2
llamacpp:prompt_tokens_total 17
llamacpp:tokens_predicted_total 90
llamacpp:predicted_tokens_seconds 68.7
llamacpp:n_decode_total 4
"""
    assert read_metrics(text) == ServerMetrics(
        requests_running=1,
        requests_waiting=2,
        tokens_per_second=68.7,
    )


def test_tgi() -> None:
    text = """\
tgi_batch_current_size 3
tgi_queue_size 1
tgi_request_input_length_sum 100
tgi_request_generated_tokens_sum 50
tgi_request_queue_duration_sum 2
tgi_request_queue_duration_count 4
"""
    assert read_metrics(text) == ServerMetrics(
        requests_running=3,
        requests_waiting=1,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "<html></html>",
        "other_metric 5",
        '{"error":"x"}',
        "vllm:num_requests_running NaN",
        "vllm:num_requests_running +Inf",
        "vllm:num_requests_running -1",
        "vllm:num_requests_running x",
        "vllm:num_requests_running",
        'vllm:num_requests_running{a="b" 1',
    ],
)
def test_what_says_nothing_gives_nothing(text: str) -> None:
    assert read_metrics(text).is_empty


@given(st.lists(st.sampled_from([*VLLM.split("\n"), "{", "}", "\x00", "vllm:", "1e999", "\r"])))
def test_any_lines_are_borne(lines: list[str]) -> None:
    read_metrics("\n".join(lines))
