"""Who is responsible for an error if only other requests can tell: the same for check and chat."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.support.chatting import CALM, REQUEST, Chatter
from tests.support.check_runner import run_check
from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import FAULTS, Answer, Connection, FaultServer
from tui.core.chat import Endpoint
from tui.core.diagnosis import DiagnosisReport
from tui.core.embedding import EmbeddingRequest
from tui.core.failure import Failure, LmdeckError
from tui.core.secret import Secret
from tui.net import fetch
from tui.net.client import ClientFactory
from tui.net.embeddings import embed
from tui.net.models import fetch_models
from tui.net.probe.target import ProbeTarget

KEY = "sk-0123456789abcdef"
BEARER = f"Bearer {KEY}"
UNAUTHORIZED = Answer(
    b'{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}', "401 Unauthorized"
)
LITELLM = {"x-litellm-version": "1.80.0"}


def refusal(status: str, message: str, headers: dict[str, str] | None = None, **fields: object) -> Answer:
    body = json.dumps({"error": {"message": message, **fields}}).encode()
    return Answer(body, status, headers=headers or {})


def only_chat(fault: Answer) -> FakeApi:
    """An endpoint that shows its models to everybody who has the key, and refuses every chat."""
    return FakeApi(chat=fault, embeddings=fault, key=BEARER)


def endpoint(server: FaultServer, key: str | None = KEY) -> Endpoint:
    return Endpoint(server.base_url, Secret(key) if key else None, "env:TEST_KEY" if key else "")


async def verdicts(chat: Chatter, api: FakeApi, key: str | None = KEY) -> tuple[Failure, Failure]:
    """Return what a chat and a check say of the same endpoint."""
    with FaultServer(api) as server:
        asked = (await chat(endpoint(server, key))).failure
        report: DiagnosisReport = await run_check(ProbeTarget(endpoint(server, key), "m"))
    assert asked is not None
    assert report.verdict is not None
    assert report.verdict.cause is not None
    return asked, Failure(report.verdict.cause, report.verdict.title, report.verdict.advice)


@pytest.mark.parametrize(
    "fault",
    [
        UNAUTHORIZED,
        refusal("401 Unauthorized", "Unauthorized"),
        Answer(b"", "401 Unauthorized"),
        refusal("400 Bad Request", "API key not valid", code="invalid_api_key"),
    ],
    ids=["code", "sentence", "nothing", "status-400"],
)
async def test_a_key_that_was_accepted_is_not_the_one_that_is_wrong(chat: Chatter, fault: Answer) -> None:
    asked, checked = await verdicts(chat, only_chat(fault))
    assert asked.cause == checked.cause == "upstream-auth"
    assert "Your key is right" in asked.advice


async def test_a_key_that_is_refused_is_the_one_that_is_wrong(chat: Chatter) -> None:
    api = FakeApi(chat=FAULTS["http-401-vllm"], key="Bearer another")
    asked, checked = await verdicts(chat, api)
    assert asked.cause == checked.cause == "auth"


async def test_a_list_that_everybody_may_see_proves_no_key(chat: Chatter) -> None:
    asked, checked = await verdicts(chat, FakeApi(chat=UNAUTHORIZED))
    assert asked.cause == checked.cause == "auth"
    assert "env:TEST_KEY" in asked.title


async def test_where_no_key_was_sent_none_is_proved(chat: Chatter) -> None:
    asked, checked = await verdicts(chat, FakeApi(chat=UNAUTHORIZED), key=None)
    assert asked.cause == checked.cause == "auth"
    assert "none was sent" in asked.title


async def test_a_header_in_place_of_a_key_is_proved_as_one(chat: Chatter) -> None:
    with FaultServer(only_chat(UNAUTHORIZED)) as server:
        plain = Endpoint(server.base_url, extra_headers={"Authorization": BEARER, "X-Team": "a"})
        reply = await chat(plain)
    assert reply.cause == "upstream-auth"
    assert all(b"x-team: a" in request.lower() for request in server.requests)


async def test_a_404_in_the_servers_own_words_is_no_wrong_path_once_the_list_answers(chat: Chatter) -> None:
    api = only_chat(refusal("404 Not Found", "No fixture matched", type="invalid_request_error"))
    asked, checked = await verdicts(chat, api)
    assert asked.cause == checked.cause == "request-refused"
    assert "No fixture matched" in asked.title


async def test_a_404_of_a_framework_says_that_the_list_answers(chat: Chatter) -> None:
    asked, checked = await verdicts(chat, only_chat(Answer(b'{"detail":"Not Found"}', "404 Not Found")))
    assert asked.cause == checked.cause == "wrong-path"
    assert "Its model list answers" in asked.advice
    assert "/v1" not in asked.advice


async def test_a_url_without_v1_is_told_by_what_answers_below_it(chat: Chatter) -> None:
    with FaultServer(FakeApi()) as server:
        bare = Endpoint(server.base_url.removesuffix("/v1"))
        asked = (await chat(bare)).failure
        report = await run_check(ProbeTarget(bare, "m"))
    assert asked is not None
    assert report.verdict is not None
    assert asked.cause == report.verdict.cause == "url-missing-v1"
    assert asked.facts["repair"] == server.base_url


PAGE = Answer(b"<html><head><title>Chat</title></head><body></body></html>", content_type="text/html")
NO_POST = Answer(b'{"detail":"Method Not Allowed"}', "405 Method Not Allowed")


def lost(path: str, chat: Answer) -> dict[str, Answer]:
    """What a web interface answers at an address that is not the API's."""
    return {f"{path}/models": PAGE, f"{path}/chat/completions": chat, f"{path}/embeddings": chat}


@pytest.mark.parametrize(
    "chat_answer", [PAGE, NO_POST, Answer(b"{}", "404 Not Found")], ids=["page", "405", "404"]
)
@pytest.mark.parametrize(
    ("path", "cause"), [("", "url-missing-v1"), ("/ui", "wrong-path"), ("/ui/v1", "wrong-path")]
)
async def test_a_web_interface_beside_the_api_is_told_with_the_apis_address(
    chat: Chatter, factory: ClientFactory, path: str, cause: str, chat_answer: Answer
) -> None:
    with FaultServer(FakeApi(key=BEARER, routes=lost(path, chat_answer))) as server:
        root = server.base_url.removesuffix("/v1")
        beside = Endpoint(root + path, Secret(KEY))
        asked = (await chat(beside)).failure
        embedded = (await embed(factory, beside, EmbeddingRequest("m", ("a",)))).failure
        verdict = (await run_check(ProbeTarget(beside, "m"))).verdict
        with pytest.raises(LmdeckError) as listed:
            await fetch_models(factory, beside)
    assert asked is not None
    assert embedded is not None
    assert verdict is not None
    failures = (asked, embedded, listed.value.failure)
    assert {failure.cause for failure in failures} | {verdict.cause} == {cause}
    assert {failure.facts["repair"] for failure in failures} == {server.base_url}
    assert server.base_url in verdict.advice
    below = (root + path).removeprefix(root).encode() + b"/"
    for request in server.requests:
        assert BEARER.encode() not in request or request.split(b" ")[1].startswith(below)


async def test_a_hidden_model_list_is_no_wrong_path_where_the_chat_works(chat: Chatter) -> None:
    hidden = Answer(b"<html><title>404 Not Found</title></html>", "404 Not Found", "text/html")
    api = FakeApi(routes={"/v1/models": hidden, "/models": model_list("m")})
    with FaultServer(api) as server:
        reply = await chat(Endpoint(server.base_url))
        report = await run_check(ProbeTarget(Endpoint(server.base_url), "m"))
    assert reply.cause is None
    assert report.ok, report.verdict


async def test_a_listed_model_that_a_gateway_cannot_find_is_the_gateways_mistake(chat: Chatter) -> None:
    missing = refusal("404 Not Found", "The model does not exist", LITELLM, code="model_not_found")
    asked, checked = await verdicts(chat, only_chat(missing))
    assert asked.cause == checked.cause == "upstream-mapping"


async def test_a_model_that_is_not_listed_gets_the_closest_name(chat: Chatter) -> None:
    missing = refusal("404 Not Found", "The model does not exist", code="model_not_found")
    api = replace(only_chat(missing), models=model_list("qwen3-8b", "llama"))
    with FaultServer(api) as server:
        reply = await chat(endpoint(server), request=replace(REQUEST, model="qwen-8b"))
    assert reply.cause == "model-not-found"
    assert reply.failure is not None
    assert "such as qwen3-8b" in reply.failure.advice


async def test_embeddings_are_judged_by_the_same_evidence(factory: ClientFactory) -> None:
    with FaultServer(only_chat(UNAUTHORIZED)) as server:
        outcome = await embed(
            factory, endpoint(server), EmbeddingRequest("m", ("a", "b")), timeouts=replace(CALM, retries=0)
        )
    assert outcome.failure is not None
    assert outcome.failure.cause == "upstream-auth"


async def test_only_an_open_question_is_worth_another_request(chat: Chatter) -> None:
    with FaultServer(only_chat(refusal("400 Bad Request", "top_k is wrong"))) as server:
        await chat(endpoint(server))
    assert len(server.requests) == 1


async def test_the_key_is_shown_to_its_own_endpoint_alone(chat: Chatter) -> None:
    with FaultServer(only_chat(UNAUTHORIZED)) as server:
        await chat(endpoint(server))
    heads = [request.split(b"\r\n")[0] for request in server.requests]
    assert heads == [b"POST /v1/chat/completions HTTP/1.1", *[b"GET /v1/models HTTP/1.1"] * 2]
    assert [KEY.encode() in request for request in server.requests] == [True, True, False]


async def test_an_endpoint_that_says_nothing_more_leaves_the_question_open(
    chat: Chatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "_EVIDENCE_SECONDS", 0.05)

    def silent(connection: Connection) -> None:
        connection.read_request()
        connection.hold()

    with FaultServer(FakeApi(models=silent, chat=UNAUTHORIZED)) as server:
        reply = await chat(endpoint(server))
    assert reply.cause == "auth"
