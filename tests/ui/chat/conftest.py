"""A chat on the real session, its replies scripted event by event, its disk and network left out."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from tests.ui.fake_runtime import FakeRuntime
from tui.core.causes import explain
from tui.core.chat import ChatRequest
from tui.core.events import (
    AnswerDelta,
    EventBatch,
    Finished,
    Progress,
    ReasoningDelta,
    ResponseStarted,
    StreamEvent,
    UsageReport,
)
from tui.core.failure import UsageError
from tui.core.turn import Turn
from tui.core.usage import Usage
from tui.runtime.clipboard import CopyResult, CopyRoute
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.ui.app import LmdeckApp
from tui.ui.chat.screen import ChatScreen
from tui.ui.chat.status_bar import StatusBar

Step = StreamEvent | asyncio.Event | Exception
REPLY: tuple[Step, ...] = (
    Progress("connecting"),
    ResponseStarted(200),
    ReasoningDelta("Let me think."),
    AnswerDelta("Hello! I am **well**."),
    UsageReport(Usage(17, 11, 7)),
    Finished("stop"),
)


class ScriptedJournal:
    """A journal that keeps its calls and has the trouble it is given."""

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.calls: list[tuple[str, str]] = []
        self.trouble_changed: Callable[[], object] | None = None

    def watch_trouble(self, changed: Callable[[], object] | None) -> None:
        self.trouble_changed = changed

    def begin_turn(self, turn: Turn) -> None:
        self.calls.append(("begin", turn.prompt))

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        self.calls.append((kind, text))

    def end_turn(self, turn: Turn) -> None:
        self.calls.append(("end", turn.state.value))

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        self.calls.append(("write", turn.prompt))

    def drop_turn(self, turn_identity: str) -> None:
        self.calls.append(("drop", turn_identity))

    def set_title(self, title: str) -> None:
        self.calls.append(("title", title))

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        self.calls.append(("reclassify", str(to_answer)))

    def close(self) -> bool:
        self.calls.append(("close", ""))
        return True


class ScriptedClipboard:
    """Keeps what was copied."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.result = CopyResult(CopyRoute.TMUX, True, "tmux has it.")

    async def copy(self, raw: str, write_terminal: Callable[[str], None] | None = None) -> CopyResult:
        self.texts.append(raw)
        return self.result


class ChatRuntime(FakeRuntime):
    """The shared runtime in memory, with real sessions over scripted replies."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[Sequence[Step]] = []
        self.requests: list[tuple[ChatTarget, ChatRequest]] = []
        self.saved: dict[str, list[Turn]] = {}
        self.open_elsewhere: set[str] = set()
        self.chats: list[ChatSession] = []
        self.journals: list[ScriptedJournal] = []
        self.released: list[str] = []
        self.clipboard: Any = ScriptedClipboard()

    async def _exchange(self, target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        self.requests.append((target, request))
        for step in self.scripts.pop(0) if self.scripts else REPLY:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
            else:
                yield EventBatch(time.perf_counter(), (step,))
                await asyncio.sleep(0)

    def _chat(self, identity: str, **options: Any) -> Any:
        journal = ScriptedJournal()
        self.journals.append(journal)
        session = ChatSession(self._exchange, journal, identity=identity, **options)
        self.chats.append(session)
        return session

    def new_session(self, saved: bool = True) -> Any:
        return self._chat(f"chat-{len(self.chats)}", is_saved=saved)

    def open_session(self, identity: str) -> Any:
        if identity not in self.saved:
            raise UsageError(explain("conversation-unknown", name=identity))
        is_free = identity not in self.open_elsewhere
        return self._chat(identity, turns=self.saved[identity], title="kept", is_saved=is_free)

    def fork_session(self, identity: str) -> Any:
        return self._chat(f"copy-of-{identity}", turns=self.saved[identity], title="kept (copy)")

    async def release(self, session: Any) -> None:
        self.released.append(session.identity)
        await session.aclose()


class BareDeck(LmdeckApp):
    """The app without the provider list below the chat: most tests have no use for it."""

    CSS_PATH = str(Path(inspect.getfile(LmdeckApp)).with_name("app.tcss"))

    def get_default_screen(self) -> Screen[Any]:
        return Screen()


class Chat:
    """A running chat, with what the tests look at."""

    def __init__(self, app: LmdeckApp, pilot: Pilot[Any], runtime: ChatRuntime, until: Any) -> None:
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

    @property
    def status(self) -> str:
        """The status bar, its rows joined."""
        return "\n".join(self.screen.query_one(StatusBar).texts)

    @property
    def banner(self) -> str:
        banner = self.screen.query_one("#banner", Static)
        return str(banner.content) if banner.display else ""

    @property
    def toasts(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

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
def runtime() -> ChatRuntime:
    return ChatRuntime()


@pytest.fixture
def open_chat(runtime: ChatRuntime, until: Any) -> Callable[..., Any]:
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
