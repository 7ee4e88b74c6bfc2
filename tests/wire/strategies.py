"""Bytes of hostile and broken servers, for property tests and fuzzing."""

from __future__ import annotations

import itertools
import json

from hypothesis import strategies as st

from tui.wire.think_tags import PAIRS

_TAGS = [tag for pair in PAIRS for tag in pair]
TEXTS = st.sampled_from(
    [
        "",
        "text",
        "\n",
        " ",
        "<thi",
        "nk>",
        "`",
        "<|channel|>analysis<|message|>",
        "<|end|>",
        "é你\U0001f600",
        "\u2028",
        "\x1b[31m",
        "\ud83d",
        "\ude00",
        *_TAGS,
    ]
) | st.text(max_size=8)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.just(10**400) | st.just(-1)
KEYS = st.sampled_from(
    [
        "choices",
        "delta",
        "message",
        "content",
        "reasoning",
        "reasoning_content",
        "reasoning_details",
        "text",
        "type",
        "thinking",
        "finish_reason",
        "index",
        "usage",
        "prompt_tokens",
        "completion_tokens",
        "timings",
        "predicted_n",
        "error",
        "code",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "refusal",
        "model",
        "system_fingerprint",
        "completion_tokens_details",
        "detail",
        "object",
        "param",
        "function_call",
        "x_groq",
        "metrics",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
DELTAS = st.dictionaries(KEYS, TEXTS | VALUES, max_size=3)
CHOICES = st.fixed_dictionaries(
    {"delta": DELTAS},
    optional={"finish_reason": st.sampled_from([None, "stop", "length", "error", 7]), "index": SCALARS},
)
CHUNKS = st.fixed_dictionaries(
    {"choices": st.lists(CHOICES, max_size=2) | VALUES},
    optional={"usage": VALUES, "error": VALUES, "timings": VALUES},
)


def _event(value: object) -> bytes:
    try:
        text = json.dumps(value)
    except ValueError:  # a number of thousands of digits
        text = "null"
    return f"data: {text}\n\n".encode("utf-8", "surrogatepass")


EVENTS = (CHUNKS | VALUES).map(_event) | st.sampled_from(
    [
        b"data: [DONE]\n\n",
        b": ping\n\n",
        b"data: {\n\n",
        b"event: error\ndata: x\n\n",
        b"\r\r",
        b"\xef\xbb\xbf",
        b"error: {}\n\n",
        b"data: NaN\n\n",
        b"data: [[[[\n\n",
        b"\xff\xfe",
        b"data:",
    ]
)
STREAMS = st.lists(EVENTS | st.binary(max_size=6), max_size=8).map(b"".join)
DOCUMENTS = (CHUNKS | VALUES).map(lambda value: _event(value)[6:])
BODIES = STREAMS | DOCUMENTS | st.binary(max_size=80)
CUTS = st.lists(st.integers(0, 500), max_size=5)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Return the bytes in pieces."""
    edges = sorted({min(place, len(data)) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(edges)] or [data]
