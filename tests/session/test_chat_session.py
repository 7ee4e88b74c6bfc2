"""A running conversation with scripted streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from tui.core.causes import explain
from tui.core.chat import ChatRequest, Role
from tui.core.events import (
    AnswerDelta,
    EventBatch,
    Finished,
    ReasoningDelta,
    Reclassified,
    StreamEvent,
    StreamFailed,
    UsageReport,
)
from tui.core.figures import format_total
from tui.core.parts import NO_ATTACHMENTS
from tui.core.provider import Provider, Thinking
from tui.core.queued_prompt import QueuedPrompt
from tui.core.secret import Redactor, Secret
from tui.core.turn import Turn, TurnState
from tui.core.usage import Price, Source, Usage
from tui.session.chat_session import CONTINUE_PROMPT, ChatSession
from tui.session.target import ChatTarget

PROVIDER = Provider("paid", model="m", input_price=Decimal("0.001"), output_price=Decimal("0.00005"))


@dataclass
class Journal:
    """Records all calls."""

    told: list[tuple[str, ...]] = field(default_factory=list)
    storage_error: str | None = None

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Its trouble never changes."""

    def read_attachments(self, parts: object) -> tuple[dict[str, bytes], list[str]]:
        return {}, []

    def begin_turn(self, turn: Turn, attachments: Mapping[str, bytes] = NO_ATTACHMENTS) -> None:
        self.told.append(("begin", turn.prompt.text))

    def note_sent(self, turn_identity: str, prompt_tokens: int, price: Price) -> None:
        self.told.append(("sent", str(prompt_tokens)))

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        self.told.append((kind, text))

    def end_turn(self, turn: Turn) -> None:
        self.told.append(("end", str(turn.state)))

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        self.told.append(("reclassify", str(to_answer)))

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        self.told.append(("write", turn.answer.text, str(is_copy)))

    def show_path(self, turn_identity: str) -> None:
        self.told.append(("path",))

    def keep_queue(
        self, prompts: Sequence[QueuedPrompt], attachments: Mapping[str, bytes] = NO_ATTACHMENTS
    ) -> None:
        self.told.append(("queue", *(prompt.content.text for prompt in prompts)))

    def set_title(self, title: str) -> None:
        self.told.append(("title", title))

    def close(self) -> bool:
        self.told.append(("close",))
        return True


class Script:
    """Plays batches of events, one list per request; an ``asyncio.Event`` in a list is waited for."""

    def __init__(self, *replies: Sequence[StreamEvent | asyncio.Event]) -> None:
        self.replies = list(replies)
        self.requests: list[ChatRequest] = []
        self.closed = 0

    async def __call__(self, target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        self.requests.append(request)
        at = 1.0
        try:
            for event in self.replies.pop(0):
                if isinstance(event, asyncio.Event):
                    await event.wait()
                else:
                    at += 0.5
                    yield EventBatch(at, (event,))
        finally:
            self.closed += 1


def session_of(script: Script, journal: Journal | None = None) -> ChatSession:
    return ChatSession(script, journal or Journal(), identity="c1", clock=lambda: 1.0)


REPLY = (
    ReasoningDelta("hm"),
    AnswerDelta("hi "),
    AnswerDelta("there"),
    UsageReport(Usage(17, 11, 7)),
    Finished("stop"),
)


async def test_a_reply_is_folded_priced_and_journaled() -> None:
    journal = Journal()
    session = session_of(Script(REPLY), journal)
    turn = await session.send("hello\nworld", ChatTarget(PROVIDER))
    assert (turn.state, turn.reasoning.text, turn.answer.text) == (TurnState.DONE, "hm", "hi there")
    assert turn.cost is not None
    assert turn.cost.total == Decimal("0.00001755")
    assert turn.cost.source is Source.REPORTED
    assert session.title == "hello"
    assert journal.told == [
        ("begin", "hello\nworld"),
        ("reasoning", "hm"),
        ("answer", "hi "),
        ("answer", "there"),
        ("end", "done"),
    ]


async def test_an_answer_that_was_stopped_costs_at_least_what_arrived() -> None:
    session = session_of(Script([AnswerDelta("four word answer here"), asyncio.Event()]))
    sending = asyncio.create_task(session.send("a prompt", ChatTarget(PROVIDER)))
    while session.live is None or not session.live.answer:
        await asyncio.sleep(0)
    session.stop()
    cost = (await sending).cost
    assert cost is not None
    assert (cost.source, cost.lacks_end, cost.lacks_side) == (Source.ESTIMATED, True, False)
    assert format_total(cost).startswith("≥ 0.0000")


async def test_no_usage_becomes_an_estimate_marked_as_one() -> None:
    turn = await session_of(Script([AnswerDelta("four word answer here"), Finished("stop")])).send(
        "a prompt", ChatTarget(PROVIDER)
    )
    assert turn.usage is not None
    assert turn.usage.source is Source.ESTIMATED
    assert turn.usage.completion_tokens
    assert turn.cost is not None
    assert turn.cost.source is Source.ESTIMATED


async def test_stop_keeps_what_came_and_closes_the_stream() -> None:
    gate = asyncio.Event()
    script = Script([AnswerDelta("part"), gate, AnswerDelta("never"), Finished("stop")])
    journal = Journal()
    session = session_of(script, journal)
    sending = asyncio.create_task(session.send("go", ChatTarget(PROVIDER)))
    while not (session.turns and session.turns[0].answer):
        await asyncio.sleep(0)
    session.stop()
    turn = await sending
    assert (turn.state, turn.answer.text) == (TurnState.STOPPED, "part")
    assert script.closed == 1
    assert journal.told[-1] == ("end", "stopped")
    assert session.live is None


async def test_nobody_sees_a_turn_ended_before_it_is_settled() -> None:
    journal = Journal()
    session = session_of(Script([AnswerDelta("four word answer here"), Finished("stop")]), journal)
    seen: list[tuple[bool, bool, object]] = []

    def look() -> None:
        turn = session.turns[-1]
        seen.append((turn.state.is_live, turn.cost is not None, journal.told[-1]))

    session.on_change = look
    await session.send("go", ChatTarget(PROVIDER))
    assert [entry for entry in seen if not entry[0]] == [(False, True, ("end", "done"))]


async def test_the_next_prompt_goes_while_the_connection_before_is_still_being_closed() -> None:
    gate = asyncio.Event()
    session = session_of(Script([AnswerDelta("one"), Finished("stop"), gate], REPLY))
    first = asyncio.create_task(session.send("go", ChatTarget(PROVIDER)))
    while session.live is not None or not session.turns:
        await asyncio.sleep(0)
    second = await session.send("more", ChatTarget(PROVIDER))
    assert second.answer.text == "hi there"
    gate.set()
    assert (await first).state is TurnState.DONE


async def test_a_turn_stopped_before_its_first_step_has_ended() -> None:
    session = session_of(Script(REPLY))
    task = session.start("go", ChatTarget(PROVIDER))
    session.stop()
    await asyncio.wait([task])
    assert (session.turns[0].state, session.live) == (TurnState.STOPPED, None)


async def test_a_wait_for_a_turn_stopped_before_its_first_step_gives_the_turn() -> None:
    session = session_of(Script(REPLY))
    asyncio.get_running_loop().call_soon(session.stop)
    assert (await session.send("go", ChatTarget(PROVIDER))).state is TurnState.STOPPED


async def test_cancelling_the_caller_keeps_what_came_and_cancels() -> None:
    gate = asyncio.Event()
    session = session_of(Script([AnswerDelta("part"), gate]))
    sending = asyncio.create_task(session.send("go", ChatTarget(PROVIDER)))
    while not (session.turns and session.turns[0].answer):
        await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert session.turns[0].state is TurnState.STOPPED
    assert session.turns[0].answer.text == "part"


async def test_a_failure_ends_the_turn_with_its_text() -> None:
    failed = StreamFailed(explain("stream-truncated"))
    turn = await session_of(Script([AnswerDelta("par"), failed])).send("go", ChatTarget(PROVIDER))
    assert turn.state is TurnState.FAILED
    assert turn.failure is not None
    assert turn.failure.cause == "stream-truncated"
    assert turn.answer.text == "par"


async def test_an_unexpected_error_is_raised_and_the_turn_is_marked() -> None:
    async def broken(target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        yield EventBatch(1.0, (AnswerDelta("x"),))
        raise ZeroDivisionError

    session = ChatSession(broken, Journal(), identity="c")
    with pytest.raises(ZeroDivisionError):
        await session.send("go", ChatTarget(PROVIDER))
    assert session.turns[0].state is TurnState.INTERRUPTED
    assert session.live is None


async def test_a_prompt_without_an_answer_is_not_sent_twice() -> None:
    script = Script([StreamFailed(explain("connection-refused"))], REPLY, REPLY)
    session = session_of(script)
    for prompt in ("lost", "kept", "next"):
        await session.send(prompt, ChatTarget(PROVIDER, system_prompt="be short"))
    assert [(message.role, message.content.text) for message in script.requests[-1].messages] == [
        (Role.SYSTEM, "be short"),
        (Role.USER, "kept"),
        (Role.ASSISTANT, "hi there"),
        (Role.USER, "next"),
    ]
    assert script.requests[-1].messages[2].reasoning == "hm"


async def test_regenerate_replaces_the_old_reply_and_continue_asks_for_more() -> None:
    journal = Journal()
    script = Script(
        REPLY, [AnswerDelta("other"), Finished("length")], [AnswerDelta("more"), Finished("stop")]
    )
    session = session_of(script, journal)
    await session.send("go", ChatTarget(PROVIDER))
    again = await session.regenerate(ChatTarget(PROVIDER))
    assert again is not None
    assert [turn.answer.text for turn in session.turns] == ["other"]
    assert again.parent is None
    assert journal.told[-3:] == [("begin", "go"), ("answer", "other"), ("end", "done")]
    more = await session.continue_turn(ChatTarget(PROVIDER))
    assert more is not None
    assert more.prompt.text == CONTINUE_PROMPT
    assert script.requests[-1].messages[-2].content.text == "other"


async def test_totals_add_up_and_never_mix_currencies() -> None:
    yen = Provider("yen", model="m", input_price=Decimal(1), currency="JPY")
    session = session_of(Script(REPLY, REPLY, REPLY))
    for provider in (PROVIDER, yen, PROVIDER):
        await session.send("go", ChatTarget(provider))
    totals = session.totals
    assert totals.usage == Usage(51, 33, 21)
    assert {cost.currency: cost.total for cost in totals.costs} == {
        "USD": Decimal("0.00003510"),
        "JPY": Decimal("0.017"),
    }


async def test_a_second_prompt_waits_for_the_first_to_end() -> None:
    gate = asyncio.Event()
    session = session_of(Script([gate, Finished("stop")]))
    sending = asyncio.create_task(session.send("go", ChatTarget(PROVIDER)))
    while not session.turns:
        await asyncio.sleep(0)
    with pytest.raises(RuntimeError):
        await session.send("too early", ChatTarget(PROVIDER))
    gate.set()
    await sending


async def test_a_key_cut_over_pieces_is_erased_from_turn_and_journal() -> None:
    key = Secret("sk-canary-0123456789")
    pieces = ["my key is s", "k-can", "ary-0123456789", " and s", "o on"]
    journal = Journal()
    session = ChatSession(
        Script([*map(AnswerDelta, pieces), Finished("stop")]), journal, identity="c", redactor=Redactor([key])
    )
    turn = await session.send("go", ChatTarget(PROVIDER))
    assert turn.answer.text == "my key is ••• and so on"
    assert (
        "".join(text for kind, *rest in journal.told if kind == "answer" for text in rest) == turn.answer.text
    )


async def test_what_waits_for_the_rest_of_a_key_is_kept_when_stopped() -> None:
    gate = asyncio.Event()
    session = ChatSession(
        Script([AnswerDelta("words sk-can"), gate]),
        Journal(),
        identity="c",
        redactor=Redactor([Secret("sk-canary-0123456789")]),
    )
    sending = asyncio.create_task(session.send("go", ChatTarget(PROVIDER)))
    while not (session.turns and session.turns[0].answer):
        await asyncio.sleep(0)
    session.stop()
    assert (await sending).answer.text == "words sk-can"


async def test_text_that_was_the_other_kind_is_moved_and_journaled() -> None:
    journal = Journal()
    script = Script([AnswerDelta("hm"), Reclassified(to_answer=False), AnswerDelta("hi"), Finished("stop")])
    turn = await session_of(script, journal).send("go", ChatTarget(PROVIDER))
    assert (turn.reasoning.text, turn.answer.text) == ("hm", "hi")
    assert ("reclassify", "False") in journal.told


async def test_a_turn_keeps_what_the_chat_had_set_for_itself_and_which_turn_was_before_it() -> None:
    session = session_of(Script(REPLY, REPLY, REPLY))
    await session.send("one", ChatTarget(PROVIDER))
    own = ChatTarget(
        PROVIDER,
        thinking=Thinking.HIGH,
        system_prompt="Be brief.",
        parameters={"temperature": 0.2, "seed": 7},
    )
    await session.send("two", own)
    await session.regenerate(ChatTarget(PROVIDER, parameters={"top_p": None}))
    first, last = session.turns
    (before, _) = last.variants
    assert first.settings == {}
    assert before.settings == {
        "thinking": "high",
        "system_prompt": "Be brief.",
        "sampling": {"temperature": 0.2},
        "seed": 7,
    }
    assert last.settings == {"sampling": {"top_p": None}}
    assert (first.parent, before.parent, last.parent) == (None, first.identity, first.identity)
