"""What ``/copy`` of ``lmdeck chat --plain`` copies."""

from __future__ import annotations

from collections.abc import Callable

from markdown_it import MarkdownIt

from tui.core.commands import number_of
from tui.runtime.chat_control import ChatControl
from tui.session.history.copied_markdown import copied_markdown, said_in
from tui.texts import chat as texts
from tui.texts import commands as command_texts

_CODE = ("fence", "code_block")


def text_to_copy(control: ChatControl, what: str, redact: Callable[[str], str]) -> tuple[str, str]:
    """Return the text to copy and its name; or an empty text and the reason."""
    number = number_of(what)
    if what == "all":
        title = control.session.title if control.session is not None else ""
        return _found(copied_markdown(title, said_in(control.turns), redact), "conversation")
    if what == "code" or number is not None:
        return _code(control, number)
    last = control.last
    if what in ("", "answer"):
        return _found(last.answer.text if last is not None else "", "answer")
    if what == "reasoning":
        return _found(last.reasoning.text if last is not None else "", "reasoning")
    return "", command_texts.NO_SUCH_COPY


def _code(control: ChatControl, number: int | None) -> tuple[str, str]:
    """Return the last code block, or the one with a number in the last answer that has code."""
    for turn in reversed(control.turns):
        tokens = MarkdownIt("commonmark").parse(turn.answer.text)
        blocks = [token.content.removesuffix("\n") for token in tokens if token.type in _CODE]
        if any(blocks):
            if number is None:
                return _found(next(block for block in reversed(blocks) if block), "code")
            if 1 <= number <= len(blocks):
                return _found(blocks[number - 1], "code")
            return "", command_texts.NO_SUCH_BLOCK.format(number=number, count=len(blocks))
    return _found("", "code")


def _found(text: str, what: str) -> tuple[str, str]:
    return (text, what) if text else ("", texts.NOTHING_TO_COPY.format(what=what))
