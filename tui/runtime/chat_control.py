"""A chat without a screen: provider and model, conversation, blocked actions, notices."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tui.core.attachment import NOTHING_ATTACHED, Attached
from tui.core.branch_rows import BranchRow
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.failure import Failure, LmdeckError
from tui.core.finish_reasons import UNFINISHED, ending_of
from tui.core.parts import Parts
from tui.core.provider import Provider
from tui.core.provider_names import is_same_name
from tui.core.safe_text import safe_line
from tui.core.turn import Turn, TurnState
from tui.core.usage import Price
from tui.runtime.attaching import Files
from tui.runtime.chat_choice import provider_for_chat, still_for_chat, usable_providers
from tui.runtime.chat_context import ChatContext
from tui.runtime.chat_queue import ChatQueue
from tui.runtime.known_abilities import is_without_images
from tui.runtime.obstacles import Blocked, Obstacle
from tui.session.target import ChatTarget
from tui.texts import attachments
from tui.texts import chat as texts
from tui.texts import queue as queue_texts

if TYPE_CHECKING:
    from tui.runtime.contract import ScreenRuntime
    from tui.session.chat_session import ChatSession

Opened = TypeVar("Opened", bound="ChatSession | None")


class ChatControl:
    """One conversation and one provider at a time."""

    def __init__(
        self,
        runtime: ScreenRuntime,
        on_change: Callable[[], None] | None = None,
        on_storage_error: Callable[[], object] | None = None,
    ) -> None:
        """Create a chat.

        Args:
            on_change: called after changes.
            on_storage_error: called for storage errors and notices, in any thread.
        """
        self.runtime = runtime
        self.session: ChatSession | None = None
        self.target = None
        self.files = Files(environment=runtime.environment)
        """The files that can be attached, below the current folder."""
        self.context = ChatContext(self, runtime)
        self.queue = ChatQueue(self)
        self._on_change = on_change
        self._on_storage_error = on_storage_error
        self._refusal: Failure | None = None
        """Why there is no target."""
        self._closing: set[asyncio.Task[None]] = set()
        self._sent = ""
        """The prompt sent last, as long as it can be restored."""
        self._notices_seen: Sequence[str] = ()
        """The notices when the user began to write."""
        self._notices_read: Sequence[str] = ()
        """The notices before the first request, which clears them."""

    # ── The conversation ────────────────────────────────────────────────────────────────────

    @property
    def turns(self) -> list[Turn]:
        """The turns of the conversation."""
        return self.session.turns if self.session is not None else []

    @property
    def last(self) -> Turn | None:
        """The newest turn."""
        return self.turns[-1] if self.turns else None

    @property
    def live(self) -> Turn | None:
        """The streaming turn, if any."""
        return self.session.live if self.session is not None else None

    @property
    def is_busy(self) -> bool:
        """Whether a turn streams, or a queued prompt is about to be sent."""
        return self.live is not None or self.queue.is_running

    @property
    def is_saved(self) -> bool:
        """Whether this process writes the conversation to disk."""
        return self.session is not None and self.session.is_saved

    @property
    def is_read_only(self) -> bool:
        """Whether another session writes to this conversation."""
        return self.session is not None and self.session.is_read_only

    @property
    def is_cut(self) -> bool:
        """Whether the last answer is incomplete."""
        return self.last is not None and is_cut(self.last)

    @property
    def has_variants(self) -> bool:
        """Whether any turn has variants."""
        return self.last_with_variants is not None

    @property
    def branches(self) -> list[BranchRow]:
        """All turns, including those of other branches."""
        return [] if self.session is None else self.session.branches

    @property
    def last_with_variants(self) -> Turn | None:
        """The newest turn with variants."""
        return next((turn for turn in reversed(self.turns) if turn.variants), None)

    @property
    def can_fork(self) -> bool:
        """Whether the conversation can be copied."""
        return bool(self.turns) and (self.is_read_only or self.is_saved)

    @property
    def storage_error(self) -> str:
        """Why nothing can be written to disk, and what this means for the chat; empty if it can."""
        storage_error = self.session.storage_error if self.session is not None else None
        return f"{storage_error} {texts.UNWRITTEN}" if storage_error else ""

    @property
    def notices(self) -> Sequence[str]:
        """The notices about the record: until the first request, or permanently if there can be none."""
        if self.session is None or (self.session.notices == self._notices_read and not self.is_read_only):
            return ()
        return self.session.notices

    def begin(self, session: ChatSession, *, keeps_target: bool = False) -> None:
        """Continue in a conversation, with its last provider or (``keeps_target``) the current one.

        Settings belong to a conversation: a new one begins with those of its provider.
        """
        self.session = session
        self._notices_seen = self._notices_read = ()
        session.on_change = self._on_change
        session.on_settled = self.queue.settle
        session.watch_storage_error(self._on_storage_error)
        last = self.last
        if keeps_target:
            return
        if last is not None and last.provider:
            names = self.runtime.directory.former_names
            self.aim(names.now(last.provider, last.started_at), last.model)
        if self.target is not None:
            self.target = self.target.with_settings({} if last is None else last.settings)

    async def open(self, identity: str, *, is_fork: bool) -> ChatSession:
        """Open a saved conversation, or a copy of it; ``begin`` continues in it.

        Raises:
            LmdeckError: it does not exist, or cannot be read.
        """
        opening = self.runtime.sessions.fork if is_fork else self.runtime.sessions.open
        return await self._opened(partial(opening, identity))

    async def take_over(self) -> ChatSession | None:
        """Reopen the conversation after another session has closed it, with that session's changes.

        ``begin`` continues in it.
        """
        session = self.session
        if session is None or not session.is_elsewhere:
            return None
        again = await self._opened(partial(self.runtime.sessions.take_over, session.identity))
        if again is not None and (again.is_elsewhere or self.session is not session):
            await self.runtime.sessions.release(again)  # a third session was faster, or it is no longer shown
            return None
        return again

    async def _opened(self, opening: Callable[[], Opened]) -> Opened:
        """Open a conversation in a thread.

        If nobody waits for it any more, it is closed at once: its lease would block other sessions.
        """
        opened = asyncio.ensure_future(asyncio.to_thread(opening))
        try:
            return await asyncio.shield(opened)
        except asyncio.CancelledError:
            closing = asyncio.ensure_future(self._close(opened))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            raise

    async def _close(self, opened: asyncio.Future[Opened]) -> None:
        with contextlib.suppress(LmdeckError):
            if (session := await opened) is not None:
                await self.runtime.sessions.release(session)

    async def leave(self) -> None:
        """Close the conversation: streaming is stopped, and the received text is kept."""
        session, self.session = self.session, None
        if session is not None:
            session.on_change = session.on_settled = None
            session.watch_storage_error(None)
            await self.runtime.sessions.release(session)

    def loss(self, draft: str = "") -> str | None:
        """Return what closing would lose, as a sentence: of the conversation, and of an unsent prompt."""
        if self.live is not None:
            return texts.LOSS_STREAMING
        if loss := self._unsaved_loss():
            return loss
        if self.queue.prompts and not self.is_saved:
            return queue_texts.LOSS
        is_kept = self.last is not None and self.last.prompt.words.strip() == draft.strip()  # it was restored
        return texts.LOSS_DRAFT if draft.strip() and not is_kept else None

    def _unsaved_loss(self) -> str | None:
        session = self.session
        if session is None or not session.turns or self.is_read_only:
            return None
        if not session.is_saved and self.runtime.settings.save_conversations:
            return texts.LOSS_UNSAVED
        return texts.LOSS_UNWRITTEN if session.storage_error else None

    # ── The target ──────────────────────────────────────────────────────────────────────────

    @property
    def target(self) -> ChatTarget | None:
        """The provider and its settings for the next prompt."""
        return self._target

    @target.setter
    def target(self, target: ChatTarget | None) -> None:
        self._target, self._aimed_at = target, datetime.now(UTC)

    def aim(self, name: str | None, model: str = "") -> None:
        """Use the provider with a name (``None``: the default), or none; never a different one."""
        self._refusal = None
        try:
            provider = provider_for_chat(self.runtime.directory, name)
            self.target = ChatTarget(provider, "" if model == provider.model else model)
        except LmdeckError as error:
            self.target = None
            self._refusal = None if error.failure.cause == "no-provider" else error.failure

    def use(self, provider: Provider, model: str = "") -> None:
        """Use a provider from now on, with this chat's settings."""
        own = "" if model == provider.model else model
        self.target = (
            ChatTarget(provider, own)
            if self.target is None
            else replace(self.target, provider=provider, model=own)
        )
        self._refusal = None

    def use_named(self, name: str) -> bool:
        """Use the provider with a name, with its own model; return whether it is usable."""
        usable = usable_providers(self.runtime.directory)
        known = next((item for item in usable if is_same_name(item.name, name)), None)
        if known is not None:
            self.use(known, known.model)
        return known is not None

    def take_repair(self) -> bool:
        """Use the provider as changed by a diagnosis; return whether that changed the target."""
        target = self.target
        known = {provider.name: provider for provider in self.runtime.directory.providers()}
        repaired = known.get(target.provider.name) if target is not None else None
        if target is None or repaired is None or repaired == target.provider:
            return False
        is_other_model = repaired.model != target.provider.model
        self.target = replace(target, provider=repaired, model="" if is_other_model else target.model)
        return True

    def take_edit(self, name: str) -> bool:
        """Use the provider as saved by its form with this name; return whether that changed the target."""
        target = self.target
        if target is None or name == target.provider.name:
            return self.take_repair()
        self.aim(name, target.model)
        return True

    def subject(self) -> DiagnosisSubject | None:
        """Return the subject of a diagnosis, with the failure of the last turn if it had the same target."""
        target, last = self.target, self.last
        if target is None:
            return None
        asked = (target.provider.name, target.model_name)
        is_same = last is not None and asked == (last.provider, last.model or target.model_name)
        known = last.failure if last is not None and is_same else None
        return DiagnosisSubject(target.provider, model=target.model_name, known=known)

    def price(self, turn: Turn | None = None) -> Price:
        """Return the price of a turn (by default the last), or of the next one."""
        turn = turn or self.last
        last = turn.provider if turn is not None else None
        provider = self.target.provider if self.target is not None else None
        if last is None or (provider is not None and provider.name == last):
            return provider.price if provider is not None else Price()
        known = {provider.name: provider.price for provider in self.runtime.directory.providers()}
        return known.get(last, Price())

    # ── Requests ────────────────────────────────────────────────────────────────────────────

    def ready(self, *, is_next: bool = False) -> Blocked | None:
        """Return what prevents a request, with the current record of the target.

        ``is_next``: for a queued prompt, which does not wait for the queue.
        """
        if (blocked := self.blocked(is_next=is_next)) is not None or self.target is None:
            return blocked
        try:
            provider = still_for_chat(self.runtime.directory, self.target.provider, self._aimed_at)
        except LmdeckError as error:
            return Blocked(Obstacle.REFUSED, error.failure)
        if provider != self.target.provider:
            self.target = replace(self.target, provider=provider)
        return None

    def blocked(self, *, is_next: bool = False) -> Blocked | None:
        """Return what prevents a request."""
        if self.live is not None or (self.is_busy and not is_next):
            return Blocked(Obstacle.STREAMING)
        if self.is_read_only:
            return Blocked(Obstacle.READ_ONLY)
        if self.session is None:
            return Blocked(Obstacle.OPENING)
        return None if self.target is not None else self.no_target()

    def budget_question(self) -> str:
        """Return the question before a request that exceeds a budget; empty if there is none."""
        budgets = self.runtime.budgets
        if budgets is None or self.session is None or self.target is None:
            return ""
        return budgets.question(self.target.provider, self.session.identity)

    def allow_budget(self) -> None:
        """Allow this chat to exceed the budgets today."""
        if self.runtime.budgets is not None and self.session is not None and self.target is not None:
            self.runtime.budgets.allow(self.target.provider.name, self.session.identity)

    def no_target(self) -> Blocked:
        """Return why there is no provider for the request."""
        return Blocked(Obstacle.REFUSED if self._refusal else Obstacle.NO_PROVIDER, self._refusal)

    def send(
        self, prompt: str, files: Attached = NOTHING_ATTACHED, *, beside: Turn | None = None
    ) -> asyncio.Task[Turn]:
        """Send a prompt with its files, or (``beside``) an edited one on a new branch.

        Must not be blocked.
        """
        session, target = self.asking(prompt)
        return session.start(self.message(prompt, files), target, beside=beside)

    def message(self, prompt: str, files: Attached) -> Parts:
        """Return a prompt with its files, which are added to the conversation."""
        if self.session is not None:
            self.session.attachments |= files.blobs
        return files.message(prompt)

    def refuses_images(self) -> bool:
        """Return whether the current model is known to reject images. May read a file."""
        target = self.target
        if target is None:
            return False
        return is_without_images(self.runtime.endpoint_memory, target.provider, target.model_name)

    def about_images(self, text: str) -> str:
        """Return a sentence about a model that rejects images, and how to test it again."""
        target = self.target
        if target is None:
            return ""
        again = attachments.TEST_IMAGES.format(provider=shlex.quote(safe_line(target.provider.name)))
        return f"{text.format(model=safe_line(target.model_name))}\n{again}"

    def retry(self) -> Awaitable[Turn | None]:
        """Send the last prompt again; must not be blocked."""
        session, target = self.asking()
        return session.regenerate(target)

    def go_on(self) -> Awaitable[Turn | None]:
        """Request the rest of an incomplete answer; must not be blocked."""
        session, target = self.asking()
        return session.continue_turn(target)

    def asking(self, prompt: str = "") -> tuple[ChatSession, ChatTarget]:
        """Return conversation and target for a request that is sent now."""
        session, target = self.both()
        self._sent, self._notices_read = prompt, self._notices_seen if prompt else session.notices
        return session, target

    def begin_draft(self) -> None:
        """Record that the user begins to write: later notices count as unread when the prompt is sent."""
        self._notices_seen = self.session.notices if self.session is not None else ()

    def take_unanswered(self) -> str:
        """Return, once, the last prompt if it got no answer; an incomplete answer can be continued."""
        last = self.last
        if last is None or last.state not in (TurnState.FAILED, TurnState.INTERRUPTED):
            return ""
        prompt, self._sent = self._sent, ""
        return "" if is_cut(last) else prompt

    def both(self) -> tuple[ChatSession, ChatTarget]:
        """Return conversation and target, if nothing prevents a request.

        Raises:
            RuntimeError: one of them is missing.
        """
        if self.session is None or self.target is None:
            raise RuntimeError("There is no conversation, or nobody to ask.")
        return self.session, self.target


def is_cut(turn: Turn) -> bool:
    """Return whether an answer is incomplete."""
    ended_early = turn.state in (TurnState.STOPPED, TurnState.FAILED, TurnState.INTERRUPTED)
    return bool(turn.answer) and (ended_early or ending_of(turn.finish_reason) in UNFINISHED)
