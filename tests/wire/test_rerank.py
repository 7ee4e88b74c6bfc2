"""Rerank responses in all formats, and errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.failure import Failure
from tui.core.rerank import RerankRequest, Scores
from tui.core.secret import Redactor, Secret
from tui.wire.rerank import build_rerank_body, read_scores, rerank_routes, wants_texts

REQUEST = RerankRequest("bge-reranker", "cat", ("a", "b"), {"return_documents": False, "query": "no"})


def read(body: object, status: int = 200, asked: int = 2) -> Scores | Failure:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_scores(status, {"content-type": "application/json"}, data, asked)


def scored(*entries: object, **fields: object) -> dict[str, object]:
    return {"results": list(entries), **fields}


@pytest.mark.parametrize(
    ("body", "values"),
    [
        # vLLM and Jina
        (
            scored(
                {"index": 1, "document": {"text": "b"}, "relevance_score": 0.98},
                {"index": 0, "document": {"text": "a"}, "relevance_score": 0.01},
            ),
            (0.01, 0.98),
        ),
        # llama.cpp: raw logits
        (
            scored({"index": 0, "relevance_score": -11}, {"index": 1, "relevance_score": -7}),
            (-11, -7),
        ),
        # SGLang and TEI: a bare array
        ([{"score": 2, "document": "b", "index": 1}, {"score": -1, "document": "a", "index": 0}], (-1, 2)),
        # Voyage
        (
            {"data": [{"index": 0, "relevance_score": 0.5}, {"index": 1, "relevance_score": 0.25}]},
            (0.5, 0.25),
        ),
    ],
)
def test_the_forms_of_servers_are_read_in_the_order_of_the_documents(
    body: object, values: tuple[float, ...]
) -> None:
    found = read(body)
    assert isinstance(found, Scores)
    assert found.values == values
    assert found.best == max(range(2), key=lambda place: values[place])


def test_tokens_and_model_are_read() -> None:
    entries = ({"index": 0, "relevance_score": 1}, {"index": 1, "relevance_score": 0})
    found = read(scored(*entries, model="bge", usage={"total_tokens": 34}))
    assert isinstance(found, Scores)
    assert (found.served_model, found.usage and found.usage.prompt_tokens) == ("bge", 34)
    bare = read(scored(*entries, usage={"total_tokens": 0}))
    assert isinstance(bare, Scores)
    assert bare.usage is None


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([{"index": 0, "score": 1}], "1 score for 2 documents"),
        ([{"index": 0, "score": 1}, {"index": 0, "score": 1}], "an index is missing, appears twice"),
        ([{"index": 0, "score": 1}, {"index": 2, "score": 1}], "out of range"),
        ([{"score": 1}, {"index": 1, "score": 1}], "an index is missing"),
        ([{"index": 0, "score": "1"}, {"index": 1, "score": 1}], "not a number"),
        ([{"index": 0}, {"index": 1, "score": 1}], "a score is missing"),
        ([{"index": 0, "score": 10**400}, {"index": 1, "score": 1}], "not a number"),
        ([{"index": 0, "score": True}, {"index": 1, "score": 1}], "not a number"),
        (["a", "b"], "an index is missing"),
    ],
)
def test_what_is_no_score_of_each_document_is_told(entries: list[object], reason: str) -> None:
    found = read({"results": entries})
    assert isinstance(found, Failure)
    assert (found.cause, reason in found.title) == ("rerank-unexpected", True)


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (404, b'{"detail":"Not Found"}', "rerank-missing"),
        (404, b'{"error":{"code":404,"message":"File Not Found"}}', "rerank-missing"),
        (405, b"", "rerank-missing"),
        (
            501,
            {"error": {"message": "This server does not support reranking. Start it with `--reranking`"}},
            "rerank-missing",
        ),
        (400, {"error": {"message": "The model does not support Rerank (Score) API"}}, "rerank-missing"),
        (404, {"error": {"message": "The model `x` does not exist."}}, "model-not-found"),
        (401, {"error": {"message": "no rerank without a key"}}, "auth"),
        (200, b"<html>hello</html>", "rerank-unexpected"),
        (200, {"choices": []}, "rerank-unexpected"),
        (200, {"error": {"message": "boom"}}, "server-error"),
        (500, {"error": {"message": "boom"}}, "server-error"),
    ],
)
def test_a_refusal_has_its_cause(status: int, body: Any, cause: str) -> None:
    found = read(body, status)
    assert isinstance(found, Failure)
    assert found.cause == cause


def test_a_key_in_the_words_of_a_server_is_erased() -> None:
    redactor = Redactor()
    redactor.add(Secret("sk-4f9c2b7e81d0aa"))
    body = b'{"error":{"message":"rerank refused for sk-4f9c2b7e81d0aa"}}'
    found = read_scores(400, {}, body, 1, redactor)
    assert "sk-4f9c2b7e81d0aa" not in repr(found)


def test_the_body_has_the_documents_and_the_extra_fields_but_never_another_query() -> None:
    assert build_rerank_body(REQUEST) == {
        "model": "bge-reranker",
        "query": "cat",
        "documents": ["a", "b"],
        "return_documents": False,
    }
    assert build_rerank_body(REQUEST, as_texts=True)["texts"] == ["a", "b"]
    assert "documents" not in build_rerank_body(REQUEST, as_texts=True)


def test_tei_is_known_by_what_it_misses() -> None:
    words = b'{"error":"Failed to deserialize: missing field `texts`","error_type":"Validation"}'
    assert wants_texts(422, words)
    assert not wants_texts(500, words)
    assert not wants_texts(422, b'{"error":"bad documents"}')


@pytest.mark.parametrize(
    ("base", "urls"),
    [
        (
            "http://h:1/v1",
            ("http://h:1/v1/rerank", "http://h:1/rerank", "http://h:1/v2/rerank"),
        ),
        ("http://h:1/v2", ("http://h:1/v2/rerank", "http://h:1/rerank")),
        ("http://h:1", ("http://h:1/rerank", "http://h:1/v2/rerank")),
        (
            "https://h/api/v1/",
            ("https://h/api/v1/rerank", "https://h/api/rerank", "https://h/api/v2/rerank"),
        ),
    ],
)
def test_the_routes_where_servers_have_it(base: str, urls: tuple[str, ...]) -> None:
    assert tuple(rerank_routes(base).values()) == urls


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["results", "data", "index", "score", "usage", "error"]), inner)
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
    st.integers(0, 3),
)
def test_whatever_comes_is_scores_or_a_failure(body: bytes, asked: int) -> None:
    found = read_scores(200, {}, body, asked)
    assert isinstance(found, Failure) or len(found.values) == asked


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_score_that_is_no_number_is_named(number: str) -> None:
    body = b'{"results": [{"index": 0, "relevance_score": %s}]}' % number.encode()
    found = read_scores(200, {"content-type": "application/json"}, body, 1)
    assert isinstance(found, Failure)
    assert f"it contains {number}" in found.title
