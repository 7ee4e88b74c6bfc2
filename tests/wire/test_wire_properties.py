"""For any bytes, however split: a typed end, complete characters, bounded memory."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.replies import EVENT_STREAM, read_reply
from tests.wire.strategies import BODIES, CUTS, STREAMS, TEXTS, cut
from tui.core.causes import CATALOGUE, explain
from tui.core.turn import Turn, TurnState
from tui.wire.limits import Limits
from tui.wire.reply import ReplyReader

HEADERS = st.sampled_from([EVENT_STREAM, {"content-type": "application/json"}, {}, {"retry-after": "x"}])
FAILURES = st.sampled_from([None, explain("stream-reset")])


def result(turn: Turn) -> tuple[object, ...]:
    return (
        turn.reasoning.text,
        turn.answer.text,
        turn.tool_calls,
        turn.usage,
        turn.server_timings,
        turn.state,
        turn.finish_reason,
        turn.failure,
        turn.malformed_events,
        turn.notes,
        turn.served_model,
    )


@given(BODIES, CUTS, st.sampled_from([200, 200, 200, 400, 404, 429, 503]), HEADERS, st.booleans(), FAILURES)
def test_any_bytes_in_any_pieces_give_one_typed_result(
    body: bytes, places: list[int], status: int, headers: dict[str, str], streamed: bool, transport: object
) -> None:
    options = {"status": status, "headers": headers, "streamed": streamed, "transport": transport}
    whole, _ = read_reply([body], **options)  # type: ignore[arg-type]
    pieces, _ = read_reply(cut(body, places), **options)  # type: ignore[arg-type]
    assert result(pieces) == result(whole)
    assert whole.state in (TurnState.DONE, TurnState.FAILED)
    assert whole.failure is None or (whole.failure.cause in CATALOGUE and whole.failure.title)
    (whole.reasoning.text + whole.answer.text).encode()
    json.dumps([call.name + call.arguments for call in whole.tool_calls.values()]).encode()


@given(STREAMS, CUTS)
def test_small_limits_never_let_more_through(body: bytes, places: list[int]) -> None:
    limits = Limits(line=60, event=80, answer=12, body=100, error_body=20)
    reader = ReplyReader(status=200, headers=EVENT_STREAM, streamed=True, limits=limits)
    events = [event for piece in cut(body, places) for event in reader.feed(piece)] + reader.finish()
    came = sum(len(getattr(event, "text", "")) for event in events if type(event).__name__.endswith("Delta"))
    assert came <= 12 + 4  # a mended half of a character may come on top


@given(st.lists(TEXTS, max_size=8))
def test_text_without_marks_arrives_as_it_was_sent(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    texts = [text for text in texts if not set(text) & set("<[◁>")]
    body = b"".join(
        f"data: {json.dumps({'choices': [{'delta': {'content': text}}]})}\n\n".encode() for text in texts
    )
    turn, _ = read_reply([body + b"data: [DONE]\n\n"])
    assert turn.answer.text == "".join(texts)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        b"data: " + b"x" * 65_530,
        b"x" * 65_536,
        b": c" * 20_000,
        b"data: {}\n" * 7_000,
        b"data: x\n" * 8_000,
        b'{"choices":[{"message":{"content":"' + b"x" * 65_000,
        b"[" * 65_536,
    ],
    ids=["data", "nonsense", "comment", "one-event", "odd-event", "document", "list"],
)
def test_a_hundred_megabytes_do_not_stay_in_memory(piece: bytes) -> None:
    reader = ReplyReader(status=200, headers=EVENT_STREAM, streamed=True)
    tracemalloc.start()
    try:
        for _ in range(100_000_000 // len(piece)):
            reader.feed(piece)
        reader.finish()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60_000_000


def test_endless_signs_of_life_do_not_stay_in_memory() -> None:
    reader = ReplyReader(status=200, headers={}, streamed=True)
    tracemalloc.start()
    try:
        for _ in range(2000):
            reader.feed(b"\n\n: keep-alive\n\n\r\n")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000


@pytest.mark.parametrize(
    "content",
    [
        '{"choices":[{"delta":{"content":' + "[" * 100_000 + "]" * 100_000 + "}}]}",
        '{"choices":[{"delta":{"content":"' + "x" * 999_000 + '"}}]}',
        '{"usage":{"prompt_tokens":' + "9" * 4000 + "}}",
        '{"usage":{"prompt_tokens":1e999,"completion_tokens":-0.0}}',
        '{"choices":' * 50_000,
    ],
    ids=["deep", "long", "digits", "infinite", "unclosed"],
)
def test_monsters_are_borne(content: str) -> None:
    turn, _ = read_reply([f"data: {content}\n\n".encode()])
    assert turn.state is TurnState.FAILED or turn.answer
