"""Prometheus text of vLLM, SGLang, llama.cpp and TGI as one record; absent figures stay absent.

llama.cpp's gauges are averages between two readings: reading them more often changes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tui.wire.numbers import read_number

_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+([^\s]+)")
_MOST_SAMPLES = 200_000


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """A server's own load and speed at one moment. ``None``: it does not say."""

    requests_running: float | None = None
    requests_waiting: float | None = None
    kv_cache_usage: float | None = None
    """0 to 1: the fullest engine's."""
    prompt_tokens_total: float | None = None
    generation_tokens_total: float | None = None
    tokens_per_second: float | None = None
    """Generated now, all requests together, as the server's own gauge says."""
    prefix_cache_queries: float | None = None
    prefix_cache_hits: float | None = None
    cache_hit_rate: float | None = None
    """0 to 1, where the server gives the rate itself."""
    preemptions_total: float | None = None
    time_to_first_token_seconds: float | None = None
    """Mean since the server started."""
    inter_token_seconds: float | None = None
    """Mean since the server started."""
    queue_seconds: float | None = None
    """Mean since the server started."""

    @property
    def prefix_cache_hit_rate(self) -> float | None:
        """The share of prompt tokens found in the prefix cache."""
        if self.cache_hit_rate is not None:
            return self.cache_hit_rate
        if not self.prefix_cache_queries or self.prefix_cache_hits is None:
            return None
        return self.prefix_cache_hits / self.prefix_cache_queries

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return self == ServerMetrics()


_Samples = dict[str, list[float]]
_Combine = Callable[[Iterable[float]], float]

_SUMS: dict[str, tuple[str, ...]] = {
    "requests_running": (
        "vllm:num_requests_running",
        "sglang:num_running_reqs",
        "llamacpp:requests_processing",
        "tgi_batch_current_size",
    ),
    "requests_waiting": (
        "vllm:num_requests_waiting",
        "sglang:num_queue_reqs",
        "llamacpp:requests_deferred",
        "tgi_queue_size",
    ),
    "prompt_tokens_total": (
        "vllm:prompt_tokens_total",
        "sglang:prompt_tokens_total",
        "llamacpp:prompt_tokens_total",
        "tgi_request_input_length_sum",
    ),
    "generation_tokens_total": (
        "vllm:generation_tokens_total",
        "sglang:generation_tokens_total",
        "sglang:realtime_tokens_total",
        "llamacpp:tokens_predicted_total",
        "tgi_request_generated_tokens_sum",
    ),
    "tokens_per_second": ("sglang:gen_throughput", "llamacpp:predicted_tokens_seconds"),
    "prefix_cache_queries": (
        "vllm:prefix_cache_queries_total",
        "vllm:gpu_prefix_cache_queries_total",
    ),
    "prefix_cache_hits": ("vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"),
    "preemptions_total": ("vllm:num_preemptions_total", "sglang:num_retracted_reqs"),
}
"""Counts, which are summed over engines and models: the first name that is there counts."""

_MAXIMA: dict[str, tuple[str, ...]] = {
    "kv_cache_usage": (
        "vllm:kv_cache_usage_perc",
        "vllm:gpu_cache_usage_perc",
        "sglang:token_usage",
        "llamacpp:kv_cache_usage_ratio",
    ),
    "cache_hit_rate": ("sglang:cache_hit_rate",),
}

_MEANS: dict[str, tuple[str, ...]] = {
    "time_to_first_token_seconds": (
        "vllm:time_to_first_token_seconds",
        "sglang:time_to_first_token_seconds",
    ),
    "inter_token_seconds": (
        "vllm:inter_token_latency_seconds",
        "vllm:time_per_output_token_seconds",
        "sglang:inter_token_latency_seconds",
        "tgi_request_mean_time_per_token_duration",
    ),
    "queue_seconds": (
        "vllm:request_queue_time_seconds",
        "sglang:queue_time_seconds",
        "tgi_request_queue_duration",
    ),
}
"""Histograms: their sum divided by their count."""


def read_metrics(text: str) -> ServerMetrics:
    """Return what the text of ``/metrics`` says. Lines that cannot be read are skipped; never raises."""
    samples = _read_samples(text)
    found: dict[str, float] = {}
    for field, names in _SUMS.items():
        _combine(found, field, names, samples, sum)
    for field, names in _MAXIMA.items():
        _combine(found, field, names, samples, max)
    for field, names in _MEANS.items():
        for name in names:
            total, count = samples.get(f"{name}_sum"), samples.get(f"{name}_count")
            if total and count and sum(count) > 0:
                found[field] = sum(total) / sum(count)
                break
    return ServerMetrics(**found)


def _combine(
    found: dict[str, float], field: str, names: tuple[str, ...], samples: _Samples, how: _Combine
) -> None:
    for name in names:
        values = samples.get(name)
        if values:
            found[field] = how(values)
            return


def _wanted() -> frozenset[str]:
    means = (f"{name}_{part}" for names in _MEANS.values() for name in names for part in ("sum", "count"))
    plain = (name for names in (*_SUMS.values(), *_MAXIMA.values()) for name in names)
    return frozenset((*means, *plain))


_WANTED = _wanted()


def _read_samples(text: str) -> _Samples:
    samples: _Samples = {}
    for line in text.split("\n", _MOST_SAMPLES)[:_MOST_SAMPLES]:
        match = _SAMPLE.match(line)
        if match is None:
            continue
        name = match[1]
        if name not in _WANTED and f"{name}_total" in _WANTED:
            name = f"{name}_total"  # a client library that leaves the suffix off
        if name not in _WANTED:
            continue
        value = read_number(match[3])
        if value is not None:
            samples.setdefault(name, []).append(value)
    return samples
