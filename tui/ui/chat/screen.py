"""The chat screen: the conversation above, the prompt below, cost and speed at the bottom."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center
from textual.widgets import Static

from tui.core.commands import line_of
from tui.runtime.chat_actions import why_not
from tui.runtime.chat_control import ChatControl
from tui.texts import chat as texts
from tui.ui.bindings import bindings_of
from tui.ui.chat.asking import Asking
from tui.ui.chat.commands import Commands
from tui.ui.chat.copying import Copier
from tui.ui.chat.drafting import Drafting
from tui.ui.chat.frame import ChatFrame
from tui.ui.chat.hit import search_scope, show_branch
from tui.ui.chat.mouse import Mouse
from tui.ui.chat.opening import Conversations
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.prompt_box import PromptBox
from tui.ui.chat.queue_lines import QueueLines
from tui.ui.chat.queueing import Queueing
from tui.ui.chat.status_bar import StatusBar
from tui.ui.chat.status_parts import StatusFacts
from tui.ui.chat.view import SessionView
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.title_bar import TitleBar
from tui.ui.transcript.document import View
from tui.ui.transcript.messages import (
    AttachedWanted,
    CopyRequested,
    LinkActivated,
    OfferChosen,
    VariantRequested,
)
from tui.ui.transcript.transcript import Transcript

if TYPE_CHECKING:
    from tui.core.search_place import HitPlace, SearchScope
    from tui.core.turn import Turn
    from tui.session.chat_session import ChatSession
    from tui.ui.chat.windows import ChatWindows


class ChatScreen(LmdeckScreen[None]):
    """One conversation at a time, with one provider at a time."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat", "chat.reading")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("chat", "chat.reading")
    HELP_TEXT: ClassVar[str] = texts.CHAT_HELP

    def __init__(
        self,
        provider_name: str | None = None,
        *,
        conversation: str | None = None,
        is_fork: bool = False,
        place: HitPlace | None = None,
    ) -> None:
        super().__init__()
        self._provider_name = provider_name
        self._first_conversation = (conversation, is_fork, place)
        self._view: SessionView | None = None

    def compose(self) -> ComposeResult:
        """Create the widgets."""
        yield TitleBar(texts.TITLE)
        yield Static(id="banner")
        settings = self.runtime.settings
        yield Transcript(
            calm=self.deck.is_calm,
            view=View(wrap_code=settings.code_wrap, raw=settings.raw),
            reasoning=settings.reasoning,
        )
        yield QueueLines(self.control)
        with Center(id="refusal"):
            yield Static(id="refused")
        paths = self.control.files.index
        yield PromptBox(Prompt(self._commands.enter, self._commands.values, paths, id="prompt"))
        yield self._status
        yield BindingBar()

    def on_mount(self) -> None:
        """Select the provider, begin or reopen the conversation, and focus the prompt."""
        self.control.aim(self._provider_name)
        identity, is_fork, place = self._first_conversation
        if identity is None:
            self._conversations.begin()
            self.call_after_refresh(self._conversations.offer_interrupted, self._frame.way)
        else:
            keeps_target = self._provider_name is not None
            self._conversations.open(identity, is_fork=is_fork, keeps_target=keeps_target, place=place)
        self.prompt.focus()

    async def on_unmount(self) -> None:
        """Stop streaming, keep the partial text, and capture the mouse again for other screens."""
        self._mouse.take()
        await self._conversations.leave()

    # ── Parts ───────────────────────────────────────────────────────────────────────────────

    @cached_property
    def control(self) -> ChatControl:
        """The chat without its screen."""
        return ChatControl(self.runtime, self._session_changed, lambda: self.call_later(self.show_state))

    @cached_property
    def _status(self) -> StatusBar:
        return StatusBar(self._facts)

    @cached_property
    def _frame(self) -> ChatFrame:
        return ChatFrame(self, self.control)

    @cached_property
    def _asking(self) -> Asking:
        return Asking(self, self.control, self.show_state, self._frame, self._queueing.add)

    @cached_property
    def _queueing(self) -> Queueing:
        return Queueing(self, self.control, self.show_state, self._frame)

    @cached_property
    def _commands(self) -> Commands:
        return Commands(
            self, self.control, self._asking.send, self.show_state, self._queueing.obey, self._frame.refuse
        )

    @cached_property
    def _conversations(self) -> Conversations:
        return Conversations(self, self.control, self._show_conversation, self._go_to)

    @cached_property
    def _windows(self) -> ChatWindows:
        from tui.ui.chat.windows import ChatWindows

        return ChatWindows(self, self.control, self.show_state, self._frame.way)

    @cached_property
    def _drafting(self) -> Drafting:
        return Drafting(self, self.control)

    @cached_property
    def _copier(self) -> Copier:
        return Copier(self, self.control)

    @cached_property
    def _mouse(self) -> Mouse:
        return Mouse(self.app)

    @property
    def prompt(self) -> Prompt:
        """The prompt."""
        return self.query_one(Prompt)

    @property
    def transcript(self) -> Transcript:
        """The transcript."""
        return self.query_one(Transcript)

    def unsaved_reason(self) -> str | None:
        """Return what leaving would lose."""
        return self.control.loss(self.prompt.unsent if self.is_mounted else "")

    def action_name(self, action: str) -> str | None:
        """Name Esc and Enter after what they currently do.

        In a read-only chat, the fork is shown as the way to continue.
        """
        if action == "send" and self.control.is_busy:
            return texts.QUEUE
        if action == "fork" and not self.control.is_read_only:
            return ""
        if action != "escape" or not self.is_mounted:
            return None
        if self.prompt.has_focus:
            return texts.READ
        is_written = self.transcript.has_focus and not self.control.is_read_only
        return texts.PROMPT if is_written else texts.CLOSE

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim unavailable actions. Esc stops streaming first, before it moves the focus."""
        if action == "escape" and self.control.is_read_only:
            return bool(self.query("#search.-shown"))
        if action in ("stop", "escape"):
            return self.control.is_busy == (action == "stop")
        return None if why_not(self.control, action) else True

    # ── Display ─────────────────────────────────────────────────────────────────────────────

    def _session_changed(self) -> None:
        """Schedule an update after each batch; cheap."""
        if self._view is None or not self.is_mounted:
            return
        if self._view.sync():
            if prompt := self.control.take_unanswered():
                self.prompt.offer(line_of(prompt))
            self.show_state()
            self._asking.budget.read()
        else:
            self._status.changed()

    def _show_conversation(self, session: ChatSession) -> None:
        """Show a conversation that was opened."""
        is_same = self._view is not None and self._view.session.identity == session.identity
        self._view = SessionView(self.control, session, self.transcript)
        if self.prompt.edited:
            self.prompt.action_cancel_edit()
        for turn in session.turns:
            self.prompt.remember(line_of(turn.prompt.words))
            self.prompt.mentioning.told(turn.prompt)
        for queued in self.control.queue.prompts:
            self.prompt.remember(line_of(queued.content.words))
        self._let_write(not self.control.is_read_only, is_same=is_same)
        self._drafting.restore()
        self.show_state()
        self._asking.budget.read()

    def _let_write(self, may_write: bool, *, is_same: bool) -> None:
        """Let the prompt have the focus if messages can be sent; otherwise letters act at once."""
        if may_write == self.prompt.can_focus:
            return
        self.prompt.read_only = not may_write
        self.prompt.can_focus = may_write
        if not is_same or not may_write:  # not requested by the user, whose next letters are meant as keys
            (self.prompt if may_write else self.transcript).focus()

    async def _go_to(self, place: HitPlace) -> None:
        """Show a match of a search in all conversations."""
        if show_branch(self, self.control, place):
            self.transcript.reveal_turn(place.turn)
            await self._windows.search_at(place)

    def show_state(self) -> None:
        """Update what changes with a turn: title, banner, footer, offers, figures."""
        if self._view is not None:
            self._view.show_speakers()
        self.prompt.is_streaming = self.control.is_busy
        self._frame.show()

    def on_descendant_focus(self) -> None:
        """Show the keys that work with the new focus."""
        self._frame.show_ways()

    def _facts(self, turn: Turn | None = None) -> StatusFacts:
        """Return the facts of the status bar, for the last turn or another one."""
        return self._view.facts(turn) if self._view is not None else StatusFacts()

    def on_transcript_follow_changed(self) -> None:
        """Show whether there is unseen output below."""
        self._status.changed()

    # ── Actions ─────────────────────────────────────────────────────────────────────────────

    def action_stop(self) -> None:
        """Stop the answer and keep the partial text."""
        self._asking.stop()

    def action_again(self) -> None:
        """Send the last prompt again."""
        self._asking.again()

    def action_go_on(self) -> None:
        """Ask the model to continue its answer."""
        self._asking.go_on()

    def action_take_back(self) -> None:
        """Put the last queued message back into the prompt."""
        self._queueing.take_last()

    def action_queue(self) -> None:
        """List the queued messages."""
        self._queueing.open()

    def action_new(self) -> None:
        """Begin a new chat."""
        self._conversations.begin_another(is_saved=True)

    def action_new_unsaved(self) -> None:
        """Begin a chat that is never written to disk."""
        self._conversations.begin_another(is_saved=False)

    def action_fork(self) -> None:
        """Continue in a copy."""
        self._conversations.fork()

    def action_back(self) -> None:
        """Return to the provider list."""
        self._conversations.ask_before_losing(self.unsaved_reason(), self._leave)

    def _leave(self) -> None:
        self._drafting.drop()
        self.dismiss(None)

    def action_conversations(self) -> None:
        """Open the list of saved conversations."""
        self._windows.conversations()

    def action_costs(self) -> None:
        """Show the costs."""
        self._windows.costs()

    def action_rename(self) -> None:
        """Rename the conversation."""
        self._windows.rename()

    def action_pin(self) -> None:
        """Pin or unpin the conversation at the top of the list."""
        self._windows.pin()

    def action_export(self, place: str = "") -> None:
        """Export the conversation to a file, asking for one if none is given."""
        self._windows.export(place)

    def action_pick(self) -> None:
        """Select provider and model."""
        self._windows.pick()

    def action_setup(self) -> None:
        """Set thinking and the system prompt of this chat."""
        self._windows.setup()

    def action_editor(self) -> None:
        """Edit the message in the user's editor."""
        self.prompt.focus()
        self.prompt.action_external_editor()

    def action_attach(self, reference: str = "") -> None:
        """Mention a file in the message: the given one, or one from a list."""
        self._asking.attaching.attach(reference)

    def action_diagnose(self) -> None:
        """Diagnose the failure of the last turn, or the endpoint."""
        self._windows.diagnose()

    def action_details(self) -> None:
        """Show all figures of the selected or last message, and their calculation."""
        is_reading = self.transcript.has_focus
        self._windows.figures(self._facts, self.transcript.turn_under_cursor if is_reading else None)

    def action_copy_answer(self) -> None:
        """Copy the last answer."""
        self._copier.copy_last("answer", lambda turn: turn.answer.text)

    def action_copy_code(self, number: int | None = None) -> None:
        """Copy the last code block, or the one with a number."""
        self._copier.copy_code(number)

    def action_copy_all(self) -> None:
        """Copy the whole conversation as Markdown."""
        self._copier.copy_all()

    def action_copy_reasoning(self) -> None:
        """Copy the last reasoning."""
        self._copier.copy_last("reasoning", lambda turn: turn.reasoning.text)

    def use_provider(self, name: str) -> None:
        """Continue with another provider and its own model."""
        self._windows.use(name)

    def replace_conversation(self, identity: str, *, is_fork: bool, place: HitPlace | None = None) -> None:
        """Replace the conversation, after confirmation if something would be lost."""
        self._conversations.open_in_place(identity, is_fork=is_fork, place=place)

    @property
    def search_scope(self) -> SearchScope:
        """The current conversation, and the next provider."""
        return search_scope(self.control)

    def on_transcript_copy_requested(self, event: CopyRequested) -> None:
        """Copy the block under the cursor of the transcript."""
        self._copier.copy(event.text, event.what)

    def on_prompt_copy_requested(self, event: Prompt.CopyRequested) -> None:
        """Copy the selected part of the prompt."""
        self._copier.copy(event.text, "selection")

    def on_transcript_link_activated(self, event: LinkActivated) -> None:
        """Show the target of a link before opening it."""
        url = event.url
        confirm(self, texts.OPEN_LINK, url, lambda: self.deck.open_url(url), texts.OPEN, texts.CANCEL)

    def on_transcript_attached_wanted(self, event: AttachedWanted) -> None:
        """Show the attachments of a message."""
        self._asking.attaching.open(event.turn, self.transcript.show_attached)

    async def on_transcript_offer_chosen(self, event: OfferChosen) -> None:
        """Run a clicked offer."""
        await self.run_action(event.action)

    def action_example(self, number: int) -> None:
        """Insert an example into the empty prompt; Enter sends it."""
        if not self.prompt.text.strip():
            self.prompt.value = texts.EXAMPLES[number - 1]
            self.prompt.move_cursor(self.prompt.document.end)
        self.prompt.focus()

    def action_edit_provider(self) -> None:
        """Edit the provider of this chat."""
        self._windows.edit_provider()

    def on_transcript_variant_requested(self, event: VariantRequested) -> None:
        """Show the clicked variant."""
        self._asking.choose_variant(event.turn, event.step)

    def action_variant(self, step: int, number: int = 0) -> None:
        """Show the previous or next version of the selected message, or of the one with a number."""
        turn = self.control.turns[number - 1] if number else self.transcript.turn_with_variants
        if turn is not None:
            if turn.variants:
                self.transcript.select(turn)
            self._asking.choose_variant(turn, step)

    def action_branches(self, row: int = 0) -> None:
        """Show the branch of a row of the tree, or let the user select one."""
        if row:
            self._show_branch(self.control.branches[row - 1].turn)
        else:
            self._windows.branches(self._show_branch)

    def _show_branch(self, turn: Turn) -> None:
        if self._asking.show_branch(turn):
            self.transcript.reveal_turn(turn.identity)

    def action_edit(self, number: int = 0) -> None:
        """Edit the selected message, or the one with a number."""
        turn = self.control.turns[number - 1] if number else self.transcript.turn_under_cursor
        if turn is not None:
            self._asking.edit(turn)

    def action_interrupt(self) -> None:
        """Copy the selection, stop the answer, clear the draft, or show how to quit."""
        if self.get_selected_text():
            self.action_copy_text()
        elif self.control.is_busy:
            self.action_stop()
        elif not self.prompt.discard():
            self.deck.action_help_quit()

    # ── Reading ─────────────────────────────────────────────────────────────────────────────

    def action_mouse(self) -> None:
        """Release the mouse to the terminal for its own selection, or capture it again."""
        self._mouse.take(not self._mouse.is_ours)
        self.notify(texts.MOUSE_TAKEN if self._mouse.is_ours else texts.MOUSE_RELEASED, timeout=5)

    def action_switch_focus(self) -> None:
        """Switch the focus between prompt and transcript."""
        if self.prompt.has_focus:
            self.transcript.focus()
        else:
            self._write()

    def _write(self) -> None:
        """Focus the prompt, or show why nothing can be written there."""
        if self.control.is_read_only:
            self._asking.say_why_not()
        else:
            self.prompt.focus()

    def on_completing_area_paths_wanted(self) -> None:
        """Search for files to mention."""
        self._asking.attaching.look()

    def on_text_area_changed(self) -> None:
        """See when a draft begins, or is another than the one that was refused."""
        self._drafting.typed()
        self._frame.draft_changed()

    def on_prompt_box_counted(self) -> None:
        """Show the attachments of the draft, and its share of the context."""
        self._asking.attaching.preview()
        self._drafting.changed()
        self._frame.gauge.show()

    def on_prompt_box_attached(self) -> None:
        """Show the attachments' share of the context."""
        self._frame.gauge.show()

    def on_prompt_ended(self) -> None:
        """Quit on Ctrl+D in an empty prompt, as in a shell."""
        self.deck.ask_to_quit(self.unsaved_reason() or "")

    def action_prompt(self) -> None:
        """Focus the prompt; on a message with attachments, show or hide them."""
        if not (self.transcript.has_focus and self.transcript.toggle_attached()):
            self._write()

    def action_escape(self) -> None:
        """Close the search, or switch the focus between prompt and transcript.

        An Esc just after the end of an answer does nothing: it was meant to stop it, and letters typed next
        would act in the transcript.
        """
        if self.prompt.has_focus and self._view is not None and self._view.has_just_ended:
            return
        is_reading_next = self._windows.close_search() or self.prompt.has_focus
        (self.transcript if is_reading_next else self.prompt).focus()

    def on_transcript_match_changed(self) -> None:
        """Update the search line after moving to another match."""
        self._windows.show_match()

    async def action_search(self) -> None:
        """Open the search."""
        await self._windows.search()

    async def action_find(self, text: str) -> None:
        """Open the search with a text."""
        await self._windows.search(text)

    def action_reasoning(self) -> None:
        """Show or fold the reasoning of the selected or last turn."""
        self.transcript.action_toggle_reasoning()

    def action_all_reasoning(self) -> None:
        """Show or fold all reasoning."""
        self.transcript.toggle_all_reasoning()

    def action_raw(self) -> None:
        """Switch between raw text and Markdown."""
        self.transcript.toggle_raw()

    def action_wrap(self) -> None:
        """Wrap or cut long lines of code."""
        self.transcript.toggle_wrap()

    def action_end(self) -> None:
        """Follow the newest output."""
        self.transcript.follow_end()

    def action_page(self, pages: int) -> None:
        """Scroll by pages, keeping one row of the previous page visible."""
        self.transcript.action_scroll_pages(pages)
