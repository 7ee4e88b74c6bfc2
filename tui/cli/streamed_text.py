"""Prints a turn to stdout and stderr as it streams, line by line and without cursor addressing."""

from __future__ import annotations

from tui.cli.output import Output
from tui.core import reasoning_view, turn_summary
from tui.core.losses import losses
from tui.core.safe_text import CONTEXT, safe_line
from tui.core.turn import TextBuffer, Turn


class StreamedText:
    """Prints the new text of a turn: the reasoning dimmed on stderr, the answer on stdout.

    Tool calls follow the answer, one per line as ``name(arguments)``; they are never run.
    """

    def __init__(
        self,
        output: Output,
        *,
        is_labelled: bool = False,
        shows_answer: bool = True,
        reasoning: reasoning_view.ReasoningView = reasoning_view.ReasoningView.LIVE,
    ) -> None:
        """Create a printer.

        Args:
            is_labelled: print a line at the beginning of each part, for screen readers.
            shows_answer: without it, stdout stays empty, since a validated answer is printed by others.
        """
        self._output = output
        self._is_labelled = is_labelled
        self._shows_answer = shows_answer
        self._is_reasoning_folded = reasoning is reasoning_view.ReasoningView.COLLAPSED
        self._reasoning_shown = 0
        self._answer_shown = 0
        self._last_reasoning = ""
        self._last_answer = ""

    def show(self, turn: Turn) -> None:
        """Print what arrived since the last call."""
        reasoning = _without_open_end(turn.reasoning, self._reasoning_shown, is_ended=not turn.state.is_live)
        if self._is_reasoning_folded:
            self._show_title(turn)
        elif reasoning:
            if self._is_labelled and self._reasoning_shown == 0:
                self._output.aside("thinking:")
            self._reasoning_shown += len(reasoning)
            self._output.aside(reasoning, end="", after=self._last_reasoning)
            self._last_reasoning = (self._last_reasoning + reasoning)[-CONTEXT:]
        if not self._shows_answer:
            return
        answer = _without_open_end(turn.answer, self._answer_shown, is_ended=not turn.state.is_live)
        if answer:
            self._separate()
            if self._is_labelled and self._answer_shown == 0:
                self._output.text("answer:")
            self._answer_shown += len(answer)
            self._output.text(answer, end="", after=self._last_answer)
            self._last_answer = (self._last_answer + answer)[-CONTEXT:]

    def end(self, turn: Turn) -> None:
        """Print the rest, and a missing line feed at the end."""
        self.show(turn)
        if self._last_answer:
            if not self._last_answer.endswith("\n"):
                self._output.text("")
        elif self._last_reasoning:
            self._output.aside("")
        tell = self._output.line if self._shows_answer else self._output.aside
        for call in turn.tool_calls.values():
            tell(safe_line(f"{call.name}({call.arguments})"))
        for note in (*turn.notes, *losses(turn)):
            self._output.aside(f"note: {safe_line(note)}")

    def _show_title(self, turn: Turn) -> None:
        """Print one line instead of the reasoning when that has ended."""
        if turn.reasoning and turn_summary.has_thought(turn) and not self._reasoning_shown:
            self._reasoning_shown = len(turn.reasoning.text)
            self._output.aside(turn_summary.reasoning_title(turn))

    def _separate(self) -> None:
        if self._answer_shown == 0 and self._last_reasoning:
            self._output.aside("" if self._last_reasoning.endswith("\n") else "\n")


def _without_open_end(buffer: TextBuffer, shown: int, *, is_ended: bool) -> str:
    """Return the new text without a final carriage return: the following line feed would make it harmless."""
    text = buffer.since(shown)
    return text[:-1] if text.endswith("\r") and not is_ended else text
