"""Token counts and speed figures of servers, under all the names that they give them."""

from __future__ import annotations

from collections.abc import Mapping

from tui.core.usage import ServerTimings, Usage
from tui.wire.numbers import first_count, read_count, read_number


def read_usage(value: object) -> Usage | None:
    """Return the counts of a ``usage`` object, ``None`` where it has none.

    Counts that are all 0 are none: old LocalAI versions send them with every chunk.
    """
    if not isinstance(value, dict):
        return None
    prompt = first_count(value.get("prompt_tokens"), value.get("input_tokens"))
    completion = first_count(value.get("completion_tokens"), value.get("output_tokens"))
    if not prompt and not completion:
        return None
    return Usage(prompt, completion, _reasoning_tokens(value), _cached_tokens(value))


def _reasoning_tokens(usage: Mapping[str, object]) -> int | None:
    return first_count(
        _detail(usage, "completion_tokens_details", "reasoning_tokens"),
        _detail(usage, "output_tokens_details", "reasoning_tokens"),
        usage.get("reasoning_tokens"),  # SGLang
        usage.get("reasoning_output_tokens"),  # LM Studio's native API
    )


def _cached_tokens(usage: Mapping[str, object]) -> int | None:
    return first_count(
        _detail(usage, "prompt_tokens_details", "cached_tokens"),
        _detail(usage, "input_tokens_details", "cached_tokens"),
        usage.get("prompt_cache_hit_tokens"),  # DeepSeek
        usage.get("cached_tokens"),  # Moonshot
        usage.get("cache_read_input_tokens"),
    )


def _detail(usage: Mapping[str, object], group: str, name: str) -> object:
    details = usage.get(group)
    return details.get(name) if isinstance(details, dict) else None


def read_timings(chunk: Mapping[str, object]) -> ServerTimings | None:
    """Return the speed figures of a chunk: llama.cpp's ``timings``, vLLM's ``metrics``, LM Studio's
    ``stats``, or LocalAI's fields in ``usage``; ``None`` where it has none."""
    timings = chunk.get("timings")
    if isinstance(timings, dict):
        return _llama_timings(timings)
    for name in ("metrics", "stats"):
        figures = chunk.get(name)
        if isinstance(figures, dict):
            rate = read_number(figures.get("tokens_per_second"))
            return ServerTimings(predicted_per_second=rate) if rate else None
    usage = chunk.get("usage")
    if isinstance(usage, dict) and "timing_token_generation" in usage:
        return ServerTimings(
            prompt_ms=read_number(usage.get("timing_prompt_processing")),
            predicted_ms=read_number(usage.get("timing_token_generation")),
        )
    return None


def _llama_timings(timings: Mapping[str, object]) -> ServerTimings:
    return ServerTimings(
        prompt_tokens=read_count(timings.get("prompt_n")),
        prompt_ms=read_number(timings.get("prompt_ms")),
        prompt_per_second=read_number(timings.get("prompt_per_second")),
        predicted_tokens=read_count(timings.get("predicted_n")),
        predicted_ms=read_number(timings.get("predicted_ms")),
        predicted_per_second=read_number(timings.get("predicted_per_second")),
        cached_tokens=read_count(timings.get("cache_n")),
        draft_tokens=read_count(timings.get("draft_n")),
        draft_accepted=read_count(timings.get("draft_n_accepted")),
    )
