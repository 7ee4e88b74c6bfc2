"""The chat without its keys: its parts, its conversation, sending, and what is shown of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line, safe_text
from tui.core.server_words import failure_text
from tui.core.turn import TurnState
from tui.runtime.chat_control import Blocked, ChatControl, Obstacle
from tui.ui.background import in_background
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.status_bar import StatusBar
from tui.ui.chat.status_parts import StatusFacts
from tui.ui.chat.view import SessionView, is_cut, is_other_model, provider_marks
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.key_bar import KeyBar
from tui.ui.shell.title_bar import TitleBar
from tui.ui.transcript import Transcript
from tui.ui.transcript.document import View
from tui.ui.transcript.messages import FollowChanged

if TYPE_CHECKING:
    from tui.session.chat_session import ChatSession

STREAMING = "an answer is still streaming"
_CHOOSE = "Press F2 to choose a provider."
_OBSTACLES = {
    Obstacle.STREAMING: "An answer is still streaming. Your prompt stays here; Esc stops the answer.",
    Obstacle.READ_ONLY: "Another session has this conversation open. Press F8 to go on in a copy.",
    Obstacle.OPENING: "The conversation is still being opened. Your prompt stays here.",
    Obstacle.NO_PROVIDER: "No provider is active. Press Ctrl+L and add one.",
}
_HOW = "Enter sends, Ctrl+J makes a new line"
_CUT = "Ctrl+G goes on with the answer that was cut, Ctrl+R asks again"
_VARIANTS = "Several answers are kept: Tab, then [ and ] show and use them"


class ChatBase(LmdeckScreen[None]):
    """One conversation at a time, with one provider at a time."""

    def __init__(
        self,
        provider_name: str | None = None,
        *,
        conversation: str | None = None,
        is_fork: bool = False,
    ) -> None:
        super().__init__()
        self._provider_name = provider_name
        self._first_conversation = (conversation, is_fork)
        self._view: SessionView | None = None
        self._sent = ""
        self._has_unseen = False
        self._has_gone_on = False
        """Whether something was asked since the notices of the conversation came: they are over then."""
        self._notices_told: Sequence[str] = ()
        self._keys_shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the chat."""
        yield TitleBar("Chat")
        yield Static(id="banner")
        settings = self.runtime.settings
        yield Transcript(
            calm=self.deck.is_calm,
            view=View(wrap_code=settings.code_wrap, raw=settings.raw),
            reasoning=settings.reasoning,
        )
        yield Prompt(self.send, id="prompt")
        yield StatusBar(self._facts)
        yield KeyBar()

    def on_mount(self) -> None:
        """Choose the provider, begin or reopen the conversation, and be ready to type."""
        self.control.aim(self._provider_name)
        identity, is_fork = self._first_conversation
        if identity is None:
            self.begin(self.runtime.new_session())
        else:
            self.open_conversation(identity, is_fork=is_fork)
        self.prompt.focus()

    async def on_unmount(self) -> None:
        """Stop what streams; what came is kept."""
        if self._view is not None:
            self._stop_listening(self._view.session)
            await self.control.leave()

    @cached_property
    def control(self) -> ChatControl:
        """The chat without the screen."""
        return ChatControl(self.runtime)

    # ── Parts ───────────────────────────────────────────────────────────────────────────────

    @property
    def prompt(self) -> Prompt:
        """Where the person writes."""
        return self.query_one(Prompt)

    @property
    def transcript(self) -> Transcript:
        """Where the conversation is read."""
        return self.query_one(Transcript)

    def quit_hindrance(self) -> str | None:
        """Return what would be lost on leaving."""
        control = self.control
        if control.live is not None:
            return STREAMING
        if loss := control.loss():
            return loss
        unsent = self.prompt.text.strip() if self.is_mounted else ""
        if control.last is not None and control.last.prompt.text.strip() == unsent:
            return None  # it came back after a failure: it stands in the conversation
        return "a prompt that was not sent" if unsent else None

    # ── Conversation and provider ───────────────────────────────────────────────────────────

    def begin(self, session: ChatSession, *, is_reopened: bool = False, keeps_target: bool = False) -> None:
        """Show a conversation and go on in it; ``keeps_target``: with whom was asked so far."""
        self.control.begin(session, is_reopened=is_reopened, keeps_target=keeps_target)
        self._has_gone_on = False
        self._notices_told = session.notices
        self._view = SessionView(session, self.transcript)
        session.on_change = self._session_changed
        loop = asyncio.get_running_loop()
        session.watch_trouble(lambda: loop.call_soon_threadsafe(self._trouble_changed))
        if is_reopened:
            for turn in session.turns:
                self.prompt.remember(turn.prompt.text)
        self.prompt.read_only = self.control.is_read_only
        self.show_state()

    def open_conversation(self, identity: str, *, is_fork: bool = False) -> None:
        """Reopen a saved conversation, or go on in a copy of it."""
        in_background(self, self._open, identity, is_fork, group="open", exclusive=True)

    async def _open(self, identity: str, is_fork: bool) -> None:
        session = self.control.session
        if session is not None and session.identity == identity and not is_fork:
            return
        try:
            opened = await self.control.open(identity, is_fork=is_fork)
        except LmdeckError as error:
            self.notify(failure_text(error.failure), severity="error", timeout=10)
            if session is None:
                self.begin(self.runtime.new_session())
            return
        is_copy_of_this = is_fork and session is not None and session.identity == identity
        is_named = session is None and self._provider_name is not None
        await self.leave_session()
        self.begin(opened, is_reopened=True, keeps_target=is_copy_of_this or is_named)
        if is_fork:
            self.notify("This is a copy; the conversation itself stays as it is.")

    async def leave_session(self) -> None:
        """Close the conversation that is shown."""
        if self._view is not None:
            session, self._view = self._view.session, None
            self._stop_listening(session)
            await self.control.leave()

    @staticmethod
    def _stop_listening(session: ChatSession) -> None:
        session.on_change = None
        session.watch_trouble(None)

    # ── Sending ─────────────────────────────────────────────────────────────────────────────

    def send(self, text: str) -> bool:
        """Send a prompt, or say why it cannot go now; return whether it is on its way."""
        hindrance = self.hindrance() or ("" if text.strip() else "Write a prompt first.")
        if hindrance:
            self.notify(hindrance, severity="warning", timeout=4)
            return False
        self.exchange(text, asyncio.wait_for, self.control.send(text), None)
        return True

    def hindrance(self) -> str:
        """Return why nothing can be asked now, or an empty text; takes the provider as the files have it."""
        if (blocked := self.control.blocked()) is not None:
            return _words_for(blocked)
        try:
            is_changed = self.control.refresh_target()
        except LmdeckError as error:
            return f"{error.failure.title} {_CHOOSE}"
        if is_changed and self.control.target is not None:
            name = self.control.target.provider.name
            self.notify(f"{name} was changed meanwhile; it is asked as it is now.", timeout=4)
        return ""

    def exchange(self, prompt: str, ask: Callable[..., Awaitable[object]], *arguments: object) -> None:
        """Wait for an exchange; ``prompt`` comes back into its box if there is no answer."""
        self._sent = prompt
        self._has_gone_on = True
        self.show_state()
        in_background(self, ask, *arguments, name="exchange", group="chat")

    # ── Showing ─────────────────────────────────────────────────────────────────────────────

    def _session_changed(self) -> None:
        """Something arrived: cheap, called once a batch."""
        if self._view is None or not self.is_mounted:
            return
        if self._view.sync():
            self._give_back()
            self.show_state()
        else:
            self.query_one(StatusBar).changed()

    def _give_back(self) -> None:
        """Put a prompt without any answer back where it was written; what is cut can be continued."""
        last = self.control.last
        if self._sent and last is not None and last.state in (TurnState.FAILED, TurnState.INTERRUPTED):
            if not is_cut(last):
                self.prompt.offer(self._sent)
            self._sent = ""

    def _trouble_changed(self) -> None:
        """The disk refused or took what had waited, or the record goes on elsewhere: at any moment."""
        if self._view is not None and self.is_mounted:
            if self._view.session.notices != self._notices_told:
                self._notices_told = self._view.session.notices
                self._has_gone_on = False
            self.show_state()

    def show_state(self) -> None:
        """Show everything that changes with a turn: title, banner, keys, figures."""
        session = self.control.session
        bar = self.query_one(TitleBar)
        bar.place = f"Chat › {session.title}" if session is not None and session.title else "Chat"
        banner = self.query_one("#banner", Static)
        text = self._banner_text()
        banner.set_class(bool(text), "-shown")
        banner.update(Content(safe_text(text)))
        self._show_invitation()
        self._refresh_keys()
        self.query_one(StatusBar).draw()

    def _refresh_keys(self) -> None:
        """Draw the footer anew where other keys work now: that lays out the screen, so not more often."""
        control = self.control
        last, variants = control.last, any(turn.variants for turn in control.turns)
        has_answer = last is not None and bool(last.answer)
        state = (control.session, control.live, len(control.turns), has_answer, variants)
        if state != self._keys_shown:
            self._keys_shown = state
            self.refresh_bindings()

    def _show_invitation(self) -> None:
        """Say in the empty prompt whom it would ask, and how."""
        target = self.control.target
        if self.control.is_read_only:
            words = "Read only. F8 goes on in a copy."
        elif target is None:
            words = _words_for(self.control.no_target())
        else:
            whom = safe_line(f"{target.provider.label} · {target.model_name}", 100)
            words = f"Ask {whom}\n{self._how()}"
        if str(self.prompt.placeholder) != words:
            self.prompt.placeholder = Content(words)

    def _how(self) -> str:
        last = self.control.last
        if last is not None and is_cut(last):
            return _CUT
        return _VARIANTS if last is not None and last.variants else _HOW

    def _banner_text(self) -> str:
        session = self.control.session
        if session is None:
            return ""
        if session.trouble:
            return f"{session.trouble} The chat goes on in memory and is saved when that is possible."
        if self.control.is_read_only:
            return " ".join((*session.notices, "F8 goes on in a copy."))
        return "" if self._has_gone_on else " ".join(session.notices)

    def _facts(self) -> StatusFacts:
        """Return what the status bar tells."""
        if self._view is None:
            return StatusFacts()
        return self._view.facts(self.control.target, self.control.price(), tuple(self._marks()))

    def _marks(self) -> list[tuple[str, str]]:
        marks = provider_marks(self.control.target.provider) if self.control.target is not None else []
        if self.control.target is not None and self.runtime.proxy_label(self.control.target.provider):
            marks.append(("via proxy", "muted"))
        if self.control.session is not None and self.control.session.trouble:
            marks.append(("disk trouble", "error"))
        elif self.control.is_read_only:
            marks.append(("read only", "warning"))
        elif self.control.session is not None and not self.control.session.is_saved:
            marks.append(("not saved", "warning"))
        last = self.control.last
        if last is not None and last.failure is not None and not is_other_model(last, self.control.target):
            marks.append(("F11 explains", "busy"))
        if self._has_unseen:
            marks.append(("new output below: Ctrl+End", "busy"))
        return marks

    def on_transcript_follow_changed(self, event: FollowChanged) -> None:
        """Say whether there is output out of sight."""
        self._has_unseen = event.unseen
        self.query_one(StatusBar).changed()


def _words_for(blocked: Blocked) -> str:
    if blocked.failure is not None:
        return f"{blocked.failure.title} {_CHOOSE}"
    return _OBSTACLES[blocked.obstacle]
