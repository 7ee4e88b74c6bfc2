"""Retries and edits on real files: nothing is lost, the shown branch is sent, all costs count."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.causes import explain
from tui.core.chat import ChatRequest
from tui.core.events import AnswerDelta, EventBatch, Finished, StreamEvent, StreamFailed, UsageReport
from tui.core.provider import Provider
from tui.core.turn import Turn, TurnState
from tui.core.usage import Usage
from tui.core.variants import variant_place
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.store.conversations import ConversationStore
from tui.store.journal import MemoryJournal
from tui.store.paths import resolve_paths
from tui.store.records import encode_line
from tui.store.transcript_file import Transcript, read_transcript

PAID = Provider("paid", model="m", input_price=Decimal(1), output_price=Decimal(1))
TARGET = ChatTarget(PAID)
FAILED = StreamFailed(explain("connection-reset"))


class Server:
    """Answers ``answer 1``, ``answer 2`` …, or with ``next_reply``."""

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []
        self.next_reply: Sequence[StreamEvent | asyncio.Event] | None = None
        self.later: list[Sequence[StreamEvent] | None] = []
        """What is replied after that, request by request."""

    async def __call__(self, target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        self.requests.append(request)
        answer = AnswerDelta(f"answer {len(self.requests)}.")
        reply = self.next_reply or (answer, UsageReport(Usage(1000, 1000)), Finished("stop"))
        self.next_reply = self.later.pop(0) if self.later else None
        for at, event in enumerate(reply):
            if isinstance(event, asyncio.Event):
                await event.wait()
            else:
                yield EventBatch(float(at), (event,))

    @property
    def sent(self) -> list[str]:
        """The texts of the last request."""
        return [message.content.text for message in self.requests[-1].messages]


class Desk:
    """One user's conversations in a folder, and the open one."""

    def __init__(self, folder: Path) -> None:
        self.store = ConversationStore(resolve_paths({"HOME": str(folder)}))
        self.server = Server()
        journal = self.journal = self.store.create()
        self.session = ChatSession(self.server, journal, identity=journal.identity)
        self.path = journal.path

    async def ask(self, prompt: str) -> Turn:
        return await self.session.send(prompt, TARGET)

    async def retry(self, *reply: StreamEvent) -> Turn:
        self.server.next_reply = reply or None
        turn = await self.session.regenerate(TARGET)
        assert turn is not None
        return turn

    async def edit(self, index: int, prompt: str, *reply: StreamEvent) -> Turn:
        self.server.next_reply = reply or None
        return await self.session.send(prompt, TARGET, beside=self.session.turns[index])

    def choose(self, index: int, step: int) -> Turn | None:
        return self.session.choose_variant(self.session.turns[index], step)

    async def reopen(self) -> None:
        assert await self.session.aclose()
        self.session = self._session(self.store.open(self.session.identity))

    async def fork(self) -> None:
        copy = self.store.fork(self.session.identity)
        assert await self.session.aclose()
        self.session = self._session(copy)

    def _session(self, opened: Transcript) -> ChatSession:
        journal = opened.journal
        self.journal = journal or self.journal
        return ChatSession(
            self.server,
            journal or MemoryJournal(),
            identity=opened.identity,
            tree=opened.tree,
            recorded=opened.recorded,
            queued=opened.queued,
            is_saved=journal is not None,
            is_read_only=journal is None,
        )

    @property
    def shown(self) -> list[str]:
        return [turn.answer.text for turn in self.session.turns]

    @property
    def cost(self) -> Decimal:
        return sum((cost.total for cost in self.session.totals.costs), Decimal(0))

    def listed_cost(self, identity: str) -> Decimal:
        assert self.journal.flush()
        (summary,) = (item for item in self.store.listing.all() if item.identity == identity)
        return sum((cost.total for cost in summary.costs), Decimal(0))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def places(session: ChatSession) -> list[tuple[int, int] | None]:
    return [variant_place(turn) for turn in session.turns]


async def test_a_retry_keeps_the_answer_and_sends_nothing_of_it(desk: Desk) -> None:
    await desk.ask("one")
    await desk.ask("two")
    await desk.retry()
    assert desk.server.sent == ["one", "answer 1.", "two"]
    assert desk.shown == ["answer 1.", "answer 3."]
    assert places(desk.session) == [None, (2, 2)]
    assert desk.choose(1, -1) is not None
    assert desk.shown == ["answer 1.", "answer 2."]
    assert desk.choose(1, -1) is None, "there is none before the first"
    await desk.ask("three")
    assert desk.server.sent == ["one", "answer 1.", "two", "answer 2.", "three"]


async def test_an_answer_chosen_in_the_middle_is_what_is_sent_and_what_is_reopened(desk: Desk) -> None:
    await desk.ask("one")
    await desk.retry()
    await desk.ask("two")
    await desk.ask("three")
    desk.choose(0, -1)
    assert desk.shown == ["answer 1."], "what followed the other answer follows that one only"
    await desk.ask("four")
    assert desk.server.sent == ["one", "answer 1.", "four"]
    await desk.reopen()
    assert desk.shown == ["answer 1.", "answer 5."]
    assert places(desk.session) == [(1, 2), None]
    assert desk.cost == Decimal(10)
    desk.choose(0, 1)
    assert desk.shown == ["answer 2.", "answer 3.", "answer 4."]
    await desk.ask("five")
    assert desk.server.sent == ["one", "answer 2.", "two", "answer 3.", "three", "answer 4.", "five"]
    desk.choose(0, -1)
    assert desk.shown == ["answer 1.", "answer 5."]


async def test_an_edited_prompt_begins_a_branch_and_the_old_one_stays(desk: Desk) -> None:
    await desk.ask("one")
    await desk.ask("two")
    await desk.ask("three")
    await desk.edit(1, "two, edited")
    assert desk.server.sent == ["one", "answer 1.", "two, edited"]
    assert desk.shown == ["answer 1.", "answer 4."]
    assert places(desk.session) == [None, (2, 2)]
    await desk.reopen()
    assert [turn.prompt.text for turn in desk.session.turns] == ["one", "two, edited"]
    desk.choose(1, -1)
    assert [turn.prompt.text for turn in desk.session.turns] == ["one", "two", "three"]
    await desk.edit(0, "another beginning")
    assert desk.server.sent == ["another beginning"]
    assert places(desk.session) == [(2, 2)]
    await desk.fork()
    desk.choose(0, -1)
    assert [turn.prompt.text for turn in desk.session.turns] == ["one", "two", "three"]
    assert places(desk.session) == [(1, 2), (1, 2), None]


@pytest.mark.parametrize("ending", [(FAILED,), (AnswerDelta("half"), FAILED)])
async def test_an_edited_prompt_that_failed_is_not_lost(desk: Desk, ending: Sequence[StreamEvent]) -> None:
    await desk.ask("one")
    await desk.edit(0, "one, edited", *ending)
    desk.choose(0, -1)
    assert places(desk.session) == [(1, 2)]
    await desk.reopen()
    assert desk.choose(0, 1) is not None
    assert desk.session.turns[0].prompt.text == "one, edited"


async def test_what_followed_a_failed_prompt_stays_within_reach(desk: Desk) -> None:
    await desk.ask("one")
    await desk.edit(0, "one", FAILED)
    await desk.ask("two")
    await desk.edit(0, "one")
    await desk.reopen()
    assert places(desk.session) == [(3, 3)]
    desk.choose(0, -1)
    assert [turn.prompt.text for turn in desk.session.turns] == ["one", "two"]


async def test_a_choice_is_kept_also_by_a_program_that_is_killed(desk: Desk) -> None:
    await desk.ask("one")
    for _ in range(3):
        await desk.retry()
    desk.choose(0, -1)
    desk.choose(0, -1)
    assert desk.journal.flush()
    assert [turn.answer.text for turn in read_transcript(desk.path.read_bytes()).turns] == ["answer 2."]
    await desk.reopen()
    assert desk.shown == ["answer 2."]
    assert places(desk.session) == [(2, 4)]
    size = len(desk.path.read_bytes())
    await desk.reopen()
    assert len(desk.path.read_bytes()) == size, "looking writes nothing"


@pytest.mark.parametrize("ending", [(FAILED,), (AnswerDelta("half"), FAILED), (Finished("stop"),)])
async def test_after_a_retry_that_failed_the_answer_is_there(
    desk: Desk, ending: Sequence[StreamEvent]
) -> None:
    await desk.ask("one")
    failed = await desk.retry(*ending)
    assert places(desk.session) == [(2, 2)]
    await desk.reopen()
    assert [turn.state for turn in desk.session.turns] == [failed.state]
    assert places(desk.session) == [(2, 2)]
    assert desk.choose(0, -1) is not None
    assert desk.shown == ["answer 1."]


async def test_a_retry_that_brought_nothing_is_no_answer_to_come_back_to(desk: Desk) -> None:
    await desk.ask("one")
    await desk.retry(FAILED)
    await desk.retry()
    assert places(desk.session) == [(2, 2)]
    await desk.reopen()
    assert places(desk.session) == [(2, 2)]


async def test_after_a_retry_that_was_stopped_the_answer_is_there(desk: Desk) -> None:
    await desk.ask("one")
    desk.server.next_reply = [AnswerDelta("half"), asyncio.Event()]
    retry = asyncio.create_task(desk.session.regenerate(TARGET))
    while not (desk.session.live and desk.session.live.answer):
        await asyncio.sleep(0)
    assert desk.choose(0, -1) is None, "not while it streams"
    desk.session.stop()
    await retry
    assert desk.session.turns[0].state is TurnState.STOPPED
    desk.choose(0, -1)
    assert desk.shown == ["answer 1."]


async def test_what_a_retry_replaced_stays_in_the_cost_everywhere(desk: Desk) -> None:
    await desk.ask("one")
    await desk.retry()
    desk.choose(0, -1)
    await desk.ask("two")
    assert (desk.cost, desk.session.totals.usage) == (Decimal(6), Usage(3000, 3000))
    identity = desk.session.identity
    await desk.reopen()
    assert (desk.cost, desk.session.totals.usage) == (Decimal(6), Usage(3000, 3000))
    assert desk.listed_cost(identity) == Decimal(6)


async def test_a_copy_has_every_answer_and_counts_only_what_is_asked_in_it(desk: Desk) -> None:
    await desk.ask("one")
    await desk.retry()
    await desk.retry()
    desk.choose(0, -1)
    first = desk.session.identity
    for number in range(3):
        await desk.fork()
        assert desk.shown[0] == "answer 2."
        assert places(desk.session)[0] == (2, 3)
        assert (desk.cost, desk.listed_cost(desk.session.identity)) == (Decimal(0), Decimal(0))
        await desk.ask(f"in copy {number}")
        assert (desk.cost, desk.listed_cost(first)) == (Decimal(2), Decimal(6))
        await desk.reopen()
        assert (desk.cost, desk.listed_cost(desk.session.identity)) == (Decimal(2), Decimal(2))


async def test_nothing_is_asked_in_a_conversation_that_another_session_has_open(desk: Desk) -> None:
    await desk.ask("one")
    await desk.retry()
    assert desk.journal.flush()
    reader = Desk._session(desk, ConversationStore(desk.store._paths).open(desk.session.identity))
    assert reader.is_read_only
    before = len(desk.server.requests)
    assert await reader.regenerate(TARGET) is None
    assert await reader.continue_turn(TARGET) is None
    with pytest.raises(RuntimeError):
        reader.start("more", TARGET)
    assert len(desk.server.requests) == before
    assert reader.choose_variant(reader.turns[0], -1) is not None, "but all answers can be read"
    data = desk.path.read_bytes()
    await reader.aclose()
    assert desk.path.read_bytes() == data


async def test_a_program_that_dies_at_any_line_leaves_every_answer(desk: Desk) -> None:
    await desk.ask("one")
    await desk.ask("two")
    await desk.retry()
    desk.choose(1, -1)
    await desk.retry()
    desk.choose(0, -1)
    desk.choose(1, -1)
    await desk.ask("three")
    await desk.session.aclose()
    lines = desk.path.read_bytes().splitlines(keepends=True)
    known: set[str] = set()
    for count in range(1, len(lines) + 1):
        transcript = read_transcript(b"".join(lines[:count]))
        record = json.loads(lines[count - 1])
        if record["record"] == "delta":
            known.add(record["text"])
        answers = {turn.answer.text for turn in transcript.tree.turns.values()}
        assert answers - {""} == known, lines[count - 1]
        prompts = [turn.prompt.text for turn in transcript.turns]
        assert prompts == ["one", "two", "three"][: len(prompts)]


async def test_a_chat_goes_on_after_a_crash_of_lmdeck_0_1_0_between_drop_and_retry(desk: Desk) -> None:
    await desk.ask("one")
    last = await desk.ask("two")
    assert await desk.session.aclose()
    with desk.path.open("ab") as file:
        file.write(encode_line({"record": "drop", "turn": last.identity}))
    desk.session = Desk._session(desk, desk.store.open(desk.session.identity))
    assert desk.shown == ["answer 1.", "answer 2."]
    await desk.ask("three")
    await desk.reopen()
    assert desk.shown == ["answer 1.", "answer 2.", "answer 3."]
    assert places(desk.session) == [None, None, None]


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.just(0), st.just(0)),
        st.tuples(st.sampled_from(["retry", "fail", "empty", "reopen", "fork"]), st.just(0), st.just(0)),
        st.tuples(st.just("choose"), st.integers(0, 3), st.sampled_from([-1, 1])),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(ACTIONS)
def test_what_is_shown_is_what_is_sent_and_what_is_reopened(actions: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Desk(Path(folder)), actions))


async def play(desk: Desk, actions: list[tuple[str, int, int]]) -> None:
    await desk.ask("first")
    paid = 1
    for number, (action, index, step) in enumerate(actions):
        before = _visible(desk.session.turns)
        if action == "choose":
            desk.choose(min(index, len(desk.session.turns) - 1), step)
            continue
        if action == "ask":
            await desk.ask(f"prompt {number}")
            assert desk.server.sent == [*before, f"prompt {number}"]
        elif action in ("retry", "fail", "empty"):
            last = desk.session.turns[-1]
            before = [*_visible(desk.session.turns[:-1]), last.prompt.text]
            endings = {"fail": (AnswerDelta(f"half {number}"), FAILED), "empty": (FAILED,)}
            await desk.retry(*endings.get(action, ()))
            assert desk.server.sent == before
        else:
            paid = 0 if action == "fork" else paid
            await (desk.fork() if action == "fork" else desk.reopen())
            assert _visible(desk.session.turns) == before
        paid += action in ("ask", "retry")
        assert desk.session.totals.costs == () or desk.cost >= 2 * paid
    await desk.reopen()
    assert desk.cost == desk.listed_cost(desk.session.identity)


def _visible(turns: Sequence[Turn]) -> list[str]:
    return [text for turn in turns if turn.answer for text in (turn.prompt.text, turn.answer.text)]
