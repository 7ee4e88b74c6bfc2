"""Keeps the transcript and the status bar in sync with the session of a chat."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from tui.core.totals import Totals
from tui.core.turn import Turn, TurnState
from tui.core.usage import Source, Usage
from tui.runtime.chat_control import ChatControl
from tui.ui.chat.status_parts import StatusFacts
from tui.ui.chat.words import is_other_model, marks

if TYPE_CHECKING:
    from tui.session.chat_session import ChatSession
    from tui.ui.transcript.transcript import Transcript

_REACTION_SECONDS = 0.5
"""How long after the end of an answer a key may have been pressed without seeing it."""


def estimated_usage(turn: Turn) -> Usage | None:
    """Return our own estimate of a turn's tokens, as long as the server reports none."""
    reasoning, answer = turn.reasoning.tokens, turn.answer.tokens
    if not reasoning and not answer:
        return None
    return Usage(None, reasoning + answer, reasoning or None, source=Source.ESTIMATED)


def _estimate(turn: Turn | None) -> Usage | None:
    if turn is None or (turn.usage is not None and turn.usage.reasoning_tokens is not None):
        return None
    return estimated_usage(turn)


class SessionView:
    """Keeps a transcript in sync with the session of a chat, and reads the session's figures."""

    def __init__(self, chat: ChatControl, session: ChatSession, transcript: Transcript) -> None:
        self._chat = chat
        self.session = session
        self._transcript = transcript
        self._shown = list(session.turns)
        self._path_revision = session.path_revision
        self._is_live = False
        self._asked_at: float | None = None
        self._totals: Totals | None = None
        self._totals_of: tuple[object, ...] = ()
        self._ended_at: float | None = None
        transcript.show_turns(session.turns)

    @property
    def _last(self) -> Turn | None:
        return self._shown[-1] if self._shown else None

    def sync(self) -> bool:
        """Update the transcript; return whether a turn began, ended or was replaced."""
        is_other_path = self._path_revision != self.session.path_revision
        if is_other_path:
            self._path_revision = self.session.path_revision
            self._show_path()
        last = self._last
        was_live, self._is_live = self._is_live, last is not None and last.state.is_live
        if was_live and last is not None and not is_other_path:
            self._tell(last)
            if not self._is_live and last.state is not TurnState.STOPPED:
                self._ended_at = perf_counter()
        return is_other_path or was_live != self._is_live

    @property
    def has_just_ended(self) -> bool:
        """Return whether an answer ended so recently that a key may still have been meant for it."""
        return self._ended_at is not None and perf_counter() - self._ended_at < _REACTION_SECONDS

    def _tell(self, turn: Turn) -> None:
        if turn.state.is_live:
            self._transcript.turn_changed()
        else:
            self._transcript.turn_ended(turn)

    def _show_path(self) -> None:
        """Show the current branch."""
        self._shown = list(self.session.turns)
        is_queued = self._last is not None and self._last.identity == self.session.queue.last_sent
        self._transcript.show_path(self._shown, follows=not is_queued)
        if self._last is not None and self._last.state.is_live:
            self._asked_at = perf_counter()
            if not is_queued:  # otherwise no key was pressed for it
                self._transcript.follow_end()

    def facts(self, turn: Turn | None = None) -> StatusFacts:
        """Return the current facts of the status bar, for the last turn or another one."""
        totals = self._current_totals()
        turn = turn or self._last
        return StatusFacts(
            price=self._chat.price(turn),
            turn=turn,
            estimate=_estimate(turn),
            usage=totals.usage,
            costs=totals.costs,
            is_incomplete=totals.has_unknown,
            not_priced=totals.not_priced,
            marks=tuple(marks(self._chat)),
            asked_at=self._asked_at,
            now=perf_counter(),
        )

    def show_speakers(self) -> None:
        """Show the model of each turn, if it differs from the one in the header."""
        target = self._chat.target
        shown = target is None or any(is_other_model(turn, target) for turn in self._shown)
        self._transcript.show_speakers(shown)

    def _current_totals(self) -> Totals:
        """Return the totals, calculated again only after new figures."""
        last = self._last
        seen = (self._path_revision, last, last and last.state.is_live, last and last.usage)
        if self._totals is None or seen != self._totals_of:
            self._totals, self._totals_of = self.session.totals, seen
        return self._totals
