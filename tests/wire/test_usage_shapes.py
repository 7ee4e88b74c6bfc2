"""Unusual token counts and costs: corrected, completed or marked, never shown as exact."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.replies import read_reply
from tui.core.turn import Turn
from tui.core.usage import Price, Source, Usage, cost_of
from tui.wire.usage_fields import read_usage

TEXT = {"choices": [{"index": 0, "delta": {"reasoning": "Think.", "content": "An answer."}}]}


def read(*usages: object, text: object = TEXT) -> Turn:
    chunks = [text, *({"choices": [], "usage": usage} for usage in usages)]
    body = b"".join(b"data: %b\n\n" % json.dumps(chunk).encode() for chunk in chunks)
    return read_reply([body + b"data: [DONE]\n\n"])[0]


def usage_of(*usages: object, text: object = TEXT) -> Usage:
    usage = read(*usages, text=text).usage
    assert usage is not None
    return usage


def test_all_tokens_cannot_be_reasoning_where_an_answer_came() -> None:
    usage = usage_of(
        {
            "prompt_tokens": 5,
            "completion_tokens": 9,
            "completion_tokens_details": {"reasoning_tokens": 9},
        }
    )
    assert (usage.completion_tokens, usage.reasoning_tokens, usage.source) == (9, None, Source.ESTIMATED)
    assert usage.notes == ("The server reports 9 of 9 completion tokens as reasoning, but it answered.",)


def test_one_token_cannot_be_a_page_of_reasoning() -> None:
    text = {"choices": [{"index": 0, "delta": {"reasoning": "Think. " * 200, "content": "A"}}]}
    details = {"completion_tokens_details": {"reasoning_tokens": 1}}
    usage = usage_of({"prompt_tokens": 5, "completion_tokens": 300, **details}, text=text)
    assert (usage.completion_tokens, usage.reasoning_tokens, usage.source) == (300, None, Source.ESTIMATED)


def test_counts_that_agree_stay_as_they_are() -> None:
    details = {"completion_tokens_details": {"reasoning_tokens": 4}}
    usage = usage_of({"prompt_tokens": 5, "completion_tokens": 9, **details})
    assert usage == Usage(5, 9, 4, None, Source.REPORTED, ())


Counts = tuple[int | None, int | None, int | None]
"""Prompt tokens in all, those read from a cache, those written to it."""


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        pytest.param(
            {"prompt_tokens": 33, "prompt_tokens_details": {"cached_tokens": 32}, "completion_tokens": 6},
            (33, 32, None),
            id="openai-inside",
        ),
        pytest.param(
            {"input_tokens": 1, "cache_read_input_tokens": 32, "output_tokens": 6},
            (33, 32, None),
            id="anthropic-of-llama.cpp",
        ),
        pytest.param(
            {
                "input_tokens": 4,
                "cache_read_input_tokens": 100,
                "cache_creation_input_tokens": 50,
                "output_tokens": 6,
            },
            (154, 100, 50),
            id="anthropic-with-writes",
        ),
        pytest.param(
            {"input_tokens": 40, "input_tokens_details": {"cached_tokens": 32}, "output_tokens": 6},
            (40, 32, None),
            id="responses-inside",
        ),
        pytest.param(
            {
                "prompt_tokens": 154,
                "completion_tokens": 6,
                "total_tokens": 160,
                "prompt_tokens_details": {"cached_tokens": 100},
                "cache_read_input_tokens": 100,
                "cache_creation_input_tokens": 50,
            },
            (154, 100, 50),
            id="litellm-both-spellings",
        ),
        pytest.param(
            {
                "prompt_tokens": 4,
                "completion_tokens": 6,
                "total_tokens": 10,
                "prompt_tokens_details": {"cached_tokens": 0},
                "cache_read_input_tokens": 3,
            },
            (4, 3, None),
            id="litellm-nested-zero",
        ),
        pytest.param(
            {"prompt_tokens": 4, "completion_tokens": 6, "cache_read_input_tokens": 100},
            (104, 100, None),
            id="cached-beyond-the-prompt",
        ),
        pytest.param(
            {
                "prompt_tokens": 60,
                "completion_tokens": 6,
                "prompt_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 40},
            },
            (60, 10, 40),
            id="openrouter-writes",
        ),
        pytest.param(
            {
                "prompt_tokens": 60,
                "completion_tokens": 6,
                "prompt_tokens_details": {"cached_tokens": 0, "cache_creation_input_tokens": 40},
            },
            (60, 0, 40),
            id="dashscope-explicit",
        ),
        pytest.param(
            {
                "prompt_tokens": 60,
                "completion_tokens": 6,
                "prompt_cache_hit_tokens": 50,
                "prompt_cache_miss_tokens": 10,
                "prompt_tokens_details": {"cached_tokens": 0},
            },
            (60, 50, None),
            id="deepseek",
        ),
        pytest.param(
            {"prompt_tokens": 60, "completion_tokens": 6, "prompt_tokens_details": None},
            (60, None, None),
            id="vllm-untold",
        ),
        pytest.param({"prompt_tokens": 60, "completion_tokens": 6}, (60, None, None), id="ollama-untold"),
        pytest.param(
            {
                "prompt_tokens": 60,
                "completion_tokens": 6,
                "prompt_tokens_details": {"cached_tokens": 0, "created_cache_tokens": 48},
            },
            (60, 0, None),
            id="vllm-writes-for-nothing",
        ),
    ],
)
def test_cached_tokens_are_part_of_the_prompt_whoever_counts_them(
    usage: dict[str, object], counts: Counts
) -> None:
    found = usage_of(usage)
    assert (found.prompt_tokens, found.cached_tokens, found.written_tokens) == counts


@pytest.mark.parametrize(
    ("usage", "completion"),
    [
        pytest.param({"completion_tokens": 2809, "total_tokens": 12_929}, 2809, id="inside"),
        pytest.param({"completion_tokens": 2809, "total_tokens": 14_428}, 4308, id="xai-outside"),
        pytest.param({"completion_tokens": 2809}, 2809, id="no-total"),
    ],
)
def test_the_total_tells_whether_reasoning_is_part_of_the_completion(
    usage: dict[str, object], completion: int
) -> None:
    details = {"completion_tokens_details": {"reasoning_tokens": 1499}}
    found = usage_of({"prompt_tokens": 10_120, **usage, **details})
    assert (found.completion_tokens, found.reasoning_tokens) == (completion, 1499)
    assert found.source is Source.REPORTED


def test_thinking_in_the_sum_alone_is_counted_and_priced_as_output() -> None:
    usage = usage_of({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 115})
    assert (usage.completion_tokens, usage.reasoning_tokens, usage.source) == (105, 100, Source.ESTIMATED)
    assert "the other 100 are counted as output" in usage.notes[0]
    cost = cost_of(usage, Price(Decimal(1), Decimal(2)))
    assert cost is not None
    assert (cost.total, cost.source) == (Decimal("0.22"), Source.ESTIMATED)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**7))
def test_no_token_of_the_servers_sum_is_lost(prompt: int, completion: int, total: int) -> None:
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
    usage = read_usage(counts)
    assert usage is not None
    assert usage.prompt_tokens == prompt
    assert usage.completion_tokens == max(completion, total - prompt)
    assert (usage.source is Source.REPORTED) == (prompt + completion == total) == (not usage.notes)


def test_a_later_usage_keeps_the_prompt_of_an_earlier_one() -> None:
    usage = usage_of({"prompt_tokens": 5}, {"completion_tokens": 6})
    assert (usage.prompt_tokens, usage.completion_tokens) == (5, 6)


def test_a_zero_under_one_name_hides_no_count_under_the_other() -> None:
    usage = usage_of({"prompt_tokens": 0, "completion_tokens": 0, "input_tokens": 5, "output_tokens": 6})
    assert (usage.prompt_tokens, usage.completion_tokens, usage.source) == (5, 6, Source.REPORTED)


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        ({"cost": {"input_tokens_cost": 0.004, "total_cost": 0.01}}, "usage.cost.total_cost"),
        ({"estimated_cost": "1e-2"}, "usage.estimated_cost"),
        ({"cost": "0.010"}, "usage.cost"),
    ],
)
def test_the_servers_cost_is_read_under_its_names(fields: dict[str, object], origin: str) -> None:
    cost = read({"prompt_tokens": 5, "completion_tokens": 6, **fields}).server_cost
    assert cost is not None
    assert (float(cost.amount), cost.origin) == (0.01, origin)
