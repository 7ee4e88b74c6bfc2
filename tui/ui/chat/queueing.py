"""Queued messages: add, take back, list and send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui.core.commands import line_of, place_of, shown_number
from tui.core.parts import Parts
from tui.core.queued_prompt import QueuedPrompt
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.runtime.chat_control import ChatControl
from tui.runtime.chat_queue import pause_words, queue_lines
from tui.texts import queue as texts
from tui.ui.background import in_background
from tui.ui.chat.frame import ChatFrame
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.words import blocked_words
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import Choice, ChoiceDialog


class Queueing:
    """Runs the keys and commands of the queue, or shows why not.

    ``show``: shows the change.
    """

    def __init__(
        self, screen: LmdeckScreen[None], chat: ChatControl, show: Callable[[], None], frame: ChatFrame
    ) -> None:
        self._screen = screen
        self._chat = chat
        self._show = show
        self._frame = frame
        chat.queue.on_sent = self._sent
        chat.queue.on_paused = lambda: screen.call_later(show)

    def add(self, message: Parts) -> bool:
        """Queue a message; return whether there was room."""
        queue = self._chat.queue
        if queue.is_full:
            return self._refuse(texts.FULL.format(count=len(queue.prompts)))
        queue.add(message)
        self._show()
        return True

    def take_last(self) -> None:
        """Put the last queued message into the prompt."""
        if prompts := self._chat.queue.prompts:
            self._take_back(prompts[-1])

    def _take_back(self, queued: QueuedPrompt) -> None:
        """Put a message that is still queued into the prompt; Up restores the earlier draft."""
        if not self._chat.queue.remove(queued):
            return
        prompt = self._screen.query_one(Prompt)
        prompt.action_end_search()
        for _ in range(2):  # first an edit, then the earlier draft
            prompt.discard()
        prompt.value = line_of(queued.content.words)
        prompt.move_cursor(prompt.document.end)
        prompt.focus()
        self._show()

    def obey(self, argument: str) -> bool:
        """Run ``/queue``; return whether it was valid."""
        word, _, number = argument.partition(" ")
        word, number = word.casefold(), number.strip()
        prompts = self._chat.queue.prompts
        if word in ("go", "clear") and not number:
            (self.go if word == "go" else self.clear)()
        elif word not in ("edit", "remove") or not number:
            return self._refuse(texts.USAGE)
        elif not prompts:
            return self._refuse(texts.EMPTY)
        elif (place := place_of(number, len(prompts))) is None:
            return self._refuse(texts.NO_SUCH.format(number=shown_number(number), count=len(prompts)))
        elif word == "edit":
            self._screen.call_later(self._take_back, prompts[place])  # the prompt still contains the command
        else:
            self._remove(prompts[place])
        return True

    def _remove(self, queued: QueuedPrompt) -> None:
        if self._chat.queue.remove(queued):
            self._tell(texts.REMOVED.format(text=safe_line(queued.content.text, 60)))

    def go(self) -> None:
        """Send the queued messages, now or after the streaming answer."""
        if not self._chat.queue.prompts:
            self._warn(texts.EMPTY)
        elif (blocked := self._chat.queue.go()) is not None:
            self._warn(blocked_words(blocked, self._frame.way))
        self._show()

    def clear(self) -> None:
        """Remove all queued messages; Up restores them in the prompt."""
        count = self._chat.queue.clear()
        if count:
            self._tell(texts.CLEARED_ONE if count == 1 else texts.CLEARED.format(count=count))
        else:
            self._warn(texts.EMPTY)

    def open(self) -> None:
        """List the queued messages, to send or remove them."""
        queue = self._chat.queue
        if not queue.prompts:
            self._warn(texts.EMPTY)
            return
        lines = [*([] if queue.pause is None else [pause_words(queue.pause)]), *queue_lines(queue)]
        choices = [Choice("clear", texts.CLEAR, "c", is_dangerous=True), Choice("close", texts.CLOSE, "n")]
        if queue.pause is not None:
            choices.insert(0, Choice("go", texts.SEND, "s"))
        dialog = ChoiceDialog(texts.TITLE, texts.BODY.format(lines="\n".join(lines)), choices)
        done = {"go": self.go, "clear": self.clear}
        self._screen.app.push_screen(dialog, lambda chosen: done.get(chosen or "", self._show)())

    def _sent(self, task: asyncio.Task[Turn]) -> None:
        in_background(self._screen, asyncio.wait_for, task, None, name="exchange", group="chat")
        self._screen.call_later(self._show)

    def _tell(self, text: str) -> None:
        self._screen.notify(text, timeout=4)
        self._show()

    def _warn(self, text: str) -> None:
        self._screen.notify(text, severity="warning", timeout=5)

    def _refuse(self, text: str) -> bool:
        """Say why the text stays in the prompt."""
        self._frame.refuse(text)
        return False
