"""The versions of a message in ``lmdeck chat --plain``: edit, show one by one, or as a tree."""

from __future__ import annotations

from typing import Protocol

from tui.cli.output import Output
from tui.core.commands import place_of, shown_number
from tui.core.turn import Turn
from tui.runtime.chat_actions import why_not
from tui.runtime.chat_control import ChatControl
from tui.texts import branches as branch_texts
from tui.texts import chat as chat_texts
from tui.texts import commands as command_texts


class ShowsAndEdits(Protocol):
    """The part of the chat that the versions of its messages use."""

    def show_from(self, turn: Turn) -> None:
        """Print an existing message and what follows it."""

    def edit(self, turn: Turn) -> None:
        """Edit a sent message in the next line."""


class PlainVersions:
    """Runs ``/edit``, ``/previous``, ``/next`` and ``/branches``."""

    def __init__(self, chat: ShowsAndEdits, control: ChatControl, output: Output) -> None:
        self._chat = chat
        self._control = control
        self._output = output

    def edit(self, number: str) -> None:
        """Edit the message with a number, or the last one."""
        turn = self._message(number, self._control.last)
        if turn is None:
            return
        if reason := why_not(self._control, "edit"):
            self._output.text(reason)
        else:
            self._chat.edit(turn)

    def _message(self, number: str, default: Turn | None) -> Turn | None:
        """Return the message with a number, or print that there is none."""
        turns = self._control.turns
        if not turns:
            self._output.text(command_texts.NOTHING_SENT)
        elif not number:
            return default
        elif (place := place_of(number, len(turns))) is not None:
            return turns[place]
        else:
            sentence = chat_texts.NO_SUCH_MESSAGE.format(number=shown_number(number), count=len(turns))
            self._output.line(sentence)
        return None

    def choose(self, step: int, none: str, number: str) -> None:
        """Show another version of a message; without a number, of the last one that has several."""
        last = self._control.last_with_variants or self._control.last
        turn = self._message(number, last)
        if turn is None:
            return
        chosen = self._control.both()[0].choose_variant(turn, step)
        if chosen is None:
            self._output.text(none)
        else:
            self._chat.show_from(chosen)

    def branches(self, number: str) -> None:
        """Print all branches as a tree, or show the branch of a row."""
        rows = self._control.branches
        if not self._control.has_variants:
            self._output.text(branch_texts.NONE)
        elif not number:
            for place, row in enumerate(rows, 1):
                mark = "*" if row.is_shown else " "
                self._output.line(f"{place:>3} {mark} {row.indent}{row.prompt}  {row.answer}")
            self._output.text(branch_texts.HINT)
        elif (chosen := place_of(number, len(rows))) is not None:
            turn = rows[chosen].turn
            if self._control.both()[0].show_branch(turn):
                self._chat.show_from(turn)
        else:
            self._output.line(branch_texts.NO_SUCH_ROW.format(number=shown_number(number), count=len(rows)))
