"""Where the time went, in the window of figures: a bar per phase, and the last messages."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from textual.widgets import Static

from tui.core.events import AnswerDelta, Finished, Progress, TimingsReport, UsageReport
from tui.core.fold import learn, phases_of_turn
from tui.core.parts import parts_of
from tui.core.phases import (
    ESTIMATED,
    NO_FIGURES,
    NO_FIGURES_GATEWAY,
    NO_FIGURES_OLLAMA,
    NO_FIGURES_SGLANG,
    NO_FIGURES_UNKNOWN,
    NO_FIGURES_VLLM,
    Learned,
    Phase,
)
from tui.core.timings import Timings
from tui.core.turn import Turn, TurnState
from tui.core.turn_report import figures_report
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
    hints = {
        NO_FIGURES_VLLM: "To see more, start vLLM with --enable-per-request-metrics, or open /metrics.",
        NO_FIGURES_SGLANG: "To see more, start SGLang with --enable-metrics.",
        NO_FIGURES_OLLAMA: "Ollama tells its times elsewhere: ollama run MODEL --verbose shows them.",
        NO_FIGURES_UNKNOWN: "If this is vLLM, --enable-per-request-metrics shows more.",
    }
    for reason, hint in hints.items():
        assert lines(turn_of(server_timings=None, learned=Learned(unknown=reason)))[-2:] == [
            "the server reports no times",
            hint,
        ]
    assert "the server reports no times" in lines(turn_of(server_timings=None))
    assert "unknown: stopped" in "\n".join(lines(turn_of(state=TurnState.STOPPED)))
    assert "Figures do not add up" in "\n".join(lines(turn_of(queue=2700)))


def test_a_large_unexplained_part_has_a_sentence() -> None:
    held = "The gateway, or the server's tokenizer, held it for 2.30 s."
    assert lines(turn_of(queue=100))[-1] == held
    slot = turn_of(server_timings=ServerTimings(prompt_ms=400, origin="llama.cpp timings"))
    assert lines(slot)[-1] == "It waited 2.40 s for a slot, or for the tokenizer."


def test_a_gateway_that_tells_no_times_has_a_sentence_and_says_what_would_show_more() -> None:
    found = lines(turn_of(server_timings=None, learned=Learned(unknown=NO_FIGURES_GATEWAY)))
    assert "the gateway passes on no times" in found
    assert " ".join(found).endswith(
        "The gateway, or the server behind it, held it for 2.80 s. To see more, check that server directly."
    )


def test_a_known_server_that_tells_no_times_has_a_sentence_on_what_its_part_is_made_of() -> None:
    found = lines(turn_of(server_timings=None, learned=Learned(unknown=NO_FIGURES)))
    assert "the server reports no times" in found
    assert " ".join(found).endswith(
        "Queue, prompt, and a model that had to be loaded, are together in these 2.80 s."
    )


def test_earlier_requests_are_named_also_where_the_server_reports_no_times() -> None:
    turn = turn_of(server_timings=None)
    turn.timings.requests, turn.timings.connecting, turn.timings.sending = 2, 2.0, 2.01
    learn(turn, Learned(unknown=NO_FIGURES_GATEWAY))
    assert lines(turn)[-1] == "Earlier requests took 2.80 s."


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


def test_the_pieces_of_the_answer_stand_on_the_axis_of_its_parts() -> None:
    turn = turn_of()
    turn.timings.gaps = [0.05] * 60 + [2.4] + [0.05] * 60  # thinking and answer: 8.4 s
    found = lines(turn)
    arrivals = next(line for line in found if line.startswith("arrivals"))
    assert arrivals.endswith("longest gap 2.40 s")
    thinking, answer = (
        next(line for line in found if line.startswith(name)) for name in ("thinking", "answer")
    )
    bars = arrivals.removesuffix("longest gap 2.40 s")[12:].rstrip()
    assert len(bars) + 12 - len(bars.lstrip()) + len(bars.lstrip()) <= answer.rindex("█") + 2
    assert 12 + len(bars) - len(bars.lstrip()) >= thinking.index("█") - 1
    assert "   " in bars.strip()
    assert not any(line.startswith("arrivals") for line in lines(turn_of()))  # gaps are not stored


def test_the_first_message_of_a_kind_is_marked_and_not_compared() -> None:
    """Servers compile for the first request of a kind: 17.7 s were measured, beside 1 s."""
    slow, *others = turns = [turn_of(), turn_of(), turn_of(), turn_of(model="other"), turn_of(model="other")]
    slow.phases = (Phase("unexplained", 17_700, "measured", ""),)
    for turn in others:
        turn.phases = (Phase("answer", 1_000, "measured", ""),)
    found = turns_content(turns, None, 40).plain.splitlines()
    bars = [line.split()[-1] for line in found[1:6]]
    assert [line[4] for line in found[1:6]] == ["*", " ", " ", "*", " "]
    assert [len(bar) for bar in bars] == [len(bars[1])] * 5
    assert found[-2].startswith("* first of its kind: not compared")
    assert "*" not in turns_content(turns[:1], None, 40).plain


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


async def test_the_figures_are_copied_as_text_and_as_json(open_chat: Any) -> None:
    async with open_chat(size=(80, 24)) as chat:
        chat.runtime.scripts = [REPLY]
        turn = await chat.ask("one")
        await chat.press("f9")
        await chat.until(lambda: isinstance(chat.app.screen, FiguresScreen) and "queue" in shown(chat))
        await chat.press("y")
        await chat.until(lambda: len(chat.runtime.clipboard.texts) == 1)
        chat.app.screen.action_copy_json()
        await chat.until(lambda: len(chat.runtime.clipboard.texts) == 2)
        text, data = chat.runtime.clipboard.texts
    for words in (
        "Where the time went\nconnect",
        "reported: vllm.metrics",
        "Completion           7",
        "The whole",
    ):
        assert words in text
    assert json.loads(data) == figures_report(turn)
