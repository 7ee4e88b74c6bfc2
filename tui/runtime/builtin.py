"""The providers that need no set-up: the embedded model and the demo endpoint, started on demand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.chat import Endpoint
from tui.core.provider import Provider, Sampling
from tui.core.safe_text import safe_line
from tui.store.optional import OptionalFiles

if TYPE_CHECKING:
    from tui.demo.engine import EngineProcess
    from tui.demo.server import DemoServer

ENGINE_NAME = "smollm2"
DEMO_NAME = "demo"
URL_PREFIX = "builtin:"
"""Stands for the address of a built-in provider until it is started: the port is a free one."""

ENGINE_PROVIDER = Provider(
    name=ENGINE_NAME,
    display_name="SmolLM2 on this machine",
    model="SmolLM2-135M-Instruct",
    input_price=Decimal(0),
    output_price=Decimal(0),
    provider_url=URL_PREFIX + ENGINE_NAME,
    is_remote=True,
    sampling=Sampling(max_tokens=1024),
)
DEMO_PROVIDER = Provider(
    name=DEMO_NAME,
    display_name="Demo",
    model="demo-reasoner",
    input_price=Decimal("0.001"),
    output_price=Decimal("0.002"),
    provider_url=URL_PREFIX + DEMO_NAME,
    is_remote=True,
)


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a provider can be used at all, before anything is asked of it."""

    is_available: bool
    reason: str = ""
    command: str = ""
    """The one command that makes it available."""


AVAILABLE = Availability(True)


def is_built_in(provider: Provider) -> bool:
    """Return whether a provider's address is that of an endpoint which needs no set-up: only names that
    exist count."""
    return built_in_name(provider) in (ENGINE_NAME, DEMO_NAME)


def read_only_words(provider: Provider) -> str:
    """Return why a provider cannot be changed, in words; empty where it can."""
    if not provider.is_remote:
        return ""
    return "read-only: built in" if is_built_in(provider) else "read-only: from a site-wide file"


def shown_url(provider: Provider) -> str:
    """Return a provider's URL for a person: ``built in`` where there is none yet."""
    return "built in" if is_built_in(provider) else safe_line(provider.provider_url)


def remote_words(provider: Provider) -> str:
    """Return what *Is remote* says of a provider: what is built in is no other machine's."""
    return "built in" if is_built_in(provider) else ("yes" if provider.is_remote else "no")


def built_in_name(provider: Provider) -> str:
    """Return what stands behind the prefix of a built-in address, or an empty text."""
    prefix, name = provider.provider_url[: len(URL_PREFIX)], provider.provider_url[len(URL_PREFIX) :]
    return name if prefix == URL_PREFIX else ""


class BuiltIns:
    """Starts the built-in endpoints when they are first needed, and stops them with the program."""

    providers: tuple[Provider, ...] = (ENGINE_PROVIDER, DEMO_PROVIDER)

    def __init__(self, log_directory: Path, optional: OptionalFiles | None = None) -> None:
        """``optional`` is told where the engine's log cannot be written: it runs without one."""
        self._log_directory = log_directory
        self._optional = optional or OptionalFiles()
        self._engine: EngineProcess | None = None
        self._demo: DemoServer | None = None
        self._starting = asyncio.Lock()

    def availability(self, name: str) -> Availability:
        """Say whether a built-in provider can be started; looks for files, starts nothing."""
        if name != ENGINE_NAME:
            return AVAILABLE
        from tui.demo.engine import INSTALL_COMMAND, find_engine

        if find_engine() is not None:
            return AVAILABLE
        return Availability(False, "The engine is not installed.", INSTALL_COMMAND)

    def is_running(self, name: str) -> bool:
        """Return whether a built-in endpoint is up."""
        if name == DEMO_NAME:
            return self._demo is not None
        return self._engine is not None and self._engine.is_running

    async def endpoint(self, name: str) -> Endpoint:
        """Return where a built-in provider listens, starting it when it is not up.

        Raises:
            LmdeckError: the engine is not installed (``engine-missing``) or did not start.
        """
        async with self._starting:
            return await (self._demo_endpoint() if name == DEMO_NAME else self._engine_endpoint())

    async def _demo_endpoint(self) -> Endpoint:
        from tui.demo.server import DemoServer

        if self._demo is None:
            demo = DemoServer()
            await asyncio.to_thread(demo.start)
            self._demo = demo
        return Endpoint(self._demo.base_url)

    async def _engine_endpoint(self) -> Endpoint:
        from tui.demo.engine import EngineProcess

        if self._engine is None:
            self._engine = EngineProcess(await asyncio.to_thread(self._log_path))
        address = await self._engine.start()
        return Endpoint(address.base_url, address.key, key_source="built in")

    def _log_path(self) -> Path | None:
        from tui.store.files import ensure_private_directory, require_writable

        path = self._log_directory / "engine.log"
        with self._optional.attempt(str(path), "The embedded model runs without a log."):
            ensure_private_directory(self._log_directory)
            require_writable(path)
            return path
        return None

    async def aclose(self) -> None:
        """Stop whatever was started."""
        engine, self._engine = self._engine, None
        demo, self._demo = self._demo, None
        if engine is not None:
            await asyncio.to_thread(engine.stop)
        if demo is not None:
            await asyncio.to_thread(demo.stop)
