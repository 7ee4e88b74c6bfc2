"""Queued prompts: sent in order and once, paused for a reason, kept if the program is killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.queue_support import AlwaysReady
from tests.session.test_variants import FAILED, Desk
from tests.store.disk_support import rounds
from tui.core.chat import ChatRequest
from tui.core.events import AnswerDelta, EventBatch, Finished, StreamEvent, ToolCallDelta
from tui.core.parts import parts_of
from tui.core.queued_prompt import QUEUE_LIMIT, QueuedPrompt
from tui.core.secret import Redactor, Secret
from tui.core.turn import TurnState
from tui.session.chat_session import ChatSession
from tui.session.prompt_queue import Pause, PromptQueue
from tui.session.target import ChatTarget
from tui.store.conversations import ConversationStore
from tui.store.joined_records import joined_records
from tui.store.journal import MemoryJournal
from tui.store.paths import resolve_paths
from tui.store.records import read_queue
from tui.store.transcript_file import read_transcript


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def waiting(session: ChatSession) -> list[str]:
    return [prompt.content.text for prompt in session.queue.prompts]


async def at_rest(chat: AlwaysReady) -> None:
    while chat.live is not None or chat.queue.is_running:
        await asyncio.sleep(0)


async def test_prompts_go_out_in_order_each_behind_the_answer_before_it(desk: Desk) -> None:
    chat = AlwaysReady(desk.session)
    for prompt in ("one", "two", "three"):
        chat.enter(prompt)
    assert waiting(desk.session) == ["two", "three"]
    await at_rest(chat)
    assert desk.server.sent == ["one", "answer 1.", "two", "answer 2.", "three"]
    assert waiting(desk.session) == []
    assert [turn.state for turn in desk.session.turns] == [TurnState.DONE] * 3


@pytest.mark.parametrize(
    ("reply", "pause"),
    [
        ([FAILED], Pause.FAILED),
        ([AnswerDelta("half"), FAILED], Pause.FAILED),
        ([AnswerDelta("cut"), Finished("length")], Pause.CUT),
        ([AnswerDelta("cut"), Finished("content_filter")], Pause.CUT),
        ([AnswerDelta("cut"), Finished("repetition")], Pause.CUT),
        ([AnswerDelta("x"), ToolCallDelta(0, "f", "{}"), Finished("stop")], Pause.CUT),
        ([AnswerDelta("no end")], Pause.FAILED),
        ([AnswerDelta("whole"), Finished("STOP")], None),
        ([AnswerDelta("whole"), Finished(None)], None),
    ],
)
async def test_any_end_but_a_complete_answer_holds_the_queue(
    desk: Desk, reply: list[StreamEvent], pause: Pause | None
) -> None:
    chat = AlwaysReady(desk.session)
    desk.server.next_reply = reply
    chat.enter("one")
    chat.enter("two")
    await at_rest(chat)
    assert desk.session.queue.pause is pause
    assert waiting(desk.session) == ([] if pause is None else ["two"])
    assert len(desk.server.requests) == (2 if pause is None else 1)


async def test_what_is_typed_while_the_queue_is_held_is_sent_at_once_and_the_rest_stays(desk: Desk) -> None:
    chat = AlwaysReady(desk.session)
    desk.server.next_reply = [FAILED]
    chat.enter("one")
    chat.enter("two")
    await at_rest(chat)
    chat.enter("instead")
    await at_rest(chat)
    assert desk.server.sent == ["instead"]
    assert (waiting(desk.session), desk.session.queue.pause) == (["two"], Pause.FAILED)
    assert chat.queue.go() is None
    await at_rest(chat)
    assert desk.server.sent == ["instead", "answer 2.", "two"]


async def test_nobody_to_ask_holds_the_queue(desk: Desk) -> None:
    chat = AlwaysReady(desk.session)
    chat.enter("one")
    chat.enter("two")
    chat.is_blocked = True
    await at_rest(chat)
    assert (waiting(desk.session), desk.session.queue.pause) == (["two"], Pause.BLOCKED)
    assert chat.queue.go() is not None
    assert desk.session.queue.pause is Pause.BLOCKED


async def test_so_many_may_wait_and_no_more(desk: Desk) -> None:
    chat = AlwaysReady(desk.session)
    chat.enter("first")
    for number in range(QUEUE_LIMIT):
        chat.enter(str(number))
    assert chat.queue.is_full
    with pytest.raises(RuntimeError):
        chat.enter("one too many")
    assert len(waiting(desk.session)) == QUEUE_LIMIT
    await at_rest(chat)


async def test_an_older_answer_that_takes_long_to_close_holds_nothing() -> None:
    """Its connection may be closed long after it failed, when the next prompt has gone out."""
    closing, answered = asyncio.Event(), asyncio.Event()
    asked: list[str] = []

    async def stream(target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        asked.append(request.messages[-1].content.text)
        if len(asked) == 1:
            yield EventBatch(0.0, (FAILED,))
            await closing.wait()
        else:
            yield EventBatch(0.0, (AnswerDelta("text"),))
            await answered.wait()
            yield EventBatch(1.0, (Finished("stop"),))

    session = ChatSession(stream, MemoryJournal(), identity="x")
    chat = AlwaysReady(session)
    chat.enter("fails")
    while chat.live is not None:
        await asyncio.sleep(0)
    chat.enter("next")
    chat.enter("then")
    closing.set()
    for _ in range(20):
        await asyncio.sleep(0)
    assert (asked, waiting(session), session.queue.pause) == (["fails", "next"], ["then"], None)
    answered.set()
    await at_rest(chat)
    assert asked == ["fails", "next", "then"]


Step = st.sampled_from(["enter", "stop", "finish", "fail", "go", "tick", "tick", "take"])


@settings(max_examples=rounds(100, 1_000), deadline=None)
@given(st.lists(Step, max_size=30))
def test_no_schedule_of_keys_and_answers_sends_a_prompt_twice_or_loses_one(  # noqa: C901 - a step each
    steps: list[str],
) -> None:
    """Stop and Enter in the same moment, answers that end while a key is pressed: all in any order."""

    async def play() -> None:
        gates: list[asyncio.Event] = []
        ends: list[StreamEvent] = []
        asked: list[str] = []

        async def stream(target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
            asked.append(request.messages[-1].content.text)
            gate = asyncio.Event()
            gates.append(gate)
            yield EventBatch(0.0, (AnswerDelta("text"),))
            await gate.wait()
            yield EventBatch(1.0, (ends.pop(0),))

        async def finish() -> None:
            while chat.live is not None or session.queue.is_running:
                ends.extend([Finished("stop")] * len(gates))
                for gate in gates:
                    gate.set()
                await asyncio.sleep(0)

        session = ChatSession(stream, MemoryJournal(), identity="x")
        chat = AlwaysReady(session)
        entered: list[str] = []
        taken: list[str] = []
        for number, step in enumerate(steps):
            if step == "enter" and not chat.queue.is_full:
                entered.append(f"prompt {number}")
                chat.enter(entered[-1])
            elif step == "stop":
                session.stop()
                assert not session.queue.is_running
            elif step in ("finish", "fail") and gates:
                ends.append(Finished("stop") if step == "finish" else FAILED)
                gates.pop().set()
            elif step == "go":
                chat.queue.go()
            elif step == "take" and chat.queue.prompts:
                taken.append(chat.queue.prompts[-1].content.text)
                assert chat.queue.remove(chat.queue.prompts[-1])
            elif step == "tick":
                await asyncio.sleep(0)
        await finish()
        turns = Counter(turn.prompt.text for turn in session.turns)
        rest = Counter(waiting(session))
        assert turns + rest + Counter(taken) == Counter(entered)
        assert not Counter(asked) - turns, "nothing is asked that has no turn, or twice"
        await session.aclose()

    asyncio.run(play())


# ── On disk ─────────────────────────────────────────────────────────────────────────────────


async def test_what_waits_is_there_again_and_waits_for_a_key(desk: Desk) -> None:
    chat = AlwaysReady(desk.session)
    desk.server.next_reply = [asyncio.Event()]
    for prompt in ("one", "two", "three\nin two lines"):
        chat.enter(prompt)
    while not desk.server.requests:
        await asyncio.sleep(0)
    await desk.reopen()
    chat = AlwaysReady(desk.session)
    assert (waiting(desk.session), desk.session.queue.pause) == (
        ["two", "three\nin two lines"],
        Pause.REOPENED,
    )
    await asyncio.sleep(0)
    assert len(desk.server.requests) == 1
    assert chat.queue.go() is None
    await at_rest(chat)
    assert [turn.prompt.text for turn in desk.session.turns][1:] == ["two", "three\nin two lines"]
    await desk.reopen()
    assert waiting(desk.session) == []


async def test_killed_at_any_line_a_prompt_is_sent_or_waits_and_never_both(desk: Desk) -> None:
    chat = AlwaysReady(desk.session)
    prompts = ["one", "two", "three", "four"]
    for prompt in prompts:
        chat.enter(prompt)
    assert chat.queue.remove(chat.queue.prompts[1])
    await at_rest(chat)
    assert await desk.session.aclose()
    lines = desk.path.read_bytes().splitlines(keepends=True)
    complete: set[str] = set()
    for count in range(len(lines) + 1):
        found = read_transcript(b"".join(lines[:count]))
        known = [turn.prompt.text for turn in found.turns] + [each.content.text for each in found.queued]
        assert len(known) == len(set(known)), lines[count - 1]
        assert complete - {"three"} <= set(known), "nothing that was there is lost"
        complete = set(known)
    assert complete == {"one", "two", "four"}


async def test_a_known_key_is_erased_from_what_waits(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.add(Secret("sk-queue-0123456789abcdef"))
    store = ConversationStore(resolve_paths({"HOME": str(tmp_path)}), redactor)
    journal = store.create()
    journal.keep_queue([QueuedPrompt("a", parts_of("my key is sk-queue-0123456789abcdef"))])
    assert journal.close()
    data = journal.path.read_bytes()
    assert b"sk-queue" not in data
    (kept,) = read_transcript(data).queued
    assert kept.content.text.startswith("my key is ")


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["turn", "prompt", "parts", "kind", "text", "sha256"]), inner)
    ),
    max_leaves=12,
)


@given(HOSTILE)
def test_any_queue_line_is_read(prompts: object) -> None:
    found = read_queue({"record": "queue", "prompts": prompts})
    assert all(prompt.identity and prompt.content for prompt in found)
    assert len({prompt.identity for prompt in found}) == len(found)


def test_an_export_has_what_waits_now_alone(tmp_path: Path) -> None:
    store = ConversationStore(resolve_paths({"HOME": str(tmp_path)}))
    journal = store.create()
    for text in ("secret thought", "", "later"):
        journal.keep_queue([QueuedPrompt(text, parts_of(text))] if text else [])
    assert journal.close()
    records = joined_records(journal.path.read_bytes())
    assert [record["prompts"] for record in records if record["record"] == "queue"] == [
        [{"turn": "later", "prompt": "later"}]
    ]


def test_a_queue_tells_nothing_of_a_start() -> None:
    kept: list[int] = []
    queue = PromptQueue(lambda prompts: kept.append(len(prompts)))
    queue.hold(Pause.STOPPED)
    queue.clear()
    assert (queue.pause, queue.prompts, kept) == (None, (), [])
    first = queue.add("one")
    queue.hold(Pause.FAILED)
    queue.hold(Pause.STOPPED)
    pauses = [queue.pause]
    assert queue.remove(first)
    assert not queue.remove(first)
    pauses.append(queue.pause)
    assert (pauses, kept) == ([Pause.FAILED, None], [1, 0]), "the first reason is the one"
