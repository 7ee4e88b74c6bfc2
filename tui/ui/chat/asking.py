"""Requests in a chat: sending, retrying, continuing, stopping, and switching answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from tui.core.attachment import NOTHING_ATTACHED, Attached
from tui.core.commands import line_of
from tui.core.parts import Parts, parts_of
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.runtime.chat_control import ChatControl
from tui.session.chat_session import CONTINUE_PROMPT
from tui.texts import chat as texts
from tui.ui.background import in_background
from tui.ui.chat.attaching import Attaching
from tui.ui.chat.budget import ChatBudget
from tui.ui.chat.frame import ChatFrame
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.words import blocked_words
from tui.ui.shell.base import LmdeckScreen


class Asking:
    """Sends requests, or shows why not.

    ``show`` updates the screen. ``queue`` queues a message and returns whether there was room.
    """

    def __init__(
        self,
        screen: LmdeckScreen[None],
        chat: ChatControl,
        show: Callable[[], None],
        frame: ChatFrame,
        queue: Callable[[Parts], bool],
    ) -> None:
        self._screen = screen
        self._chat = chat
        self._show = show
        self._way = frame.way
        self._refuse = frame.refuse
        self._gauge = frame.gauge
        self._queue = queue
        self._is_looking = False
        """Whether a request waits for the context length of its model."""
        self.budget = ChatBudget(screen, chat)
        self.attaching = Attaching(screen, chat, self._start, self.edit, frame.refuse)

    @property
    def _prompt(self) -> Prompt:
        return self._screen.query_one(Prompt)

    def send(self, text: str) -> bool:
        """Send a prompt, possibly an edited one; return whether it was sent.

        While an answer streams, the prompt is queued.
        """
        edited = self._prompt.edited
        if not text.strip():
            self._is_ready(texts.EMPTY_PROMPT)
            return False
        if not self._waits(edited) and not self._is_ready(say=self._refuse):
            return False
        if self.attaching.needs_files(text, edited) or self._chat.context.needs_look(text):
            return self.attaching.send(text, edited)
        return self._start(text, NOTHING_ATTACHED, edited)

    def _waits(self, edited: Turn | None) -> bool:
        return self._chat.is_busy and edited is None

    def _start(self, text: str, files: Attached, edited: Turn | None) -> bool:
        """Send a prompt with its files, or queue it; return whether that was done."""
        if self._waits(edited):
            return self._queue(self._chat.message(text, files))
        again, before = self._prompt.action_send, self._before(edited)
        is_ready = self._is_ready(say=self._refuse) and self._allows(files.message(text), again, before)
        if is_ready:
            self._await_turn(asyncio.wait_for, self._chat.send(text, files, beside=edited), None)
        return is_ready

    def edit(self, turn: Turn) -> None:
        """Put a sent message into the prompt for editing."""
        number = next(place for place, other in enumerate(self._chat.turns, 1) if other is turn)
        self._prompt.begin_edit(turn, number)
        self._prompt.focus()

    def again(self) -> None:
        """Send the last prompt again; its answer stays available as a variant."""
        last, prompt = self._chat.last, self._prompt
        if last is not None and not prompt.edited and prompt.value == line_of(last.prompt.words):
            prompt.value = ""  # restored after a failure, and sent again now
        if not self._is_ready() or (last is not None and self._looks_before(last.prompt, self.again)):
            return
        if last is None or self._allows(last.prompt, self.again, self._before(last)):
            self._await_turn(self._chat.retry)

    def _before(self, turn: Turn | None) -> list[Turn]:
        """Return the turns sent before a prompt: all, or those before the one that it replaces."""
        turns = self._chat.turns
        return turns[: next((place for place, other in enumerate(turns) if other is turn), len(turns))]

    def go_on(self) -> None:
        """Ask the model to continue its answer."""
        prompt = parts_of(CONTINUE_PROMPT)
        if (
            self._is_ready()
            and not self._looks_before(prompt, self.go_on)
            and self._allows(prompt, self.go_on)
        ):
            self._await_turn(self._chat.go_on)

    def _looks_before(self, prompt: Parts, again: Callable[[], object]) -> bool:
        """Return whether to request the context length first; then ``again`` is called."""
        if not self._is_looking and self._chat.context.needs_look(prompt):
            self._is_looking = True
            in_background(self._screen, self._look_before, prompt, again, group="context")
        return self._is_looking

    async def _look_before(self, prompt: Parts, again: Callable[[], object]) -> None:
        session, last = self._chat.session, self._chat.last
        try:
            await self._chat.context.look_before(prompt)
        finally:
            self._is_looking = False
        if session is self._chat.session and last is self._chat.last and not self._chat.is_busy:
            again()

    def _allows(
        self, prompt: Parts, again: Callable[[], object], turns: Sequence[Turn] | None = None
    ) -> bool:
        """Return whether a request fits the context and the budgets; else ask, and call ``again`` on yes."""
        return self._gauge.allows(prompt, again, turns) and self.budget.allows(again)

    def say_why_not(self) -> None:
        """Show why no request is possible."""
        self._is_ready()

    def _is_ready(self, own_reason: str = "", say: Callable[[str], None] | None = None) -> bool:
        """Whether something can be asked now; says why not, and where the provider was changed."""
        before = self._chat.target
        blocked = self._chat.ready()
        if before is not None and self._chat.target is not before:
            name = safe_line(before.provider.name)
            self._screen.notify(texts.PROVIDER_CHANGED.format(provider=name), timeout=4)
        reason = own_reason if blocked is None else blocked_words(blocked, self._way)
        if reason:
            (say or self._warn)(reason)
        return not reason

    def _warn(self, text: str) -> None:
        self._screen.notify(text, severity="warning", timeout=4)

    def _await_turn(self, ask: Callable[..., Awaitable[object]], *arguments: object) -> None:
        self._show()
        in_background(self._screen, ask, *arguments, name="exchange", group="chat")

    def stop(self) -> None:
        """Stop the answer; the partial text is kept."""
        if self._chat.session is not None:
            self._chat.session.stop()

    def show_branch(self, turn: Turn) -> bool:
        """Show the branch of a turn, or why not; return whether it is shown."""
        return self._is_still() and self._chat.both()[0].show_branch(turn)

    def _is_still(self) -> bool:
        """Return whether nothing streams; shows a message otherwise."""
        if not self._chat.is_busy:
            return True
        self._warn(texts.STILL_STREAMING.format(stop=self._way("chat.stop")))
        return False

    def choose_variant(self, turn: Turn, step: int) -> None:
        """Switch to another variant of a turn, or show why not."""
        if self._is_still() and self._chat.both()[0].choose_variant(turn, step) is None:
            text = texts.NO_VARIANT_BEFORE if step < 0 else texts.NO_VARIANT_AFTER
            self._screen.notify(text, timeout=3)
