"""The turn around a hit, beside the list of conversations, drawn as the chat draws it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from tui.core.failure import LmdeckError
from tui.texts import conversations as texts
from tui.texts.history import IN_OTHER
from tui.ui.background import in_background
from tui.ui.deck import runtime_of
from tui.ui.shell.pane import Pane
from tui.ui.transcript.transcript import Transcript

if TYPE_CHECKING:
    from tui.runtime.history_search import Found, Hit

_PAUSE_SECONDS = 0.25
"""A cursor that moves on has another turn shown: none is read for the rows that it only passes."""


class Preview(Pane):
    """Shows the first hit of a conversation."""

    def __init__(self) -> None:
        super().__init__(id="preview")
        self.display = False
        self._shown: tuple[str, str, str] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the transcript."""
        transcript = Transcript(terminal_scrolls=False)
        transcript.can_focus = False  # the list keeps the keyboard
        yield transcript

    def show(self, found: Found | None) -> None:
        """Show where something was found first; nothing where nothing was."""
        hit = None if found is None else found.best[0]
        shown = (
            None if found is None or hit is None else (found.summary.identity, hit.identity, hit.line.word)
        )
        if shown == self._shown:
            return
        self._shown = shown
        self.set_title(texts.PREVIEW, "" if hit is None else _place_of(hit))
        in_background(self, self._read, shown, group="preview", exclusive=True)

    async def _read(self, shown: tuple[str, str, str] | None) -> None:
        transcript = self.query_one(Transcript)
        await asyncio.sleep(_PAUSE_SECONDS)
        if shown is None:
            transcript.show_turns([])
            return
        conversation, identity, word = shown
        try:
            saved = await asyncio.to_thread(runtime_of(self).chat_history.read, conversation)
        except LmdeckError:  # deleted meanwhile, or unreadable: the list says so
            transcript.show_turns([])
            return
        turn = saved.transcript.tree.turns.get(identity)
        transcript.show_turns([] if turn is None else [turn])
        transcript.reveal_turn(identity)
        transcript.matches.start_in(identity, word)
        await transcript.search_beside(word, lambda _: None)


def _place_of(hit: Hit) -> str:
    place = IN_OTHER if hit.turn is None else texts.PREVIEW_OF
    return place.format(where=hit.where, turn=hit.turn)
