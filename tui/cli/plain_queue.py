"""The queue of ``lmdeck chat --plain``: list, remove, edit and send queued messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from tui.cli.output import Output
from tui.core.attachment import prompt_text
from tui.core.commands import line_of, place_of, shown_number
from tui.core.queued_prompt import QueuedPrompt
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.runtime.chat_control import ChatControl
from tui.runtime.chat_queue import pause_words, queue_lines
from tui.texts import plain_chat
from tui.texts import queue as texts


class AsksAndEdits(Protocol):
    """The part of the chat that its queue uses."""

    def answer(self, ask: Callable[[], Awaitable[Turn | None]], *, is_next: bool = False) -> None:
        """Request an answer and print it as it arrives."""

    def edit_draft(self, line: str) -> None:
        """Begin the next line with a text."""


class PlainQueue:
    """Runs ``/queue``, and sends queued messages."""

    def __init__(self, chat: AsksAndEdits, control: ChatControl, output: Output) -> None:
        self._chat = chat
        self._control = control
        self._output = output
        self._told: object = None

    def send(self) -> None:
        """Send queued messages while answers are complete; then print once what remains."""
        queue = self._control.queue
        while queue.is_running:
            if queue.may_send_next():
                self._output.text(f"you> {prompt_text(queue.prompts[0].content)}")
                self._chat.answer(queue.send_next, is_next=True)
        if (queue.pause, queue.prompts) != self._told:
            self._told = (queue.pause, queue.prompts)
            self._report_pause()

    def obey(self, argument: str) -> None:
        """Run ``/queue``."""
        argument = argument.casefold()
        word, _, number = argument.partition(" ")
        queue, number = self._control.queue, number.strip()
        if not queue.prompts:
            self._output.text(texts.EMPTY)
        elif not argument:
            self._list()
        elif argument == "go":
            queue.go()
        elif argument == "clear":
            self._list()
            count = queue.clear()
            self._output.text(texts.CLEARED_ONE if count == 1 else texts.CLEARED.format(count=count))
        elif word in ("edit", "remove") and number:
            self._change(word, number)
        else:
            self._output.text(texts.USAGE)

    def _change(self, word: str, number: str) -> None:
        prompts = self._control.queue.prompts
        place = place_of(number, len(prompts))
        if place is None:
            self._output.line(texts.NO_SUCH.format(number=shown_number(number), count=len(prompts)))
            return
        queued: QueuedPrompt = prompts[place]
        self._control.queue.remove(queued)
        if word == "edit":
            self._chat.edit_draft(line_of(queued.content.words))
        else:
            self._output.line(texts.REMOVED.format(text=safe_line(queued.content.text, 60)))

    def _list(self) -> None:
        for line in queue_lines(self._control.queue):
            self._output.line(line)
        self._report_pause()

    def _report_pause(self) -> None:
        pause = self._control.queue.pause
        if pause is not None:
            count = len(self._control.queue.prompts)
            self._output.line(plain_chat.QUEUE_PAUSED.format(pause=pause_words(pause), count=count))
