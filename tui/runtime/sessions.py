"""The open conversations: created, reopened, copied, and closed with complete records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol
from uuid import uuid4

from tui.core.chat import ChatRequest
from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider, Thinking
from tui.core.queued_prompt import QueuedPrompt
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.core.titles import TitleSource, title_in
from tui.runtime.find_conversation import find_conversation
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget, RequestDefaults
from tui.store.journal import MemoryJournal
from tui.texts import runtime as texts

if TYPE_CHECKING:
    from tui.core.events import EventBatch
    from tui.core.turn import Turn
    from tui.core.turn_tree import TurnTree
    from tui.runtime.budget_watch import BudgetWatch
    from tui.session.journaling import TurnJournal
    from tui.store.conversations import ConversationStore
    from tui.store.settings import Settings
    from tui.store.transcript_file import Transcript


_TITLE_TOKENS = 200
"""Enough for models that reason although thinking is off."""
_TITLE_EXCERPT = 2_000
"""Characters of the prompt and of the answer used for a title."""


class ChatNetwork(Protocol):
    """The network part of all chats; see ``runtime.chats``."""

    def stream(
        self, how: ChatTransport, target: ChatTarget, request: ChatRequest
    ) -> AsyncGenerator[EventBatch]:
        """Yield the reply; a failure to resolve the endpoint ends the stream."""


@dataclass(frozen=True, slots=True)
class ChatTransport:
    """Opens the stream of one request; the network is loaded with the first one."""

    chats: Callable[[], ChatNetwork]
    purpose: Literal["chat", "ask", "test", "other"] = "chat"
    key_text: str | None = None
    """The text of a form's key field; ``None`` uses the provider's saved key."""
    wait_seconds: float | None = None
    """How long a command waits for text; ``None``: a user watches, so there is no limit."""
    is_forgetful: bool = False
    """Whether to store nothing that is learned about the endpoint."""
    conversation: str = ""
    asks_for_parts: bool = False
    """Whether a command reports where the time went, which is worth a short delay before the request."""

    def __call__(self, target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        """Yield the reply; see ``ChatNetwork.stream``."""
        return self.chats().stream(self, target, request)


class SessionServices(Protocol):
    """The parts of the runtime that conversations use, each created on first use."""

    redactor: Redactor
    saves_conversations: bool
    unwritten: list[str]
    moved: list[str]

    @property
    def settings(self) -> Settings:
        """The user's settings."""

    @property
    def conversations(self) -> ConversationStore:
        """The saved conversations."""

    @property
    def chats(self) -> ChatNetwork:
        """The network part of all chats."""

    @property
    def budgets(self) -> BudgetWatch | None:
        """The state of the budgets; ``None`` without budgets."""


class Sessions:
    """Creates conversations, and tracks the open ones."""

    def __init__(self, services: SessionServices) -> None:
        self._services = services
        self._open: list[ChatSession] = []
        self._transport = ChatTransport(lambda: services.chats)
        self.interrupted: tuple[str, ...] = ()
        """The saved conversations that were open when the program was interrupted."""

    def begin(self, saved: bool = True) -> ChatSession:
        """Create a conversation. Its file is created with its first prompt."""
        services = self._services
        if not (saved and services.saves_conversations and services.settings.save_conversations):
            return self._unsaved(self._transport)
        journal = services.conversations.create()
        session = self._add(self._transport, journal, identity=journal.identity)
        journal.watch_moves(session.moved)
        if services.settings.titles is TitleSource.MODEL:
            session.titling.ask = self._title
        return session

    async def _title(self, turn: Turn, target: ChatTarget) -> str:
        """Request a title from the model of a turn; empty if there is none, or a budget is used up."""
        budgets = self._services.budgets
        if budgets is not None and budgets.question(target.provider, ""):
            return ""
        session = self._unsaved(replace(self._transport, purpose="other"))
        asked = replace(
            target, thinking=Thinking.OFF, system_prompt="", parameters={"max_tokens": _TITLE_TOKENS}
        )
        prompt, answer = turn.prompt.words[:_TITLE_EXCERPT], turn.answer.text[:_TITLE_EXCERPT]
        try:
            reply = await session.send(texts.ASK_TITLE.format(prompt=prompt, answer=answer), asked)
            return "" if reply.failure is not None else title_in(reply.answer.text)
        finally:
            await self.release(session)

    def for_command(
        self, wait_seconds: float, *, is_forgetful: bool = False, asks_for_parts: bool = False
    ) -> ChatSession:
        """Create an unsaved conversation for a command, limited to ``wait_seconds`` without text.

        ``is_forgetful`` also discards what is learned about the endpoint; ``asks_for_parts`` measures where
        the time goes.
        """
        how = replace(
            self._transport,
            purpose="ask",
            wait_seconds=wait_seconds,
            is_forgetful=is_forgetful,
            asks_for_parts=asks_for_parts,
        )
        return self._unsaved(how)

    async def test(self, provider: Provider, key_text: str | None) -> Turn:
        """Send a provider's test prompt in a separate session, which does not wait for a starting server.

        ``key_text`` is the text of a form's key field; ``None`` uses the provider's saved key.
        """
        session = self._unsaved(replace(self._transport, purpose="test", key_text=key_text))
        try:
            return await session.send(provider.test_prompt, ChatTarget(provider))
        finally:
            await self.release(session)

    def open(self, identity: str) -> ChatSession:
        """Reopen a conversation; if another session writes to it, it is read-only (``is_saved`` is false).

        Raises:
            LmdeckError: it does not exist, or cannot be read.
        """
        return self._resumed(self._services.conversations.open(identity))

    def take_over(self, identity: str) -> ChatSession | None:
        """Reopen a conversation of another session; ``None`` if that still writes to it, or it is gone."""
        if self._services.conversations.is_held(identity):
            return None
        try:
            return self.open(identity)
        except LmdeckError:
            return None

    def fork(self, identity: str) -> ChatSession:
        """Copy a conversation and continue in the copy.

        Raises:
            LmdeckError: it does not exist, or cannot be read.
        """
        return self._resumed(self._services.conversations.fork(identity))

    def find(self, name: str) -> str:
        """Return the id of the conversation with a name; see ``find_conversation``.

        Raises:
            UsageError: there is none, or more than one.
        """
        return find_conversation(self._services.conversations, name).identity

    async def release(self, session: ChatSession) -> None:
        """Close a conversation: its record is complete, and other sessions may write to it."""
        services = self._services
        if not await session.aclose():
            name = safe_line(session.title, 60) or texts.UNTITLED
            text = texts.NOT_SAVED.format(name=name, reason=session.storage_error or "")
            services.unwritten.append(text.strip())
        services.moved += session.moves
        if session in self._open:
            self._open.remove(session)

    def interrupt(self) -> None:
        """Remember the open conversations on an interruption, so that the next start offers them."""
        kept = [session for session in self._open if session.is_saved and session.turns]
        self.interrupted = self.interrupted or tuple(session.identity for session in kept)

    async def aclose(self) -> None:
        """Close every conversation."""
        for session in list(self._open):
            await self.release(session)
        if self.interrupted:
            conversations = self._services.conversations
            await asyncio.to_thread(conversations.listing.note_interrupted, self.interrupted)

    def _unsaved(self, transport: ChatTransport) -> ChatSession:
        return self._add(transport, MemoryJournal(), identity=uuid4().hex[:12], is_saved=False)

    def _resumed(self, opened: Transcript) -> ChatSession:
        journal = opened.journal
        session = self._add(
            self._transport,
            MemoryJournal() if journal is None else journal,
            identity=opened.identity,
            title=opened.title,
            tree=opened.tree,
            recorded=opened.recorded,
            notices=opened.notices,
            queued=opened.queued if journal is not None else (),
            is_saved=journal is not None,
            is_elsewhere=opened.is_elsewhere,
        )
        if journal is not None:
            journal.watch_moves(session.moved)
        return session

    def _add(
        self,
        transport: ChatTransport,
        journal: TurnJournal,
        *,
        identity: str,
        title: str = "",
        tree: TurnTree | None = None,
        recorded: Sequence[str] | None = None,
        notices: Sequence[str] = (),
        queued: Sequence[QueuedPrompt] = (),
        is_saved: bool = True,
        is_elsewhere: bool = False,
    ) -> ChatSession:
        settings = self._services.settings
        session = ChatSession(
            replace(transport, conversation=identity),
            journal,
            identity=identity,
            title=title,
            tree=tree,
            recorded=recorded,
            is_saved=is_saved,
            is_read_only=recorded is not None and not is_saved,
            is_elsewhere=is_elsewhere,
            notices=notices,
            queued=queued,
            defaults=RequestDefaults(settings.max_tokens, settings.send_back),
            redactor=self._services.redactor,
        )
        self._open.append(session)
        return session
