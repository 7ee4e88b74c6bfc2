"""OpenAI messages: one JSON line per conversation, for requests or fine-tuning, and their import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tui.core.titles import title_of
from tui.core.turn import Turn
from tui.session.history.incoming import (
    ForeignTurn,
    Incoming,
    foreign,
    malformed,
    require_writable,
    stable_identity,
)
from tui.store.joined_records import SavedConversation
from tui.store.record_values import text_of
from tui.texts import history as texts

_REASONING = ("reasoning_content", "reasoning")


def to_messages(conversations: Iterable[SavedConversation]) -> str:
    """Return the current branches in ASCII: prompts with their answers, without reasoning.

    Conversations without an answer are omitted: readers of such files reject empty ones.
    """
    found = (list(_messages(saved.transcript.turns)) for saved in conversations)
    return "".join(f"{json.dumps({'messages': messages})}\n" for messages in found if messages)


def _messages(turns: Iterable[Turn]) -> Iterator[dict[str, str]]:
    system: object = None
    for turn in turns:
        if not turn.answer:  # consecutive user messages are not allowed
            continue
        own = turn.settings.get("system_prompt")
        if isinstance(own, str) and own != system:
            system = own
            if own.strip():
                yield {"role": "system", "content": own}
        yield {"role": "user", "content": turn.prompt.text}
        yield {"role": "assistant", "content": turn.answer.text}


def from_messages(value: Mapping[str, Any] | list[Any], moment: str) -> Incoming:
    """Return a conversation from ``{"messages": […]}`` or only the list; ``moment`` is its date.

    Raises:
        UsageError: an entry is not a message, or there is no chat message.
    """
    messages = value.get("messages") if isinstance(value, Mapping) else value
    if not isinstance(messages, list):
        raise malformed(texts.NO_MESSAGES)
    require_writable(messages)
    model = text_of(value.get("model")) if isinstance(value, Mapping) else None
    reader = _Reader(model or "")
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise malformed(texts.NO_MESSAGES)
        reader.take(message["role"], message)
    turns = reader.turns
    first = next((turn.prompt for turn in turns if turn.prompt.strip()), "")
    return foreign(stable_identity("openai", messages), title_of(first), moment, turns, reader.remarks)


class _Reader:
    """Converts messages to turns: each user message begins one."""

    def __init__(self, model: str) -> None:
        self.turns: list[ForeignTurn] = []
        self.remarks: list[str] = []
        self._model = model
        self._system: str | None = None

    def take(self, role: str, message: Mapping[str, Any]) -> None:
        """Add a message; unknown roles are skipped."""
        text = self._text(message.get("content"))
        if role in ("system", "developer"):
            self._system = text
        elif role == "user":
            self._begin(text)
        elif role == "assistant":
            self._answer(text, message)
        else:
            self.remarks.append(texts.ROLE_LEFT_OUT.format(role=role[:40]))

    def _begin(self, prompt: str) -> None:
        name = f"m{len(self.turns) + 1}"
        self.turns.append(ForeignTurn(name, prompt, model=self._model, system_prompt=self._system))

    def _answer(self, text: str, message: Mapping[str, Any]) -> None:
        """Append to the last answer: an answer with tool calls consists of several messages."""
        if not self.turns:
            self._begin("")
        last = self.turns[-1]
        reasoning = next((self._text(message[name]) for name in _REASONING if message.get(name)), "")
        if message.get("tool_calls"):
            self.remarks.append(texts.TOOL_CALLS_LEFT_OUT)
        self.turns[-1] = replace(
            last, answer=_joined(last.answer, text), reasoning=_joined(last.reasoning, reasoning)
        )

    def _text(self, content: object) -> str:
        if isinstance(content, str):
            return content
        found: list[str] = []
        for part in content if isinstance(content, list) else ():
            text = part.get("text") if isinstance(part, dict) else part
            if isinstance(text, str):
                found.append(text)
            else:
                self.remarks.append(texts.PARTS_LEFT_OUT)
        return "\n".join(found)


def _joined(before: str, text: str) -> str:
    return f"{before}\n\n{text}" if before and text else before or text
