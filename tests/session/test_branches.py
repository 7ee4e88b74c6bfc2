"""Any way through a conversation, beside a plain tree of it: screen, request and file say the same.

The steps are sending, editing, retrying, stopping, continuing, choosing a variant, forking, reopening, and
dying with or without an answer under way.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.session.test_variants import FAILED, TARGET, Desk, Server
from tests.store.disk_support import rounds
from tui.core.events import AnswerDelta, StreamEvent
from tui.core.turn import Turn
from tui.core.variants import variant_place
from tui.session.chat_session import CONTINUE_PROMPT, ChatSession
from tui.store import disk
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths
from tui.store.transcript_file import read_transcript
from tui.ui.transcript.transcript import Transcript


@dataclass(eq=False)
class Node:
    """A prompt and its answer."""

    prompt: str
    parent: Node | None = None
    answer: str = ""
    followers: list[Node] = field(default_factory=list)
    last: Node | None = None
    """The follower that was shown last."""

    @property
    def path(self) -> list[Node]:
        """What is shown from here on."""
        return [self.last, *self.last.path] if self.last is not None else []

    @property
    def request(self) -> list[str]:
        """What is sent before a prompt that follows this one."""
        if self.parent is None:
            return []
        return [*self.parent.request, *((self.prompt, self.answer) if self.answer else ())]

    @property
    def depth(self) -> int:
        """How many forks lead to it."""
        if self.parent is None or self.parent.parent is None:
            return 0
        return self.parent.depth + (len(self.parent.followers) > 1)

    def add(self, node: Node) -> None:
        node.parent = self
        self.followers.append(node)
        node.show()

    def show(self) -> None:
        if self.parent is not None:
            self.parent.last = self
            self.parent.show()

    @property
    def variants(self) -> list[Node]:
        """What is worth showing in this place while this node is shown."""
        assert self.parent is not None
        kept: list[Node] = []
        beside = self.parent.followers
        needed = [node for node in beside if node is self or node.answer or node.followers]
        for node in reversed(beside):
            if node in needed or all(node.prompt != other.prompt for other in (*needed, *kept)):
                kept.insert(0, node)
        return kept

    def all(self) -> Iterator[Node]:
        for node in self.followers:
            yield node
            yield from node.all()


HALF, EMPTY = "half", "empty"


class Branches(RuleBasedStateMachine):
    """A conversation and its tree."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.fsync, disk.fsync = disk.fsync, lambda descriptor: None  # the system goes on: only lmdeck dies
        self.homes = 0
        self.count = 0
        self.root = Node("")
        self.begun: list[Node] = []
        self.paid = Decimal(0)

    @initialize()
    def begin(self) -> None:
        self.desk = Desk(self.folder / "0")
        self.screen = Transcript()

    def teardown(self) -> None:
        self.run(self.desk.session.aclose())
        self.loop.close()
        shutil.rmtree(self.folder)
        disk.fsync = self.fsync

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    # ── What is known of it ─────────────────────────────────────────────────────────────────

    @property
    def session(self) -> ChatSession:
        return self.desk.session

    @property
    def path(self) -> list[Node]:
        return self.root.path

    def ended(self, turn: Turn, parent: Node, prompt: str) -> None:
        """Note what was asked and what came of it."""
        assert self.desk.server.sent == [*parent.request, prompt]
        self.note(turn, parent, prompt)
        if turn.cost is not None:
            self.paid += turn.cost.total

    def note(self, turn: Turn, parent: Node, prompt: str) -> None:
        node = Node(prompt, answer=turn.answer.text)
        parent.add(node)
        self.begun.append(node)

    def reply(self, how: str) -> list[StreamEvent] | None:
        self.count += 1
        half: list[StreamEvent] = [AnswerDelta(f"half {self.count}")] if how == HALF else []
        return None if how == "whole" else [*half, FAILED]

    def place(self, index: int) -> tuple[int, Node]:
        """Return a message that is shown."""
        index %= len(self.path)
        return index, self.path[index]

    # ── Steps ───────────────────────────────────────────────────────────────────────────────

    @rule(how=st.sampled_from(["whole", "whole", HALF, EMPTY]))
    def send(self, how: str) -> None:
        self.desk.server.next_reply = self.reply(how)
        prompt, parent = f"prompt {self.count}", (self.path or [self.root])[-1]
        self.ended(self.run(self.desk.ask(prompt)), parent, prompt)

    @precondition(lambda self: self.path)
    @rule(index=st.integers(0, 9), how=st.sampled_from(["whole", "whole", HALF, EMPTY]), same=st.booleans())
    def edit(self, index: int, how: str, same: bool) -> None:
        reply = self.reply(how)
        place, node = self.place(index)
        prompt = node.prompt if same else f"edited {self.count}"
        assert node.parent is not None
        self.ended(self.run(self.desk.edit(place, prompt, *(reply or ()))), node.parent, prompt)

    @precondition(lambda self: self.path)
    @rule(how=st.sampled_from(["whole", HALF, EMPTY]))
    def retry(self, how: str) -> None:
        node = self.path[-1]
        assert node.parent is not None
        self.ended(self.run(self.desk.retry(*(self.reply(how) or ()))), node.parent, node.prompt)

    @precondition(lambda self: self.path and self.path[-1].answer)
    @rule()
    def go_on(self) -> None:
        parent = self.path[-1]
        self.ended(self.run(self.session.continue_turn(TARGET)), parent, CONTINUE_PROMPT)

    @precondition(lambda self: self.path)
    @rule(index=st.integers(0, 9))
    def stop_an_edit(self, index: int) -> None:
        place, node = self.place(index)
        assert node.parent is not None
        prompt = self.begin_streaming(beside=self.session.turns[place])
        turn = self.session.turns[-1]
        assert self.session.choose_variant(turn, -1) is None, "not while it streams"
        self.session.stop()
        self.run(self.until(lambda: self.session.live is None))
        self.ended(turn, node.parent, prompt)

    def begin_streaming(self, beside: Turn | None = None) -> str:
        """Ask, and wait until something came of an answer that never ends."""
        self.count += 1
        self.desk.server.next_reply = [AnswerDelta(f"half {self.count}"), asyncio.Event()]
        prompt = f"stopped {self.count}"

        async def begin() -> None:
            self.session.start(prompt, TARGET, beside=beside)
            await self.until(lambda: bool(self.session.turns[-1].answer))

        self.run(begin())
        return prompt

    async def until(self, holds: Any) -> None:
        while not holds():
            await asyncio.sleep(0)

    @precondition(lambda self: self.path)
    @rule(index=st.integers(0, 9), step=st.sampled_from([-1, 1]))
    def choose(self, index: int, step: int) -> None:
        place, node = self.place(index)
        chosen = node.variants.index(node) + step
        found = self.desk.choose(place, step)
        assert (found is not None) == (0 <= chosen < len(node.variants))
        if found is not None:
            node.variants[chosen].show()

    @precondition(lambda self: self.path)
    @rule(index=st.integers(0, 99))
    def show_a_row_of_the_tree(self, index: int) -> None:
        nodes = list(self.root.all())
        row = index % len(nodes)
        assert self.session.show_branch(self.session.branches[row].turn)
        nodes[row].show()

    # ── Closing, copying, dying ─────────────────────────────────────────────────────────────

    @rule()
    def reopen(self) -> None:
        if self.path:
            self.run(self.desk.reopen())
            self.screen = Transcript()

    @precondition(lambda self: self.path)
    @rule()
    def fork(self) -> None:
        self.run(self.desk.fork())
        self.screen = Transcript()
        self.paid = Decimal(0)

    @precondition(lambda self: self.path)
    @rule()
    def die(self) -> None:
        """kill -9: the file as it is on the disk is all that is left."""
        assert self.desk.journal.flush()
        before, self.homes = self.desk, self.homes + 1
        home = self.folder / str(self.homes)
        after = Desk.__new__(Desk)
        after.store = ConversationStore(resolve_paths({"HOME": str(home)}))
        after.server, after.journal = Server(), before.journal
        after.server.requests = before.server.requests
        path = after.store._folder / before.journal.path.name
        path.parent.mkdir(parents=True)
        shutil.copy(before.journal.path, path)
        self.run(before.session.aclose())
        after.session = after._session(after.store.open(path.stem))
        self.desk, self.screen = after, Transcript()

    @rule()
    def die_while_an_answer_streams(self) -> None:
        parent = (self.path or [self.root])[-1]
        prompt = self.begin_streaming()
        turn = self.session.turns[-1]
        self.note(turn, parent, prompt)
        self.die()

    # ── What always holds ───────────────────────────────────────────────────────────────────

    @invariant()
    def everything_says_the_same(self) -> None:
        if not hasattr(self, "desk"):
            return
        path = self.path
        expected = [(node.prompt, node.answer) for node in path]
        places = [(node.variants.index(node) + 1, len(node.variants)) for node in path]
        known = [place if place[1] > 1 else None for place in places]
        turns = self.session.turns
        assert said(turns) == expected
        assert [variant_place(turn) for turn in turns] == known
        rows = [(row.turn.prompt.text, row.turn.answer.text, row.depth) for row in self.session.branches]
        assert rows == [(node.prompt, node.answer, node.depth) for node in self.root.all()]
        assert [row.turn.prompt.text for row in self.session.branches if row.is_shown] == [
            node.prompt for node in path
        ]
        self.screen.show_path(turns)
        assert said([document.turn for document in self.screen.roll.documents]) == expected
        assert self.desk.cost == self.paid
        if path:
            assert self.desk.journal.flush()
            read = read_transcript(self.desk.journal.path.read_bytes())
            assert said(read.turns) == expected
            assert [variant_place(turn) for turn in read.turns] == known
            assert len(read.tree.turns) == len(self.begun) == sum(1 for _ in self.root.all())


def said(turns: list[Turn]) -> list[tuple[str, str]]:
    return [(turn.prompt.text, turn.answer.text) for turn in turns]


TestBranches = Branches.TestCase
TestBranches.settings = settings(max_examples=rounds(25, 1_000), stateful_step_count=25, deadline=None)
pytestmark = pytest.mark.timeout(rounds(300, 3_600))
