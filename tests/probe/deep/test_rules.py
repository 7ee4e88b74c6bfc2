"""The rules for judging abilities, each with a server that would be misjudged without it."""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Callable, Collection, Sequence
from typing import Any

import pytest

from tests.probe.deep.cases import CASES, NO_IMAGES, NO_PARSER, PLAIN
from tests.probe.deep.test_every_outcome import outcome_of
from tests.support.ability_server import (
    CUT,
    LIMITED,
    LOADING,
    WRONG_MODEL,
    AbilityServer,
    Case,
    answer,
    call,
    completions,
    hang,
    limits_for,
    logprobs,
    refusal,
    stream,
)
from tests.support.check_runner import run_check, services
from tests.support.fake_api import FINISH_EVENT, STREAM_END, FakeApi, model_list
from tests.support.fault_server import Answer, Connection, Fault, FaultServer
from tests.support.stream_samples import delta
from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.ability_text import ability_rows
from tui.core.chat import Endpoint
from tui.core.diagnosis import DiagnosisReport
from tui.core.observed import ExchangeRecord, Origin, Purpose
from tui.core.provider import Thinking
from tui.core.secret import Secret
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.registry import TESTS
from tui.net.probe.diagnose import Diagnosis
from tui.net.probe.target import ProbeTarget
from tui.wire.abilities.refusal import judge_error
from tui.wire.abilities.reply import read_reply
from tui.wire.abilities.words import NOTHING

CHATTING = [test.ability for test in TESTS]
CALL = answer(None, finish="tool_calls", tool_calls=[call()])
USED = answer("It is 07:43 in Paris.")
PROSE = answer("Hello there, how can I help you today?", prompt=30, completion=9)


async def check(
    script: AbilityServer, abilities: Collection[Ability], *, model: str = "m", key: str | None = None
) -> DiagnosisReport:
    with FaultServer(script) as server:
        endpoint = Endpoint(server.base_url, Secret(key) if key else None)
        limits = limits_for(script.default)
        return await run_check(ProbeTarget(endpoint, model), abilities=abilities, limits=limits)


async def seen(ability: Ability, *replies: Answer | Fault) -> tuple[AbilityResult, list[dict[str, Any]]]:
    result, script = await outcome_of(Case(ability, Outcome.YES, "", replies))
    return result, [body for _, body in script.posts]


def outcomes(report: DiagnosisReport) -> dict[Ability, Outcome]:
    return {result.ability: result.outcome for result in report.abilities}


async def test_c1_1_an_answer_alone_is_never_a_yes() -> None:
    report = await check(AbilityServer(default=PROSE), CHATTING)
    assert len(report.abilities) == len(CHATTING)
    assert Outcome.YES not in outcomes(report).values()


async def test_c1_2_a_template_without_tools_is_told_by_the_count_of_prompt_tokens() -> None:
    prose = answer("I cannot know the time.", prompt=41)
    result, (with_tools, without) = await seen(Ability.TOOLS, prose, answer("I", prompt=41))
    assert result.outcome is Outcome.IGNORED
    assert "template ignores tools" in result.evidence
    assert with_tools["messages"] == without["messages"]
    assert "tools" in with_tools
    assert "tools" not in without


@pytest.mark.parametrize("ability", [Ability.STOP, Ability.JSON_OBJECT, Ability.JSON_SCHEMA])
async def test_c1_3_a_cut_answer_is_repeated_with_256_tokens_and_then_proves_nothing(
    ability: Ability,
) -> None:
    result, bodies = await seen(ability, CUT, CUT)
    assert result.outcome is Outcome.NOT_TRIED
    assert [body["max_tokens"] for body in bodies][1] == 256
    assert bodies[0]["max_tokens"] < 64


async def test_c1_3_half_a_call_in_a_cut_answer_is_not_broken() -> None:
    half = answer('<tool_call>{"name": "get_time", "argu', finish="length")
    result, _ = await seen(Ability.TOOLS, half, PLAIN, CALL, USED)
    assert result.outcome is Outcome.YES


async def test_c1_4_the_choice_by_name_and_required_are_two_requests() -> None:
    result, bodies = await seen(Ability.TOOLS_FORCED, PROSE, CALL)
    by_name = {"type": "function", "function": {"name": "get_time"}}
    assert [body["tool_choice"] for body in bodies] == [by_name, "required"]
    assert result.evidence.startswith("by name: ignored")
    assert result.evidence.endswith("required: yes")


async def test_c1_5_the_first_try_has_no_choice_and_a_refused_one_is_no_to_forcing_alone() -> None:
    refused = refusal("Thinking mode does not support this tool_choice")
    result, bodies = await seen(Ability.TOOLS, CALL, USED)
    assert result.outcome is Outcome.YES
    assert not any("tool_choice" in body for body in bodies)
    forced, _ = await seen(Ability.TOOLS_FORCED, refused, refused)
    assert forced.outcome is Outcome.NO


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (answer(None, finish="stop", tool_calls=[call()]), Outcome.YES),
        (answer("", finish="tool_calls", tool_calls=[]), Outcome.BROKEN),
        (answer(None, finish="tool_calls", tool_calls=[call('"Paris"')]), Outcome.BROKEN),
    ],
)
async def test_c1_6_the_calls_count_and_not_the_finish_reason(reply: Answer, outcome: Outcome) -> None:
    result, _ = await seen(Ability.TOOLS, reply, *([USED] if outcome is Outcome.YES else []))
    assert result.outcome is outcome


@pytest.mark.parametrize(
    "text",
    [
        '<tool_call>\n{"name": "get_time", "arguments": {"city": "Paris"}}\n</tool_call>',
        '```json\n{"name": "get_time", "parameters": {"city": "Paris"}}\n```',
        '[TOOL_CALLS][{"name": "get_time", "arguments": {"city": "Paris"}}]',
        '<|channel|>commentary to=functions.get_time <|message|>{"city": "Paris"}',
        '[get_time(city="Paris")]',
        '<function=get_time>{"city": "Paris"}</function>',
    ],
)
async def test_c1_7_a_call_as_text_is_a_server_without_a_parser(text: str) -> None:
    result, _ = await seen(Ability.TOOLS, answer(text))
    assert result.outcome is Outcome.BROKEN
    assert "the server does not parse it" in result.evidence
    assert "--tool-call-parser" in result.evidence


async def test_c1_8_tokens_that_reach_nobody_are_told_with_their_number() -> None:
    result, _ = await seen(Ability.TOOLS, answer("", completion=17))
    assert (result.outcome, result.evidence) == (
        Outcome.BROKEN,
        "17 tokens were generated, but the answer is empty",
    )


async def test_c1_9_a_forced_try_tells_the_model_from_the_server() -> None:
    result, bodies = await seen(Ability.TOOLS, PROSE, answer("I", prompt=12), CALL)
    assert result.outcome is Outcome.IGNORED
    assert "the server supports tools, but the model did not choose to call one" in result.evidence
    assert bodies[-1]["tool_choice"] == "required"


PASSING = (
    LOADING,
    LIMITED,
    WRONG_MODEL,
    hang,
    refusal("Invalid API key", "401 Unauthorized"),
    refusal("forbidden", "403 Forbidden"),
    refusal("boom", "500 Internal Server Error"),
    Answer(b"<html>502</html>", "502 Bad Gateway", "text/html"),
)


@pytest.mark.parametrize("fault", PASSING)
async def test_c1_10_a_passing_fault_says_nothing_of_any_ability(fault: Answer | Fault) -> None:
    report = await check(AbilityServer(default=fault), CHATTING)
    assert set(outcomes(report).values()) == {Outcome.NOT_TRIED}
    assert report.ok


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("The model `llama-vision-image` does not exist.", "404 Not Found"),
        ("Rate limit reached for image inputs, please try again in 20 s", "429 Too Many Requests"),
        ("Loading model with image support", "503 Service Unavailable"),
    ],
)
async def test_c1_10_a_name_that_sounds_like_the_ability_refuses_nothing(message: str, status: str) -> None:
    result, _ = await seen(Ability.VISION, refusal(message, status))
    assert result.outcome is Outcome.NOT_TRIED


@pytest.mark.parametrize(
    ("ability", "message"),
    [
        (Ability.EMBEDDINGS, "The model does not support Embeddings API"),
        (Ability.RERANK, "The model does not support Rerank API"),
        (Ability.VISION, "Model x doesn't support image input"),
        (Ability.TOOLS, "Unsupported: tools of this model"),
    ],
)
async def test_c1_10_a_refusal_that_names_the_model_too_is_one(ability: Ability, message: str) -> None:
    result, _ = await seen(ability, refusal(message, "400 Bad Request", param="model"))
    assert result.outcome is Outcome.NO


async def test_a_failure_of_one_test_does_not_end_the_others() -> None:
    boom = refusal("boom", "500 Internal Server Error")
    script = AbilityServer([boom, CALL, USED])
    report = await check(script, [Ability.SYSTEM, Ability.TOOLS])
    assert outcomes(report) == {Ability.SYSTEM: Outcome.NOT_TRIED, Ability.TOOLS: Outcome.YES}


async def test_c1_11_the_pictures_are_large_plain_and_swapped() -> None:
    result, bodies = await seen(Ability.VISION, answer("red"), answer("blue"))
    assert result.outcome is Outcome.YES
    pictures = [body["messages"][0]["content"][1]["image_url"]["url"] for body in bodies]
    assert pictures[0] != pictures[1]
    for picture in pictures:
        data = base64.b64decode(picture.removeprefix("data:image/png;base64,"), validate=True)
        width, height, depth, colour = struct.unpack(">IIBB", data[16:26])
        assert (width, height, depth, colour) == (224, 224, 8, 2), "RGB without alpha"
        assert len(data) < 2_000


async def test_c1_11_a_colour_by_luck_is_no_yes() -> None:
    result, _ = await seen(Ability.VISION, answer("red"), answer("red"), answer("r", prompt=20))
    assert result.outcome is Outcome.IGNORED


async def test_c1_13_what_is_claimed_stands_beside_what_was_seen() -> None:
    props = {"/props": Answer(b'{"build_info": "b1-abcdef0", "modalities": {"vision": true}}')}
    script = AbilityServer([refusal(NO_IMAGES, "500 Internal Server Error")])
    script.api = FakeApi(models=model_list("m", owned_by="llamacpp"), routes=props)
    report = await check(script, [Ability.VISION])
    (result,) = report.abilities
    assert result.outcome is Outcome.NO
    assert result.evidence.endswith("the server claims support (/props)")


async def test_c1_14_another_model_that_answers_is_named_beside_the_result() -> None:
    result, _ = await seen(
        Ability.SYSTEM, completions([{"message": {"content": "PAPAYA"}}], model="fallback")
    )
    assert result.model == "fallback"
    assert "(answered by fallback)" in " ".join(ability_rows(result, "m"))
    assert "answered by" not in " ".join(ability_rows(result, "fallback"))


def served(content: str, *, model: str = "m", provider: str | None = None) -> Answer:
    choice = {"message": {"content": content}, "finish_reason": "stop"}
    return completions([choice], model=model, provider=provider)


async def test_c1_14_whom_a_gateway_has_asked_stands_beside_the_model() -> None:
    result, _ = await seen(Ability.SYSTEM, served("PAPAYA", model="m-8b", provider="DeepInfra"))
    assert (result.model, result.provider) == ("m-8b", "DeepInfra")
    assert result.to_json()["provider"] == "DeepInfra"
    assert "(answered by m-8b at DeepInfra)" in " ".join(ability_rows(result, "m", width=200))
    assert "(answered by DeepInfra)" in " ".join(ability_rows(result, "m-8b", width=200))


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ({"provider": "Together"}, "different providers: DeepInfra, Together"),
        ({"provider": "DeepInfra", "model": "m-fallback"}, "different models: m, m-fallback"),
    ],
)
async def test_c1_14_two_results_from_two_places_are_not_one_verdict(
    others: dict[str, str], says: str
) -> None:
    text = "apple river stone"
    replies = [served(text, provider="DeepInfra"), served("cloud", **others), served("lamp", **others)]
    result, _ = await seen(Ability.SEED, *replies)
    assert result.outcome is Outcome.NOT_TRIED
    assert says in result.evidence
    one, _ = await seen(Ability.SEED, *(served(each, provider="DeepInfra") for each in (text, text, "lamp")))
    assert one.outcome is Outcome.YES


async def test_c1_14_the_provider_of_a_stream_is_kept() -> None:
    chunk = {"provider": "Together", "choices": [{"index": 0, "delta": {"content": "It is late."}}]}
    body = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
    result, _ = await seen(Ability.TOOLS_STREAMED, Answer(body, content_type="text/event-stream"))
    assert result.provider == "Together"


async def test_c1_16_no_sampling_field_is_sent_that_a_test_does_not_need() -> None:
    script = AbilityServer(default=PROSE)
    await check(script, CHATTING)
    for _, body in script.posts:
        assert {"top_p", "frequency_penalty", "presence_penalty"}.isdisjoint(body)
        assert "temperature" not in body or {"n", "seed"} & body.keys()


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'{"detail":"Not Found"}', Outcome.NO),
        (b"", Outcome.NO),
        (b'{"error": {"message": "The model `m` does not exist."}}', Outcome.NOT_TRIED),
    ],
)
def test_c1_17_a_missing_route_is_a_no_unless_the_model_is_missing(body: bytes, outcome: Outcome) -> None:
    reply = read_reply(404, {}, body)
    assert judge_error(reply, NOTHING, is_route=True).outcome is outcome
    assert judge_error(reply, NOTHING).outcome is Outcome.NOT_TRIED


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ("no index", Outcome.BROKEN),
        ("2 ids at index 0", Outcome.BROKEN),
        ("each repeats the id", Outcome.YES),
        ("come twice", Outcome.BROKEN),
        ("begin with {}", Outcome.BROKEN),
    ],
)
async def test_c1_18_the_streams_of_calls_that_servers_send(says: str, outcome: Outcome) -> None:
    case = next(each for each in CASES if each.ability is Ability.TOOLS_STREAMED and each.says == says)
    result, _ = await outcome_of(case)
    assert (result.outcome, says in result.evidence) == (outcome, True)


async def test_c1_20_the_seed_is_shown_by_three_answers() -> None:
    _, bodies = await seen(Ability.SEED, answer("a b"), answer("a b"), answer("c d"))
    assert [(body["seed"], body["temperature"]) for body in bodies] == [(7, 1), (7, 1), (8, 1)]
    assert all(body["max_tokens"] >= 8 for body in bodies)


# ── What servers answer, by ability ─────────────────────────────────────────────────────────────────────


def gemini(message: str) -> Answer:
    error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}
    return Answer(json.dumps([{"error": error}]).encode(), "400 Bad Request")


C2: Sequence[tuple[Ability, Answer, Outcome]] = (
    (Ability.TOOLS, refusal(NO_PARSER), Outcome.NO),
    (Ability.TOOLS, refusal("m does not support tools"), Outcome.NO),
    (Ability.TOOLS, refusal("Tool 0 function has invalid 'parameters' schema"), Outcome.NO),
    (Ability.JSON_OBJECT, refusal("'response_format.type' must be 'json_schema' or 'text'"), Outcome.NO),
    (Ability.JSON_SCHEMA, refusal("grammar is not valid", "422 Unprocessable Entity"), Outcome.NO),
    (Ability.JSON_SCHEMA, refusal("failed to parse grammar"), Outcome.NO),
    (Ability.LOGPROBS, refusal("Requested sample logprobs of 5, which is greater than 0"), Outcome.NO),
    (Ability.N, refusal("n must be 1 when using greedy sampling"), Outcome.NO),
    (Ability.N, gemini("Multiple candidates is not enabled for this model"), Outcome.NO),
    (Ability.N, gemini("Only one candidate can be specified; candidateCount is 2"), Outcome.NO),
    (Ability.SYSTEM, gemini("Developer instruction is not enabled for models/gemma-3-4b-it"), Outcome.NO),
    (Ability.JSON_OBJECT, gemini("JSON mode is not enabled for models/gemma-3-4b-it"), Outcome.NO),
    (Ability.TOOLS, gemini("Function calling is not enabled for models/gemma-3-4b-it"), Outcome.NO),
    (Ability.LOGPROBS, gemini("Logprobs is not enabled for models/gemini-2.5-pro"), Outcome.NO),
    (Ability.STOP, gemini("stopSequences is not supported"), Outcome.NO),
    (Ability.MAX_TOKENS, gemini("maxOutputTokens is not supported"), Outcome.NO),
    (Ability.MAX_TOKENS, refusal("extra fields: max_tokens", "422 Unprocessable Entity"), Outcome.NO),
    (Ability.VISION, refusal("m is not a multimodal model"), Outcome.NO),
    (Ability.VISION, refusal(NO_IMAGES, "500 Internal Server Error"), Outcome.NO),
    (Ability.VISION, refusal("Model only supports text input; images are not"), Outcome.NO),
    (Ability.VISION, refusal("unknown variant `image_url`, expected `text`"), Outcome.NO),
    (Ability.VISION, refusal("No endpoints found that support image input", "404 Not Found"), Outcome.NO),
)


@pytest.mark.parametrize(("ability", "reply", "outcome"), C2)
async def test_c2_the_words_of_servers_are_understood(
    ability: Ability, reply: Answer, outcome: Outcome
) -> None:
    result, _ = await seen(ability, reply)
    assert result.outcome is outcome
    assert result.evidence


REACHED = refusal("Could not finish the message because max_tokens or model output limit was reached.")


@pytest.mark.parametrize(
    ("ability", "replies"),
    [
        (Ability.STOP, [answer("1, 2, 3, 4, ")]),
        (Ability.SYSTEM, [answer("PAPAYA")]),
        (Ability.LOGPROBS, [logprobs([-0.1, -3, -4, -5, -6])]),
        (Ability.TOOLS, [CALL, USED]),
    ],
)
async def test_a_refusal_for_too_few_tokens_is_a_cut_answer(ability: Ability, replies: list[Answer]) -> None:
    result, (first, second, *_) = await seen(ability, REACHED, *replies)
    assert (first["max_tokens"] < second["max_tokens"], second["max_tokens"]) == (True, 256)
    assert result.outcome is Outcome.YES


LITELLM = "litellm.{0}: {0}: OpenAIException - tools, n, seed and response_format: not now"


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "422 Unprocessable Entity"])
@pytest.mark.parametrize(
    "error",
    [
        {"message": LITELLM.format("RateLimitError"), "code": "429"},
        {"message": LITELLM.format("ServiceUnavailableError"), "code": "503"},
        {"message": LITELLM.format("InternalServerError"), "code": "500"},
        {"message": LITELLM.format("Timeout"), "code": "408"},
        {"message": LITELLM.format("AuthenticationError"), "code": "401"},
        {"message": "tools, n, seed: try later", "type": "overloaded_error"},
        {"message": "tools, n, seed: no answer in time", "type": "timeout_error"},
        {"message": "n is fine, the engine is not", "type": "InternalServerError"},
    ],
)
@pytest.mark.parametrize("ability", [Ability.N, Ability.SEED, Ability.TOOLS_FORCED])
async def test_a_passing_fault_under_the_status_of_a_refusal_refuses_nothing(
    ability: Ability, error: dict[str, str], status: str
) -> None:
    reply = Answer(json.dumps({"error": error}).encode(), status)
    result, _ = await seen(ability, *[reply] * (2 if ability is Ability.TOOLS_FORCED else 1))
    assert result.outcome is Outcome.NOT_TRIED, result.evidence


FAILED_GENERATION = {"failed_generation": "{", "type": "invalid_request_error"}


@pytest.mark.parametrize(
    ("ability", "reply"),
    [
        (
            Ability.JSON_SCHEMA,
            refusal("Generated JSON does not match the expected schema.", code="json_validate_failed"),
        ),
        (Ability.JSON_OBJECT, refusal("Failed to validate JSON of json_object", **FAILED_GENERATION)),
        (
            Ability.TOOLS,
            refusal("Tool choice is required, but model did not call a tool", code="tool_use_failed"),
        ),
        (Ability.TOOLS, refusal("Failed to call a function by a tool call", **FAILED_GENERATION)),
    ],
)
async def test_what_a_model_wrote_wrong_is_no_refusal_of_the_server(ability: Ability, reply: Answer) -> None:
    result, _ = await seen(ability, reply)
    assert result.outcome is Outcome.NOT_TRIED


async def test_what_a_test_sends_below_a_validation_error_names_nothing() -> None:
    """FastAPI repeats the whole request in its error: only its own words and the field's place count."""
    body = b'{"detail": [{"loc": ["body", "user"], "msg": "Field required", "input": {"tools": [], "n": 2}}]}'
    result, _ = await seen(Ability.TOOLS, Answer(body, "422 Unprocessable Entity"))
    assert result.outcome is Outcome.NOT_TRIED


async def test_a_key_that_a_server_repeats_is_erased() -> None:
    key = "sk-4f9c2b7e81d0aa"
    script = AbilityServer([refusal(f"tools are not for {key}")])
    report = await check(script, [Ability.TOOLS], key=key)
    (result,) = report.abilities
    assert result.outcome is Outcome.NO
    assert key not in str(report.to_json())
    assert re.search("tools are not for", result.evidence)


async def test_without_a_chat_nothing_is_tested() -> None:
    script = AbilityServer()
    script.api = FakeApi(models=model_list("m"), chat="http-401-vllm")
    report = await check(script, CHATTING)
    assert not script.posts
    assert set(outcomes(report).values()) == {Outcome.NOT_TRIED}
    assert "chat check failed" in report.abilities[0].evidence


class Told:
    """An observer of all exchanges."""

    def __init__(self) -> None:
        self.records: list[ExchangeRecord] = []

    def finished(self, record: ExchangeRecord) -> None:
        self.records.append(record)


async def test_each_request_is_told_to_the_ledger_as_a_check_one_at_a_time() -> None:
    script, told = AbilityServer([CALL, LIMITED]), Told()
    with FaultServer(script) as server:
        target = ProbeTarget(Endpoint(server.base_url), "m", origin=Origin(Purpose.CHECK, "main"))
        async with services() as used:
            used.factory.observers.add(told)
            report = await Diagnosis(target, used, abilities=[Ability.TOOLS]).run()
    chat, called, limited = told.records
    assert {record.origin.purpose for record in told.records} == {Purpose.CHECK}
    assert {record.route for record in told.records} == {"/chat/completions"}
    assert (called.outcome, called.status, called.requests) == ("done", 200, 1)
    assert called.usage is not None
    assert (called.usage.prompt_tokens, called.usage.completion_tokens) == (20, 5)
    assert (limited.outcome, limited.status, limited.cause) == ("failed", 429, "rate-limited")
    assert chat.timings.ended is not None
    assert called.timings.started is not None
    assert called.timings.started >= chat.timings.ended
    assert report.usage is not None
    assert chat.usage is not None
    assert report.usage.prompt_tokens == (chat.usage.prompt_tokens or 0) + 20


def reasoning_chat(connection: Connection) -> None:
    """Answer the check's own chat with reasoning."""
    connection.read_request()
    connection.start_stream()
    connection.send_chunks(
        delta("Let me think.", field="reasoning"), delta("One, two."), FINISH_EVENT, STREAM_END
    )
    connection.send(b"0\r\n\r\n")


@pytest.mark.parametrize(
    ("owner", "own", "sent"),
    [
        ("vllm", None, {"chat_template_kwargs": {"enable_thinking": False, "thinking": False}}),
        ("vllm", Thinking.ON, {"chat_template_kwargs": {"enable_thinking": True, "thinking": True}}),
        ("somebody", None, {}),
    ],
)
async def test_reasoning_is_off_where_the_way_to_switch_it_is_known(
    owner: str, own: Thinking | None, sent: dict[str, object]
) -> None:
    script = AbilityServer([answer("PAPAYA")])
    script.api = FakeApi(models=model_list("m", owned_by=owner), chat=reasoning_chat)
    with FaultServer(script) as server:
        target = ProbeTarget(Endpoint(server.base_url), "m", thinking=own)
        report = await run_check(target, abilities=[Ability.SYSTEM])
    assert outcomes(report) == {Ability.SYSTEM: Outcome.YES}
    (_, body), *_ = script.posts
    known = {"chat_template_kwargs", "reasoning_effort", "enable_thinking", "thinking", "reasoning"}
    assert {name: value for name, value in body.items() if name in known} == sent


async def test_a_provider_s_own_fields_are_sent_but_for_those_of_the_tests() -> None:
    script = AbilityServer([answer("PAPAYA")])
    with FaultServer(script) as server:
        extra = {"top_k": 20, "n": 5, "max_tokens": 9000, "tools": [], "response_format": {"type": "text"}}
        target = ProbeTarget(Endpoint(server.base_url), "m", extra_body=extra)
        await run_check(target, abilities=[Ability.SYSTEM])
    (_, body), *_ = script.posts
    assert body.keys() == {"model", "messages", "stream", "max_tokens", "top_k"}
    assert body["max_tokens"] == 12


async def test_ollama_is_asked_by_name_and_without_the_key() -> None:
    script = AbilityServer([answer("green", prompt=30), answer("g", prompt=30)])
    routes = {
        "/": Answer(b"Ollama is running", content_type="text/plain"),
        "/api/show": Answer(b'{"capabilities": ["completion", "vision"]}'),
    }
    script.api = FakeApi(models=model_list("m", owned_by="library"), routes=routes)
    with FaultServer(script) as server:
        target = ProbeTarget(Endpoint(server.base_url, Secret("sk-0123456789abcdef")), "m")
        report = await run_check(target, abilities=[Ability.VISION])
        (asked,) = [request for request in server.requests if request.startswith(b"POST /api/show ")]
    assert asked.endswith(b'{"model": "m"}')
    assert b"uthorization" not in asked
    assert report.abilities[0].outcome is Outcome.IGNORED
    assert report.abilities[0].evidence.endswith("the server claims support (/api/show)")


# ── Reasoning that stands in the content is no answer ───────────────────────────────────────────────────

HUM = 'Red or blue? 1, 2, 3, 4, 5. {"word": "no", Papaya'


def in_parts(text: str) -> object:
    """The content as Mistral sends it."""
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": HUM}]}
    return [thought, {"type": "text", "text": text}]


def between_tags(text: str) -> object:
    return f"<think>{HUM}</think>\n\n{text}"


def behind_lone_tag(text: str) -> object:
    return f"{HUM}</think>\n\n{text}"


def thinking(content: object, *, is_streamed: bool) -> Answer:
    if not is_streamed:
        return answer(content)  # type: ignore[arg-type]
    pieces = [content[:9], content[9:]] if isinstance(content, str) else [[part] for part in content]  # type: ignore[attr-defined]
    return stream(*({"content": piece} for piece in pieces))


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("shape", [in_parts, between_tags, behind_lone_tag])
@pytest.mark.parametrize(
    ("ability", "answers"),
    [
        (Ability.JSON_OBJECT, ['{"greeting": "Hello!"}']),
        (Ability.JSON_SCHEMA, ['{"word": "quixel", "count": 3}']),
        (Ability.STOP, ["1, 2, 3, 4, "]),
        (Ability.VISION, ["red", "blue"]),
        (Ability.CONTINUE, ["day, Thursday"]),
    ],
)
async def test_every_judge_sees_the_answer_as_the_chat_splits_it(
    ability: Ability, answers: Sequence[str], shape: Callable[[str], object], is_streamed: bool
) -> None:
    replies = [thinking(shape(text), is_streamed=is_streamed) for text in answers]
    result, _ = await seen(ability, *replies)
    assert result.outcome is Outcome.YES, result.evidence


@pytest.mark.parametrize("shape", [in_parts, between_tags])
async def test_the_word_of_the_system_prompt_counts_in_the_answer_alone(
    shape: Callable[[str], object],
) -> None:
    prose = thinking(shape("The capital is Paris."), is_streamed=False)
    result, _ = await seen(Ability.SYSTEM, prose, answer("P", prompt=12))
    assert result.outcome is Outcome.IGNORED
    assert HUM[:10] not in result.evidence


async def test_a_call_that_is_only_thought_of_is_no_call_as_text() -> None:
    thought = '<think>I could send {"name": "get_time"}.</think>It is late.'
    result, _ = await seen(Ability.TOOLS, answer(thought), answer("I", prompt=12), answer("No."))
    assert result.outcome is Outcome.IGNORED
    streamed, _ = await seen(Ability.TOOLS_STREAMED, stream({"content": thought}))
    assert streamed.outcome is Outcome.IGNORED


# ── Passing faults under 200 ────────────────────────────────────────────────────────────────────────────

CHAT_TESTS = [test.ability for test in TESTS if test.ability not in (
    Ability.EMBEDDINGS, Ability.RERANK, Ability.RESPONSES, Ability.ANTHROPIC
)]  # fmt: skip


def ended(reason: str, content: str | None = "") -> Answer:
    choice = {"index": 0, "message": {"content": content}, "text": content, "finish_reason": reason}
    return completions([choice])


def failed_choice(*, is_streamed: bool) -> Answer:
    error = {"code": 502, "message": "Provider returned error"}
    choice = {"index": 0, "message": {"content": ""}, "error": error, "finish_reason": "error"}
    if not is_streamed:
        return completions([choice])
    events = (
        {"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}], "error": error},
    )
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return Answer(body.encode(), content_type="text/event-stream")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (ended("error"), 'finish_reason "error"'),
        (ended("abort", "One, two"), '"abort": "One, two"'),
        (ended("insufficient_system_resource"), "insufficient_system_resource"),
        (ended("content_filter"), "content_filter"),
        (ended("content_filter: PROHIBITED_CONTENT"), "prohibited_content"),
        (failed_choice(is_streamed=False), "HTTP 200: Provider returned error"),
        (failed_choice(is_streamed=True), "HTTP 200: Provider returned error"),
    ],
)
async def test_c1_10_a_fault_inside_a_200_says_nothing_of_any_ability(fault: Answer, says: str) -> None:
    report = await check(AbilityServer(default=fault), CHAT_TESTS)
    assert outcomes(report) == dict.fromkeys(CHAT_TESTS, Outcome.NOT_TRIED)
    assert all(says in result.evidence for result in report.abilities), report.abilities


async def test_c1_10_one_choice_of_two_that_was_filtered_is_no_broken_n() -> None:
    choices = [
        {"index": place, "message": {"content": text}, "finish_reason": reason}
        for place, (text, reason) in enumerate((("a", "stop"), ("", "content_filter")))
    ]
    result, _ = await seen(Ability.N, completions(choices))
    assert result.outcome is Outcome.NOT_TRIED


async def test_c1_10_a_model_that_refuses_says_nothing_of_the_server() -> None:
    result, _ = await seen(Ability.JSON_SCHEMA, answer(None, refusal="I cannot help with that."))
    assert (result.outcome, "I cannot help" in result.evidence) == (Outcome.NOT_TRIED, True)


async def test_c1_10_a_stream_that_breaks_off_is_no_broken_call() -> None:
    event = {"choices": [{"index": 0, "delta": {"tool_calls": [{**call('{"ci'), "index": 0}]}}]}
    body = f"data: {json.dumps(event)}\n\n".encode()
    result, _ = await seen(Ability.TOOLS_STREAMED, Answer(body, content_type="text/event-stream"))
    assert (result.outcome, "broke off" in result.evidence) == (Outcome.NOT_TRIED, True)


async def test_a_fault_inside_a_200_is_a_failure_for_the_ledger() -> None:
    script, told = AbilityServer([failed_choice(is_streamed=False), ended("error")]), Told()
    with FaultServer(script) as server:
        async with services() as used:
            used.factory.observers.add(told)
            abilities = [Ability.JSON_OBJECT, Ability.JSON_SCHEMA]
            await Diagnosis(ProbeTarget(Endpoint(server.base_url), "m"), used, abilities=abilities).run()
    causes = [record.cause for record in told.records[1:]]
    assert all(causes), causes
    assert {record.outcome for record in told.records[1:]} == {"failed"}


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.ability)
async def test_no_answer_is_called_unfinished_that_was_not_given_256_tokens(test: AbilityTest) -> None:
    """A model that reasons unseen has nothing to show within a few tokens."""
    script = AbilityServer(default=CUT)
    report = await check(script, [test.ability])
    (result,) = report.abilities
    assert result.outcome is not Outcome.BROKEN or not test.needs_chat, result.evidence
    if "did not finish" in result.evidence:
        assert script.posts[-1][1]["max_tokens"] == 256
    spent = sum(number_in(body, "max_tokens") * number_in(body, "n") for _, body in script.posts)
    assert spent <= test.cost.output_tokens + test.cost.more_tokens


def number_in(body: dict[str, Any], name: str) -> int:
    return int(body.get(name, body.get("max_output_tokens", 0) if name == "max_tokens" else 1))
