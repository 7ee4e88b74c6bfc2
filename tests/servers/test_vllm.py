"""vLLM on a CPU: loading, answers, reasoning, keys, wrong models, its end."""

from __future__ import annotations

import signal

from tests.servers import recipes
from tests.servers.running import Server
from tests.support.commands import Call, Done
from tests.support.fault_server import free_port

ASK = ("--max-tokens", "24", "--temperature", "0")


def test_check_waits_for_it_and_says_so(loading: tuple[Server, Done, Done]) -> None:
    server, checked, _ = loading
    assert (checked.code, checked.json["ok"]) == (0, True), checked.out + checked.err
    assert f"vLLM (pid {server.pid}) is starting: waited 0 s of at most 10 min (--wait)" in checked.err


def test_ask_waits_for_it_and_says_so(loading: tuple[Server, Done, Done]) -> None:
    server, _, asked = loading
    assert asked.code == 0, asked.err
    assert f"vLLM (pid {server.pid}) is starting: waited 0 s of at most 10 min (--wait)" in asked.err


def test_check_names_version_model_and_window(lmdeck: Call, vllm: Server) -> None:
    done = lmdeck("check", vllm.base_url, "--json")
    assert (done.code, done.json["ok"]) == (0, True), done.out
    assert done.json["server"]["kind"] == "vllm"
    assert done.json["server"]["version"]
    assert (done.json["models"], done.json["context_window"]) == (["smollm2"], 2048)


def test_internal_ports_are_not_named(lmdeck: Call, vllm: Server) -> None:
    done = lmdeck("check", f"http://127.0.0.1:{free_port()}/v1")
    assert done.code == 1
    assert f"(pid {vllm.pid}) listens on port {vllm.port}" in done.out.replace("\n", " ")
    assert f"listens on port {vllm.port}," not in done.out


def test_text_that_all_came_as_reasoning_is_shown_and_the_parser_named(lmdeck: Call, vllm: Server) -> None:
    """The server runs a reasoning parser that the model does not fit."""
    done = lmdeck("ask", "What is 2+2?", "--url", vllm.base_url, "--model", "smollm2", *ASK, "--json")
    assert done.json["answer"], done.out
    assert "parser does not fit the model" in " ".join(done.json["notes"])


def test_tokens_are_counted_without_contradiction(lmdeck: Call, vllm: Server) -> None:
    done = lmdeck("ask", "What is 2+2?", "--url", vllm.base_url, "--model", "smollm2", *ASK, "--json")
    usage = done.json["usage"]
    assert usage["source"] == "reported"
    assert usage["prompt_tokens"] > 0
    assert 0 < usage["completion_tokens"] <= 24
    assert not done.json["reasoning"] or usage["reasoning_tokens"] != 0 or usage["notes"]


def test_a_wrong_model_is_told_with_the_right_one(lmdeck: Call, vllm: Server) -> None:
    done = lmdeck("check", vllm.base_url, "--model", "smollm", "--json")
    assert done.cause == "model-not-found"
    assert "smollm2" in str(done.json["verdict"])
    asked = lmdeck("ask", "hi", "--url", vllm.base_url, "--model", "nope", "--json")
    assert asked.cause == "model-not-found"


def test_too_many_tokens_are_told_with_their_number(lmdeck: Call, vllm: Server) -> None:
    asked = lmdeck(
        *("ask", "hi", "--url", vllm.base_url, "--model", "smollm2", "--max-tokens", "99999", "--json")
    )
    assert asked.cause == "max-tokens-too-large", asked.out
    assert "99999" in asked.json["error"]["title"].replace(",", "")


def test_a_wrong_path_is_repaired(lmdeck: Call, vllm: Server) -> None:
    done = lmdeck("check", vllm.base_url.removesuffix("/v1"))
    assert done.code == 1
    assert f"{vllm.base_url} answers." in done.out


def test_an_embedding_provider_on_a_chat_model_is_no_success(lmdeck: Call, vllm: Server) -> None:
    arguments = ("--url", vllm.base_url, "--model", "smollm2", "--category", "Embedding")
    assert lmdeck("providers", "add", "chat-as-vectors", *arguments).code == 0
    done = lmdeck("check", "chat-as-vectors", "--json")
    assert (done.code, str(done.cause).startswith("embedding")) == (1, True), done.out


def test_discover_finds_it_once(lmdeck: Call, vllm: Server) -> None:
    done = lmdeck("discover", "--json")
    found = [server for server in done.json["servers"] if server["port"] == vllm.port]
    assert len(found) == 1, done.out
    assert "vllm" in str(found).lower()


def test_one_that_wants_a_key_is_recognised_and_refuses_by_the_key(
    lmdeck: Call, guarded_vllm: Server
) -> None:
    missing = lmdeck("check", guarded_vllm.base_url, "--json")
    wrong = lmdeck("check", guarded_vllm.base_url, "--key-env", "K", "--json", K="sk-wrong-0123456789")
    right = lmdeck("check", guarded_vllm.base_url, "--key-env", "K", "--json", K=recipes.KEY)
    assert (missing.cause, wrong.cause, right.cause) == ("auth", "auth", None)
    assert missing.json["server"]["kind"] == "vllm"
    assert missing.json["server"]["version"]


def test_its_end_in_the_middle_of_an_answer_is_named(lmdeck: Call, guarded_vllm: Server) -> None:
    """The last test that uses it: it ends here."""
    from concurrent.futures import ThreadPoolExecutor
    from time import sleep

    arguments = (
        "--url",
        guarded_vllm.base_url,
        "--model",
        "smollm2",
        "--key-env",
        "K",
        "--max-tokens",
        "1900",
    )
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(lmdeck, "ask", "Tell a long story", *arguments, K=recipes.KEY)
        sleep(8)
        guarded_vllm.end(signal.SIGKILL)
        done = asking.result()
    assert done.code == 1
    said = " ".join(done.err.split())
    assert f"nothing listens on port {guarded_vllm.port} any more" in said, done.err
