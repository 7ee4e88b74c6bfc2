"""Copies text from a chat, and reports by which route."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.core.turn import Turn
from tui.runtime.chat_control import ChatControl
from tui.session.history.copied_markdown import copied_markdown, said_in
from tui.texts import chat as texts
from tui.texts.commands import NO_SUCH_BLOCK
from tui.ui.background import in_background
from tui.ui.copying import copy_text
from tui.ui.transcript.code import code_of_number, find_code, last_code


class Copier:
    """Copies a part of a chat, or shows that there is none."""

    def __init__(self, screen: Screen[Any], chat: ChatControl) -> None:
        self._screen = screen
        self._chat = chat

    def copy(self, text: str, what: str) -> None:
        """Copy a text, such as an ``answer``, and report the route."""
        if text:
            in_background(self._screen, self._copy, text, what, group="copy")
        else:
            self._screen.notify(texts.NOTHING_TO_COPY.format(what=what), timeout=3)

    def copy_last(self, what: str, text_of: Callable[[Turn], str]) -> None:
        """Copy the text of the last turn that has one."""
        self.copy(next(filter(None, map(text_of, reversed(self._chat.turns))), ""), what)

    def copy_code(self, number: int | None = None) -> None:
        """Copy the last code block, or the one with a number in the last answer that has code."""
        in_background(self._screen, self._copy_code, number, group="copy")

    async def _copy_code(self, number: int | None) -> None:
        for turn in reversed(self._chat.turns):
            codes = await find_code(turn.answer.text)
            if code := last_code(codes):
                if number is not None:
                    code = code_of_number(codes, number)
                if code is None:
                    text = NO_SUCH_BLOCK.format(number=number, count=len(codes))
                    self._screen.notify(text, severity="warning", timeout=4)
                else:
                    await self._copy(code, "code")
                break
        else:
            self.copy("", "code")

    def copy_all(self) -> None:
        """Copy the whole conversation as Markdown."""
        in_background(self._screen, self._copy_all, group="copy")

    async def _copy_all(self) -> None:
        session = self._chat.session
        said = said_in(self._chat.turns)
        title = session.title if session is not None else ""
        redact = self._chat.runtime.redactor.redact
        if said:
            await self._copy(await asyncio.to_thread(copied_markdown, title, said, redact), "conversation")
        else:
            self.copy("", "conversation")

    async def _copy(self, text: str, what: str) -> None:
        await copy_text(self._screen, text, what.capitalize())
