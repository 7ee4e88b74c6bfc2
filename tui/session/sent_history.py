"""Which parts of a conversation are sent with the next prompt."""

from __future__ import annotations

from collections.abc import Iterable

from tui.core.chat import Message, Role
from tui.core.parts import parts_of
from tui.core.turn import Turn


def history_of(turns: Iterable[Turn]) -> list[Message]:
    """Return the messages of answered turns; a prompt without an answer is not sent again."""
    messages: list[Message] = []
    for turn in turns:
        if turn.answer:
            messages.append(Message(Role.USER, turn.prompt))
            answer = parts_of(turn.answer.as_received)
            messages.append(Message(Role.ASSISTANT, answer, turn.reasoning.as_received))
    return messages
