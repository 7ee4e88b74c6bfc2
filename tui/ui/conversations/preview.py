"""The turn around a match, next to the list of conversations, drawn as in the chat."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message

from tui.core.failure import LmdeckError
from tui.texts import conversations as texts
from tui.texts.history import IN_OTHER
from tui.ui.background import in_background
from tui.ui.deck import runtime_of
from tui.ui.shell.pane import Pane
from tui.ui.transcript.transcript import Transcript

if TYPE_CHECKING:
    from tui.core.search_place import HitPlace
    from tui.runtime.history_search import Found, Hit

_PAUSE_SECONDS = 0.25
"""The delay before a turn is read, so that none is read for rows that the cursor only passes."""


class Preview(Pane):
    """Shows the best match of a conversation; appears with the first match.

    While a search is being typed it causes no layout, which would delay keys.
    """

    class Appeared(Message):
        """The preview takes up space from now on."""

    def __init__(self) -> None:
        super().__init__(id="preview")
        self.display = False
        self._shown: tuple[str, HitPlace] | None = None

    def compose(self) -> ComposeResult:
        """Create the transcript."""
        transcript = Transcript(terminal_scrolls=False)
        transcript.can_focus = False  # the list keeps the focus
        yield transcript

    def show(self, found: Found | None = None, place: HitPlace | None = None) -> None:
        """Show the best match; nothing if there is none."""
        hit = None if found is None else found.best[0]
        shown = None if found is None or place is None else (found.summary.identity, place)
        if shown == self._shown:
            return
        self._shown = shown
        self.set_title(texts.PREVIEW, "" if hit is None else _place_of(hit))
        if shown is not None or self.display:
            in_background(self, self._read, shown, group="preview", exclusive=True)

    def hide(self) -> None:
        """Hide, leaving the space to the list."""
        self._shown, self.display = None, False

    async def _read(self, shown: tuple[str, HitPlace] | None) -> None:
        transcript = self.query_one(Transcript)
        await asyncio.sleep(_PAUSE_SECONDS)
        if shown != self._shown:
            return
        if not self.display:
            await self._appear()
        if shown is None:
            transcript.show_turns([])
            return
        conversation, place = shown
        try:
            saved = await asyncio.to_thread(runtime_of(self).chat_history.read, conversation)
        except LmdeckError:  # deleted meanwhile, or unreadable: the list reports it
            transcript.show_turns([])
            return
        turn = saved.transcript.tree.turns.get(place.turn)
        transcript.show_turns([] if turn is None else [turn])
        transcript.reveal_turn(place.turn)
        transcript.matches.start_at(place)
        await transcript.search_beside(place.words, lambda _: None)

    async def _appear(self) -> None:
        """Appear, and wait for the layout: a turn is drawn for its width."""
        self.display = True
        self.post_message(self.Appeared())
        is_laid_out = asyncio.Event()
        self.call_after_refresh(is_laid_out.set)
        await is_laid_out.wait()


def _place_of(hit: Hit) -> str:
    place = IN_OTHER if hit.turn is None else texts.PREVIEW_OF
    return place.format(where=hit.where, turn=hit.turn)
