"""The events of a reply as text, one per line, for the details of a check and for reports."""

from __future__ import annotations

from tui.core import events as kinds
from tui.core.events import StreamEvent
from tui.texts.checks import EVENTS


def event_text(event: StreamEvent) -> str:
    """Return an event as unsanitised text."""
    said = " · ".join(str(value) for value in _values(event) if value not in (None, ""))
    return f"{EVENTS[type(event).__name__]} {said}".strip()


def _values(event: StreamEvent) -> tuple[object, ...]:
    match event:
        case kinds.ReasoningDelta() | kinds.AnswerDelta():
            return (repr(event.text),)
        case kinds.ToolCallDelta():
            return event.name, event.arguments
        case kinds.UsageReport(usage):
            named = (
                usage.prompt_tokens,
                usage.completion_tokens,
                usage.reasoning_tokens,
                usage.cached_tokens,
            )
            words = ("prompt", "completion", "reasoning", "cached")
            return tuple(
                f"{count:,} {word}" for count, word in zip(named, words, strict=True) if count is not None
            )
        case kinds.Identified():
            return event.model, event.system_fingerprint, event.reasoning_source
        case kinds.ResponseStarted():
            return event.status, *(f"{name}: {value}" for name, value in event.headers)
        case kinds.Progress():
            return event.stage, event.detail
        case kinds.MalformedEvent():
            return event.position, event.reason, event.excerpt
        case kinds.StreamFailed():
            return event.failure.cause, event.finish_reason
        case kinds.Finished(text) | kinds.Note(text) | kinds.LostText(text):
            return (text,)
    return ()
