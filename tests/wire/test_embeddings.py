"""Embeddings responses: valid ones in all formats, and a cause for each kind of error."""

from __future__ import annotations

import base64
import json
import struct
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.causes import CATALOGUE
from tui.core.embedding import EmbeddingRequest, Vectors, embedding_cost, norm_text
from tui.core.failure import Failure
from tui.core.secret import Redactor, Secret
from tui.core.usage import Cost, Price, Usage
from tui.wire.embeddings import build_embeddings_body, read_embeddings


def entry(vector: object, index: object = None) -> dict[str, object]:
    return {"object": "embedding", "index": index, "embedding": vector}


def listed(*entries: object, **fields: object) -> dict[str, object]:
    return {"object": "list", "data": list(entries), **fields}


def packed(*numbers: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def read(body: object, status: int = 200, asked: int = 2) -> Vectors | Failure:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_embeddings(status, {"content-type": "application/json"}, data, asked)


def cause(body: object, status: int = 200) -> str:
    found = read(body, status)
    assert isinstance(found, Failure), found
    assert found.cause in CATALOGUE
    assert "?" not in found.title + found.advice
    return found.cause


def test_vectors_are_ordered_by_their_index() -> None:
    found = read(listed(entry([0.0, 2.0], 1), entry([0.6, 0.8], 0), usage={"prompt_tokens": 8}))
    assert isinstance(found, Vectors)
    assert found.values == ((0.6, 0.8), (0.0, 2.0))
    assert (found.count, found.size, found.norms) == (2, 2, (1.0, 2.0))
    assert norm_text(found) == "norms 1.000 to 2.000"
    assert found.usage == Usage(8, 0)


def test_packed_numbers_are_read_as_the_listed_ones() -> None:
    found = read(listed(entry(packed(0.5, -2.0), 0), entry([0.5, -2.0], 1)))
    assert isinstance(found, Vectors)
    assert found.values[0] == found.values[1]
    assert found.is_base64


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": 0}, "8", {"prompt_tokens": -1}])
def test_tokens_that_nobody_counted_are_unknown(usage: object) -> None:
    found = read(listed(entry([1], 0), entry([1], 1), usage=usage))
    assert isinstance(found, Vectors)
    assert found.usage is None


def test_a_total_stands_for_the_prompt() -> None:
    found = read(listed(entry([1], 0), entry([1], 1), usage={"total_tokens": 5}))
    assert isinstance(found, Vectors)
    assert found.usage == Usage(5, 0)


_ONE = [1.0, 0.0]
_HTML = b"<!doctype html><html><title>Open WebUI</title></html>"
_CHAT = {"object": "chat.completion", "choices": [{"message": {"content": "Hello"}}]}


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ("vectors-count", listed(entry(_ONE, 0))),
        ("vectors-count", listed(entry(_ONE, 0), entry(_ONE, 1), entry(_ONE, 2))),
        ("vectors-count", listed()),
        ("vectors-size", listed(entry(_ONE, 0), entry([1, 2, 3], 1))),
        ("vectors-empty", listed(entry([], 0), entry([], 1))),
        ("vectors-empty", listed(entry("", 0), entry("", 1))),
        ("vectors-empty", listed(entry(_ONE, 0), entry([], 1))),
        ("vectors-invalid", listed(entry([1, None], 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry(None, 0), entry(None, 1))),
        ("vectors-invalid", listed(entry([1, "2"], 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry([True, 1], 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry([[1.0], [2.0]], 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry("no base64!", 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry("AAAA", 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry(packed(float("nan"), 1), 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry(packed(float("inf"), 1), 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry([float("nan"), 1], 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry([float("inf"), 1], 0), entry(_ONE, 1))),
        ("vectors-invalid", listed(entry([float("-inf"), 1], 0), entry(_ONE, 1))),
        ("vectors-invalid", b'{"data":[{"index":0,"embedding":[1e999]},{"index":1,"embedding":[1]}]}'),
        ("vectors-invalid", listed(entry([10**400, 1], 0), entry(_ONE, 1))),
        ("vectors-zero", listed(entry([0.0, 0.0], 0), entry(_ONE, 1))),
        ("vectors-zero", listed(entry(packed(0.0, -0.0), 0), entry(_ONE, 1))),
        ("vectors-index", listed(entry(_ONE, 0), entry(_ONE, 0))),
        ("vectors-index", listed(entry(_ONE), entry(_ONE))),
        ("vectors-index", listed({"embedding": _ONE}, {"embedding": _ONE})),
        ("vectors-index", listed(entry(_ONE, 0), entry(_ONE, 2))),
        ("vectors-index", listed(entry(_ONE, -1), entry(_ONE, 0))),
        ("vectors-index", listed(entry(_ONE, "0"), entry(_ONE, "1"))),
        ("embeddings-unexpected", _CHAT),
        ("embeddings-unexpected", _HTML),
        ("embeddings-unexpected", b""),
        ("embeddings-unexpected", b"hello"),
        ("embeddings-unexpected", [_ONE, _ONE]),
        ("embeddings-unexpected", {"embeddings": [_ONE, _ONE]}),
        ("embeddings-unexpected", listed("a", "b")),
        ("embeddings-unexpected", listed({"id": "m"}, {"id": "n"})),
        ("server-error", {"error": {"message": "CUDA error", "code": 500}}),
        ("server-error", listed(entry(_ONE, 0), entry(_ONE, 1), error={"message": "failed", "code": 500})),
        ("embeddings-unsupported", {"error": {"message": "The model does not support Embeddings API"}}),
    ],
)
def test_an_answer_under_200_that_is_wrong_has_its_cause(expected: str, body: object) -> None:
    assert cause(body) == expected


@pytest.mark.parametrize(
    ("expected", "status", "message"),
    [
        ("embeddings-missing", 404, "Not Found"),
        ("embeddings-missing", 405, "Method Not Allowed"),
        ("embeddings-unsupported", 400, "The model does not support Embeddings API"),  # vLLM
        (
            "embeddings-unsupported",
            501,
            "This server is built without it. Start it with `--embeddings`",
        ),
        ("embeddings-unsupported", 400, "Pooling type 'none' is not OAI compatible."),  # llama.cpp
        ("embeddings-unsupported", 500, "this model does not support embeddings"),  # Ollama
        ("embeddings-unsupported", 403, "You are not allowed to generate embeddings from this model"),
        ("embeddings-unsupported", 400, 'Failed to load model "x". Error: Model is not embedding.'),
        ("embedding-too-long", 413, "`inputs` must have less than 512 tokens. Given: 600"),  # TEI
        ("embedding-too-long", 400, "This model's maximum context length is 512 tokens. You requested 600"),
        (
            "embedding-too-long",
            500,
            "input (600 tokens) is too large to process",
        ),
        ("model-not-found", 404, "The model `nope` does not exist."),
        ("model-not-found", 404, "The model no-embedding is not found."),
        ("auth", 401, "Unauthorized"),
        ("server-error", 500, "boom"),
        ("rate-limited", 429, "Too many requests"),
    ],
)
def test_a_refusal_has_its_cause(expected: str, status: int, message: str) -> None:
    body = {"error": {"message": message, "type": "BadRequestError"}}
    assert cause(body, status) == expected


def test_a_text_that_is_too_long_is_told_with_its_numbers() -> None:
    message = "`inputs` must have less than 512 tokens. Given: 600"
    found = read({"error": {"message": message}}, 413)
    assert isinstance(found, Failure)
    assert "600 tokens" in found.title
    assert "512 tokens" in found.title


def test_a_key_in_a_refusal_is_erased() -> None:
    redactor = Redactor()
    redactor.add(Secret("sk-4f9c2b7e81d0aa"))
    body = b'{"error":{"message":"The model does not support embeddings for sk-4f9c2b7e81d0aa"}}'
    found = read_embeddings(400, {}, body, 2, redactor)
    assert isinstance(found, Failure)
    assert "4f9c2b7e" not in repr(found)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "index", "embedding", "error", "usage"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(_JSON, st.integers(1, 3), st.sampled_from([200, 204, 301, 400, 500]))
def test_whatever_comes_becomes_vectors_or_a_cause(value: Any, asked: int, status: int) -> None:
    found = read_embeddings(status, {}, json.dumps(value).encode("utf-8", "surrogatepass"), asked)
    if isinstance(found, Vectors):
        assert found.count == asked
        assert all(norm > 0 for norm in found.norms)
    else:
        assert found.cause in CATALOGUE


def test_the_body_has_what_the_provider_adds_and_keeps_its_own_texts() -> None:
    extra = {"dimensions": 8, "input": "other", "model": "other", "extra_body": {"user": "me"}}
    body = build_embeddings_body(EmbeddingRequest("m", ("a", "b"), extra))
    assert body == {"model": "m", "input": ["a", "b"], "dimensions": 8, "user": "me"}


def test_an_embedding_has_an_input_price_only() -> None:
    price = Price(Decimal("0.02"), None, "EUR")
    assert embedding_cost(Usage(500, 0), price) == Cost(Decimal("0.01"), Decimal(0), "EUR")
    assert embedding_cost(Usage(500, 0), Price(None, Decimal(5))) is None
