"""The real program: real files in the test's folder, real servers, real screens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import tomli_w
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from tests.support.commands import Done, run_command
from tests.support.fake_api import FINISH_EVENT, STREAM_END, USAGE_EVENT, Replayed
from tests.support.fault_server import Connection, Fault, FaultServer
from tests.support.stream_samples import delta
from tests.support.terminal import private_environment
from tui.core.turn import Turn
from tui.runtime.runtime import Runtime, open_runtime
from tui.ui.app import LmdeckApp
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import Start

SomeScreen = TypeVar("SomeScreen", bound=Screen[Any])


def replying(*pieces: str, reasoning: str = "") -> Fault:
    """Return a chat that answers with these pieces of text, after some reasoning."""
    thought = (delta(reasoning, field="reasoning_content"),) if reasoning else ()

    def reply(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(*thought, *map(delta, pieces), FINISH_EVENT, USAGE_EVENT, STREAM_END)
        connection.send(b"0\r\n\r\n")

    return reply


def seeing_nothing(connection: Connection) -> None:
    """Answer as vLLM does for a model without vision, wherever an image is in the request."""
    request = connection.read_request()
    if b'"image_url"' in request:
        error = {"message": "m is not a multimodal model", "type": "BadRequestError", "code": 400}
        connection.respond(json.dumps({"error": error}).encode(), status="400 Bad Request")
    else:
        replying("Yes.")(Replayed(connection, request))


def bodies(server: FaultServer) -> list[dict[str, Any]]:
    """Return the JSON bodies of the requests that had one, oldest first."""
    parts = (request.partition(b"\r\n\r\n")[2] for request in list(server.requests))
    return [json.loads(body) for body in parts if body]


def heads(server: FaultServer) -> list[str]:
    """Return the request lines and headers, oldest first; without the readings of ``/metrics``."""
    found = [request.partition(b"\r\n\r\n")[0].decode("latin-1") for request in list(server.requests)]
    return [head for head in found if not head.startswith("GET /metrics ")]


@dataclass
class OpenDeck:
    """The open screens."""

    app: LmdeckApp
    pilot: Pilot[Any]
    runtime: Runtime

    @property
    def text(self) -> str:
        """What is on the screen, a line a row."""
        rows = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows)

    @property
    def toasts(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)

    @property
    def refusal(self) -> str:
        """Why the text of the prompt was not sent or obeyed."""
        line = self.screen(ChatScreen).query_one("#refusal")
        return str(line.query_one(Static).content) if line.display else ""

    def screen(self, kind: type[SomeScreen]) -> SomeScreen:
        """Return the screen on top, which must be of this kind."""
        assert isinstance(self.app.screen, kind), self.app.screen
        return self.app.screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait for a condition; fail after half a minute with what is on the screen."""
        deadline = asyncio.get_running_loop().time() + 30
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                pytest.fail(f"never came: {what or condition}\n{self.toasts}\n{self.text}")
            await self.pilot.pause(0.01)

    async def ask(self, prompt: str) -> Turn:
        """Send a prompt in the chat on top and wait for its end."""
        screen = self.screen(ChatScreen)
        await self.until(lambda: screen.control.session is not None)
        known = len(screen.control.turns)
        screen.prompt.insert(prompt)
        await self.press("enter")
        await self.until(lambda: len(screen.control.turns) > known and screen.control.live is None, prompt)
        await self.pilot.pause()
        return screen.control.turns[-1]


@dataclass
class RealDeck:
    """A home with its files, and the ways to start the program."""

    home: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return private_environment(self.home, **self.extra)

    @property
    def config(self) -> Path:
        folder = self.home / "config" / "lmdeck"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def settings(self, text: str) -> None:
        """Write ``config.toml``."""
        (self.config / "config.toml").write_text(text)

    def provider(self, url: str, name: str = "main", **fields: object) -> None:
        """Write ``providers.toml`` with one provider, or add one to it."""
        file = self.config / "providers.toml"
        record = {"provider_url": url, "compatible_provider": "m", **fields}
        old = file.read_text() if file.exists() else ""
        file.write_text(f"{old}\n{tomli_w.dumps({'providers': {name: record}})}")

    @asynccontextmanager
    async def opened(
        self, start: Start = "providers", size: tuple[int, int] = (100, 30)
    ) -> AsyncIterator[OpenDeck]:
        """Open the screens on the real runtime."""
        environment = self.environment
        runtime = open_runtime(environment)
        app = LmdeckApp(runtime, start, environment)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield OpenDeck(app, pilot, runtime)

    def run(self, *arguments: str, stdin: str = "", extra: Mapping[str, str] | None = None) -> Done:
        """Run a command as a process of its own."""
        environment = {**self.environment, **(extra or {})}
        return run_command(*arguments, environment=environment, stdin=stdin.encode())
