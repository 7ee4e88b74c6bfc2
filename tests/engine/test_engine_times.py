"""The phases of a llama.cpp answer, compared with its own timings."""

from __future__ import annotations

import json
import time

import pytest

from tests.engine.engine_client import chat_body, needs_engine, open_request
from tui.core.chat import ChatRequest, Message, Role
from tui.core.fold import apply, settle
from tui.core.parts import parts_of
from tui.core.phase_sums import milliseconds_of
from tui.core.turn import Turn
from tui.core.usage import Price
from tui.demo.engine import EngineAddress
from tui.wire.reply import ReplyReader

pytestmark = [pytest.mark.engine, needs_engine]

PROMPT = "Tell me what a ring buffer is and where it is used. " * 8


def test_the_prompt_part_is_that_of_its_own_timings(address: EngineAddress) -> None:
    turn, body = Turn("t", parts_of(PROMPT)), b""
    turn.timings.started = turn.timings.sending = time.perf_counter()
    connection = open_request(address, "/v1/chat/completions", chat_body(PROMPT))
    response = connection.getresponse()
    reader = ReplyReader(status=200, headers=dict(response.headers), streamed=True)
    while data := response.read1():
        body += data
        for event in reader.feed(data):
            apply(turn, event, time.perf_counter())
    for event in reader.finish():
        apply(turn, event, time.perf_counter())
    connection.close()
    request = ChatRequest("m", (Message(Role.USER, parts_of(PROMPT)),))
    settle(turn, request, Price(), time.perf_counter())
    chunks = [json.loads(line[6:]) for line in body.splitlines() if line.startswith(b"data: {")]
    own = next(chunk["timings"] for chunk in chunks if "timings" in chunk)
    assert own["prompt_ms"] > 1
    assert milliseconds_of(turn.phases, "prompt") == pytest.approx(own["prompt_ms"], rel=0.02)
    assert milliseconds_of(turn.phases, "queue") is None
    whole = turn.timings.total_ms
    assert whole is not None
    assert sum(phase.milliseconds for phase in turn.phases) == pytest.approx(whole, abs=1)
    assert turn.answer
