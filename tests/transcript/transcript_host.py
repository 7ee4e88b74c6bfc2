"""A host for the transcript, and a terminal in memory that shows what the host writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pyte
import pytest
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.widgets import TextArea

from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.ui.transcript import canvas
from tui.ui.transcript.messages import CopyRequested, FollowChanged, LinkActivated
from tui.ui.transcript.transcript import Transcript


class TerminalDriver(HeadlessDriver):
    """Writes to a terminal in memory."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.output: list[str] = []
        width, height = self._get_terminal_size()
        self.terminal = pyte.Screen(width, height)
        self.stream = pyte.Stream(self.terminal)

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.output.append(data)
        self.stream.feed(data)

    def flush(self) -> None:
        pass


class Host(App[None]):
    """A transcript above a prompt, as in the chat."""

    CSS = "TextArea { height: 4; }"

    def __init__(self, *, calm: bool = False, driver: Any = None) -> None:
        super().__init__(driver_class=driver)
        self.animation_level = "none"
        self.calm = calm
        self.messages: list[Any] = []

    def compose(self) -> ComposeResult:
        yield Transcript(calm=self.calm)
        prompt = TextArea()
        prompt.cursor_blink = False
        yield prompt

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)

    def on_transcript_copy_requested(self, event: CopyRequested) -> None:
        self.messages.append(event)

    def on_transcript_link_activated(self, event: LinkActivated) -> None:
        self.messages.append(event)

    def on_transcript_follow_changed(self, event: FollowChanged) -> None:
        self.messages.append(event)

    def shown(self) -> list[str]:
        """The rows of the screen, as the compositor has them."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


class TerminalHost(Host):
    """The same on a terminal in memory."""

    def __init__(self, *, calm: bool = False) -> None:
        super().__init__(calm=calm, driver=TerminalDriver)

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: Any) -> Any:
        return TerminalDriver(self, debug=False, mouse=mouse, size=size)

    def transcript_of_base(self) -> Transcript:
        """The transcript, whatever screen lies over it."""
        return self.screen_stack[0].query_one(Transcript)

    def resize_terminal(self, width: int, height: int) -> None:
        """Make the terminal as large as the application is about to learn."""
        self.terminal.resize(height, width)

    @property
    def terminal(self) -> pyte.Screen:
        assert isinstance(self._driver, TerminalDriver)
        return self._driver.terminal

    @property
    def output(self) -> list[str]:
        assert isinstance(self._driver, TerminalDriver)
        return self._driver.output

    def expected(self) -> pyte.Screen:
        """A terminal after one full repaint."""
        size = self.size
        screen = pyte.Screen(size.width, size.height)
        compositor = self.screen._compositor
        waiting = compositor._dirty_regions.copy()
        update = compositor.render_full_update()
        compositor._dirty_regions.update(waiting)
        pyte.Stream(screen).feed(update.render_segments(self.console))
        return screen


class Held:
    """Blocks the drawing of a long text until released."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(canvas, "_PAUSE_SECONDS", 3600.0)

    def go(self, transcript: Transcript) -> None:
        self._monkeypatch.setattr(canvas, "_PAUSE_SECONDS", 0.0)
        if transcript._pause is not None:
            transcript._pause.cancel()
            transcript._pause = None
        transcript._catch_up_later()


def differences(left: pyte.Screen, right: pyte.Screen) -> list[str]:
    """Return the rows in which two terminals differ, in characters or in colours."""
    found = []
    for y in range(left.lines):
        for x in range(left.columns):
            if _visible(left.buffer[y][x]) != _visible(right.buffer[y][x]):
                found.append(f"row {y} column {x}: {left.buffer[y][x]} != {right.buffer[y][x]}")
                break
    return found


def _visible(cell: Any) -> Any:
    """A cell without what cannot be seen: the letters' style where there is only a blank."""
    if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough):
        return cell.data, cell.bg
    return cell


async def until(pilot: Any, condition: Callable[[], bool], what: str = "") -> None:
    """Wait for a condition, letting the application work."""
    for _ in range(300):
        if condition():
            return
        await pilot.pause()
        await asyncio.sleep(0.002)
    raise AssertionError(f"never came true: {what or condition}")


def done_turn(identity: str, answer: str, prompt: str = "a question", reasoning: str = "") -> Turn:
    """A turn that has ended."""
    return Turn(
        identity,
        parts_of(prompt),
        "provider",
        "model",
        state=TurnState.DONE,
        reasoning=TextBuffer(reasoning),
        answer=TextBuffer(answer),
        finish_reason="stop",
    )
