"""The transcript widget: the turns of a conversation, and the actions on them.

The interface for the chat screen: add turns, move a cursor over their blocks, copy, fold, search and select.
``canvas`` draws the rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.selection import Selection
from textual.widgets import Collapsible

from tui.core.turn import Turn
from tui.ui.background import in_background, in_slices
from tui.ui.transcript import messages
from tui.ui.transcript.attached import OPEN_ATTACHED
from tui.ui.transcript.canvas import Canvas
from tui.ui.transcript.code import find_code, last_code
from tui.ui.transcript.cursor import Target
from tui.ui.transcript.decoration import variant_step
from tui.ui.transcript.document import TurnDocument
from tui.ui.transcript.growing import WorkBudget
from tui.ui.transcript.keys import TRANSCRIPT_BINDINGS
from tui.ui.transcript.lines import EMPTY_LINE, Line
from tui.ui.transcript.offers import Offer, link_at, offer_at
from tui.ui.transcript.reasoning import ReasoningFold
from tui.ui.transcript.search import Match, Search
from tui.ui.transcript.selecting import selected_text
from tui.ui.transcript.virtual_rows import Anchor

_LOOK_AGAIN_SECONDS = 0.05
_OFFER_SECONDS = 0.01
"""The interval of checks for whether a turn is drawn."""


class Transcript(Canvas, can_focus=True, inherit_bindings=False):
    """The turns of a conversation."""

    DEFAULT_CSS = Path(__file__).with_name("transcript.tcss").read_text("utf-8")
    ALLOW_SELECT = True
    FOCUS_ON_CLICK = False
    """A click focuses it only after it was handled: the focus changes the offers under the pointer."""
    BINDINGS = TRANSCRIPT_BINDINGS
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("transcript",)

    CopyRequested = messages.CopyRequested
    LinkActivated = messages.LinkActivated
    FollowChanged = messages.FollowChanged
    VariantRequested = messages.VariantRequested
    OfferChosen = messages.OfferChosen
    AttachedWanted = messages.AttachedWanted
    MatchChanged = messages.MatchChanged

    # ---- content

    def show_turns(self, turns: Sequence[Turn]) -> None:
        """Show a conversation at its end, or at the selected turn; costs only what is visible."""
        reading = next((document.turn.identity for _, document, _ in self.viewport.rows(count=1)), "")
        self.folds.clear()
        self.roll.show(turns)
        self.cursor.clear()
        index = self.roll.find(reading)
        if self.viewport.is_following or index is None:
            self.viewport.is_following = True
        else:
            row = min(self.viewport.anchor.row, self.roll.rows(index) - 1)
            self.viewport.anchor = Anchor(index, row)
        self.relayout()
        self.after_scroll()

    def add_turn(self, turn: Turn) -> None:
        """Append a turn and follow it."""
        self.roll.add(turn)
        self.follow_end()

    def turn_changed(self) -> None:
        """Request a frame after a change. Cheap."""
        if self.is_drawn:
            self.clock.request()

    def turn_ended(self, turn: Turn) -> None:
        """Draw a finished turn at once, in its final form."""
        self.clock.stop()
        index = self.roll.find(turn.identity)
        if index is not None:
            self.advance_turn(self.roll.documents[index], index)
            self.show_change()

    def show_path(self, turns: Sequence[Turn], *, follows: bool = True) -> None:
        """Show another branch, keeping the common part as drawn.

        Without ``follows``, a view further up stays there when turns are appended.
        """
        documents = self.roll.documents
        pairs = enumerate(zip(documents, turns, strict=False))
        same = next((index for index, (old, new) in pairs if old.turn is not new), None)
        first = min(len(documents), len(turns)) if same is None else same
        gone, new = self.roll.cut(first), turns[first:]
        if gone:
            self._take_place(gone, new)
            return
        if follows or self.viewport.is_following:
            for turn in new:
                self.add_turn(turn)
        elif new:
            for turn in new:
                self.roll.add(turn)
            self.show_change()

    def _take_place(self, gone: Sequence[Turn], new: Sequence[Turn]) -> None:
        """Replace turns by others, keeping cursor and view."""
        for turn in new:
            self.roll.add(turn)
        for turn in gone:
            self.matches.forget(turn.identity)
        if new:
            self.cursor.follow(gone[0].identity, new[0].identity)
        if self.cursor.identity is not None and self.roll.find(self.cursor.identity) is None:
            self.cursor.clear()
        if self.is_drawn and new and not new[-1].state.is_live:
            self._show_speaker(len(self.roll.documents) - len(new))
        self.relayout()

    def _show_speaker(self, index: int) -> None:
        """Scroll as little as possible to show the turn, from its prompt or its model."""
        row = max(0, self.roll.render(index).reasoning_start - 1)
        first = 0 if row < self.viewport.height else row
        self.viewport.reveal(index, first, self.roll.rows(index) - 1)
        self.viewport.is_following = self.viewport.is_at_end
        self.after_scroll()

    def offer(self, offers: Sequence[Offer], welcome: Sequence[Line] = ()) -> None:
        """Show the actions for the last turn, or the text without any turn."""
        documents = self.roll.documents
        changed = self.welcome != tuple(welcome) and not documents
        self.welcome = tuple(welcome)
        for index, document in enumerate(documents):
            wanted = tuple(offers) if index == len(documents) - 1 else ()
            if document.offers != wanted:
                document.offers = wanted
                changed |= document.advance(allowance=WorkBudget(seconds=_OFFER_SECONDS))
                self.roll.moved(index + 1)
        if changed:
            self.show_change()

    # ---- cursor

    def action_move_block(self, step: int) -> None:
        """Move the cursor to the next or previous block."""
        self._went_to(self.cursor.move_block(step, self.viewport))

    def action_move_turn(self, step: int) -> None:
        """Move the cursor to the next or previous turn."""
        self._went_to(self.cursor.move_turn(step, self.viewport))

    def _went_to(self, target: Target | None) -> None:
        if target is not None:
            self.viewport.reveal(target.turn, target.first, target.last)
            self.viewport.is_following = target.is_end
            self.after_scroll()

    def _document_under_cursor(self) -> TurnDocument | None:
        index = self.cursor.index
        return None if index is None else self.roll.documents[index]

    @property
    def turn_under_cursor(self) -> Turn | None:
        """The turn under the cursor; without one, the last turn."""
        document = self._document_under_cursor()
        return None if document is None else document.turn

    def select(self, turn: Turn) -> None:
        """Move the cursor to a turn, unless it is there."""
        if self.cursor.identity != turn.identity:
            self.cursor.identity, self.cursor.block = turn.identity, 0
            self.show_change()

    def reveal_turn(self, identity: str) -> None:
        """Move the cursor to a turn, and make it visible."""
        index = self.roll.find(identity)
        if index is not None:
            self.select(self.roll.documents[index].turn)
            self._show_speaker(index)

    @property
    def turn_with_variants(self) -> Turn | None:
        """Return the turn under the cursor or, without one, the last turn with variants, if any."""
        if self.cursor.identity is not None and (document := self._document_under_cursor()) is not None:
            return document.turn
        turns = (document.turn for document in reversed(self.roll.documents))
        return next((turn for turn in turns if turn.variants), None)

    # ---- attachments

    def toggle_attached(self) -> bool:
        """Show or hide the attachments of the prompt under the cursor; return whether it has any."""
        document = self._document_under_cursor()
        if document is None or not self.cursor.is_on_prompt or not document.turn.prompt.blobs:
            return False
        self._toggle_attached(document)
        return True

    def _toggle_attached(self, document: TurnDocument) -> None:
        if document.shows_attached:
            self.show_attached(document.turn, None)
        else:
            self.post_message(self.AttachedWanted(document.turn))

    def show_attached(self, turn: Turn, contents: Mapping[str, bytes] | None) -> None:
        """Show the contents of a turn's attachments by SHA-256; ``None`` hides them."""
        index = self.roll.find(turn.identity)
        if index is not None:
            self.roll.documents[index].show_attached(contents)
            self.roll.moved(index)
            self.relayout()

    # ---- reasoning

    def action_toggle_reasoning(self) -> None:
        """Fold or unfold the reasoning of the turn under the cursor, or of the last turn.

        On a prompt, its attachments.
        """
        if self.toggle_attached():
            return
        document = self._document_under_cursor()
        if document is not None and document.has_reasoning:
            self._set_reasoning([document], not document.is_reasoning_shown)

    def toggle_all_reasoning(self) -> None:
        """Fold all reasoning, or unfold it if none is unfolded."""
        documents = [document for document in self.roll.documents if document.has_reasoning]
        self._set_reasoning(documents, not any(document.is_reasoning_shown for document in documents))

    def _set_reasoning(self, documents: Sequence[TurnDocument], shown: bool) -> None:
        for document in documents:
            document.reasoning_open = shown
            if document.is_rendered:
                document.measure()
        self.roll.moved(0)
        self.relayout()

    @on(Collapsible.Toggled)
    def take_on_fold(self, event: Collapsible.Toggled) -> None:
        """Record that the user folded or unfolded a reasoning by its title."""
        event.stop()
        fold = event.collapsible
        if isinstance(fold, ReasoningFold) and fold.document.is_reasoning_shown == fold.collapsed:
            self._set_reasoning([fold.document], not fold.collapsed)

    # ---- copying and links

    def action_copy_turn(self) -> None:
        """Copy the code block under the cursor, otherwise the answer or prompt under the cursor."""
        document = self._document_under_cursor()
        if document is None:
            return
        answer = document.turn.answer.text
        if not answer or self.cursor.is_on_prompt:
            self.post_message(self.CopyRequested(document.turn.prompt.words, "prompt"))
        elif (block := self._block_under_cursor) is None:
            self.post_message(self.CopyRequested(answer, "answer"))
        else:
            in_background(self, self._copy_block, answer, block, group="copy")

    @property
    def _block_under_cursor(self) -> int | None:
        """Return the number of the block under the cursor, if any."""
        return self.cursor.block if self.cursor.identity is not None and not self.roll.view.raw else None

    async def _copy_block(self, answer: str, block: int) -> None:
        """Copy a code block, or the whole answer if it is none."""
        code = (await find_code(answer)).get(block)
        self.post_message(self.CopyRequested(code or answer, "code" if code else "answer"))

    def action_copy_code(self) -> None:
        """Copy the code block under the cursor, or the last one of the turn."""
        document = self._document_under_cursor()
        if document is None:
            return
        answer = document.turn.answer.text
        in_background(self, self._copy_code, answer, self._block_under_cursor, group="copy")

    async def _copy_code(self, text: str, block: int | None) -> None:
        """Copy a block of code, or the last one."""
        codes = await find_code(text)
        code = codes[block] if block in codes else last_code(codes)
        self.post_message(self.CopyRequested(code or "", "code"))

    def action_copy_reasoning(self) -> None:
        """Copy the reasoning of the turn under the cursor."""
        document = self._document_under_cursor()
        if document is not None and document.has_reasoning:
            self.post_message(self.CopyRequested(document.turn.reasoning.text, "reasoning"))

    def action_open_link(self) -> None:
        """Request opening the first link of the block under the cursor."""
        document = self._document_under_cursor()
        if document is None or not document.is_rendered:
            return
        for row in range(document.drawn_rows):
            if self.cursor.is_on(document, row) and (url := link_at(document.line(row) or EMPTY_LINE)):
                self.post_message(self.LinkActivated(url))
                return

    def on_click(self, event: events.Click) -> None:
        """Open a clicked link after confirmation, or move to the unseen output."""
        if event.widget is not self or self.text_selection is not None:
            return
        if self.has_unseen and event.y == self.viewport.height - 1:
            self.follow_end()
            return
        line = self.rows_of_view(event.y, 1)[0]
        action = offer_at(line, event.x)
        if action == OPEN_ATTACHED:
            for _, document, _ in self.viewport.rows(event.y, 1):
                self._toggle_attached(document)
            return
        if action:
            self.post_message(self.OfferChosen(action))
            return
        self.focus()
        step = variant_step(line, event.x)
        for _, document, _ in self.viewport.rows(event.y, 1):
            if step:
                self.post_message(self.VariantRequested(document.turn, step))
                return
        if url := link_at(line, event.x):
            self.post_message(self.LinkActivated(url))

    # ---- search

    def search(self, query: str) -> int:
        """Highlight the matches and move to the newest; return their number.

        An empty query ends the search.
        """
        count = self.matches.begin(query)
        self._show_search()
        return count

    async def search_beside(self, query: str, tell: Callable[[Search], None]) -> None:
        """Do the same as ``search`` in the background, and call ``tell`` with the result.

        The lines of a turn that is still being drawn are searched once they exist.
        """
        for _ in range(2):
            await in_slices(self.matches.steps(query))
            tell(self.matches)
            self._show_search()
            while True:
                if not query.strip() or (self.matches.count and not self.matches.is_waiting):
                    return
                if self.roll.behind() is None:
                    break
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    def _show_search(self) -> None:
        if self.matches.count:
            self._move_to_match(-1)
        else:
            self.relayout()

    def _move_to_match(self, step: int) -> None:
        self._go_to_match(self.matches.move(step))
        if self.matches.is_waiting:
            in_background(self, self._move_when_drawn, step, group="search", exclusive=True)

    async def _move_when_drawn(self, step: int) -> None:
        while not self.matches.is_due:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        if self.matches.is_waiting:
            self._move_to_match(step)

    def action_next_match(self) -> None:
        """Move to the next match, wrapping around."""
        self._move_to_match(1)

    def action_previous_match(self) -> None:
        """Move to the previous match, wrapping around."""
        self._move_to_match(-1)

    def _go_to_match(self, found: tuple[int, Match] | None) -> None:
        if found is not None:
            index, match = found
            self.viewport.reveal(index, match.row, match.parts[-1][0])
            self.viewport.is_following = False
            self.after_scroll()
            self.relayout()  # folds may have opened or closed
            self.post_message(self.MatchChanged())

    # ---- selection

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text, without decoration and with wrapped lines joined."""
        return selected_text(self._line_at, self.roll.height, selection), "\n"

    def text_select_all(self) -> None:
        """Do nothing: a double click on a long conversation would render all of it."""

    def _line_at(self, absolute: int) -> Line:
        for index, document, row in self.roll.walk(self.roll.at(absolute), 1):
            return self.decoration.decorated(index, document, row)
        return EMPTY_LINE
