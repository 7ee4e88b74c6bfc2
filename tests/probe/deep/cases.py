"""Servers for every outcome of every ability test.

The error messages are those of real servers (vLLM, llama.cpp, Ollama, LM Studio, OpenAI, Mistral).
"""

from __future__ import annotations

import json

from tests.support.ability_server import (
    CUT,
    LIMITED,
    LOADING,
    WRONG_MODEL,
    Case,
    answer,
    call,
    completions,
    hang,
    logprobs,
    pieces,
    refusal,
    stream,
)
from tests.support.fake_api import packed, vectors
from tests.support.fault_server import Answer
from tui.core.abilities import Ability, Outcome
from tui.demo.embeddings import vector_of
from tui.texts.embeddings import SENTENCES

YES, NO, IGNORED, BROKEN, NOT_TRIED = (
    Outcome.YES, Outcome.NO, Outcome.IGNORED, Outcome.BROKEN, Outcome.NOT_TRIED,
)  # fmt: skip


def cases_of(ability: Ability, *rows: tuple[object, ...]) -> tuple[Case, ...]:
    """Return the cases of an ability: outcome, part of the evidence, replies in turn, a name in case."""
    return tuple(Case(ability, *row) for row in rows)  # type: ignore[arg-type]


PLAIN = answer("I", prompt=12, finish="length")
"""The answer to a prompt without what is tested: fewer prompt tokens."""
PARIS = "The capital of France is Paris."
NO_TIME = "I cannot know the time."

SYSTEM = cases_of(
    Ability.SYSTEM,
    (YES, "the word", [answer("PAPAYA")]),
    (YES, "the word", [answer("PAPAYA, PAPAYA,", finish="length")], "cut"),
    (NO, "System role not", [refusal("System role not supported")]),
    (IGNORED, "template ignores it", [answer(PARIS, prompt=14), answer(PARIS, prompt=14)]),
    (IGNORED, "not follow", [answer(PARIS, prompt=30), answer(PARIS, prompt=14)]),
    (BROKEN, "7 tokens were generated", [answer("", completion=7)]),
    (BROKEN, "not JSON", [Answer(b"hello")]),
    (BROKEN, "no choices", [Answer(b'{"choices": []}')]),
    (IGNORED, "template ignores it", [CUT, answer("I", prompt=20)], "cut"),
    (NOT_TRIED, "did not finish", [CUT, PLAIN, CUT]),
    (NOT_TRIED, "503", [LOADING]),
)

NO_PARSER = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
CALL = answer(None, finish="tool_calls", tool_calls=[call()])
TOOLS = cases_of(
    Ability.TOOLS,
    (YES, 'calls get_time("Paris") and uses', [CALL, answer("It is 07:43 in Paris.")]),
    (YES, "does not use the result", [CALL, answer("It is late.")]),
    (YES, "is unknown: HTTP 429", [CALL, LIMITED]),
    (YES, "is unknown: the model did not finish", [CALL, CUT, CUT]),
    (NO, "--tool-call-parser", [refusal(NO_PARSER)]),
    (NO, "does not support tools", [refusal("registry.ollama.ai/m does not support tools")]),
    (
        NO,
        "--jinja",
        [refusal("tools param requires --jinja flag", "500 Internal Server Error")],
    ),
    (NO, "tool use", [refusal("No endpoints found that support tool use.", "404 Not Found")]),
    (
        IGNORED,
        "template ignores tools",
        [answer(NO_TIME, prompt=41), answer("I", prompt=41, finish="length")],
    ),
    (
        IGNORED,
        "the server supports tools, but the model did not",
        [answer(NO_TIME, prompt=90), answer("I", prompt=41), CALL],
    ),
    (
        IGNORED,
        "answers with text",
        [answer(NO_TIME, prompt=90), answer("I", prompt=41), answer(NO_TIME)],
    ),
    (
        BROKEN,
        "does not parse it",
        [answer('<tool_call>{"name": "get_time", "arguments": {"city": "Paris"}}</tool_call>')],
    ),
    (BROKEN, "there is no call", [answer("", finish="tool_calls", tool_calls=[])]),
    (BROKEN, "not JSON", [answer(None, tool_calls=[call('{"city": ')])]),
    (BROKEN, "not an object", [answer(None, tool_calls=[call('"Paris"')])]),
    (BROKEN, "not a string", [answer(None, tool_calls=[call({"city": "Paris"})])]),
    (BROKEN, "have no city", [answer(None, tool_calls=[call('{"town": "Paris"}')])]),
    (BROKEN, "not offered", [answer(None, tool_calls=[call(name="run")])]),
    (BROKEN, "names no function", [answer(None, tool_calls=["get_time"])]),
    (BROKEN, "9 tokens were generated", [answer("", completion=9)]),
    (
        BROKEN,
        "refuses the result",
        [CALL, refusal("Unexpected role 'tool' after role 'assistant'")],
    ),
    (IGNORED, "template ignores tools", [CUT, answer("I", prompt=20)], "cut"),
    (NOT_TRIED, "did not finish within 256", [CUT, PLAIN, CUT]),
    (NOT_TRIED, "does not exist", [WRONG_MODEL]),
)

THINKING = "Thinking mode does not support this tool_choice"
OBJECT = "Invalid tool_choice type: 'object'. Supported string values: none, auto, required"
HELLO = answer("hello")
TOOLS_FORCED = cases_of(
    Ability.TOOLS_FORCED,
    (YES, "by name and with required", [CALL, CALL]),
    (NO, THINKING, [refusal(THINKING), refusal(THINKING)]),
    (NO, "required: yes", [refusal(OBJECT), CALL]),
    (IGNORED, "answers with text", [HELLO, HELLO]),
    (IGNORED, "required: yes", [HELLO, CALL]),
    (
        BROKEN,
        "does not parse it",
        [answer('{"name": "get_time", "parameters": {"city": "Rome"}}'), CALL],
    ),
    (NOT_TRIED, "did not finish", [CUT, CUT, CUT, CUT]),
    (YES, "by name: not tried", [LIMITED, CALL]),
)

WHOLE = '{"city": "Paris"}'
TOOLS_STREAMED = cases_of(
    Ability.TOOLS_STREAMED,
    (
        YES,
        "3 pieces form",
        [pieces((0, "c1", '{"ci'), (0, "", 'ty": "Pa'), (0, "", 'ris"}'))],
    ),
    (
        YES,
        "each repeats the id",
        [pieces((0, "c1", '{"ci'), (0, "c1", 'ty": "Paris"}'))],
    ),
    (NO, "--tool-call-parser", [refusal(NO_PARSER)]),
    (
        IGNORED,
        "answers with text",
        [stream({"content": "It is "}, {"content": "late."})],
    ),
    (IGNORED, "not a stream", [CALL]),
    (BROKEN, "no index", [pieces((None, "c1", WHOLE))]),
    (
        BROKEN,
        "2 ids at index 0",
        [pieces((0, "c1", WHOLE), (0, "c2", '{"city": "Rome"}'))],
    ),
    (
        BROKEN,
        "come twice",
        [pieces((0, "c1", '{"city": '), (0, "", '"Paris"}'), (0, "", WHOLE))],
    ),
    (BROKEN, "all of the arguments so far", [pieces((0, "c1", '{"ci'), (0, "c1", WHOLE))]),
    (BROKEN, "begin with {}", [pieces((0, "c1", "{}"), (0, "", WHOLE))]),
    (BROKEN, "no id", [pieces((0, "", WHOLE))]),
    (BROKEN, "not JSON", [pieces((0, "c1", '{"city": '))]),
    (BROKEN, "not a string", [pieces((0, "c1", {"city": "Paris"}))]),
    (
        BROKEN,
        "does not parse it",
        [stream({"content": "<tool_call>"}, {"content": '{"name": "get_time"}'})],
    ),
    (
        NOT_TRIED,
        "did not finish",
        [stream(finish="length"), stream(finish="length")],
    ),
)

OBJECT_TEXT = '{"greeting": "Hello!"}'
JSON_OBJECT = cases_of(
    Ability.JSON_OBJECT,
    (YES, "an object where none", [answer(OBJECT_TEXT)]),
    (
        NO,
        "must be 'json_schema' or 'text'",
        [refusal("'response_format.type' must be 'json_schema' or 'text'")],
    ),
    (IGNORED, "answers with text", [answer("Hello there!")]),
    (BROKEN, "code fence", [answer(f"```json\n{OBJECT_TEXT}\n```")]),
    (BROKEN, "not an object", [answer('["Hello"]')]),
    (BROKEN, "not JSON", [answer('{"greeting": Hello}')]),
    (BROKEN, "in the reasoning", [answer("", reasoning_content=OBJECT_TEXT)]),
    (NOT_TRIED, "did not finish", [answer('{"gr', finish="length"), CUT]),
    (NOT_TRIED, "no answer", [hang]),
)

FITS = '{"word": "quixel", "count": 3}'
JSON_SCHEMA = cases_of(
    Ability.JSON_SCHEMA,
    (YES, "fits a schema", [answer(FITS)]),
    (YES, "fits a schema", [answer('{"', finish="length"), answer(FITS)], "cut"),
    (NO, "Grammar error", [refusal("Grammar error: Unimplemented keys")]),
    (IGNORED, "answers with text", [answer("Hello there!")]),
    (BROKEN, "does not fit", [answer('{"word": "hello", "count": 3}')]),
    (BROKEN, "does not fit", [answer('{"word": "quixel", "count": true}')], "true"),
    (
        BROKEN,
        "does not fit",
        [answer('{"word": "quixel", "count": 1, "x": 1}')],
        "more",
    ),
    (BROKEN, "does not fit", [answer('{"word": ["quixel"], "count": 1}')], "list"),
    (NOT_TRIED, "500: boom", [refusal("boom", "500 Internal Server Error")]),
)

LOGPROBS = cases_of(
    Ability.LOGPROBS,
    (YES, "5 for each token", [logprobs([-0.1, -3, -4, -5, -6])]),
    (
        NO,
        "logprobs is not supported",
        [refusal("logprobs is not supported with tools + stream")],
    ),
    (IGNORED, "has none", [answer("hello")]),
    (BROKEN, "0 alternatives", [logprobs([])]),
    (BROKEN, "2 alternatives", [logprobs([-0.1, -3])]),
    (BROKEN, "more than 1", [logprobs([0.0, -0.1, -3, -4, -5])]),
    (BROKEN, "not numbers", [logprobs(["a", -0.1, -3, -4, -5])]),
    (YES, "5 for each token", [CUT, logprobs([-0.1, -3, -4, -5, -6])], "hidden"),
    (IGNORED, "has none", [CUT, answer("hello")], "hidden"),
    (NOT_TRIED, "did not finish within 256", [CUT, CUT]),
    (NOT_TRIED, "429", [LIMITED]),
)


def choice(text: str, index: int = 0) -> dict[str, object]:
    return {"index": index, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}


EMPTY = {**choice(""), "finish_reason": "length"}
N = cases_of(
    Ability.N,
    (YES, "2 choices", [completions([choice("a"), choice("b", 1)])]),
    (NO, "Field 'n'", [refusal("Field 'n': Value must be between 1 <= value <= 1")]),
    (IGNORED, "1 choice", [answer("a")]),
    (BROKEN, "3 choices", [completions([choice("a"), choice("b", 1), choice("c", 2)])]),
    (BROKEN, "empty", [completions([choice("a"), choice("", 1)])]),
    (YES, "2 choices", [completions([EMPTY, EMPTY]), completions([choice("a"), choice("b", 1)])], "hidden"),
    (NOT_TRIED, "did not finish within 256", [completions([EMPTY, EMPTY])] * 2),
    (NOT_TRIED, "503", [LOADING]),
)
WORDS = "apple river stone cloud lamp"
SEED = cases_of(
    Ability.SEED,
    (YES, "the same text for the same seed", [answer(WORDS), answer(WORDS), answer("other words")]),
    (NO, "seed", [refusal("Unsupported parameter: 'seed'", param="seed")]),
    (IGNORED, "different texts", [answer(WORDS), answer("b c"), answer("d e")]),
    (IGNORED, "every seed", [answer(WORDS)] * 3),
    (BROKEN, "5 tokens were generated", [answer(WORDS), answer("")]),
    (YES, "the same text for the same seed", [CUT, answer(WORDS), answer(WORDS), answer("other")], "hidden"),
    (NOT_TRIED, "did not finish within 256", [CUT, CUT]),
    (NOT_TRIED, "Could not finish the message", [refusal("Could not finish the message")] * 2),
)
STOP = cases_of(
    Ability.STOP,
    (YES, "ends before", [answer("1, 2, 3, 4, ")]),
    (
        NO,
        "stop",
        [refusal("Unsupported parameter: 'stop' is not supported with this model.", param="stop")],
    ),
    (IGNORED, "continues after", [answer("1, 2, 3, 4, 5, 6, 7, 8, 9")]),
    (IGNORED, "continues after", [answer("1, 2, 3, 4, 5, 6", finish="length")], "cut"),
    (BROKEN, "instead of before", [answer("1, 2, 3, 4, 5")]),
    (NOT_TRIED, "did not count", [answer("Sure!")]),
    (NOT_TRIED, '"repetition"', [answer("1, 1, 1, 1", finish="repetition")]),
    (NOT_TRIED, "did not finish", [answer("1, 2", finish="length"), CUT]),
)
REACHED = refusal(
    "Could not finish the message because max_tokens or model output limit was reached. Please try again "
    "with higher max_tokens.",
    type="invalid_request_error",
)
MAX_TOKENS = cases_of(
    Ability.MAX_TOKENS,
    (YES, "with an error instead of the cut", [REACHED], "reached"),
    (NOT_TRIED, "at least 16", [refusal("max_tokens must be at least 16")]),
    (YES, "ends at 5", [answer("1, 2", finish="length")]),
    (NO, "max_tokens", [refusal("max_tokens is not supported")]),
    (IGNORED, "60 tokens at a limit", [answer("1, 2", completion=60)]),
    (IGNORED, "answers with text", [answer("1, 2, " * 20, completion=None)]),
    (BROKEN, 'finish_reason is "stop"', [answer("1, 2,")]),
    (NOT_TRIED, "too short", [answer("No.", completion=2)]),
)
NO_IMAGES = "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"
VISION = cases_of(
    Ability.VISION,
    (YES, "two images", [answer("Red"), answer("blue.")]),
    (NO, "not a multimodal model", [refusal("m is not a multimodal model")]),
    (NO, "mmproj", [refusal(NO_IMAGES, "500 Internal Server Error")]),
    (IGNORED, "does not reach", [answer("green", prompt=30), answer("g", prompt=30)]),
    (
        IGNORED,
        "does not reach",
        [answer("red", prompt=30), answer("red", prompt=30), answer("r", prompt=30)],
        "luck",
    ),
    (IGNORED, "colour is wrong", [answer("green", prompt=None), answer("g", prompt=None)]),
    (BROKEN, "is counted", [answer("green", prompt=300), answer("g", prompt=30)]),
    (NOT_TRIED, "502", [refusal("bad gateway", "502 Bad Gateway")]),
)


def counted(prompt: int, cached: int | None) -> Answer:
    details = {} if cached is None else {"prompt_tokens_details": {"cached_tokens": cached}}
    usage = {"prompt_tokens": prompt, "completion_tokens": 1, **details}
    return completions([choice("OK")], usage=usage)


USAGE_DETAILS = cases_of(
    Ability.USAGE_DETAILS,
    (YES, "1,280 of 1,400", [counted(1400, 0), counted(1400, 1280)]),
    (NO, "do not mention", [counted(1400, None)] * 2),
    (NO, "reports no token counts", [completions([choice("OK")], usage=None)] * 2),
    (IGNORED, "0 of 1,400", [counted(1400, 0)] * 2),
    (BROKEN, "as 1,400 and as 8", [counted(1400, 0), counted(8, 8)]),
    (NOT_TRIED, "429", [LIMITED]),
    (NOT_TRIED, "too short", [counted(900, 0)] * 2),
)
BEGUN = "The days, as my old notes have them: Monday, Tuesday, Wednes"
AGAIN = answer("Monday, Tuesday, Wednesday")
LAST_ROLE = refusal(
    "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant"
)
CONTINUE = cases_of(
    Ability.CONTINUE,
    (YES, "continues the last message", [answer("day, Thursday", finish="length")]),
    (YES, "repeats the last message", [answer(f"{BEGUN}day, Thurs", finish="length")]),
    (YES, "with continue_final_message", [AGAIN, answer("day, Thursday")]),
    (NO, "Expected last role", [LAST_ROLE, LAST_ROLE]),
    (IGNORED, "begins a new answer", [AGAIN, AGAIN]),
    (BROKEN, "6 tokens were generated", [answer("", completion=6)]),
    (NOT_TRIED, "503", [LOADING]),
)

NOT_FOUND = Answer(b'{"detail":"Not Found"}', "404 Not Found")
"""FastAPI's, for a route that is not there."""


def vectors_of(*texts: str, form: str = "list", size: int = 64) -> Answer:
    """Return the vectors of some texts, as a list of numbers, or packed: ``<f`` is right."""
    made = [vector_of(text)[:size] for text in texts]
    return vectors(*(one if form == "list" else packed(one, form) for one in made), model="m")


CAT, KITTEN, RATES = SENTENCES
LISTED, TURNED = (CAT, KITTEN, RATES), (RATES, KITTEN, CAT)
NO_EMBEDDINGS = "This server does not support embeddings. Start it with `--embeddings`"
SHORT = vectors_of(CAT, size=32)
EMBEDDINGS = cases_of(
    Ability.EMBEDDINGS,
    (
        YES,
        "64 numbers; base64: same numbers as float, dimensions: honoured",
        [vectors_of(*LISTED), vectors_of(*TURNED, form="<f"), SHORT],
    ),
    (
        YES,
        "base64: ignored, dimensions: refused",
        [vectors_of(*LISTED), vectors_of(*TURNED), refusal("m does not support matryoshka dimensions")],
    ),
    (YES, "base64: not tried", [vectors_of(*LISTED), LIMITED, vectors_of(CAT)]),
    (NO, "--embeddings", [refusal(NO_EMBEDDINGS, "501 Not Implemented")]),
    (NO, "Not Found", [NOT_FOUND]),
    (NO, "501", [Answer(b"", "501 Not Implemented")]),
    (NO, "does not support Embeddings API", [refusal("The model does not support Embeddings API")]),
    (IGNORED, "the same vector", [vectors_of(CAT, CAT, CAT), vectors_of(CAT, CAT, CAT), SHORT]),
    (BROKEN, "in a different order", [vectors_of(*LISTED), vectors_of(*LISTED), SHORT]),
    (
        BROKEN,
        "vectors in base64 differ",
        [vectors_of(*LISTED), vectors_of(*TURNED, form=">f"), vectors_of(*TURNED), SHORT],
    ),
    (BROKEN, "1 vector for 3 texts", [vectors_of(CAT)]),
    (BROKEN, "a chat answer", [answer("Hello")]),
    (NOT_TRIED, "503", [LOADING]),
    (NOT_TRIED, "does not exist", [WRONG_MODEL]),
    (YES, "64 numbers; base64: same", [], "embedding-provider", True),
)


def scored(*scores: float, key: str = "relevance_score") -> Answer:
    """Return the scores of the documents, as vLLM and llama.cpp do."""
    results = [{"index": place, key: score} for place, score in enumerate(scores)]
    return Answer(json.dumps({"model": "m", "results": results[::-1]}).encode())


NO_RERANK = "This server does not support reranking. Start it with `--reranking`"
TEI = Answer(b'{"error":"missing field `texts` at line 1","error_type":"Validation"}', "422 Unprocessable")
RERANK = cases_of(
    Ability.RERANK,
    (YES, "0.9 and 0.1, /v1/rerank", [scored(0.1, 0.9)]),
    (YES, "-7.7 and -11", [scored(-11.0, -7.7)], "logits"),
    (YES, "/rerank", [NOT_FOUND, Answer(b'[{"score":0.9,"index":1},{"score":0.1,"index":0}]')], "array"),
    (YES, "/v2/rerank", [NOT_FOUND, NOT_FOUND, scored(0.1, 0.9)], "cohere"),
    (YES, "/rerank", [NOT_FOUND, TEI, scored(0.1, 0.9, key="score")], "tei"),
    (NO, "--reranking", [refusal(NO_RERANK, "501 Not Implemented")]),
    (NO, "Not Found", [NOT_FOUND, NOT_FOUND, NOT_FOUND]),
    (NO, "Score) API", [refusal("The model does not support Rerank (Score) API")]),
    (IGNORED, "every document gets the score 1", [scored(1, 1)]),
    (BROKEN, "on another topic is first", [scored(0.9, 0.1)]),
    (BROKEN, "1 score for 2 documents", [scored(0.9)]),
    (BROKEN, "not the scores", [answer("Hello")]),
    (NOT_TRIED, "429", [LIMITED]),
    (NOT_TRIED, "does not exist", [WRONG_MODEL]),
    (YES, "0.9 and 0.1", [scored(0.1, 0.9)], "embedding-provider", True),
    (NO, "Not Found", [NOT_FOUND, NOT_FOUND, NOT_FOUND], "embedding-provider-without", True),
)

COMPLETION = {
    "object": "text_completion",
    "choices": [{"index": 0, "text": " Paris", "finish_reason": "length"}],
}
COMPLETIONS = cases_of(
    Ability.COMPLETIONS,
    (YES, '"Paris"', [Answer(json.dumps(COMPLETION).encode())]),
    (NO, "Not Found", [NOT_FOUND]),
    (NO, "v1/completions", [refusal("This model is not supported in the v1/completions endpoint.")]),
    (IGNORED, "a chat completion", [answer("Paris")]),
    (BROKEN, "unexpected form: text", [Answer(b'{"text": "Paris"}')]),
    (BROKEN, "not JSON", [Answer(b"Paris")]),
    (NOT_TRIED, "503", [LOADING]),
    (NOT_TRIED, "does not exist", [WRONG_MODEL]),
)


def response(tokens: int | None = 12, identity: str = "resp_1") -> Answer:
    """Return an answer of ``/responses``."""
    value: dict[str, object] = {"id": identity, "object": "response", "model": "m", "output": []}
    usage = {} if tokens is None else {"usage": {"input_tokens": tokens, "output_tokens": 1}}
    return Answer(json.dumps({**value, **usage}).encode())


FEW_TOKENS = refusal("Invalid 'max_output_tokens': integer below minimum value.", param="max_output_tokens")
NO_PREVIOUS = refusal("llama.cpp does not support 'previous_response_id'.")
LOST = refusal("Response with id 'resp_1' not found.", "404 Not Found")
RESPONSES = cases_of(
    Ability.RESPONSES,
    (YES, "previous_response_id works", [response(12), response(30)]),
    (YES, "works", [FEW_TOKENS, response(12), response(30)], "openai"),
    (YES, "stateless: previous_response_id is refused", [response(12), NO_PREVIOUS], "llama.cpp"),
    (YES, "stateless: previous_response_id is refused", [response(12), LOST], "vllm"),
    (YES, "previous_response_id has no effect", [response(12), response(12)]),
    (YES, "not tried", [response(12), LIMITED], "limited"),
    (YES, "not tried", [response(None), response(None)], "uncounted"),
    (YES, "not tried", [response(12, "")], "no-id"),
    (NO, "Not Found", [NOT_FOUND]),
    (NO, "501", [Answer(b"", "501 Not Implemented")]),
    (IGNORED, "a chat completion", [answer("Hello")]),
    (BROKEN, "unexpected form: id, status", [Answer(b'{"id": "r", "status": "done"}')]),
    (NOT_TRIED, "429", [LIMITED]),
)
MESSAGE = {"id": "msg", "type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hi"}]}
ANTHROPIC = cases_of(
    Ability.ANTHROPIC,
    (YES, "a message with content", [Answer(json.dumps(MESSAGE).encode())]),
    (NO, "Not Found", [NOT_FOUND]),
    (NO, "/v1/messages", [refusal("/v1/messages is not enabled", "400 Bad Request")]),
    (IGNORED, "a chat completion", [answer("Hello")]),
    (BROKEN, "unexpected form: list", [Answer(b"[]")]),
    (NOT_TRIED, "503", [LOADING]),
    (NOT_TRIED, "does not exist", [WRONG_MODEL]),
)

CASES = (
    *SYSTEM, *TOOLS, *TOOLS_FORCED, *TOOLS_STREAMED, *JSON_OBJECT, *JSON_SCHEMA, *LOGPROBS, *N, *SEED, *STOP,
    *MAX_TOKENS, *VISION, *USAGE_DETAILS, *CONTINUE, *EMBEDDINGS, *RERANK, *COMPLETIONS, *RESPONSES,
    *ANTHROPIC,
)  # fmt: skip
