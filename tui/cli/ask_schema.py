"""``lmdeck ask --schema``: prints valid JSON on stdout, everything else on stderr."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tui.cli.ask_report import ask_failure, ask_report, structured_report
from tui.cli.exit_codes import code_of_failure, code_of_turn
from tui.cli.output import Output
from tui.cli.stdin import read_bytes
from tui.cli.streamed_text import StreamedText
from tui.core.counted import Counted
from tui.core.json_answer import printable_json
from tui.core.parts import Parts
from tui.core.reasoning_view import ReasoningView
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.core.turn_report import paid_report
from tui.runtime.schemas import load_schema, rewrite_strictly
from tui.session.chat_session import ChatSession
from tui.session.structured import Verdict, token_counts
from tui.session.structured_ask import StructuredAsk
from tui.session.target import ChatTarget
from tui.texts import cli as cli_texts
from tui.texts import schemas as texts

_EMPTY = ("empty-answer", "thinking-ate-budget")


class SchemaQuestion:
    """A question whose answer must follow a schema."""

    def __init__(self, arguments: argparse.Namespace, output: Output) -> None:
        """Read the schema, possibly from stdin.

        Raises:
            UsageError: it is unusable.
        """
        self._arguments = arguments
        self._output = output
        is_piped = arguments.schema == "-"
        name = cli_texts.STDIN if is_piped else arguments.schema
        self._asked = load_schema(name, read_bytes() if is_piped else None)
        if arguments.strict:
            self._asked, strict = rewrite_strictly(self._asked, name)
            self._say(texts.STRICT_CHANGES.format(closed=strict.closed, nullable=strict.nullable))
        self._asking: StructuredAsk | None = None
        self._verdict: Verdict | None = None
        self._shown = ""
        self._printer: StreamedText | None = None

    def _say(self, sentence: str) -> None:
        self._output.aside(cli_texts.NOTE.format(text=safe_line(sentence)))

    async def ask(
        self, session: ChatSession, target: ChatTarget, message: Callable[[str], Parts], prompt: str
    ) -> Turn:
        """Send the question, and return the last turn."""
        self._asking = StructuredAsk(
            session, target, self._asked, retries=self._arguments.retry, say=self._say
        )
        turn, self._verdict = await self._asking.ask(message, prompt)
        return turn

    @property
    def tries(self) -> list[Turn]:
        """All answers that were paid for."""
        return [] if self._asking is None else self._asking.tries

    def show(self, turn: Turn, reasoning: ReasoningView) -> None:
        """Print new reasoning and, on a terminal, how much JSON has arrived."""
        if self._arguments.json:
            return
        if self._printer is None or self._shown != turn.identity:
            self._shown = turn.identity
            self._printer = StreamedText(self._output, shows_answer=False, reasoning=reasoning)
        self._printer.show(turn)
        if turn.answer:
            count = len(turn.answer) if turn.state.is_live else 0
            self._output.progress(texts.PROGRESS.format(count=Counted(count)) if count else "")

    def end(self, turn: Turn, target: ChatTarget) -> int:
        """Print the result, and return the exit code."""
        failure = ask_failure(turn) if self._verdict is None else self._verdict.failure
        code = code_of_failure(failure) or code_of_turn(turn)
        if self._arguments.json:
            self._output.json(self._report(turn, target), failure or ask_failure(turn))
            return code
        verdict = self._verdict
        if verdict is not None:
            turn.notes = [note for note in turn.notes if note != verdict.sentence]
        if self._printer is not None:
            self._printer.end(turn)
        if verdict is not None and verdict.is_valid and verdict.answer is not None:
            encoding = getattr(self._output.stdout, "encoding", None) or "utf-8"
            if verdict.answer.note:
                self._say(verdict.answer.note)
            self._output.text(printable_json(verdict.answer.text, encoding))
        elif failure is not None:
            self._output.aside(turn.answer.text.rstrip(), end="\n" if turn.answer else "")
            self._output.failure(failure)
        if failure is not None and failure.cause in _EMPTY:
            self._say(texts.EMPTY_ANSWER.format(counts=token_counts(turn)))
        if self._asking is not None and (advice := self._asking.advice(turn)):
            self._say(advice)
        return code

    def _report(self, turn: Turn, target: ChatTarget) -> dict[str, object]:
        """Return the report of ``ask --json``, with the validation result."""
        report = ask_report(turn, target, is_named=self._arguments.url is None)
        structured = structured_report(turn, self._verdict, self._asking)
        return {**report, **paid_report(self.tries), "structured": structured}
