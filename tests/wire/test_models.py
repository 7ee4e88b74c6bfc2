"""Model lists in all formats."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.replies import DATA
from tui.wire.limits import Limits
from tui.wire.models import ModelInfo, ModelList, read_models


def read(value: object) -> ModelList:
    found = read_models(json.dumps(value).encode())
    assert found is not None
    return found


def recorded(name: str) -> tuple[ModelInfo, ...]:
    found = read_models((DATA / name).read_bytes())
    assert found is not None
    return found.models


def test_vllm() -> None:
    assert recorded("vllm-models.json") == (ModelInfo("Qwen/Qwen3-8B", 40960, "vllm"),)


def test_sglang() -> None:
    assert recorded("sglang-models.json") == (ModelInfo("Qwen/Qwen3-8B", 40960, "sglang"),)


def test_llama_cpp_tells_the_served_window() -> None:
    assert recorded("llamacpp-models.json") == (ModelInfo("qwen3-8b-q4_k_m.gguf", 8192, "llamacpp"),)


def test_lm_studio_lists_embedding_models_too() -> None:
    chat, embedding = recorded("lmstudio-models.json")
    assert (chat.is_embedding, embedding.is_embedding) == (False, True)
    assert chat.owned_by == "organization_owner"


def test_the_native_list_of_lm_studio_tells_the_loaded_window() -> None:
    (model,) = recorded("lmstudio-api-v1-models.json")
    assert (model.identifier, model.context_window) == ("google/gemma-4-26b-a4b", 4096)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"object": "list", "data": [{"id": "a"}, {"id": "b"}]}, ["a", "b"]),
        ({"data": ["a", "b"]}, ["a", "b"]),
        (["a", {"id": "b"}], ["a", "b"]),
        ({"models": [{"name": "a", "model": "a"}, {"name": "b"}]}, ["a", "b"]),
        ({"object": "list", "data": None}, []),
        ({"object": "list"}, []),
        ({"data": []}, []),
        ([], []),
        ({"data": [{"id": "a"}, {"id": "a"}, {"id": ""}, {}, None, 7, {"id": 3}]}, ["a"]),
        ({"data": {"data": [{"id": "a"}]}}, ["a"]),
    ],
)
def test_takes_every_shape(value: object, names: list[str]) -> None:
    assert list(read(value).identifiers) == names


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"{}",
        b'{"error":"x"}',
        b'{"error":"x","data":[]}',
        b"null",
        b"7",
        b'{"data":7}',
        b'{"detail":"Not Found"}',
        b"[" * 100_000,
        b'{"data":[{"id":"a"}',
    ],
    ids=str.split("empty html object error error-and-list null number data-number detail deep cut"),
)
def test_other_bodies_are_no_list(body: bytes) -> None:
    assert read_models(body) is None


@pytest.mark.parametrize(
    ("entry", "window"),
    [
        ({"max_model_len": 8192}, 8192),
        ({"max_model_len": None}, None),
        ({"meta": {"n_ctx_train": 40960}}, None),
        ({"meta": {"n_ctx": 4096, "n_ctx_train": 40960}}, 4096),
        ({"context_length": 128000, "top_provider": {"context_length": 64000}}, 64000),
        ({"context_length": 128000, "top_provider": {"context_length": None}}, 128000),
        ({"max_context_length": 32768}, 32768),
        ({"max_context_length": 32768, "loaded_context_length": 4096}, 4096),
        ({"loaded_instances": [], "max_context_length": 32768}, 32768),
        ({"context_length": "8192"}, 8192),
        ({"context_length": -1}, None),
        ({"context_length": 0}, None),
        ({}, None),
    ],
)
def test_tells_the_window_as_served(entry: dict[str, object], window: int | None) -> None:
    assert read({"data": [{"id": "m", **entry}]}).models[0].context_window == window


@pytest.mark.parametrize(
    ("entry", "is_embedding"),
    [
        ({"id": "text-embedding-3-small"}, True),
        ({"id": "bge-m3"}, True),
        ({"id": "qwen3"}, False),
        ({"id": "x", "type": "embeddings"}, True),
        ({"id": "my-embedder-chat", "type": "llm"}, False),
        ({"id": "x", "model_type": "embedding"}, True),
        ({"id": "x", "model_type": "LLM"}, False),
        ({"id": "x", "capabilities": {"completion_chat": False}}, True),
        ({"id": "mistral-embed", "capabilities": {"completion_chat": True}}, False),
        ({"id": "x", "model_ability": ["embed"]}, True),
        ({"id": "embed-x", "model_ability": ["chat", "generate"]}, False),
    ],
)
def test_tells_embedding_models(entry: dict[str, object], is_embedding: bool) -> None:
    listed = read({"data": [entry]})
    assert listed.models[0].is_embedding is is_embedding
    assert bool(listed.chat_models) is not is_embedding


def test_knows_adapters_and_aliases() -> None:
    listed = read(
        {
            "data": [
                {"id": "base", "owned_by": "vllm"},
                {"id": "lora", "parent": "base", "owned_by": "vllm"},
                {"id": "file.gguf", "aliases": ["short", ""]},
            ]
        }
    )
    assert listed.models[1].parent == "base"
    assert listed.find("short") == listed.models[2]
    assert listed.find("base") == listed.models[0]
    assert listed.find("none") is None
    assert listed.owners == ("vllm",)


def test_long_lists_are_cut_and_large_bodies_refused() -> None:
    limits = Limits(models=3, model_list=1000)
    body = json.dumps([f"m{number}" for number in range(5)]).encode()
    listed = read_models(body, limits)
    assert listed is not None
    assert (len(listed.models), listed.is_cut) == (3, True)
    assert read_models(b'["m"]' + b" " * 1000, limits) is None


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_any_bytes_give_a_list_or_none(body: bytes) -> None:
    assert read_models(body) is None or isinstance(read_models(body), ModelList)


def test_names_can_be_encoded() -> None:
    found = read_models(b'[{"id":"a\\ud83d"}]')
    assert found is not None
    assert found.identifiers == ("a\ufffd",)
