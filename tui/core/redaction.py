"""Erases known keys from a reply while it streams, also where a key is cut over several pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui.core.events import (
    AnswerDelta,
    ChunkSeen,
    Finished,
    Identified,
    LostText,
    Note,
    Progress,
    ReasoningDelta,
    StreamEvent,
    StreamFailed,
    ToolCallDelta,
    UsageReport,
)
from tui.core.secret import Redactor


class ReplyRedactor:
    """Cleans the events of one reply. What may be the beginning of a key waits for the next piece."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held: AnswerDelta | ReasoningDelta | None = None
        self._held_arguments: dict[int, str] = {}

    def clean(self, events: Iterable[StreamEvent]) -> list[StreamEvent]:
        """Return the events without keys; texts come in the same order."""
        if not self._redactor.knows_any:
            return list(events)
        cleaned: list[StreamEvent] = []
        for event in events:
            if isinstance(event, AnswerDelta | ReasoningDelta):
                cleaned += self._text(event)
            elif isinstance(event, ToolCallDelta):
                cleaned.append(self._tool_call(event))
            elif isinstance(event, ChunkSeen | Progress | UsageReport):
                cleaned.append(event)  # what is held back may go on after it
            else:
                cleaned += [*self.flush(), self._other(event)]
        return cleaned

    def flush(self) -> list[StreamEvent]:
        """Return what still waits: it did not become a key."""
        held, self._held = self._held, None
        arguments, self._held_arguments = self._held_arguments, {}
        rest: list[StreamEvent] = [] if held is None else [held]
        return rest + [ToolCallDelta(index, "", text) for index, text in arguments.items() if text]

    def _text(self, event: AnswerDelta | ReasoningDelta) -> list[StreamEvent]:
        ready: list[StreamEvent] = []
        text = event.text
        if self._held is not None:
            if type(self._held) is type(event):
                text = self._held.text + text
            else:
                ready.append(self._held)
            self._held = None
        text, rest = self._split(text)
        if rest:
            self._held = type(event)(rest)
        return [*ready, type(event)(text)] if text else ready

    def _tool_call(self, event: ToolCallDelta) -> ToolCallDelta:
        text, rest = self._split(self._held_arguments.pop(event.index, "") + event.arguments)
        if rest:
            self._held_arguments[event.index] = rest
        redact = self._redactor.redact
        return ToolCallDelta(event.index, redact(event.name), text, redact(event.identity))

    def _split(self, text: str) -> tuple[str, str]:
        text = self._redactor.redact(text)
        partial = self._redactor.partial_length(text)
        return (text[:-partial], text[-partial:]) if partial else (text, "")

    def _other(self, event: StreamEvent) -> StreamEvent:
        redact = self._redactor.redact
        match event:
            case Identified():
                return Identified(
                    redact(event.model) if event.model else None,
                    redact(event.system_fingerprint) if event.system_fingerprint else None,
                    event.reasoning_source,
                )
            case Note():
                return Note(redact(event.text))
            case LostText():
                return LostText(redact(event.what))
            case Finished(reason=str(reason)):
                return Finished(redact(reason))
            case StreamFailed(finish_reason=str(reason)):
                return replace(event, finish_reason=redact(reason))
        return event
