"""A chat with the real session and real files, and scripted replies."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from tests.ui.fake_runtime import FakeRuntime
from tui.core.turn import Turn
from tui.session.chat_session import ChatSession
from tui.store.records import decode_line
from tui.ui.app import LmdeckApp
from tui.ui.chat.screen import ChatScreen
from tui.ui.chat.status_bar import StatusBar
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.title_bar import TitleBar


class BareDeck(LmdeckApp):
    """The app without the provider list below the chat, which most tests do not need."""

    CSS_PATH = str(Path(inspect.getfile(LmdeckApp)).with_name("app.tcss"))

    def get_default_screen(self) -> Screen[Any]:
        return Screen()


class Chat:
    """A running chat, and what tests check in it."""

    def __init__(self, app: LmdeckApp, pilot: Pilot[Any], runtime: FakeRuntime, until: Any) -> None:
        self.app = app
        self.pilot = pilot
        self.runtime = runtime
        self._until = until

    @property
    def screen(self) -> ChatScreen:
        """The chat screen, whatever lies over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ChatScreen))

    @property
    def session(self) -> ChatSession:
        session = self.screen.control.session
        assert session is not None
        return session

    def recorded(self, kind: str) -> list[dict[str, Any]]:
        """What is on disk of the conversation, one kind of lines."""
        path = self.runtime.paths.conversations_dir / f"{self.session.identity}.jsonl"
        lines = path.read_bytes().splitlines() if path.exists() else []
        return [found for line in lines if (found := decode_line(line)) and found["record"] == kind]

    @property
    def status(self) -> str:
        """The status bar."""
        return self.screen.query_one(StatusBar).text

    @property
    def header(self) -> str:
        """The line at the top."""
        return str(self.screen.query_one(TitleBar).render())

    @property
    def rows(self) -> list[str]:
        """The rows of the transcript that are in view."""
        transcript = self.screen.transcript
        return [line.text.rstrip() for line in transcript.rows_of_view(0, transcript.size.height)]

    @property
    def banner(self) -> str:
        banner = self.screen.query_one("#banner", Static)
        return str(banner.content) if banner.display else ""

    @property
    def footer(self) -> str:
        """The line at the bottom."""
        return str(self.screen.query_one(BindingBar).render())

    @property
    def toasts(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    @property
    def refusal(self) -> str:
        """Why the text of the prompt was not sent or obeyed."""
        line = self.screen.query_one("#refusal")
        return str(line.query_one(Static).content) if line.display else ""

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def act(self, *letters: str) -> None:
        """Press letters in the transcript, and go back to the prompt."""
        for letter in letters:
            self.screen.transcript.focus()
            await self.pilot.pause()
            await self.press(letter)
        await self.pilot.pause()
        if isinstance(self.app.screen, ChatScreen):
            self.screen.prompt.focus()
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        self.screen.prompt.insert(text)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        await self._until(self.pilot, condition, what)

    async def ask(self, text: str) -> Turn:
        """Send a prompt and wait until its answer is complete."""
        known = len(self.session.turns)
        await self.type(text)
        await self.press("enter")
        await self.until(lambda: len(self.session.turns) > known and self.session.live is None)
        await self.pilot.pause()
        return self.session.turns[-1]


@pytest.fixture
def open_chat(runtime: FakeRuntime, until: Any) -> Callable[..., Any]:
    """Open a chat with a provider: ``async with open_chat("demo") as chat``."""

    @asynccontextmanager
    async def opened(
        provider: str | None = "demo", size: tuple[int, int] = (100, 24), kind: Any = BareDeck, **options: Any
    ) -> AsyncIterator[Chat]:
        app = kind(runtime, environment={})
        async with app.run_test(size=size, notifications=True) as pilot:
            app.push_screen(ChatScreen(provider, **options))
            await until(
                pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.control.session is not None
            )
            await pilot.pause()
            yield Chat(app, pilot, runtime, until)

    return opened
