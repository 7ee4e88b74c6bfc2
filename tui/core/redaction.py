"""Erases known keys from a streaming reply, even if a key is split across pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui.core.api_key_search import ApiKeyEraser
from tui.core.events import (
    AnswerDelta,
    Finished,
    Identified,
    LostText,
    Note,
    ReasoningDelta,
    Reclassified,
    StreamEvent,
    StreamFailed,
    ToolCallDelta,
)
from tui.core.secret import Redactor

_ENDS_TEXTS = (Reclassified, Finished, StreamFailed)
"""Events that move or end the texts; after any other, a key that is cut off may continue."""


class ReplyRedactor:
    """Redacts the events of one reply, holding back a possible beginning of a key.

    The event itself is never delayed: arriving text is reported at once, even if all of it is held back.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._begin()

    def clean(self, events: Iterable[StreamEvent]) -> list[StreamEvent]:
        """Return the events without keys; the pieces of one text stay in order."""
        if not self._redactor.knows_any:
            return list(events)
        cleaned: list[StreamEvent] = []
        for event in events:
            if isinstance(event, _ENDS_TEXTS):
                cleaned += self.flush()
            cleaned += self._clean(event)
        return cleaned

    def flush(self) -> list[StreamEvent]:
        """Return the text held back, at the end of the reply."""
        search = self._redactor.search
        rest: list[StreamEvent] = []
        for kind, eraser in self._text_erasers.items():
            text, erased = eraser.flush(search)
            rest += [kind(text, erased, was_held=True)] if text else []
        for index, eraser in self._argument_erasers.items():
            text, _ = eraser.flush(search)
            rest += [ToolCallDelta(index, "", text, was_held=True)] if text else []
        self._begin()
        return rest

    def _begin(self) -> None:
        self._text_erasers: dict[type[AnswerDelta | ReasoningDelta], ApiKeyEraser] = {
            ReasoningDelta: ApiKeyEraser(),
            AnswerDelta: ApiKeyEraser(),
        }
        self._argument_erasers: dict[int, ApiKeyEraser] = {}

    def _clean(self, event: StreamEvent) -> list[StreamEvent]:
        if isinstance(event, AnswerDelta | ReasoningDelta):
            kind = type(event)
            text, erased = self._text_erasers[kind].feed(self._redactor.search, event.text)
            return [kind(text, erased)]
        if isinstance(event, ToolCallDelta):
            return [self._tool_call(event)]
        return [self._other(event)]

    def _tool_call(self, event: ToolCallDelta) -> ToolCallDelta:
        eraser = self._argument_erasers.setdefault(event.index, ApiKeyEraser())
        redact = self._redactor.redact
        text, _ = eraser.feed(self._redactor.search, event.arguments)
        return ToolCallDelta(event.index, redact(event.name), text, redact(event.identity), event.was_held)

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
