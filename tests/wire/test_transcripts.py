"""The recorded answers of seventeen servers: the expected result, however the bytes are split."""

from __future__ import annotations

import pytest

from tests.wire.replies import Expectation, load_manifest, read_reply
from tui.core.failure import Failure
from tui.core.turn import Turn, TurnState
from tui.wire.models import read_models

MANIFEST = load_manifest()
CHATS = [entry for entry in MANIFEST if entry.kind == "chat"]
ANSWERS = [entry for entry in CHATS if entry.answer]
LISTS = [entry for entry in MANIFEST if entry.kind == "models"]


def name(entry: Expectation) -> str:
    return entry.file


def assert_as_expected(turn: Turn, entry: Expectation) -> None:
    assert turn.reasoning.text == entry.reasoning
    assert turn.answer.text == entry.answer
    assert turn.finish_reason == entry.finish
    assert (turn.failure and turn.failure.cause) == entry.cause
    usage = turn.usage and {
        "prompt": turn.usage.prompt_tokens,
        "completion": turn.usage.completion_tokens,
        "reasoning": turn.usage.reasoning_tokens,
        "cached": turn.usage.cached_tokens,
    }
    assert usage == entry.usage
    assert turn.state is (TurnState.FAILED if entry.cause else TurnState.DONE)


def test_every_recording_is_there() -> None:
    assert len(MANIFEST) == 65
    assert all(entry.body for entry in MANIFEST)


@pytest.mark.parametrize("entry", CHATS, ids=name)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1_000_000])
@pytest.mark.parametrize("streamed", [True, False])
def test_gives_what_the_manifest_says(entry: Expectation, size: int, streamed: bool) -> None:
    pieces = [entry.body[start : start + size] for start in range(0, len(entry.body), size)]
    turn, _ = read_reply(pieces, status=entry.status, headers=entry.headers, streamed=streamed)
    assert_as_expected(turn, entry)


@pytest.mark.parametrize("entry", CHATS, ids=name)
def test_every_pair_of_pieces_gives_the_same(entry: Expectation) -> None:
    for cut in range(len(entry.body) + 1):
        turn, _ = read_reply([entry.body[:cut], entry.body[cut:]], status=entry.status, headers=entry.headers)
        assert_as_expected(turn, entry)


@pytest.mark.parametrize("entry", CHATS, ids=name)
def test_cut_anywhere_ends_in_a_typed_result(entry: Expectation) -> None:
    longest = 0
    for cut in range(len(entry.body)):
        turn, _ = read_reply([entry.body[:cut]], status=entry.status, headers=entry.headers)
        text = turn.reasoning.text + turn.answer.text
        if not entry.trim:
            assert entry.reasoning.startswith(turn.reasoning.text)
            assert entry.answer.startswith(turn.answer.text)
            assert len(text) >= longest, "text that was there is lost"
            longest = len(text)
        if turn.failure is None:
            assert turn.answer.text == entry.answer, "a cut answer must not pass for a whole one"
        else:
            assert turn.failure.title
            assert turn.failure.advice


@pytest.mark.parametrize("entry", ANSWERS, ids=name)
def test_a_lost_connection_keeps_the_text_and_says_so(entry: Expectation) -> None:
    lost = Failure("stream-reset", "The connection was cut.", "Send again.")
    half = entry.body.rindex(b"choices") - 40 if entry.file.endswith(".sse") else len(entry.body) // 2
    turn, _ = read_reply([entry.body[:half]], status=entry.status, headers=entry.headers, transport=lost)
    if turn.failure is None:
        assert turn.answer.text == entry.answer
    else:
        assert turn.failure.cause in ("stream-reset", entry.cause)


@pytest.mark.parametrize("entry", LISTS, ids=name)
def test_lists_of_models_name_their_models(entry: Expectation) -> None:
    listed = read_models(entry.body)
    assert listed is not None
    assert listed.models
    assert all(model.identifier for model in listed.models)
