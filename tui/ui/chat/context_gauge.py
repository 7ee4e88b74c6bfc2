"""The context gauge in the header, and the warning before an oversized message is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.screen import Screen

from tui.core.attachment import estimated_tokens
from tui.core.commands import message_of, request_of
from tui.core.parts import Parts, parts_of
from tui.core.turn import Turn
from tui.runtime.chat_context import excess_words, gauge_forms, how_words
from tui.runtime.chat_control import ChatControl
from tui.session.target import ChatTarget
from tui.texts import context as texts
from tui.ui.background import in_background
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.prompt_box import PromptBox
from tui.ui.chat.words import header_words
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.title_bar import TitleBar


class ContextGauge:
    """Shows the context of a chat, and asks before sending a request that is too long."""

    def __init__(self, screen: Screen[Any], chat: ChatControl) -> None:
        self._screen = screen
        self._chat = chat

    def show(self) -> None:
        """Show the target, the context gauge, and the token count of the draft at the prompt."""
        chat, line = self._chat, self._screen.query_one(Prompt).line
        request, box = request_of(line), self._screen.query_one(PromptBox)
        is_command = request is not None and request.command is not None
        draft = "" if is_command else message_of(line).strip()
        words = header_words(chat)
        content = Parts((*parts_of(draft), *box.attached))
        use = chat.context.use(content) if chat.turns or content else None
        box.show_count(
            estimated_tokens(content) if use is None else use.draft, 1.0 if use is None else use.stretch
        )
        title = self._screen.query_one(TitleBar)
        title.status, title.longer = words, tuple(f"{words} · {form}" for form in gauge_forms(use))
        if (target := chat.context.unlearned()) is not None:
            in_background(self._screen, self._learn, target, group="context")

    async def _learn(self, target: ChatTarget) -> None:
        if await self._chat.context.learn(target):
            self.show()

    def allows(self, draft: Parts, again: Callable[[], object], turns: Sequence[Turn] | None = None) -> bool:
        """Return whether to send a request; if it is too large, ask, and call ``again`` on yes."""
        use = self._chat.context.excess(draft, turns)
        if use is None:
            return True

        def send() -> None:
            self._chat.context.allow()
            again()

        body = f"{excess_words(use, self._chat.turns, draft)}\n\n{how_words(use)}"
        title = texts.TITLE if use.excess else texts.TITLE_HEAVY
        confirm(self._screen, title, body, send, texts.SEND, texts.CANCEL)
        return False
