"""The text form of all events of a reply."""

from __future__ import annotations

from typing import get_args

import pytest

from tui.core.causes import explain
from tui.core.event_text import event_text
from tui.core.events import (
    AnswerDelta,
    ChunkSeen,
    Finished,
    Identified,
    MalformedEvent,
    Progress,
    ResponseStarted,
    StreamEvent,
    StreamFailed,
    ToolCallDelta,
    UsageReport,
)
from tui.core.usage import Usage
from tui.texts.checks import EVENTS


def test_every_event_has_a_word() -> None:
    assert set(EVENTS) == {kind.__name__ for kind in get_args(StreamEvent)}


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Progress("connected"), "progress connected"),
        (ResponseStarted(200, (("server", "uvicorn"),)), "response 200 · server: uvicorn"),
        (Identified("m", None, "reasoning_content"), "identified m · reasoning_content"),
        (ChunkSeen(), "chunk"),
        (AnswerDelta("a\nb"), r"answer 'a\nb'"),
        (ToolCallDelta(0, "get_time", '{"city"'), 'tool call get_time · {"city"'),
        (UsageReport(Usage(1200, 0)), "tokens 1,200 prompt · 0 completion"),
        (MalformedEvent(3, "not JSON", "{"), "unreadable 3 · not JSON · {"),
        (Finished("stop"), "finished stop"),
        (Finished(None), "finished"),
        (StreamFailed(explain("empty-answer"), "length"), "failed empty-answer · length"),
    ],
)
def test_an_event_in_words(event: StreamEvent, text: str) -> None:
    assert event_text(event) == text
