"""Prometheus text of vLLM, SGLang, llama.cpp and TGI as one record; absent figures stay absent.

llama.cpp's gauges are averages between two readings: reading them more often changes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.wire.numbers import read_number

_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+([^\s]+)")
_MOST_SAMPLES = 200_000


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """A server's own load and speed at one moment. ``None``: it does not say."""

    requests_running: float | None = None
    requests_waiting: float | None = None
    tokens_per_second: float | None = None
    """Generated now, all requests together, as the server's own gauge says."""
    time_to_first_token_seconds: float | None = None
    """Mean since the server started."""
    inter_token_seconds: float | None = None
    """Mean since the server started."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return self == ServerMetrics()


_Samples = dict[str, list[float]]

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
    "tokens_per_second": ("sglang:gen_throughput", "llamacpp:predicted_tokens_seconds"),
}
"""Counts, which are summed over engines and models: the first name that is there counts."""

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
}
"""Histograms: their sum divided by their count."""


def read_metrics(text: str) -> ServerMetrics:
    """Return what the text of ``/metrics`` says. Lines that cannot be read are skipped; never raises."""
    samples = _read_samples(text)
    found: dict[str, float] = {}
    for field, names in _SUMS.items():
        values = next((samples[name] for name in names if name in samples), None)
        if values is not None:
            found[field] = sum(values)
    for field, names in _MEANS.items():
        for name in names:
            total, count = samples.get(f"{name}_sum"), samples.get(f"{name}_count")
            if total and count and sum(count) > 0:
                found[field] = sum(total) / sum(count)
                break
    return ServerMetrics(**found)


def _wanted() -> frozenset[str]:
    means = (f"{name}_{part}" for names in _MEANS.values() for name in names for part in ("sum", "count"))
    plain = (name for names in _SUMS.values() for name in names)
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
