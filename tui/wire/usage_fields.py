"""Reads token counts and speed figures of servers, under all names in use."""

from __future__ import annotations

from collections.abc import Mapping

from tui.core.outside import read_amount
from tui.core.reconcile import reconcile_counts
from tui.core.usage import Charge, ServerCost, ServerTimings, Usage
from tui.wire.numbers import first_count, read_count, read_number
from tui.wire.strict_json import StrictJsonError, parse_json


def read_charge(answer: object, headers: Mapping[str, str], *, has_output: bool = True) -> Charge:
    """Return the usage and cost of a response or error: used for all exchanges that are not streamed.

    ``has_output``: the model generates text; embedding and rerank models may report only a total. Header
    names in any case.
    """
    told = usage_object(answer)
    lower = {name.lower(): value for name, value in headers.items()}
    usage = read_usage(told) if has_output else _read_input_usage(told)
    return Charge(usage, read_server_cost(told) or read_header_cost(lower))


def read_body_charge(body: bytes, headers: Mapping[str, str], *, has_output: bool = True) -> Charge:
    """Return the same for any body. Never raises."""
    try:
        answer = parse_json(body.decode("utf-8", "replace").lstrip("\ufeff"))
    except StrictJsonError:
        answer = None
    return read_charge(answer, headers, has_output=has_output)


def usage_object(answer: object) -> object:
    """Return the token counts of an answer, a chunk or an error, wherever they are."""
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]  # Gemini wraps its errors
    if not isinstance(answer, dict):
        return None
    within = (answer.get("x_groq"), answer.get("error"))
    inner = next((one["usage"] for one in within if isinstance(one, dict) and one.get("usage")), None)
    return answer.get("usage") or inner


def _read_input_usage(value: object) -> Usage | None:
    """Return the usage of a response without output; ``None`` if not reported."""
    if not isinstance(value, dict):
        return None
    tokens = first_count(value.get("prompt_tokens"), value.get("input_tokens"), value.get("total_tokens"))
    return Usage(tokens, 0) if tokens else None


def read_usage(value: object) -> Usage | None:
    """Return the reconciled counts of a ``usage`` object; ``None`` if it has none.

    Counts that are all 0 are ignored: old LocalAI versions send them with every chunk.
    """
    if not isinstance(value, dict):
        return None
    prompt = _count_of(value, "prompt_tokens", "input_tokens")
    completion = _count_of(value, "completion_tokens", "output_tokens")
    if not prompt and not completion:
        return None
    if not read_count(value.get("prompt_tokens")) and prompt:
        prompt += _cached_beside(value)
    written = _written_tokens(value)
    usage = Usage(prompt, completion, _reasoning_tokens(value), _cached_tokens(value), written_tokens=written)
    return reconcile_counts(usage, first_count(value.get("total_tokens")))


def _count_of(usage: Mapping[str, object], name: str, other: str) -> int | None:
    """Return a count with one of two names; 0 only if neither is larger."""
    return read_count(usage.get(name)) or first_count(usage.get(other), usage.get(name))


def _cached_beside(usage: Mapping[str, object]) -> int:
    """Return the prompt tokens that the Anthropic format counts separately from ``input_tokens``.

    https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching: the whole prompt is ``input_tokens +
    cache_read_input_tokens + cache_creation_input_tokens``.
    """
    names = ("cache_read_input_tokens", "cache_creation_input_tokens")
    return sum(read_count(usage.get(name)) or 0 for name in names)


def read_server_cost(usage: object) -> ServerCost | None:
    """Return the cost in a ``usage`` object; ``None`` if not reported.

    OpenRouter and LiteLLM: ``cost`` in US dollars, as charged to the account. If the user's own key was used
    upstream (``is_byok``), that is only the fee, and ``cost_details.upstream_inference_cost`` is charged in
    addition; without ``is_byok``, that field repeats the same cost. xAI: ``cost_in_usd_ticks``,
    10,000,000,000 of which are a dollar; Perplexity: ``cost.total_cost``; DeepInfra: ``estimated_cost``.
    """
    if not isinstance(usage, dict):
        return None
    ticks = read_amount(usage.get("cost_in_usd_ticks"))
    if ticks is not None:
        return ServerCost(ticks / 10_000_000_000, "USD", "usage.cost_in_usd_ticks")
    for group, name in (("cost", "total_cost"), ("", "estimated_cost")):
        amount = read_amount(_detail(usage, group, name) if group else usage.get(name))
        if amount is not None:
            return ServerCost(amount, None, ".".join(filter(None, ("usage", group, name))))
    cost = read_amount(usage.get("cost"))
    upstream = read_amount(_detail(usage, "cost_details", "upstream_inference_cost"))
    if upstream and usage.get("is_byok") is True:
        return ServerCost((cost or 0) + upstream, None, "usage.cost + upstream_inference_cost")
    if upstream and not cost and "is_byok" not in usage:
        return ServerCost(upstream, None, "usage.cost_details.upstream_inference_cost")
    return None if cost is None else ServerCost(cost, None, "usage.cost")


def read_header_cost(headers: Mapping[str, str]) -> ServerCost | None:
    """Return the cost in LiteLLM's ``x-litellm-response-cost`` header; names in lower case.

    0 is ignored: the header of a stream is sent before anything was generated.
    """
    amount = read_amount(headers.get("x-litellm-response-cost"))
    return ServerCost(amount, "USD", "x-litellm-response-cost") if amount else None


def find_replay(headers: Mapping[str, str]) -> str | None:
    """Return the header in which a gateway marks a reply from its cache; names in lower case.

    LiteLLM sends its ``x-litellm-cache-key`` only with such replies (docs.litellm.ai, "caching").
    """
    if headers.get("x-litellm-cache-key"):
        return "x-litellm-cache-key"
    return next((name for name in _CACHE_STATES if "hit" in headers.get(name, "").lower().split()), None)


def _reasoning_tokens(usage: Mapping[str, object]) -> int | None:
    return first_count(
        _detail(usage, "completion_tokens_details", "reasoning_tokens"),
        _detail(usage, "output_tokens_details", "reasoning_tokens"),
        usage.get("reasoning_tokens"),  # SGLang
        usage.get("reasoning_output_tokens"),  # LM Studio's native API
    )


def _cached_tokens(usage: Mapping[str, object]) -> int | None:
    """Return the cached tokens.

    Any of the names, preferring values above 0: LiteLLM sends two of them, and gateways only fill the one
    that they know.
    """
    return _first_positive(
        _detail(usage, "prompt_tokens_details", "cached_tokens"),
        _detail(usage, "input_tokens_details", "cached_tokens"),
        usage.get("prompt_cache_hit_tokens"),  # DeepSeek
        usage.get("cached_tokens"),  # Moonshot
        usage.get("cache_read_input_tokens"),
    )


def _written_tokens(usage: Mapping[str, object]) -> int | None:
    """Return the prompt tokens written to a cache, for which some servers charge more.

    Not vLLM's ``created_cache_tokens``, which are free.
    """
    return _first_positive(
        _detail(usage, "prompt_tokens_details", "cache_write_tokens"),  # OpenRouter
        _detail(usage, "prompt_tokens_details", "cache_creation_input_tokens"),  # DashScope
        usage.get("cache_creation_input_tokens"),  # Anthropic, LiteLLM
    )


def _first_positive(*values: object) -> int | None:
    return next(filter(None, map(read_count, values)), first_count(*values))


def _detail(usage: Mapping[str, object], group: str, name: str) -> object:
    details = usage.get(group)
    return details.get(name) if isinstance(details, dict) else None


_CACHE_STATES = (
    "x-openrouter-cache-status",
    "x-portkey-cache-status",
    "cf-aig-cache-status",
    "helicone-cache",
    "cf-cache-status",
    "x-cache",
)
"""Headers of gateways and caches in which ``HIT`` means a cached answer."""
LLAMA_TIMINGS = "llama.cpp timings"
"""The origin of figures that llama.cpp reports."""
_VLLM_FIELDS = frozenset({"time_to_first_token_ms", "generation_time_ms", "queue_time_ms", "mean_itl_ms"})
"""Any of them identifies vLLM's ``metrics``; LM Studio's ``stats`` are in seconds and have other names."""


def read_timings(chunk: Mapping[str, object]) -> ServerTimings | None:
    """Return the speed figures of a chunk; ``None`` if it has none.

    llama.cpp's ``timings``, vLLM's ``metrics``, LM Studio's ``stats``, or LocalAI's fields in ``usage``;
    distinguished by their fields, not by the name of the object.
    """
    timings = chunk.get("timings")
    if isinstance(timings, dict):
        return _llama_timings(timings)
    usage = chunk.get("usage")
    for name in ("metrics", "stats"):
        figures = chunk.get(name)
        if isinstance(figures, dict):
            if not _VLLM_FIELDS.isdisjoint(figures):
                tokens = read_count(usage.get("completion_tokens")) if isinstance(usage, dict) else None
                return _vllm_metrics(figures, f"vllm.{name}", tokens)
            rate = read_number(figures.get("tokens_per_second")) if name == "stats" else None
            return ServerTimings(predicted_per_second=rate, origin="stats") if rate else None
    if isinstance(usage, dict) and "timing_token_generation" in usage:
        return ServerTimings(
            prompt_ms=read_number(usage.get("timing_prompt_processing")),
            predicted_ms=read_number(usage.get("timing_token_generation")),
            origin="localai.usage",
        )
    return None


def _vllm_metrics(
    figures: Mapping[str, object], origin: str, completion_tokens: int | None
) -> ServerTimings | None:
    """Read vLLM's per-request metrics, each of which may be null.

    Enabled with ``--enable-per-request-metrics`` (https://docs.vllm.ai). ``time_to_first_token_ms`` counts
    from when the request was scheduled, without queueing. ``tokens_per_second`` includes the time of the
    prompt: the decode rate is 1000 / ``mean_itl_ms``.
    """
    gap = read_number(figures.get("mean_itl_ms"))
    generation = read_number(figures.get("generation_time_ms"))
    if not gap and generation and completion_tokens is not None and completion_tokens > 1:
        gap = generation / (completion_tokens - 1)
    found = ServerTimings(
        queue_ms=read_number(figures.get("queue_time_ms")),
        prompt_ms=read_number(figures.get("time_to_first_token_ms")),
        predicted_ms=generation,
        predicted_per_second=1000 / gap if gap else None,
        origin=origin,
    )
    return None if found == ServerTimings(origin=origin) else found


def read_header_timings(headers: Mapping[str, str]) -> ServerTimings | None:
    """Return the time in TGI's ``x-queue-time``, in milliseconds; names in lower case.

    TGI only sends it with complete replies; by itself, a header of that name could have any origin and unit.
    """
    queue = read_number(headers.get("x-queue-time")) if "x-compute-type" in headers else None
    return None if queue is None else ServerTimings(queue_ms=queue, origin="x-queue-time")


def _llama_timings(timings: Mapping[str, object]) -> ServerTimings:
    """Read llama.cpp's ``timings``.

    ``prompt_ms`` is the time of the ``prompt_n`` evaluated tokens, without cached ones. For a single token it
    sends placeholders, such as ``predicted_ms: 0.001``.
    """
    predicted = read_count(timings.get("predicted_n"))
    has_rate = predicted is None or predicted > 1
    has_prompt = read_count(timings.get("prompt_n")) != 0
    return ServerTimings(
        prompt_tokens=read_count(timings.get("prompt_n")),
        prompt_ms=read_number(timings.get("prompt_ms")),
        prompt_per_second=read_number(timings.get("prompt_per_second")) if has_prompt else None,
        predicted_tokens=predicted,
        predicted_ms=read_number(timings.get("predicted_ms")) if has_rate else None,
        predicted_per_second=read_number(timings.get("predicted_per_second")) if has_rate else None,
        cached_tokens=read_count(timings.get("cache_n")),
        draft_tokens=read_count(timings.get("draft_n")),
        draft_accepted=read_count(timings.get("draft_n_accepted")),
        origin=LLAMA_TIMINGS,
    )
