"""Quick checks of providers: reachability, kind of server, models. Imports the network."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.net.client import ClientFactory
from tui.net.machine.machine import Machine
from tui.net.models import fetch_models
from tui.net.reachability import Reachability, reach
from tui.runtime.builtin import is_built_in
from tui.runtime.context_windows import ContextWindows
from tui.runtime.directory import ProviderDirectory
from tui.runtime.endpoints import Endpoints
from tui.runtime.past_checks import failed_vectors
from tui.store.endpoint_memory import EndpointMemory
from tui.wire.models import ModelList


class LookServices(Protocol):
    """The parts of the runtime that a quick check uses, each created on first use."""

    endpoints: Endpoints
    context_windows: ContextWindows

    @property
    def clients(self) -> ClientFactory:
        """The factory of network clients."""

    @property
    def directory(self) -> ProviderDirectory:
        """The provider list."""

    @property
    def endpoint_memory(self) -> EndpointMemory:
        """Past checks."""

    @property
    def shared_machine(self) -> Machine:
        """This machine, for several checks in parallel."""


class ProviderLooks:
    """Sends requests that cost nothing, and stores the reported context lengths."""

    def __init__(self, services: LookServices) -> None:
        self._services = services

    async def reach(self, provider: Provider) -> Reachability:
        """Briefly check whether a provider responds; never starts the engine."""
        here = self._services
        found = await self._reach(provider, None, is_thorough=False)
        here.context_windows.note(provider, provider.model, found.context_window)
        if not (provider.is_embedding and found.is_reachable and found.failure is None):
            return found
        return replace(found, failure=await asyncio.to_thread(failed_vectors, here.endpoint_memory, provider))

    async def look(self, provider: Provider, key_text: str | None) -> Reachability:
        """Do the same with unsaved values, and identify the server and its context length."""
        found = await self._reach(provider, key_text, is_thorough=True)
        self._services.context_windows.note_all(provider, found.context_windows)
        return found

    async def _reach(self, provider: Provider, key_text: str | None, *, is_thorough: bool) -> Reachability:
        here = self._services
        if is_built_in(provider):
            availability = here.directory.availability(provider)
            if availability.is_available:
                return Reachability(True, None)
            return Reachability(False, explain("engine-missing", command=availability.command))
        try:
            endpoint = await here.endpoints.resolve(provider, key_text)
        except LmdeckError as error:
            return Reachability(False, error.failure)
        look = here.shared_machine.look
        return await reach(here.clients, endpoint, model=provider.model, look=look, is_thorough=is_thorough)

    async def list_models(self, provider: Provider, key_text: str | None) -> ModelList:
        """Return the current models of the endpoint.

        Raises:
            LmdeckError: it does not respond, or not with a model list.
        """
        here = self._services
        listed = await fetch_models(here.clients, await here.endpoints.resolve(provider, key_text))
        windows = {info.identifier: info.context_window for info in listed.models}
        here.context_windows.note_all(provider, windows)
        return listed
