"""The servers of the built-in providers. Importing this module loads an HTTP server."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tui.core.chat import Endpoint
from tui.demo.engine import EngineProcess
from tui.demo.server import DemoServer
from tui.store.files import ensure_private_directory, require_writable
from tui.store.optional import OptionalFiles
from tui.texts import store as texts
from tui.texts.runtime import BUILT_IN


class BuiltInServers:
    """Starts each server on first use."""

    def __init__(self, log_directory: Path, optional: OptionalFiles) -> None:
        self._log_directory = log_directory
        self._optional = optional
        self._engine: EngineProcess | None = None
        self._demo: DemoServer | None = None
        self._starting = asyncio.Lock()

    @property
    def is_demo_running(self) -> bool:
        """Whether the demo endpoint is running."""
        return self._demo is not None

    @property
    def is_engine_running(self) -> bool:
        """Whether the engine is running."""
        return self._engine is not None and self._engine.is_running

    async def demo(self) -> Endpoint:
        """Return the demo endpoint, starting it if necessary."""
        async with self._starting:
            if self._demo is None:
                demo = DemoServer()
                await asyncio.to_thread(demo.start)
                self._demo = demo
            return Endpoint(self._demo.base_url)

    async def engine(self) -> Endpoint:
        """Return the endpoint of the engine, starting it if necessary.

        Raises:
            LmdeckError: it is not installed (``engine-missing``) or did not start.
        """
        async with self._starting:
            if self._engine is None:
                self._engine = EngineProcess(await asyncio.to_thread(self._log_path))
            address = await self._engine.start()
            return Endpoint(address.base_url, address.key, key_source=BUILT_IN)

    def _log_path(self) -> Path | None:
        path = self._log_directory / "engine.log"
        with self._optional.attempt(str(path), texts.NO_ENGINE_LOG):
            ensure_private_directory(self._log_directory)
            require_writable(path)
            return path
        return None

    async def aclose(self) -> None:
        """Stop all started servers."""
        engine, self._engine = self._engine, None
        demo, self._demo = self._demo, None
        if engine is not None:
            await asyncio.to_thread(engine.stop)
        if demo is not None:
            await asyncio.to_thread(demo.stop)
