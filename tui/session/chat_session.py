"""A running conversation: sends prompts, folds the replies, and writes the journal.

Holds the only copy of the text, independently of how it is displayed: a listener is notified of changes, and
reads the turns at its own pace.
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
"""The prompt of ``continue_turn``: plain text works with every server, a prefilled answer does not."""
_LATE_SECONDS = 0.2
"""How long the end of a conversation waits for the last figures of its answers."""


class ChatStream(Protocol):
    """Opens the stream of one request; expected failures are its last event."""

    def __call__(self, target: ChatTarget, request: ChatRequest, /) -> AsyncGenerator[EventBatch]: ...


class ChatSession:
    """A conversation: its turns, one of which may be streaming."""

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
        """Another session writes to it, or only a newer version can: no prompts can be sent here."""
        self.is_elsewhere = is_elsewhere
        """Another session writes to it, or did when it was opened."""
        self.notices = tuple(notices)
        """Notices about the record: read-only, interrupted, unreadable lines."""
        self.moves: tuple[str, ...] = ()
        """What other programs did to the record, and where the conversation continues."""
        self.path_revision = 0
        """Increases when the members of ``turns`` change."""
        self.on_change: Callable[[], None] | None = None
        self.on_settled: Callable[[], None] | None = None
        """Called when the newest answer has ended and nothing is running for it any more."""
        self.titling = Titling(lambda: self.title, self.rename)
        self.attachments: dict[str, bytes] = {}
        """The images and files in prompts by SHA-256, added before they are sent."""
        self._defaults = defaults
        self._redactor = redactor or Redactor()
        self._stream = stream
        self._journal = journal
        self._clock = clock
        self._now = now
        self._tasks: set[asyncio.Task[Turn]] = set()
        self._late = LateFigures(self._changed)
        self._newest: Turn | None = None
        """The turn begun last: an earlier one may take longer to settle."""
        self._tree = TurnTree() if tree is None else tree
        self.queue = PromptQueue(lambda prompts: journal.keep_queue(prompts, self.attachments), queued)
        """The queued prompts; ``send_queued`` sends the first one."""
        self._unrecorded = [] if recorded is None else self.turns[len(recorded) :]
        """Turns that are shown although a program that died had begun to replace them."""

    @property
    def turns(self) -> list[Turn]:
        """The current branch, which is sent with the next prompt."""
        return self._tree.path

    @property
    def branches(self) -> list[BranchRow]:
        """All turns, including those of other branches."""
        return list(branch_rows(self._tree))

    @property
    def live(self) -> Turn | None:
        """The streaming turn, if any."""
        return self.turns[-1] if self.turns and self.turns[-1].state.is_live else None

    @property
    def storage_error(self) -> str | None:
        """Why the conversation currently cannot be written to disk, for a banner."""
        return self._journal.storage_error

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Call ``changed`` when ``storage_error`` or ``moves`` changes, possibly from another thread."""
        self._journal.watch_storage_error(changed)

    def moved(self, identity: str, sentence: str) -> None:
        """Record that the file continues elsewhere, and why; thread-safe.

        The observer of storage errors is called next.
        """
        self.identity = identity
        self.notices = (sentence,)
        self.moves = (*self.moves, sentence)

    async def send(self, prompt: str | Parts, target: ChatTarget, *, beside: Turn | None = None) -> Turn:
        """Send a prompt and fold the reply until it ends; return its turn. ``start`` describes its position.

        Failures end the turn and are not raised. Cancelling stops the turn and keeps what arrived.

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
        """Send the first queued prompt, like ``start``."""
        first = self.queue.prompts[0]
        return self.start(first.content, target, identity=first.identity)

    def start(
        self, prompt: str | Parts, target: ChatTarget, *, beside: Turn | None = None, identity: str = ""
    ) -> asyncio.Task[Turn]:
        """Send a prompt without waiting; the task returns the turn at the end of the reply.

        It follows the last turn, or begins a branch in place of ``beside``.

        Raises:
            RuntimeError: a turn is still streaming, or the conversation is read-only.
        """
        from tui.session.live_turn import LiveTurn  # not needed before the first prompt

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
        """Send the last prompt again; the earlier answer stays available as a variant.

        ``None`` without a turn, while one is streaming, or in a read-only conversation.
        """
        if not self.turns or self.live is not None or self.is_read_only:
            return None
        old = self.turns[-1]
        return await self._finish(self.start(old.prompt, target, beside=old))

    def choose_variant(self, turn: Turn, step: int) -> Turn | None:
        """Show the branch of another variant of a turn; ``None`` if not possible.

        ``step`` is -1 for the previous variant, 1 for the next. The turns shown are sent with the next
        prompt.
        """
        chosen = variant_beside(turn, step)
        if chosen is None or not any(other is turn for other in self.turns):
            return None
        return chosen if self.show_branch(chosen) else None

    def show_branch(self, turn: Turn, *, is_kept: bool = True) -> bool:
        """Show the branch of a turn, up to the followers shown last; ``False`` while an answer streams.

        ``is_kept``: also record it; otherwise it is shown until a prompt is sent or a variant is chosen.
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
        """Temporarily show the branch of a turn; return whether that is possible."""
        turn = self._tree.turns.get(identity)
        return turn is not None and self.show_branch(turn, is_kept=False)

    def _complete_record(self) -> None:
        """Write turns again that a program that died had begun to replace."""
        unrecorded, self._unrecorded = self._unrecorded, []
        for turn in [] if self.is_read_only else unrecorded:
            self._journal.write_turn(turn, is_copy=True)

    async def continue_turn(self, target: ChatTarget) -> Turn | None:
        """Ask the model to continue a truncated reply; ``None`` if there is none."""
        if not self.turns or self.live is not None or self.is_read_only or not self.turns[-1].answer:
            return None
        return await self.send(CONTINUE_PROMPT, target)

    def stop(self) -> None:
        """Stop the streaming turn at once, including its socket; keeps what arrived and pauses the queue."""
        for task in self._tasks:
            task.cancel()
        self.queue.hold(Pause.STOPPED)

    def rename(self, title: str) -> None:
        """Rename the conversation."""
        self.title = title.strip() or self.title
        self._journal.set_title(self.title)
        self._changed()

    async def aclose(self) -> bool:
        """Stop streaming and close the record; return whether all of it is on disk."""
        await self._stop_and_wait()
        await self._late.aclose(_LATE_SECONDS)
        return await asyncio.to_thread(self._journal.close)

    @property
    def totals(self) -> Totals:
        """Tokens and cost of all turns that were paid for in this conversation."""
        return totals_of(self._tree.turns.values())

    def attached(self, turn: Turn) -> dict[str, bytes]:
        """Return the available attachments of a turn by SHA-256. Blocks."""
        parts = [part for part in turn.prompt.blobs if part.sha256 not in self.attachments]
        return {**self._journal.read_attachments(parts)[0], **self.attachments}

    async def _with_attachments(self, request: ChatRequest, turn: Turn) -> ChatRequest:
        """Return the request with the files of all its turns; lost ones are replaced by their names."""
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
        """Wait for the late figures of finished turns, at most ``seconds``."""
        await self._late.wait(seconds)

    def _leave(self, task: asyncio.Task[Turn], live: LiveTurn, target: ChatTarget) -> None:
        """Forget a finished task; one that was stopped before its first step has not ended its turn yet."""
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
