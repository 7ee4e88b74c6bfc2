"""Token counts and costs in odd shapes and orders: corrected, completed or marked, never shown as exact."""

from __future__ import annotations

import json

import pytest

from tests.wire.replies import read_reply
from tui.core.turn import Turn
from tui.core.usage import Source, Usage

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
