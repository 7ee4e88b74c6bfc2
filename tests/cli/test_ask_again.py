"""``lmdeck ask`` after errors: it changes the request, waits as told, or gives up."""

from __future__ import annotations

import json

from tests.support.commands import Call
from tests.support.fault_server import Answer
from tests.support.real_deck import bodies
from tests.support.schema_server import answering, refuses, replies

ASK = ("ask", "hi", "--model", "m")
MINUTE = (
    "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce "
    "your message size and try again."
)


def test_a_template_that_takes_no_system_message_gets_it_in_the_prompt(call: Call) -> None:
    refusal = refuses("Conversation roles must alternate user/assistant/user/assistant/...")
    with answering(refusal, replies("Hello")) as server:
        done = call(*ASK, "--system", "Be brief.", "--url", server.base_url)
    assert (done.code, done.out) == (0, "Hello\n")
    assert bodies(server)[1]["messages"] == [{"role": "user", "content": "Be brief.\n\nhi"}]


def test_a_model_that_only_streams_answers_in_one_piece_here(call: Call) -> None:
    refusal = refuses("This model only support stream mode, please enable the stream parameter.")
    with answering(refusal, replies("Hel", "lo")) as server:
        done = call(*ASK, "--no-stream", "--url", server.base_url)
    assert (done.code, done.out) == (0, "Hello\n")
    assert [body["stream"] for body in bodies(server)] == [False, True]


def test_a_limit_of_a_minute_is_waited_for(call: Call) -> None:
    refusal = refuses("You exceeded your current quota. Please retry in 5ms.", "429 Too Many Requests")
    with answering(refusal, replies("Hello")) as server:
        done = call(*ASK, "--url", server.base_url)
    assert (done.code, done.out, len(bodies(server))) == (0, "Hello\n", 2)


def test_a_request_that_no_minute_has_room_for_is_not_sent_again(call: Call) -> None:
    refusal = refuses(MINUTE, "429 Too Many Requests", code="rate_limit_exceeded")
    with answering(refusal) as server:
        done = call(*ASK, "--url", server.base_url)
    assert (done.code, len(bodies(server))) == (1, 1)
    assert "Shorten the chat" in done.err


def test_an_answer_in_a_gateways_envelope_is_read(call: Call) -> None:
    choice = {"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}
    envelope = {"code": 200, "message": "success", "data": {"model": "m", "choices": [choice]}}
    with answering(Answer(json.dumps(envelope).encode())) as server:
        done = call(*ASK, "--url", server.base_url)
    assert (done.code, done.out) == (0, "Hello\n")
