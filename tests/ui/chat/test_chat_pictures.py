"""Pictures of the chat and its windows in two sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Collapsible

from tests.ui.chat.conftest import BareDeck
from tests.ui.fake_runtime import FakeRuntime, failure
from tui.core.parts import parts_of
from tui.core.timings import Timings
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost, Usage
from tui.runtime.chat_choice import usable_providers
from tui.session.prompt_queue import Pause
from tui.store.settings import Settings
from tui.ui.chat.picker import ModelPicker
from tui.ui.chat.screen import ChatScreen
from tui.ui.chat.settings import ChatSetup
from tui.ui.shell.title_bar import TitleBar

Until = Callable[..., Awaitable[None]]
SIZES = [(80, 24), (120, 40)]
ANSWER = (
    "A **ring buffer** is an array of a fixed size with two indices: one where you write, and one where you "
    "read. At its end each index starts over, so no element ever moves.\n\n"
    "```python\nclass Ring:\n    def __init__(self, size):\n        self.items = [None] * size\n```\n\n"
    "- *Writing* to a full one overwrites the oldest element.\n"
)


REASONING = (
    "The user wants to know what a ring buffer is, and a short example in Python.\n\n"
    "I should say what its two indices are for, and what happens when it is full."
)


def answered() -> Turn:
    timings = Timings(
        started=0, headers=0.004, first_text=0.005, first_answer=7.4, last_text=33.7, ended=33.8
    )
    timings.text_events = 406
    turn = Turn(
        "t1",
        parts_of("Explain what a ring buffer is, with a short example in Python."),
        provider="gpu01-vllm",
        model="Qwen/Qwen3-8B",
        state=TurnState.DONE,
        timings=timings,
        usage=Usage(17, 406, 89),
        cost=Cost(Decimal("0.00001"), Decimal("0.00024"), "USD"),
        thinking_seconds=7.4,
    )
    turn.answer, turn.reasoning = TextBuffer(ANSWER), TextBuffer("What is asked for?")
    return turn


def refused() -> Turn:
    turn = Turn(
        "t2",
        parts_of("hello there"),
        provider="gpu01-vllm",
        model="Qwen/Qwen3-8B",
        state=TurnState.FAILED,
    )
    turn.failure = failure()
    return turn


@pytest.fixture
def app(request: pytest.FixtureRequest) -> BareDeck:
    runtime = FakeRuntime(settings=Settings(theme=request.param, calm=True, check_reachability=False))
    runtime.models["http://gpu01:8000/v1"] = failure()
    return BareDeck(runtime, environment={})


def both_sizes(*themes: str) -> pytest.MarkDecorator:
    cases = [(theme, size) for theme in themes for size in SIZES]
    return pytest.mark.parametrize(("app", "size"), cases, indirect=["app"])


async def opened(pilot: Pilot[Any], until: Until, *turns: Turn) -> ChatScreen:
    app = pilot.app
    assert isinstance(app, BareDeck)
    runtime: Any = app.runtime
    conversation = runtime.keep(*turns) if turns else None
    screen = ChatScreen("gpu01-vllm", conversation=conversation)
    app.push_screen(screen)
    await until(pilot, lambda: app.screen is screen and screen.control.session is not None)
    await until(pilot, lambda: len(screen.transcript.roll.documents) == len(turns))
    await pilot.pause()
    return screen


def header(screen: ChatScreen) -> str:
    return " ".join(screen.query_one(TitleBar).longer)


@both_sizes("dark")
def test_empty(snap_compare: Any, until: Until, app: BareDeck, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await opened(pilot, until)

    assert snap_compare(app, terminal_size=size, run_before=before)


@both_sizes("dark", "light", "ansi")
def test_failure_below_an_answer(
    snap_compare: Any, until: Until, app: BareDeck, size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await opened(pilot, until, answered(), refused())

    assert snap_compare(app, terminal_size=size, run_before=before)


@both_sizes("dark", "ansi")
def test_reasoning(snap_compare: Any, until: Until, app: BareDeck, size: tuple[int, int]) -> None:
    turn = answered()
    turn.reasoning = TextBuffer(REASONING)

    async def before(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot, until, turn)
        screen.action_all_reasoning()
        await until(pilot, lambda: not screen.query_one(Collapsible).collapsed)
        screen.transcript.scroll_home(animate=False)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)


@both_sizes("dark", "light", "ansi")
def test_picker(snap_compare: Any, until: Until, app: BareDeck, size: tuple[int, int]) -> None:
    runtime: Any = app.runtime
    runtime.settings = Settings(theme=runtime.settings.theme, calm=True)
    runtime.models["https://cloud.infini-ai.com/maas/v1"] = failure("auth")

    async def before(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot, until)
        picker = ModelPicker(usable_providers(screen.runtime.directory), None)
        pilot.app.push_screen(picker)
        await until(pilot, lambda: len(runtime.listed) >= 2 and not picker._due and not picker._asking)
        await until(pilot, lambda: picker._pause is None)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)


@both_sizes("dark")
def test_settings(snap_compare: Any, until: Until, app: BareDeck, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot, until)
        screen.action_setup()
        await until(pilot, lambda: isinstance(pilot.app.screen, ChatSetup))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)


@both_sizes("dark", "ansi")
def test_queue_and_context(snap_compare: Any, until: Until, app: BareDeck, size: tuple[int, int]) -> None:
    runtime: Any = app.runtime
    runtime.context_windows.note(runtime.directory.get("gpu01-vllm"), "Qwen/Qwen3-8B", 8_192)

    async def before(pilot: Pilot[Any]) -> None:
        screen = await opened(pilot, until, answered())
        queue = screen.control.both()[0].queue
        for number in range(7):
            queue.add(f"And number {number}?")
        queue.hold(Pause.STOPPED)
        screen.prompt.insert("A draft of a few words.")
        screen.show_state()
        await until(pilot, lambda: screen.prompt.border_subtitle and "draft" in header(screen))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)
