"""Reading in a chat: moving, searching and copying; the transcript does it, this asks it to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.binding import ActiveBinding

from tui.core.turn import Turn
from tui.ui.background import in_background
from tui.ui.chat.base import ChatBase
from tui.ui.chat.mouse import take_mouse
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.status_bar import StatusBar
from tui.ui.transcript.code import find_code, last_code
from tui.ui.transcript.messages import CopyRequested, LinkActivated, VariantRequested

if TYPE_CHECKING:
    from tui.ui.chat.search import SearchBar
    from tui.ui.transcript.search import Search

_ROOM_FOR_READING = frozenset({"chat.new", "chat.open", "chat.back"})
"""Keys that leave the footer while the transcript has the focus, whose own keys need the room."""


class ChatReading(ChatBase):
    """What can be done with the text of a chat."""

    _has_mouse = True
    _search: SearchBar | None = None
    """Made when it is first opened: few chats are searched, and all have to start."""

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

    # ── Copying ─────────────────────────────────────────────────────────────────────────────

    def action_copy_answer(self) -> None:
        """Copy the last answer."""
        self._copy_last("Answer", lambda turn: turn.answer.text)

    def action_copy_code(self) -> None:
        """Copy the last block of code."""
        in_background(self, self._copy_last_code, group="copy")

    async def _copy_last_code(self) -> None:
        for turn in reversed(self.control.turns):
            if code := last_code(await find_code(turn.answer.text)):
                await self._copy(code, "Code")
                return
        self._say_nothing_to_copy("Code")

    def action_copy_reasoning(self) -> None:
        """Copy the last reasoning."""
        self._copy_last("Reasoning", lambda turn: turn.reasoning.text)

    def _copy_last(self, what: str, text_of: Callable[[Turn], str | None]) -> None:
        for turn in reversed(self.control.turns):
            if text := text_of(turn):
                self.copy(text, what)
                return
        self._say_nothing_to_copy(what)

    def _say_nothing_to_copy(self, what: str) -> None:
        self.notify(f"There is no {what.lower()} to copy yet.", timeout=3)

    def copy(self, text: str, what: str) -> None:
        """Copy a text and say which way it went."""
        in_background(self, self._copy, text, what, group="copy")

    async def _copy(self, text: str, what: str) -> None:
        result = await self.runtime.clipboard.copy(text, self.app.copy_to_clipboard)
        is_plain = result.confirmed and not result.hidden_characters
        self.notify(result.message(what), severity="information" if is_plain else "warning", timeout=6)

    def on_transcript_copy_requested(self, event: CopyRequested) -> None:
        """Copy what is under the cursor of the transcript."""
        if event.text:
            self.copy(event.text, event.what.capitalize())
        else:
            self._say_nothing_to_copy(event.what)

    def on_prompt_copy_requested(self, event: Prompt.CopyRequested) -> None:
        """Copy the selected part of the prompt."""
        self.copy(event.text, "Selection")

    def on_transcript_link_activated(self, event: LinkActivated) -> None:
        """Show where a link leads, and open it only then."""
        from tui.ui.shell.dialogs import ConfirmDialog

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
        if self._search is not None and self._search.is_open:
            self._search.close()
            self.transcript.focus()
        else:
            self.prompt.focus()

    def action_reasoning(self) -> None:
        """Show or fold the reasoning of the turn under the cursor, or of the last one."""
        self.transcript.toggle_reasoning()

    def action_all_reasoning(self) -> None:
        """Show or fold every reasoning."""
        self.transcript.toggle_all_reasoning()

    def action_variant(self, step: int) -> None:
        """Show and use the answer before or after, of those to the same prompt."""
        turn = self.transcript.turn_with_variants
        if turn is not None:
            self.choose_variant(turn, step)

    def on_transcript_variant_requested(self, event: VariantRequested) -> None:
        """A click on the mark of a variant."""
        self.choose_variant(event.turn, event.step)

    def choose_variant(self, turn: Turn, step: int) -> None:
        """Put another answer in the place of a turn, or say why not."""
        if self.control.live is not None:
            self.notify("An answer is still streaming. Esc stops it.", severity="warning", timeout=4)
        elif self.control.session is not None and self.control.session.choose_variant(turn, step) is None:
            which = "earlier" if step < 0 else "later"
            self.notify(f"There is no {which} answer to this prompt.", timeout=3)

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

    async def action_search(self) -> None:
        """Open the search."""
        is_whole = self.is_mounted and self.is_attached  # a key may come before that, or after
        if self._search is None and is_whole:
            from tui.ui.chat.search import SearchBar

            self._search = SearchBar(id="search")
            await self.mount(self._search, before=self.prompt)
        if self._search is not None and self._search.is_mounted:
            self._search.open()

    def on_search_bar_searched(self, event: SearchBar.Searched) -> None:
        """Mark what matches, beside the keyboard: what is typed next begins the search anew."""
        in_background(
            self,
            self.transcript.search_beside,
            event.query,
            self._tell_search,
            group="search",
            exclusive=True,
        )

    def _tell_search(self, found: Search) -> None:
        if self._search is not None:
            self._search.show_count(found.count, found.hidden_count)

    def on_search_bar_accepted(self) -> None:
        """Go on to the matches."""
        self.transcript.focus()

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
