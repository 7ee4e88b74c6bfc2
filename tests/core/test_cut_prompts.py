"""Reports servers that read far less than was sent: some truncate a prompt silently."""

from __future__ import annotations

import pytest

from tui.core.chat import ChatRequest, Message, Role
from tui.core.events import AnswerDelta, Finished, UsageReport
from tui.core.fold import apply, settle
from tui.core.parts import parts_of
from tui.core.turn import Turn
from tui.core.usage import Price, Usage

PROSE = "The quick brown fox jumps over the lazy dog. " * 450
"""About 5,000 tokens."""


def notes_of(prompt: str, usage: Usage | None) -> list[str]:
    turn = Turn("t", parts_of(prompt))
    request = ChatRequest("m", (Message(Role.USER, parts_of(prompt)),))
    apply(turn, AnswerDelta("Yes."), 1.0)
    if usage is not None:
        apply(turn, UsageReport(usage), 1.1)
    apply(turn, Finished("stop"), 1.2)
    settle(turn, request, Price(), 1.3)
    settle(turn, request, Price(), 1.4)
    return turn.notes


@pytest.mark.parametrize("read", [1, 512, 2_000])
def test_a_cut_prompt_is_told_once(read: int) -> None:
    (note,) = notes_of(PROSE, Usage(read, 3))
    assert note.startswith(f"The server read {read:,} prompt tokens of about 5,0")
    assert "num_ctx" in note


@pytest.mark.parametrize("read", [2_100, 4_500, 5_067, 9_000])
def test_another_tokenizer_is_none(read: int) -> None:
    assert notes_of(PROSE, Usage(read, 3)) == []


@pytest.mark.parametrize("usage", [None, Usage(None, 3), Usage(12, 3)])
def test_without_a_count_or_with_a_short_prompt_nothing_is_said(usage: Usage | None) -> None:
    assert notes_of("Hello there, how are you?" if usage and usage.prompt_tokens else PROSE, usage) == []
