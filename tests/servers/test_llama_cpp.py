"""llama.cpp's server: a chat model, and the same model for embeddings."""

from __future__ import annotations

from tests.servers.running import Server
from tests.support.commands import Call


def test_check_names_it_and_its_window(lmdeck: Call, llama_cpp: Server) -> None:
    done = lmdeck("check", llama_cpp.base_url, "--wait", "60", "--json")
    assert (done.code, done.json["ok"]) == (0, True), done.out
    assert done.json["server"]["kind"] == "llama.cpp"
    assert done.json["context_window"] == 2048


def test_an_answer_has_text_and_reported_tokens(lmdeck: Call, llama_cpp: Server) -> None:
    done = lmdeck(
        *("ask", "Say hello", "--url", llama_cpp.base_url, "--model", "smollm2", "--max-tokens", "16"),
        *("--wait", "60", "--json"),
    )
    assert done.json["answer"] or done.json["reasoning"]
    assert 0 < done.json["usage"]["completion_tokens"] <= 16


def test_a_prompt_that_is_too_long_is_told_with_both_numbers(lmdeck: Call, llama_cpp: Server) -> None:
    done = lmdeck("ask", "word " * 4000, "--url", llama_cpp.base_url, "--model", "smollm2", "--json")
    assert done.cause == "context-too-long"
    assert "2048" in done.json["error"]["title"].replace(",", "")


def test_embeddings_are_tested_with_embeddings(lmdeck: Call, vectors: Server) -> None:
    arguments = ("--url", vectors.base_url, "--model", "smollm2", "--category", "Embedding")
    assert lmdeck("providers", "add", "vectors", *arguments).code == 0
    done = lmdeck("check", "vectors", "--wait", "60")
    assert done.code == 0, done.out
    assert "3 vectors of 576 numbers" in done.out
    assert "base64: same numbers as float, dimensions: ignored" in done.out


def test_embeddings_that_are_not_served_are_told(lmdeck: Call, llama_cpp: Server) -> None:
    arguments = ("--url", llama_cpp.base_url, "--model", "smollm2", "--category", "Embedding")
    assert lmdeck("providers", "add", "no-vectors", *arguments).code == 0
    done = lmdeck("check", "no-vectors", "--wait", "60", "--json")
    assert (done.code, str(done.cause).startswith("embedding")) == (1, True), done.out
