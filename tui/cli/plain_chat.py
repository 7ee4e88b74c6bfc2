"""``lmdeck chat --plain``: the same chat, line by line, for screen readers and dumb terminals.

Nothing is drawn: no cursor addressing, no colours, no redrawing. A line beginning with ``/`` is a command.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tui.cli.command import INTERRUPTED
from tui.cli.line_reader import LineReader
from tui.cli.output import Output
from tui.cli.plain_commands import PlainCommands
from tui.cli.streamed_text import StreamedText
from tui.cli.wait_notes import WaitNotes
from tui.core.commands import line_of, message_of, request_of
from tui.core.figures import format_costs, format_tokens
from tui.core.provider_marks import connection_marks, connection_warnings
from tui.core.server_words import server_words
from tui.core.totals import Totals
from tui.core.turn import Turn
from tui.core.turn_summary import turn_summary
from tui.core.usage import Source
from tui.core.variants import variant_place
from tui.runtime.chat_control import ChatControl, Obstacle
from tui.runtime.runtime import Runtime
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.texts import answers, cli
from tui.texts import plain_chat as texts


class PlainChat:
    """Reads prompts and commands, prints answers."""

    def __init__(self, runtime: Runtime, session: ChatSession, target: ChatTarget, output: Output) -> None:
        self._runtime = runtime
        self._control = ChatControl(runtime)
        self._control.begin(session)
        self._control.target = target
        self._output = output
        self._answering: asyncio.Task[object] | None = None
        self._question = ""
        """The question that is on screen now."""
        self._edited: Turn | None = None
        """The message that the next line replaces."""
        self._is_ending = False
        self._interrupted_by: int | None = None
        self._moves_told: set[str] = set()
        self._run: Callable[[Coroutine[Any, Any, Any]], Any] = asyncio.run
        self._commands = PlainCommands(self, self._control, runtime, output)
        self._lines = LineReader(self._commands.completions)

    @property
    def _session(self) -> ChatSession:
        return self._control.both()[0]

    @property
    def _target(self) -> ChatTarget:
        return self._control.both()[1]

    def run(self) -> int:
        """Chat until the user quits; return the exit code."""
        provider = self._target.provider
        marks = connection_marks(provider)
        self._output.line(" · ".join(("lmdeck", provider.label, self._target.model_name, *marks)))
        for warning in connection_warnings(provider):
            self._output.line(cli.WARNING.format(text=warning))
        self._output.notes(self._runtime.settings_notices)
        self._output.text(texts.TYPE_HELP)
        with asyncio.Runner() as runner, self._hearing_signals(runner.get_loop()):
            self._run = runner.run
            try:
                while not self._is_ending and (line := self._read()) is not None:
                    if not self._obey(line):
                        break
            finally:
                runner.run(self._runtime.aclose())
                self._report_moves(self._runtime.moved)
                self._output.notes(self._runtime.optional.notices)
        for sentence in self._runtime.unwritten:
            self._output.aside(sentence)
        return INTERRUPTED if self._is_ending else 0

    @contextmanager
    def _hearing_signals(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """SIGINT stops an answer; SIGTERM and SIGHUP end the chat, saved. None waits for a reader."""

        def on_signal(number: int, _: object) -> None:
            self._output.hurry(number)
            if number != signal.SIGINT:
                self._is_ending, self._output.ended_by = True, number
            if self._answering is not None:
                loop.call_soon_threadsafe(self._answering.cancel)
            elif self._question:
                self._interrupted_by = number
                self._lines.interrupt()

        def on_continue(*_: object) -> None:
            if self._question:
                self._output.text(self._question, end="")

        handlers = dict.fromkeys((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), on_signal)
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        before[signal.SIGCONT] = signal.signal(signal.SIGCONT, on_continue)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _read(self) -> str | None:
        """Return the next prompt; ``None`` at the end of the input."""
        lines: list[str] = []
        while True:
            try:
                line = self._ask(*self._question_of(len(lines)))
            except KeyboardInterrupt:
                if self._interrupted_by is not None:
                    self._output.hurry(self._interrupted_by)  # the wait for the line had its timer
                self._output.text("")
                if self._is_ending:
                    return None
                lines.clear()
                self._edited = None
                continue
            if not line:
                self._output.text("")
                return None
            line = line.removesuffix("\n")
            if not line.endswith("\\"):
                return "\n".join([*lines, line])
            lines.append(line[:-1])

    def _question_of(self, place: int) -> tuple[str, str]:
        """Return what is asked for a line of a prompt, and what of an edited message stands in it."""
        if self._edited is None:
            return ("...> " if place else "you> "), ""
        old = line_of(self._edited.prompt.words).split("\n")
        text = old[place] if place < len(old) else ""
        number = self._control.turns.index(self._edited) + 1
        question = "...> " if place else texts.EDIT_QUESTION.format(number=number)
        return question, f"{text}\\" if place + 1 < len(old) else text

    def edit(self, turn: Turn) -> None:
        """Have the next line edit a message that was sent."""
        self._edited = turn
        if not self._lines.edits:
            number = self._control.turns.index(turn) + 1
            self._output.text(texts.EDIT_TEXT.format(number=number))
            self._output.text(turn.prompt.words)

    def _ask(self, question: str, text: str = "") -> str:
        """Return a line with its end; empty at the end of the input. ``text`` is in it to be edited.

        The question is written before readline writes it again in the same place: there no signal would end
        the wait for a terminal that nobody reads.
        """
        try:
            self._question = question  # from here on a signal ends the wait
            if self._is_ending:
                raise KeyboardInterrupt
            self._output.text(question, end="\r" if self._lines.edits else "")
            self._output.calm()
            return self._lines.read(question, text)
        finally:
            self._question = ""

    def _obey(self, line: str) -> bool:
        """Run a command or send a prompt; return whether to continue."""
        request = request_of(line.strip())
        edited, self._edited = self._edited, None
        if request is None:
            self._send(message_of(line), edited)
            return True
        if request.command is None:
            self._output.line(request.problem)
            return True
        return self._commands.obey(request.command, request.argument)

    def _send(self, message: str, edited: Turn | None) -> None:
        """Send a message, or one in the place of a message that was edited."""
        if message.strip() and edited is not None:
            prompt = edited.prompt.reworded(message)
            self.answer(lambda: self._session.send(prompt, self._target, beside=edited))
        elif message.strip():
            self.answer(lambda: self._session.send(message, self._target))
        elif edited is not None:
            self._output.text(texts.EDIT_CANCELLED)

    def run_work(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something asynchronous to its end."""
        return self._run(work)

    def show_from(self, turn: Turn) -> None:
        """Print a message that is there already, and what followed it."""
        turns = self._control.turns
        for shown in turns[turns.index(turn) :]:
            self._output.text(f"you> {shown.prompt.text}")
            printer = self._printer()
            printer.show(shown)
            printer.end(shown)
            _report_failure(self._output, shown)
            self._report_figures(shown)

    def report_totals(self) -> None:
        """Print what the last answer and the chat used."""
        if self._control.last is not None:
            self._report_figures(self._control.last)
        if words := _totals_words(self._session.totals):
            self._output.line(f"chat: {words}")

    def answer(self, ask: Callable[[], Awaitable[Turn | None]]) -> None:
        """Ask for an answer, and print it as it comes."""
        if not self._is_ready():
            return
        printer = self._printer()
        notes = WaitNotes(self._output)

        def on_change() -> None:
            notes.follow(self._session.turns[-1])
            printer.show(self._session.turns[-1])

        self._session.on_change = on_change
        try:
            turn = self.run_work(self._result(ask))
        except asyncio.CancelledError:
            if not self._session.turns:
                return
            turn = self._session.turns[-1]
        finally:
            self._session.on_change = None
        if turn is None:
            self._output.text(texts.NOTHING_TO_CONTINUE)
            return
        printer.end(turn)
        _report_failure(self._output, turn)
        self._report_figures(turn, *connection_marks(self._target.provider))
        words = _totals_words(self._session.totals)
        if words and len(self._session.turns) + len(turn.variants) > 1:
            self._output.line(texts.TOTAL.format(total=words))
        if self._control.storage_error:
            self._output.line(cli.NOTE.format(text=self._control.storage_error))
        self._report_moves(self._session.moves)

    def _report_figures(self, turn: Turn, *marks: str) -> None:
        if words := " · ".join(filter(None, (_place_words(turn), turn_summary(turn), *marks))):
            self._output.line(words)

    def _report_moves(self, moves: Iterable[str]) -> None:
        """Say once each where a conversation continues whose file another program removed."""
        new = [text for text in moves if text not in self._moves_told]
        self._moves_told.update(new)
        self._output.notes(new)

    def _printer(self) -> StreamedText:
        return StreamedText(self._output, is_labelled=True, reasoning=self._runtime.settings.reasoning)

    def _is_ready(self) -> bool:
        """Whether an answer can be asked for, with the provider as the files have it by now; says why not."""
        blocked = self._control.ready()
        if blocked is not None and blocked.obstacle is Obstacle.READ_ONLY:
            self._output.text(texts.READ_ONLY)
        elif blocked is not None and blocked.failure is not None:
            self._output.line(
                texts.NOT_SENT.format(title=blocked.failure.title, advice=blocked.failure.advice)
            )
        return blocked is None

    async def _result(self, ask: Callable[[], Awaitable[Turn | None]]) -> Turn | None:
        self._answering = asyncio.current_task()
        try:
            if self._is_ending:
                raise asyncio.CancelledError
            return await ask()
        finally:
            self._answering = None


def _report_failure(output: Output, turn: Turn) -> None:
    """Say why an answer is not there or not whole, and what to do: also of one that is shown again."""
    if turn.failure is not None:
        output.line(texts.FAILED.format(title=turn.failure.title, advice=turn.failure.advice))
        if said := server_words(turn.failure):
            output.line(said)


def _place_words(turn: Turn) -> str:
    place = variant_place(turn)
    return texts.VARIANT.format(number=place[0], count=place[1]) if place else ""


def _totals_words(totals: Totals) -> str:
    """Return what the conversation used so far; ``~`` where something of it is unknown."""
    usage = totals.usage
    if usage is None:
        return ""
    source = Source.ESTIMATED if totals.has_unknown else usage.source
    prompt, completion = (
        format_tokens(count, source) for count in (usage.prompt_tokens, usage.completion_tokens)
    )
    words = [answers.TOKENS.format(prompt=prompt, completion=completion)]
    if any(cost.total for cost in totals.costs):
        words.append(format_costs(totals.costs))
    return " · ".join(words)


def run_plain_chat(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Run the chat line by line and return the exit code."""
    if arguments.provider is not None or not arguments.resume:
        runtime.directory.for_chat(arguments.provider)  # refused before a conversation is opened
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    session = _session(arguments, runtime, output)
    return PlainChat(runtime, session, _target(arguments, runtime, session), output).run()


def _target(arguments: argparse.Namespace, runtime: Runtime, session: ChatSession) -> ChatTarget:
    """Return whom to ask: the provider named, else that of the conversation, else the default one."""
    last = session.turns[-1] if session.turns else None
    if arguments.provider is not None or last is None or not last.provider:
        return ChatTarget(runtime.directory.for_chat(arguments.provider))
    provider = runtime.directory.for_chat(last.provider)
    model = "" if last.model == provider.model else last.model
    return ChatTarget(provider, model).with_settings(last.settings)


def _session(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> ChatSession:
    if not arguments.resume:
        return runtime.sessions.begin(saved=not arguments.unsaved)
    session = runtime.sessions.open(runtime.sessions.find(arguments.resume))
    for turn in session.turns:
        output.text(f"you> {turn.prompt.text}")
        output.text(turn.answer.text)
        _report_failure(output, turn)
    return session
