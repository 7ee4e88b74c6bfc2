"""Any sequence of actions with queued prompts: each is sent once, removed, or still queued."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.session.queue_support import AlwaysReady
from tests.session.test_branches import EMPTY, HALF, Branches, Node
from tests.session.test_variants import TARGET
from tests.store.disk_support import rounds
from tui.core.events import AnswerDelta, Finished
from tui.core.queued_prompt import QUEUE_LIMIT
from tui.core.turn import Turn, TurnState
from tui.store.transcript_file import read_transcript

HOWS = st.lists(st.sampled_from(["whole", "whole", "whole", HALF, EMPTY]), min_size=8, max_size=8)


class QueuedBranches(Branches):
    """A conversation, its tree, and its queue."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[str] = []
        self.removed: list[str] = []
        self.queued: list[str] = []
        """Every prompt that ever waited."""
        self._chat: AlwaysReady | None = None

    @property
    def chat(self) -> AlwaysReady:
        """What sends for the session that is open."""
        if self._chat is None or self._chat.session is not self.session:
            self._chat = AlwaysReady(self.session)
        return self._chat

    def add(self, count: int) -> None:
        for _ in range(count):
            self.count += 1
            prompt = f"queued {self.count}"
            if self.chat.queue.is_full:
                assert len(self.waiting) == QUEUE_LIMIT
                return
            self.chat.queue.add(prompt)
            self.waiting.append(prompt)
            self.queued.append(prompt)

    def drained(self, hows: list[str], first_request: int) -> None:
        """Wait until nothing moves, and note what went out: one after the other until one ended badly."""
        self.run(self.until(lambda: self.session.live is None and not self.chat.queue.is_running))
        requests = self.desk.server.requests[first_request:]
        for request, how in zip(requests, hows, strict=False):
            parent, prompt = (self.path or [self.root])[-1], self.waiting.pop(0)
            sent = [message.content.text for message in request.messages]
            assert sent == [*parent.request, prompt], "the path that was visible"
            (turn,) = (turn for turn in self.session.turns if turn.prompt.text == prompt)
            assert (turn.state is TurnState.DONE) == (how == "whole")
            self.note(turn, parent, prompt)
            self.paid += turn.cost.total if turn.cost is not None else 0
        ended_badly = bool(requests) and hows[len(requests) - 1] != "whole"
        assert not self.waiting or ended_badly, "it stops for a reason only"

    @rule(count=st.integers(1, 4), end=st.sampled_from(["whole", "whole", HALF, EMPTY, "stop"]), hows=HOWS)
    def queue(self, count: int, end: str, hows: list[str]) -> None:
        """Let prompts wait for an answer, and end it."""
        was_paused = bool(self.waiting)
        parent, gate = (self.path or [self.root])[-1], asyncio.Event()
        self.count += 1
        prompt = f"streams {self.count}"
        last = [Finished("stop")] if end == "whole" else (self.reply(end) or [])[-1:]
        begun = [] if end == EMPTY else [AnswerDelta(f"part {self.count}")]
        self.desk.server.next_reply = [*begun, gate, *last]

        asked = len(self.desk.server.requests)

        async def begin() -> None:
            self.session.start(prompt, TARGET)
            await self.until(lambda: len(self.desk.server.requests) > asked)

        self.run(begin())
        turn = self.session.turns[-1]
        self.add(count)
        self.desk.server.later = [self.reply(how) for how in hows]
        self.desk.server.next_reply = self.desk.server.later.pop(0)
        first = len(self.desk.server.requests)
        if end == "stop":
            self.session.stop()
        else:
            gate.set()
        is_complete = end == "whole" and not was_paused
        if is_complete:
            self.run(self.until(lambda: not turn.state.is_live))
            self.ended_first(turn, parent, prompt)
            self.drained(hows, first)
        else:
            self.run(self.until(lambda: self.session.live is None and not self.chat.queue.is_running))
            self.ended_first(turn, parent, prompt)
            assert len(self.desk.server.requests) == first, "nothing goes out without a key"
        self.desk.server.next_reply, self.desk.server.later = None, []

    def ended_first(self, turn: Turn, parent: Node, prompt: str) -> None:
        self.note(turn, parent, prompt)
        self.paid += turn.cost.total if turn.cost is not None else 0

    @precondition(lambda self: self.waiting)
    @rule(hows=HOWS)
    def go(self, hows: list[str]) -> None:
        self.desk.server.later = [self.reply(how) for how in hows]
        self.desk.server.next_reply = self.desk.server.later.pop(0)
        first = len(self.desk.server.requests)

        async def go() -> None:
            assert self.chat.queue.go() is None

        self.run(go())
        self.drained(hows, first)
        self.desk.server.next_reply, self.desk.server.later = None, []

    @precondition(lambda self: self.waiting)
    @rule(index=st.integers(0, 7))
    def remove(self, index: int) -> None:
        index %= len(self.waiting)
        assert self.chat.queue.remove(self.chat.queue.prompts[index])
        self.removed.append(self.waiting.pop(index))

    @precondition(lambda self: self.waiting)
    @rule()
    def clear(self) -> None:
        self.removed += self.waiting
        assert self.chat.queue.clear() == len(self.waiting)
        self.waiting = []

    @precondition(lambda self: self.path)
    @rule()
    def fork(self) -> None:
        """What waits is sent in the original alone."""
        original, waited = self.desk.journal, self.waiting
        super().fork()
        kept = read_transcript(original.path.read_bytes()).queued
        assert [prompt.content.text for prompt in kept] == waited
        self.removed += waited
        self.waiting = []

    @invariant()
    def each_prompt_waits_or_was_sent_once(self) -> None:
        if not hasattr(self, "desk"):
            return
        queue = self.chat.queue
        assert [prompt.content.text for prompt in queue.prompts] == self.waiting
        assert (queue.pause is not None) == bool(self.waiting)
        asked = Counter(request.messages[-1].content.text for request in self.desk.server.requests)
        for prompt in self.queued:
            turns = sum(1 for node in self.begun if node.prompt == prompt)  # with edits and retries of it
            assert asked[prompt] == turns
            assert (turns == 0) == (prompt in self.waiting or prompt in self.removed)
        if self.path:
            assert self.desk.journal.flush()
            kept = read_transcript(self.desk.journal.path.read_bytes()).queued
            assert [prompt.content.text for prompt in kept] == self.waiting


TestQueuedBranches = QueuedBranches.TestCase
TestQueuedBranches.settings = settings(max_examples=rounds(20, 1_000), stateful_step_count=25, deadline=None)
pytestmark = pytest.mark.timeout(rounds(300, 3_600))
