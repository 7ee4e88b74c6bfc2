"""The chat: a conversation above, the prompt below, what it costs and how fast it is at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.binding import ActiveBinding, BindingType

from tui.core.turn import Turn
from tui.session.target import ChatTarget
from tui.ui.bindings import bindings_of
from tui.ui.screens.chat_base import STREAMING, ChatBase
from tui.ui.screens.chat_mouse import take_mouse
from tui.ui.screens.chat_search import SearchBar
from tui.ui.screens.chat_view import last_code_block
from tui.ui.transcript.messages import CopyRequested, LinkActivated
from tui.ui.widgets.model_picker import Picked
from tui.ui.widgets.prompt import Prompt
from tui.ui.widgets.status_bar import StatusBar

_NEEDS_REST = frozenset({"again", "go_on", "fork", "new", "new_unsaved"})
"""What has to wait until nothing streams."""
_ROOM_FOR_READING = frozenset({"chat.new", "chat.open", "chat.back"})


class ChatScreen(ChatBase):
    """What can be done in a chat."""

    CSS_PATH = "chat.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat", "chat.reading")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat", "chat.reading")
    HELP_TEXT: ClassVar[str] = (
        "Chat with the provider named in the status bar. ~ marks a figure that is estimated here, "
        "— one that nobody knows; all others were reported by the server."
    )

    _has_mouse = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now."""
        if action == "stop":
            return True if self.live is not None else None
        if action == "leave":
            return self.live is None
        if action in _NEEDS_REST and self.live is not None:
            return None
        if action in ("again", "go_on", "rename", "details") and not self._turns():
            return None
        if action == "fork" and not (self._turns() and (self.is_read_only or self._is_saved())):
            return None
        if action == "go_on" and not self._turns()[-1].answer:
            return None
        return True

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now. While reading, the footer has the transcript's in place of some of ours."""
        found = super().active_bindings
        if not self.is_mounted or not self.transcript.has_focus:
            return found
        return {
            key: active._replace(binding=replace(active.binding, show=False))
            if active.binding.id in _ROOM_FOR_READING
            else active
            for key, active in found.items()
        }

    def _turns(self) -> list[Turn]:
        return self.session.turns if self.session is not None else []

    def _is_saved(self) -> bool:
        return self.session is not None and self.session.is_saved

    # ── The exchange ────────────────────────────────────────────────────────────────────────

    def action_stop(self) -> None:
        """Stop the answer; what came is kept."""
        if self.session is not None:
            self.session.stop()

    def action_again(self) -> None:
        """Ask the last prompt again, in place of its answer."""
        self._ask_again("again")

    def action_go_on(self) -> None:
        """Ask the model to go on with its answer."""
        self._ask_again("go_on")

    def _ask_again(self, what: str) -> None:
        hindrance = self.hindrance()
        session, target = self.session, self.target
        if hindrance:
            self.notify(hindrance, severity="warning", timeout=4)
        elif session is not None and target is not None:
            ask = session.regenerate if what == "again" else session.continue_turn
            self.exchange("", lambda: ask(target))

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

        self.ask_before_losing(
            lambda: self.run_worker(begin(), group="open", exclusive=True, exit_on_error=False)
        )

    def ask_before_losing(self, go_on: Callable[[], object]) -> None:
        """Go on at once, or ask where leaving the conversation would lose something of it."""
        loss = self.quit_hindrance()
        if loss is None or not self._turns() or self._only_draft():
            go_on()
        else:
            self._ask_to_leave(loss, go_on)

    def _ask_to_leave(self, loss: str, go_on: Callable[[], object]) -> None:
        from tui.ui.screens.dialogs import ConfirmDialog

        def answered(answer: str | None) -> None:
            if answer == "yes":
                go_on()

        streaming = "An answer is still streaming: it is stopped, and what came is kept."
        body = streaming if loss == STREAMING else f"There is {loss}."
        self.app.push_screen(ConfirmDialog("Leave this chat?", body, yes="Leave", no="Stay"), answered)

    def _only_draft(self) -> bool:
        """Whether nothing but the text in the prompt is at stake, which stays where it is."""
        session = self.session
        return self.live is None and session is not None and session.is_saved and not session.trouble

    def action_conversations(self) -> None:
        """Open the list of saved conversations."""
        if self.live is not None:
            self.notify("An answer is still streaming. Esc stops it.", severity="warning", timeout=4)
        else:
            self.deck.open_conversations()

    def replace_conversation(self, identity: str, *, is_fork: bool) -> None:
        """Show another conversation in place of this one; asks where this one would be lost."""
        self.ask_before_losing(lambda: self.open_conversation(identity, is_fork=is_fork))

    def action_fork(self) -> None:
        """Go on in a copy."""
        if self.session is not None:
            self.open_conversation(self.session.identity, is_fork=True)

    def action_rename(self) -> None:
        """Give the conversation a name."""
        from tui.ui.screens.chat_rename import RenameDialog

        session = self.session
        if session is not None:
            self.app.push_screen(RenameDialog(session.title), self._rename)

    def _rename(self, title: str | None) -> None:
        if title and self.session is not None:
            self.session.rename(title)
            self.show_state()

    def action_back(self) -> None:
        """Go back to the provider list."""
        loss = self.quit_hindrance()
        if loss is None:
            self.app.pop_screen()
        else:
            self._ask_to_leave(loss, self.app.pop_screen)

    # ── The target ──────────────────────────────────────────────────────────────────────────

    def action_pick(self) -> None:
        """Choose the provider and the model."""
        from tui.ui.widgets.model_picker import ModelPicker

        providers = self.active_providers()
        if not providers:
            self.notify("No provider is active. Press Ctrl+L and add one.", severity="warning")
            return
        target = self.target
        picker = ModelPicker(
            providers, target.provider if target else None, target.model_name if target else ""
        )
        self.app.push_screen(picker, self._picked)

    def _picked(self, picked: Picked | None) -> None:
        if picked is not None:
            model = "" if picked.model == picked.provider.compatible_provider else picked.model
            old = self.target or ChatTarget(picked.provider)
            self._use(replace(old, provider=picked.provider, model=model))

    def action_setup(self) -> None:
        """Set thinking and the system prompt of this chat."""
        from tui.ui.screens.chat_setup import ChatSetup

        if self.target is not None:
            self.app.push_screen(ChatSetup(self.target), self._use)

    def _use(self, target: ChatTarget | None) -> None:
        if target is not None:
            self.target = target
            self.show_state()

    def action_details(self) -> None:
        """Show every figure and how it came about."""
        from tui.ui.screens.chat_details import FiguresScreen

        self.app.push_screen(FiguresScreen(self._facts()))

    # ── Copying ─────────────────────────────────────────────────────────────────────────────

    def action_copy_answer(self) -> None:
        """Copy the last answer."""
        self._copy_last("Answer", lambda turn: turn.answer.text)

    def action_copy_code(self) -> None:
        """Copy the last block of code."""
        self._copy_last("Code", lambda turn: last_code_block(turn.answer.text))

    def action_copy_reasoning(self) -> None:
        """Copy the last reasoning."""
        self._copy_last("Reasoning", lambda turn: turn.reasoning.text)

    def _copy_last(self, what: str, text_of: Callable[[Turn], str | None]) -> None:
        for turn in reversed(self._turns()):
            if text := text_of(turn):
                self.copy(text, what)
                return
        self.notify(f"There is no {what.lower()} to copy yet.", timeout=3)

    def copy(self, text: str, what: str) -> None:
        """Copy a text and say which way it went."""
        self.run_worker(self._copy(text, what), group="copy", exit_on_error=False)

    async def _copy(self, text: str, what: str) -> None:
        result = await self.runtime.clipboard.copy(text, self.app.copy_to_clipboard)
        is_plain = result.confirmed and not result.hidden_characters
        self.notify(result.message(what), severity="information" if is_plain else "warning", timeout=6)

    def on_transcript_copy_requested(self, event: CopyRequested) -> None:
        """Copy what is under the cursor of the transcript."""
        if event.text:
            self.copy(event.text, event.what.capitalize())

    def on_prompt_copy_requested(self, event: Prompt.CopyRequested) -> None:
        """Copy the selected part of the prompt."""
        self.copy(event.text, "Selection")

    def on_transcript_link_activated(self, event: LinkActivated) -> None:
        """Show where a link leads, and open it only then."""
        from tui.ui.screens.dialogs import ConfirmDialog

        question = ConfirmDialog("Open this link?", event.url, yes="Open", no="Stay")
        self.app.push_screen(
            question, lambda answer: self.deck.open_url(event.url) if answer == "yes" else None
        )

    # ── Reading ─────────────────────────────────────────────────────────────────────────────

    def action_switch_focus(self) -> None:
        """Go from the prompt to the transcript, and back."""
        (self.transcript if self.prompt.has_focus else self.prompt).focus()

    def on_prompt_left(self) -> None:
        """Up from an empty prompt: read."""
        self.transcript.focus()

    def action_prompt(self) -> None:
        """Go to the prompt."""
        self.prompt.focus()

    def action_leave(self) -> None:
        """Close the search, or go to the prompt."""
        search = self.query_one(SearchBar)
        if search.is_open:
            search.close()
            self.transcript.focus()
        else:
            self.prompt.focus()

    def action_reasoning(self) -> None:
        """Show or fold the reasoning of the turn under the cursor, or of the last one."""
        self.transcript.toggle_reasoning()

    def action_all_reasoning(self) -> None:
        """Show or fold every reasoning."""
        self.transcript.toggle_all_reasoning()

    def action_raw(self) -> None:
        """Show texts as they came, or as Markdown."""
        self.transcript.toggle_raw()

    def action_wrap(self) -> None:
        """Wrap long lines of code, or cut them."""
        self.transcript.toggle_wrap()

    def action_page(self, pages: int) -> None:
        """Scroll by pages; a row of the page before stays in sight."""
        self.transcript.scroll_rows(pages * max(1, self.transcript.size.height - 1))

    def action_end(self) -> None:
        """Follow the newest output."""
        self.transcript.follow_end()
        self.query_one(StatusBar).changed()

    def action_search(self) -> None:
        """Open the search."""
        self.query_one(SearchBar).open()

    def on_search_bar_searched(self, event: SearchBar.Searched) -> None:
        """Mark what matches."""
        self.query_one(SearchBar).show_count(self.transcript.search(event.query))

    def on_search_bar_accepted(self) -> None:
        """Go on to the matches."""
        self.transcript.focus()

    def action_next_match(self) -> None:
        """Go to the next match."""
        self.transcript.next_match()

    def action_previous_match(self) -> None:
        """Go to the match before."""
        self.transcript.previous_match()

    # ── The terminal ────────────────────────────────────────────────────────────────────────

    def action_mouse(self) -> None:
        """Leave the mouse to the terminal, for its own selection, or take it back."""
        self._has_mouse = not self._has_mouse
        take_mouse(self.app, self._has_mouse)
        released = "The mouse selects text in the terminal now. F12 ends that."
        self.notify("lmdeck has the mouse again." if self._has_mouse else released, timeout=5)

    async def on_unmount(self) -> None:
        """Take the mouse back for the other screens."""
        if not self._has_mouse:
            take_mouse(self.app, True)
