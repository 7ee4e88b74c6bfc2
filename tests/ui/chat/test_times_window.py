"""Where the time went, in the window of figures: a bar for each part, and the last messages beside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.widgets import Static

from tui.core.events import AnswerDelta, Finished, Progress, TimingsReport, UsageReport
from tui.core.fold import phases_of_turn
from tui.core.parts import parts_of
from tui.core.phases import ESTIMATED, Learned, Phase
from tui.core.timings import Timings
from tui.core.turn import Turn, TurnState
from tui.core.usage import ServerTimings, Usage
from tui.ui.chat.figures import FiguresScreen
from tui.ui.chat.times import time_content, turns_content

VLLM = ServerTimings(queue_ms=2310, prompt_ms=400, origin="vllm.metrics")


def turn_of(queue: float = 2310, state: TurnState = TurnState.DONE, **changes: Any) -> Turn:
    """10 ms to connect, 2.8 s to the first text, 6 s of reasoning, 2.4 s of answer."""
    timings = Timings(started=0.0, sending=0.01, first_text=2.81, first_answer=8.81, last_text=11.21)
    timings.ended, timings.connecting = 11.23, 0.0
    turn = Turn("1", parts_of("hi"), state=state, timings=timings, usage=Usage(200, 500, 300, 40))
    turn.server_timings = replace(VLLM, queue_ms=queue)
    for name, value in changes.items():
        setattr(turn, name, value)
    turn.phases = phases_of_turn(turn)
    return turn


def lines(turn: Turn, width: int = 68) -> list[str]:
    return time_content(turn, width).plain.splitlines()


def test_each_part_has_its_time_its_place_and_its_tokens() -> None:
    found = lines(turn_of())
    names = [line.split()[0] for line in found[:7]]
    assert names == ["connect", "queue", "prompt", "unexplained", "thinking", "answer", "tail"]
    assert "2.31 s" in found[1]
    assert "reported: vllm.metrics" in found[1]
    assert "160 tokens, 400 tok/s" in found[2]  # those from the cache took no time
    assert "300 tokens, 50.0 tok/s" in found[4]
    assert "200 tokens, 83.3 tok/s" in found[5]
    bars = [(line.index("█"), line.rindex("█")) for line in found[:7]]
    assert bars == sorted(bars)
    assert found[-1] == "Most of the wait was the queue: 2.31 s."


def test_no_line_is_wider_than_the_window() -> None:
    shared = Phase("queue", 2310, ESTIMATED, "vllm:request_queue_time_seconds, shared with 2 others")
    turn = turn_of(server_timings=None, learned=Learned(queue=shared))
    found = lines(turn)
    assert all(len(line) <= 68 for line in found[:6])
    assert "~2.31 s" in found[1]
    assert "estimated" in found[1]
    assert "estimated: vllm:request_queue_time_seconds, shared with 2 others" in found


def test_what_is_unknown_is_said_with_what_would_show_it() -> None:
    text = "\n".join(lines(turn_of(server_timings=None)))
    assert "To see more, start vLLM with --enable-per-request-metrics, or open /metrics." in text
    assert "unknown: stopped" in "\n".join(lines(turn_of(state=TurnState.STOPPED)))
    assert "Figures do not fit" in "\n".join(lines(turn_of(queue=2700)))


def test_a_large_unexplained_part_has_a_sentence() -> None:
    held = "The gateway, or the server's tokenizer, held it for 2.30 s."
    assert lines(turn_of(queue=100))[-1] == held
    slot = turn_of(server_timings=ServerTimings(prompt_ms=400, origin="llama.cpp timings"))
    assert lines(slot)[-1] == "It waited 2.40 s for a slot, or for the tokenizer."


def test_the_last_twenty_messages_stand_side_by_side() -> None:
    turns = [turn_of() for _ in range(25)]
    turns[22].timings.ended = None
    turns[22].phases = ()
    found = turns_content(turns, turns[24], 40).plain.splitlines()
    assert len(found) == 23
    assert found[1].split()[:3] == ["6", "11.2", "s"]
    assert found[20].startswith("▸ 25")
    bar = found[20].split()[-1]
    assert bar == "".join(sorted(bar, key="cqputae".index))
    assert {"q", "p", "t", "a"} <= set(bar)
    assert found[18].split() == ["23", "—"]


REPLY = [
    Progress("connecting"),
    Progress("connected"),
    AnswerDelta("Yes"),
    TimingsReport(ServerTimings(queue_ms=0, prompt_ms=0, origin="vllm.metrics")),
    UsageReport(Usage(5, 7)),
    Finished("stop"),
]


def shown(chat: Any) -> str:
    return "\n".join(str(part.content) for part in chat.app.screen.query(Static) if part.display)


async def test_up_and_down_show_the_figures_of_other_messages(open_chat: Any) -> None:
    async with open_chat(size=(80, 24)) as chat:
        for count in (111, 222):
            chat.runtime.scripts = [[*REPLY[:4], UsageReport(Usage(5, count)), Finished("stop")]]
            await chat.ask(f"asks for {count}")
        await chat.press("f9")
        await chat.until(lambda: isinstance(chat.app.screen, FiguresScreen) and "222" in shown(chat))
        assert "queue" in shown(chat)
        await chat.press("up")
        await chat.until(lambda: "111" in shown(chat))
        await chat.press("up", "down")
        await chat.until(lambda: "222" in shown(chat))
        assert not chat.app.screen.query_one("#figures-turns").display


async def test_a_wide_window_has_the_last_messages(open_chat: Any) -> None:
    async with open_chat(size=(120, 40)) as chat:
        chat.runtime.scripts = [REPLY]
        await chat.ask("one")
        await chat.press("f9")
        await chat.until(lambda: isinstance(chat.app.screen, FiguresScreen))
        await chat.until(lambda: "The last messages" in shown(chat))


async def test_what_is_learned_later_appears_in_the_open_window(open_chat: Any) -> None:
    async with open_chat(size=(80, 24)) as chat:
        chat.runtime.scripts = [REPLY]
        turn = await chat.ask("one")
        await chat.press("f9")
        await chat.until(lambda: isinstance(chat.app.screen, FiguresScreen) and "queue" in shown(chat))
        turn.phases = (Phase("unexplained", 1234, "measured", "several-servers"),)
        await chat.until(lambda: "several servers answer here" in shown(chat))
