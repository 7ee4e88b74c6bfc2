"""Reads prompts for the plain chat, and handles signals while reading or while an answer streams."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from tui.cli.line_reader import LineReader
from tui.cli.output import Output
from tui.cli.plain_draft import PlainDraft
from tui.cli.typed_ahead import TypedAhead
from tui.core.commands import line_of, message_of, request_of
from tui.core.mentions import mentions
from tui.core.turn import Turn
from tui.runtime.chat_control import ChatControl
from tui.session.titling import Titling
from tui.texts import plain_chat as texts

_TITLE_SECONDS = 10.0
"""How long the next prompt waits for a title: while a line is read, nothing else runs."""


class PromptReader:
    """Reads prompts line by line; handles signals meanwhile, and while an answer streams."""

    def __init__(
        self, control: ChatControl, output: Output, complete: Callable[[str], Sequence[str]]
    ) -> None:
        self._control = control
        self._output = output
        self._lines = LineReader(complete, self._typed)
        self._kept = PlainDraft(control)
        self._begun: list[str] = []
        """The lines of a message whose last line is being typed."""
        self._ahead = TypedAhead(self._queue)
        self._answering: asyncio.Task[object] | None = None
        self._question = ""
        """The current prompt on screen."""
        self._edited: Turn | None = None
        """The message that the next line replaces."""
        self._draft = ""
        """The text of the next line, for editing."""
        self._interrupted_by: int | None = None
        self.is_ending = False
        """Whether a signal ends the chat."""

    @contextmanager
    def hearing_signals(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """Handle signals: SIGINT stops an answer; SIGTERM and SIGHUP end the chat and save it.

        None of them waits for a reader.
        """

        def on_signal(number: int, _: object) -> None:
            self._output.hurry(number)
            if number != signal.SIGINT:
                self.is_ending, self._output.ended_by = True, number
            if self._answering is not None:
                loop.call_soon_threadsafe(self._answering.cancel)
            elif self._question:
                if number != signal.SIGINT:
                    self._lines.tell()
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

    def read(self) -> str | None:
        """Return the next prompt; ``None`` at the end of the input."""
        if (typed := self._ahead.next()) is not None:
            self._output.text(f"you> {typed}")
            return typed
        if self._ahead.is_ended:
            return None
        lines = self._begun = []
        while True:
            try:
                line = self._ask(*self._question_of(len(lines)))
            except KeyboardInterrupt:
                if self._interrupted_by is not None:
                    self._output.hurry(self._interrupted_by)  # the wait for the line had its timer
                self._output.text("")
                if self.is_ending:
                    return None
                lines.clear()
                self._edited, self._draft = None, ""
                self._kept.keep("")
                continue
            if not line:
                self._output.text("")
                return None
            line = line.removesuffix("\n")
            if not line.endswith("\\"):
                self._draft = ""
                self._kept.keep("")
                return "\n".join([*lines, line])
            lines.append(line[:-1])

    def _question_of(self, place: int) -> tuple[str, str]:
        """Return the prompt for a line, and the part of an edited message in it."""
        old = (self._draft if self._edited is None else line_of(self._edited.prompt.words)).split("\n")
        text = old[place] if place < len(old) else ""
        question = "...> " if place else "you> "
        if self._edited is not None and not place:
            question = texts.EDIT_QUESTION.format(number=self._control.turns.index(self._edited) + 1)
        return question, f"{text}\\" if place + 1 < len(old) else text

    def _typed(self, line: str) -> None:
        """Save what is typed, unless it edits a message, which is already in the chat."""
        if self._edited is None:
            self._kept.keep("\n".join([*self._begun, line]))

    def restore(self) -> None:
        """Put the unsent message of a killed program into the next line, if lines can be edited."""
        if self._lines.edits:
            self._draft = self._kept.restore()

    def draft(self, line: str) -> None:
        """Put a text into the next line; if lines cannot be edited, print it."""
        self._draft = line
        if not self._lines.edits:
            self._output.text(line)

    def edit(self, turn: Turn) -> None:
        """Edit a sent message in the next line."""
        self._edited = turn
        if not self._lines.edits:
            number = self._control.turns.index(turn) + 1
            self._output.text(texts.EDIT_TEXT.format(number=number))
            self._output.text(turn.prompt.words)

    def take_edited(self) -> Turn | None:
        """Return, once, the message that the last line replaces."""
        edited, self._edited = self._edited, None
        return edited

    def _ask(self, question: str, text: str = "") -> str:
        """Return a line with its line end; empty at the end of the input. ``text`` is its initial text.

        The prompt is printed before readline prints it again in the same place: a signal could not interrupt
        readline while it waits for a stalled terminal.
        """
        try:
            self._question = question  # from here on a signal ends the wait
            if self.is_ending:
                raise KeyboardInterrupt
            self._output.text(question, end="\r" if self._lines.edits else "")
            self._output.calm()
            return self._lines.read(question, text)
        finally:
            self._question = ""

    def _queue(self, line: str) -> bool:
        """Queue a message while an answer streams; a command waits for the next prompt."""
        message, queue = message_of(line), self._control.queue
        if not message.strip():
            return True
        if request_of(line.rstrip()) is not None or queue.is_full or self._control.live is None:
            return False
        if next(mentions(message), None) is not None:
            return False  # its files are read when it is sent
        queue.add(message)
        return True

    async def wait_for_title(self, titling: Titling) -> None:
        """Wait for the title from a model, unless the user types or a signal arrives."""
        if self.is_ending:
            return
        waits = {asyncio.ensure_future(titling.wait()), asyncio.ensure_future(self._ahead.wait())}
        self._answering = asyncio.current_task()
        try:
            with self._ahead.reading():
                await asyncio.wait(waits, timeout=_TITLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._answering = None
            for wait in waits:
                wait.cancel()

    async def answer_of(self, ask: Callable[[], Awaitable[Turn | None]]) -> Turn | None:
        """Request an answer that a signal can stop."""
        self._answering = asyncio.current_task()
        try:
            if self.is_ending:
                raise asyncio.CancelledError
            with self._ahead.reading():
                return await ask()
        finally:
            self._answering = None
