"""The chat: a conversation above, the prompt below, what it costs and how fast it is at the bottom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tui.session.target import ChatTarget
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.chat.base import STREAMING
from tui.ui.chat.reading import ChatReading

if TYPE_CHECKING:
    from tui.ui.chat.picker import Picked

_NEEDS_REST = frozenset({"again", "go_on", "fork", "new", "new_unsaved", "diagnose"})
"""What has to wait until nothing streams."""


class ChatScreen(ChatReading):
    """What can be done in a chat."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat", "chat.reading")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat", "chat.reading")
    HELP_TEXT: ClassVar[str] = (
        "Chat with the provider named in the status bar. ~ marks a figure that is estimated here, "
        "— one that nobody knows; all others were reported by the server. Where words do not fit, "
        "↑ are prompt tokens, ↓ completion tokens, ✻ those of them that were thought."
    )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now."""
        control = self.control
        is_live = control.live is not None
        if action == "stop":
            return True if is_live else None
        if action == "leave":
            return not is_live
        if action in _NEEDS_REST and is_live:
            return None
        if action in ("again", "go_on", "rename", "details") and control.last is None:
            return None
        if action == "variant" and not any(turn.variants for turn in control.turns):
            return None
        if action == "fork" and not (control.turns and (control.is_read_only or control.is_saved)):
            return None
        if action == "go_on" and control.last is not None and not control.last.answer:
            return None
        return True

    # ── The exchange ────────────────────────────────────────────────────────────────────────

    def action_stop(self) -> None:
        """Stop the answer; what came is kept."""
        if self.control.session is not None:
            self.control.session.stop()

    def action_again(self) -> None:
        """Ask the last prompt again, in place of its answer."""
        if self.control.turns and self.prompt.value == self.control.turns[-1].prompt.text:
            self.prompt.value = ""  # it came back because it failed, and goes out again now
        self._ask_again(self.control.retry)

    def action_go_on(self) -> None:
        """Ask the model to go on with its answer."""
        self._ask_again(self.control.go_on)

    def _ask_again(self, ask: Callable[[], Awaitable[object]]) -> None:
        if hindrance := self.hindrance():
            self.notify(hindrance, severity="warning", timeout=4)
        else:
            self.exchange("", ask)

    # ── Conversations ───────────────────────────────────────────────────────────────────────

    def action_new(self) -> None:
        """Begin a new chat."""
        self._begin_new(is_saved=True)

    def action_new_unsaved(self) -> None:
        """Begin a chat that is never written to disk."""
        self._begin_new(is_saved=False)

    def _begin_new(self, *, is_saved: bool) -> None:
        async def begin() -> None:
            await self.leave_session()
            self.begin(self.runtime.new_session(saved=is_saved))
            self.prompt.focus()

        self.ask_before_losing(lambda: in_background(self, begin, group="open", exclusive=True))

    def ask_before_losing(self, go_on: Callable[[], object]) -> None:
        """Go on at once, or ask where leaving the conversation would lose something of it."""
        loss = self.quit_hindrance()
        if loss is None or not self.control.turns or self._only_draft():
            go_on()
        else:
            self._ask_to_leave(loss, go_on)

    def _ask_to_leave(self, loss: str, go_on: Callable[[], object]) -> None:
        from tui.ui.shell.dialogs import ConfirmDialog

        def answered(answer: str | None) -> None:
            if answer == "yes":
                go_on()

        streaming = "An answer is still streaming: it is stopped, and what came is kept."
        body = streaming if loss == STREAMING else f"There is {loss}."
        self.app.push_screen(ConfirmDialog("Leave this chat?", body, yes="Leave", no="Stay"), answered)

    def _only_draft(self) -> bool:
        """Whether nothing but the text in the prompt is at stake, which stays where it is."""
        session = self.control.session
        return self.control.live is None and session is not None and session.is_saved and not session.trouble

    def action_conversations(self) -> None:
        """Open the list of saved conversations."""
        if self.control.live is not None:
            self.notify("An answer is still streaming. Esc stops it.", severity="warning", timeout=4)
        else:
            self.deck.router.conversations()

    def replace_conversation(self, identity: str, *, is_fork: bool) -> None:
        """Show another conversation in place of this one; asks where this one would be lost."""
        self.ask_before_losing(lambda: self.open_conversation(identity, is_fork=is_fork))

    def action_fork(self) -> None:
        """Go on in a copy."""
        if self.control.session is not None:
            self.open_conversation(self.control.session.identity, is_fork=True)

    def action_rename(self) -> None:
        """Give the conversation a name."""
        from tui.ui.chat.rename import RenameDialog

        session = self.control.session
        if session is not None:
            self.app.push_screen(RenameDialog(session.title), self._rename)

    def _rename(self, title: str | None) -> None:
        if title and self.control.session is not None:
            self.control.session.rename(title)
            self.show_state()

    def action_back(self) -> None:
        """Go back to the provider list."""
        loss = self.quit_hindrance()
        if loss is None:
            self.dismiss(None)
        else:
            self._ask_to_leave(loss, lambda: self.dismiss(None))

    # ── The target ──────────────────────────────────────────────────────────────────────────

    def action_pick(self) -> None:
        """Choose the provider and the model."""
        from tui.ui.chat.picker import ModelPicker

        providers = self.control.usable_providers()
        if not providers:
            self.notify("No provider is active. Press Ctrl+L and add one.", severity="warning")
            return
        target = self.control.target
        picker = ModelPicker(
            providers, target.provider if target else None, target.model_name if target else ""
        )
        self.app.push_screen(picker, self._picked)

    def _picked(self, picked: Picked | None) -> None:
        if picked is not None:
            self.control.use(picked.provider, picked.model)
            self.show_state()

    def action_setup(self) -> None:
        """Set thinking and the system prompt of this chat."""
        from tui.ui.chat.settings import ChatSetup

        if self.control.target is not None:
            self.app.push_screen(ChatSetup(self.control.target), self._use)

    def _use(self, target: ChatTarget | None) -> None:
        if target is not None:
            self.control.target = target
            self.show_state()

    def action_diagnose(self) -> None:
        """Explain the failure of the last turn, or find out how the endpoint is."""
        subject = self.control.subject()
        if subject is None:
            self.notify(self.hindrance(), severity="warning", timeout=4)
            return
        self.deck.router.diagnosis(subject, lambda _: self._take_repair())

    def _take_repair(self) -> None:
        if self.control.take_repair():
            self.show_state()

    def action_details(self) -> None:
        """Show every figure and how it came about."""
        from tui.ui.chat.figures import FiguresScreen

        self.app.push_screen(FiguresScreen(self._facts()))
