"""Continuing a truncated reply: only if there is one, nothing streams and the record is writable."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.session.test_variants import TARGET, Desk
from tui.core.causes import explain
from tui.core.events import AnswerDelta, Finished, ReasoningDelta, StreamFailed
from tui.session.chat_session import CONTINUE_PROMPT


async def test_there_is_nothing_to_go_on_from_in_an_empty_conversation(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert await desk.session.continue_turn(TARGET) is None
    assert desk.server.requests == []


async def test_a_reply_without_an_answer_is_none_to_go_on_from(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for reply in ((StreamFailed(explain("connection-reset")),), (ReasoningDelta("Hm"), Finished("length"))):
        desk.server.next_reply = reply
        await desk.ask("one")
        sent = len(desk.server.requests)
        assert await desk.session.continue_turn(TARGET) is None
        assert len(desk.server.requests) == sent


async def test_while_a_reply_streams_none_is_gone_on_with(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.ask("one")
    gate = asyncio.Event()
    desk.server.next_reply = (AnswerDelta("a"), gate, Finished("length"))
    streaming = asyncio.create_task(desk.ask("two"))
    while desk.session.live is None or not desk.session.live.answer:
        await asyncio.sleep(0)
    assert await desk.session.continue_turn(TARGET) is None
    gate.set()
    await streaming
    assert len(desk.server.requests) == 2
    more = await desk.session.continue_turn(TARGET)
    assert more is not None
    assert desk.server.sent[-2:] == ["a", CONTINUE_PROMPT]
