"""LiteLLM's proxy without a database: keys, models, upstream servers."""

from __future__ import annotations

from tests.servers import recipes
from tests.servers.abilities import results
from tests.servers.running import Server
from tests.support.commands import Call, Done


def check(lmdeck: Call, server: Server, model: str, key: str = recipes.KEY) -> Done:
    return lmdeck("check", server.base_url, "--key-env", "K", "--model", model, "--json", K=key)


def ask(lmdeck: Call, server: Server, model: str, key: str = recipes.KEY) -> Done:
    return lmdeck(
        *("ask", "hi", "--url", server.base_url, "--key-env", "K", "--model", model, "--json"), K=key
    )


def test_a_model_of_it_works_and_it_is_recognised(lmdeck: Call, litellm: Server) -> None:
    done = check(lmdeck, litellm, "mock")
    assert (done.code, done.cause) == (0, None), done.out
    assert done.json["server"]["kind"] == "litellm"
    asked = ask(lmdeck, litellm, "mock")
    assert asked.json["answer"] == "Hello there"


def test_a_wrong_key_is_the_keys_fault(lmdeck: Call, litellm: Server) -> None:
    done = check(lmdeck, litellm, "mock", "sk-wrong-0123456789")
    assert done.cause == "auth", done.out
    assert ask(lmdeck, litellm, "mock", "sk-wrong-0123456789").cause == "auth"


def test_no_key_is_named_whatever_it_answers(lmdeck: Call, litellm: Server) -> None:
    """It answers 401, 400 "No connected db.", or 500 without a word of a key, as it was installed."""
    verdict = lmdeck("check", litellm.base_url, "--model", "mock", "--json").json["verdict"]
    assert "key" in f"{verdict['title']} {verdict['advice']}", verdict


def test_an_upstream_that_is_down_is_the_gateways_fault(lmdeck: Call, litellm: Server) -> None:
    done = check(lmdeck, litellm, "down")
    assert done.cause == "bad-gateway", done.out
    asked = ask(lmdeck, litellm, "down")
    assert asked.cause == "bad-gateway", asked.out
    assert asked.json["error"]["server_message"]


def test_a_model_that_it_has_not(lmdeck: Call, litellm: Server) -> None:
    assert check(lmdeck, litellm, "nope").cause == "model-not-found"


def test_the_abilities_of_an_upstream_that_always_says_the_same(lmdeck: Call, litellm: Server) -> None:
    found = results(lmdeck, litellm, "mock", "--key-env", "K", K=recipes.KEY)
    assert "yes" not in (found["tools"], found["json_schema"], found["vision"], found["embeddings"])
