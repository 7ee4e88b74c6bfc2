"""One conversation in progress: sends prompts, folds the replies, prices and journals them.

Holds the single copy of the text. Does not know how it is drawn: a listener is notified of changes, and reads
the turns at its own pace.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from tui.core.branch_rows import BranchRow, branch_rows
from tui.core.chat import ChatRequest, Message, Role
from tui.core.parts import Parts, parts_of
from tui.core.queued_prompt import QueuedPrompt
from tui.core.secret import Redactor
from tui.core.titles import title_of
from tui.core.totals import Totals, totals_of
from tui.core.turn import Turn, TurnState
from tui.core.turn_tree import TurnTree
from tui.core.variants import variant_beside
from tui.session.late_figures import LateFigures
from tui.session.prompt_queue import Pause, PromptQueue
from tui.session.sent_history import history_of
from tui.session.target import NO_DEFAULTS, ChatTarget, RequestDefaults
from tui.session.titling import Titling

if TYPE_CHECKING:
    from tui.core.events import EventBatch
    from tui.session.journaling import TurnJournal
    from tui.session.live_turn import LiveTurn

CONTINUE_PROMPT = "Continue exactly where you stopped."
"""What ``continue_turn`` asks: plain words work on every server, a prefilled answer does not."""
_LATE_SECONDS = 0.2
"""How long the end of a conversation waits for the last figures of its answers."""


class ChatStream(Protocol):
    """Opens the stream of one request; expected failures arrive as its last event."""

    def __call__(self, target: ChatTarget, request: ChatRequest, /) -> AsyncGenerator[EventBatch]: ...


class ChatSession:
    """A conversation: its turns, and the one that may be streaming."""

    def __init__(
        self,
        stream: ChatStream,
        journal: TurnJournal,
        *,
        identity: str,
        title: str = "",
        tree: TurnTree | None = None,
        is_saved: bool = True,
        is_read_only: bool = False,
        is_elsewhere: bool = False,
        recorded: Sequence[str] | None = None,
        notices: Sequence[str] = (),
        queued: Sequence[QueuedPrompt] = (),
        defaults: RequestDefaults = NO_DEFAULTS,
        redactor: Redactor | None = None,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.identity = identity
        self.title = title
        self.is_saved = is_saved
        self.is_read_only = is_read_only
        """Another session writes to it, or only a newer lmdeck can: nothing is asked in it here."""
        self.is_elsewhere = is_elsewhere
        """Another session writes to it, or did when it was opened."""
        self.notices = tuple(notices)
        """The notices about the record: read-only, interrupted, unreadable lines."""
        self.moves: tuple[str, ...] = ()
        """What other programs did to the record, and where the conversation continues."""
        self.path_revision = 0
        """Grows when ``turns`` has other members than before."""
        self.on_change: Callable[[], None] | None = None
        self.on_settled: Callable[[], None] | None = None
        """Called when the newest answer has ended and nothing is at work for it any more."""
        self.titling = Titling(lambda: self.title, self.rename)
        self.attachments: dict[str, bytes] = {}
        """The bytes of the pictures and files in prompts, by their SHA-256: put here before they are sent."""
        self._defaults = defaults
        self._redactor = redactor or Redactor()
        self._stream = stream
        self._journal = journal
        self._clock = clock
        self._now = now
        self._tasks: set[asyncio.Task[Turn]] = set()
        self._late = LateFigures(self._changed)
        self._newest: Turn | None = None
        """The turn that was begun last: one before it may take longer to come to rest."""
        self._tree = TurnTree() if tree is None else tree
        self.queue = PromptQueue(lambda prompts: journal.keep_queue(prompts, self.attachments), queued)
        """The prompts that wait for an answer; ``send_queued`` sends the first one."""
        self._unrecorded = [] if recorded is None else self.turns[len(recorded) :]
        """Turns that are shown although a program that died had begun to replace them."""

    @property
    def turns(self) -> list[Turn]:
        """The conversation: the branch that is shown, and what is sent with the next prompt."""
        return self._tree.path

    @property
    def branches(self) -> list[BranchRow]:
        """Every turn, also of the branches that are not shown."""
        return list(branch_rows(self._tree))

    @property
    def live(self) -> Turn | None:
        """The turn that is streaming, if any."""
        return self.turns[-1] if self.turns and self.turns[-1].state.is_live else None

    @property
    def storage_error(self) -> str | None:
        """Why the conversation cannot be written to disk right now, in words for a banner."""
        return self._journal.storage_error

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Call ``changed`` when ``storage_error`` or ``moves`` changes, perhaps from another thread."""
        self._journal.watch_storage_error(changed)

    def moved(self, identity: str, sentence: str) -> None:
        """Note that the record continues elsewhere, and why; from any thread.

        The observer of the trouble is called next.
        """
        self.identity = identity
        self.notices = (sentence,)
        self.moves = (*self.moves, sentence)

    async def send(self, prompt: str | Parts, target: ChatTarget, *, beside: Turn | None = None) -> Turn:
        """Send a prompt and fold the reply until it ends; return its turn. ``start`` says where it goes.

        Failures end the turn, they are not raised. Cancelling stops the turn and keeps what arrived.

        Raises:
            RuntimeError: a turn is still streaming, or the conversation is read-only.
        """
        return await self._finish(self.start(prompt, target, beside=beside))

    async def _finish(self, task: asyncio.Task[Turn]) -> Turn:
        turn = self.turns[-1]
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
        return turn

    def send_queued(self, target: ChatTarget) -> asyncio.Task[Turn]:
        """Send the first prompt of the queue, as ``start`` does."""
        first = self.queue.prompts[0]
        return self.start(first.content, target, identity=first.identity)

    def start(
        self, prompt: str | Parts, target: ChatTarget, *, beside: Turn | None = None, identity: str = ""
    ) -> asyncio.Task[Turn]:
        """Send a prompt, for those who cannot wait; the task gives the turn when the reply has ended.

        It follows the last turn, or begins a branch in the place of one, ``beside``.

        Raises:
            RuntimeError: a turn is still streaming, or the conversation is read-only.
        """
        from tui.session.live_turn import LiveTurn  # not before the first prompt: a start does without

        if self.live is not None:
            raise RuntimeError("a turn is still streaming")
        if self.is_read_only:
            raise RuntimeError("the conversation is read-only")
        self.titling.end()
        turn = Turn(
            identity or uuid4().hex[:12],
            parts_of(prompt),
            target.provider.name,
            target.model_name,
            self._now().isoformat(timespec="milliseconds"),
            settings=target.own_settings,
        )
        self._complete_record()
        if beside is not None:
            turn.parent = beside.parent
        else:
            turn.parent = self.turns[-1].identity if self.turns else None
        history = history_of(self._tree.path_to(turn.parent))
        request = target.request((*history, Message(Role.USER, turn.prompt)), self._defaults)
        request = replace(request, attachments=self.attachments)
        self._tree.add(turn)
        self._newest = turn
        self.title = self.title or title_of(turn.prompt.text)
        live = LiveTurn(
            turn, request, target.provider.price, self._journal, redactor=self._redactor, clock=self._clock
        )
        self.queue.sent(turn.identity)
        self._path_changed()
        task = asyncio.ensure_future(self._run(live, target, request))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._leave(done, live, target))
        return task

    async def regenerate(self, target: ChatTarget) -> Turn | None:
        """Ask the last prompt again; its answer so far stays a variant of the new one.

        ``None`` where there is no turn, one is streaming, or the conversation is read-only.
        """
        if not self.turns or self.live is not None or self.is_read_only:
            return None
        old = self.turns[-1]
        return await self._finish(self.start(old.prompt, target, beside=old))

    def choose_variant(self, turn: Turn, step: int) -> Turn | None:
        """Show the branch of another variant in the place of a turn; ``None`` where that cannot be.

        ``step`` is -1 for the variant before it, 1 for the one after. The turns that are shown are what is
        sent with the next prompt.
        """
        chosen = variant_beside(turn, step)
        if chosen is None or not any(other is turn for other in self.turns):
            return None
        return chosen if self.show_branch(chosen) else None

    def show_branch(self, turn: Turn, *, is_kept: bool = True) -> bool:
        """Show the branch of a turn, to what was shown last behind it; ``False`` while an answer streams.

        ``is_kept``: it is the branch of the record, too; else only until something is asked or chosen.
        """
        if self.live is not None:
            return False
        if is_kept:
            self._complete_record()
        self._tree.show(turn)
        if is_kept and not self.is_read_only:
            self._journal.show_path(self.turns[-1].identity)
        self._path_changed()
        return True

    def show_turn(self, identity: str) -> bool:
        """Show the branch that has a turn, for now; return whether that can be."""
        turn = self._tree.turns.get(identity)
        return turn is not None and self.show_branch(turn, is_kept=False)

    def _complete_record(self) -> None:
        """Write again what a program that died had begun to replace."""
        unrecorded, self._unrecorded = self._unrecorded, []
        for turn in [] if self.is_read_only else unrecorded:
            self._journal.write_turn(turn, is_copy=True)

    async def continue_turn(self, target: ChatTarget) -> Turn | None:
        """Ask the model to continue with a reply that was cut; ``None`` if there is none."""
        if not self.turns or self.live is not None or self.is_read_only or not self.turns[-1].answer:
            return None
        return await self.send(CONTINUE_PROMPT, target)

    def stop(self) -> None:
        """Stop the streaming turn at once, its socket included; what arrived is kept, and the queue waits."""
        for task in self._tasks:
            task.cancel()
        self.queue.hold(Pause.STOPPED)

    def rename(self, title: str) -> None:
        """Give the conversation a name."""
        self.title = title.strip() or self.title
        self._journal.set_title(self.title)
        self._changed()

    async def aclose(self) -> bool:
        """Stop what streams and close the record; return whether all of it is on disk."""
        await self._stop_and_wait()
        await self._late.aclose(_LATE_SECONDS)
        return await asyncio.to_thread(self._journal.close)

    @property
    def totals(self) -> Totals:
        """Tokens and money of all turns that were paid for here."""
        return totals_of(self._tree.turns.values())

    def attached(self, turn: Turn) -> dict[str, bytes]:
        """Return the bytes of what is attached to a turn, by their SHA-256, without what is lost. Blocks."""
        parts = [part for part in turn.prompt.blobs if part.sha256 not in self.attachments]
        return {**self._journal.read_attachments(parts)[0], **self.attachments}

    async def _with_attachments(self, request: ChatRequest, turn: Turn) -> ChatRequest:
        """Return the request with the files of the turns before too; what is lost goes as its name."""
        parts = [part for message in request.messages for part in message.content.blobs]
        unread = [part for part in parts if part.sha256 not in self.attachments]
        if not unread:
            return request
        found, problems = await asyncio.to_thread(self._journal.read_attachments, unread)
        turn.notes += problems
        return replace(request, attachments={**self.attachments, **found})

    async def _stop_and_wait(self) -> None:
        self.titling.end()
        self.stop()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, live: LiveTurn, target: ChatTarget, request: ChatRequest) -> Turn:
        try:
            request = await self._with_attachments(request, live.turn)
            if target.schema is not None:
                await live.follow(target.schema)
            async with aclosing(self._stream(target, request)) as batches:
                async for batch in batches:
                    is_over = live.fold(batch)
                    self._changed()
                    if is_over:
                        break
            if live.turn.state is TurnState.DONE:
                self._late.follow(live)
        except asyncio.CancelledError:
            self._end(live, TurnState.STOPPED)
        finally:
            self._end(live, TurnState.INTERRUPTED)
        return live.turn

    async def wait_for_figures(self, seconds: float) -> None:
        """Wait until everything is known of the turns that ended, for so long at most."""
        await self._late.wait(seconds)

    def _leave(self, task: asyncio.Task[Turn], live: LiveTurn, target: ChatTarget) -> None:
        """Forget a task that is done; one that was stopped before its first step has ended nothing yet."""
        self._tasks.discard(task)
        self._end(live, TurnState.STOPPED)
        if live.turn is self._newest:
            self.queue.ended(live.turn)
            if self.on_settled is not None:
                self.on_settled()
            is_first = self.turns == [live.turn] and live.turn.state is TurnState.DONE
            if is_first and not self.queue.prompts:
                self.titling.begin(live.turn, target)

    def _end(self, live: LiveTurn, state: TurnState) -> None:
        if live.end(state):
            self._changed()

    def _path_changed(self) -> None:
        self.path_revision += 1
        self._changed()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()
