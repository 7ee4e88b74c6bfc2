"""The composition root: everything that the program's interfaces need, in one object.

Opening it is cheap: files are read and the network is imported on first use.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING
from weakref import WeakSet

from tui.core.chat import Endpoint
from tui.core.closest import CLOSE, closest_name
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.net.proxies import choose_route
from tui.runtime.builtin import BuiltIns, is_built_in
from tui.runtime.context_windows import ContextWindows
from tui.runtime.directory import ProviderDirectory
from tui.runtime.endpoints import Endpoints
from tui.runtime.provider_changes import ProviderChanges
from tui.store.api_keys import ApiKeyResolver
from tui.store.credentials import CredentialStore
from tui.store.endpoint_memory import EndpointMemory
from tui.store.optional import OptionalFiles
from tui.store.paths import Paths, resolve_paths
from tui.store.settings import Settings, keep_theme, load_settings
from tui.texts import store as store_texts

if TYPE_CHECKING:
    from tui.core.abilities import AbilityResult
    from tui.core.check_history import CheckRecord
    from tui.core.check_options import CheckOptions
    from tui.core.diagnosis import CheckResult
    from tui.core.embedding import EmbeddingOutcome
    from tui.core.observed import ExchangeRecord, Observers, SentExchange
    from tui.core.turn import Turn
    from tui.net.client import ClientFactory
    from tui.net.discover import Discovered, Discovery
    from tui.net.machine.machine import Machine
    from tui.net.reachability import Reachability
    from tui.net.server_wait import Waiting
    from tui.runtime.abilities import Abilities
    from tui.runtime.budget_watch import BudgetWatch
    from tui.runtime.chats import Chats
    from tui.runtime.clipboard import Clipboard
    from tui.runtime.costs import Costs
    from tui.runtime.diagnosing import ProviderCheck
    from tui.runtime.history import History
    from tui.runtime.ledger import Ledger
    from tui.runtime.provider_looks import ProviderLooks
    from tui.runtime.sessions import Sessions
    from tui.store.conversations import ConversationStore
    from tui.store.debug_log import DebugLog
    from tui.wire.models import ModelList


class Runtime:
    """Paths, settings, providers, client and history of one run of the program."""

    def __init__(self, paths: Paths, environment: Mapping[str, str]) -> None:
        self.paths = paths
        self.environment = environment
        self.redactor = Redactor()
        self.settings_notices: tuple[str, ...] = ()
        self.optional = OptionalFiles()
        """Collects failures of optional files."""
        self.built_ins = BuiltIns(paths.state_dir, self.optional)
        self.endpoints = Endpoints(
            lambda: self.credentials, lambda: self.keys, self.built_ins, self.redactor, self._require_current
        )
        self.context_windows = ContextWindows()
        """The context lengths of models, as far as known."""
        self.debug_log: DebugLog | None = None
        self.unwritten: list[str] = []
        """What could not be saved until the end, for display."""
        self.moved: list[str] = []
        """Conversations that other programs removed, and where they continue, for display."""
        self.saves_conversations = True
        """Off for a run that saves no conversation, whatever the settings."""

    @cached_property
    def settings(self) -> Settings:
        """The user's settings; ``settings_notices`` has the problems of the file."""
        settings, self.settings_notices = load_settings(self.paths)
        return settings

    def keep_theme(self, name: str) -> None:
        """Write the selected theme to the settings file.

        Raises:
            LmdeckError: the file cannot be read or written.
        """
        keep_theme(self.paths, name)

    @cached_property
    def credentials(self) -> CredentialStore:
        """The stored keys."""
        return CredentialStore(self.paths)

    @cached_property
    def keys(self) -> ApiKeyResolver:
        """Resolves key references; caches the output of commands."""
        return ApiKeyResolver(self.credentials, self.environment, command_refusal=self._command_refusal)

    @cached_property
    def directory(self) -> ProviderDirectory:
        """The provider list."""
        for secret in self.credentials.all():
            self.redactor.add(secret)
        return ProviderDirectory.open(self.paths, self.credentials, self.built_ins, self.optional)

    @cached_property
    def provider_changes(self) -> ProviderChanges:
        """Changes to the provider list."""
        return ProviderChanges(self.directory, self.credentials)

    @cached_property
    def conversations(self) -> ConversationStore:
        """The saved conversations."""
        from tui.store.conversations import ConversationStore

        return ConversationStore(
            self.paths, self.redactor, self.optional, lambda: self.directory.former_names
        )

    @cached_property
    def chat_history(self) -> History:
        """The saved conversations for commands."""
        from tui.runtime.history import open_history

        def learn_keys() -> None:
            self.endpoints.learn_keys(self.directory.providers())

        return open_history(
            self.conversations,
            self.paths,
            self.optional,
            self.redactor.redact,
            learn_keys,
            lambda: self.directory.former_names,
        )

    @cached_property
    def endpoint_memory(self) -> EndpointMemory:
        """What was learned about endpoints: rejected parameters, past checks."""
        return EndpointMemory(self.paths, self.optional)

    def context_window(self, provider: Provider, model: str) -> int | None:
        """Return the context length of a model in tokens; ``None`` if unknown. Sends no request."""
        if is_built_in(provider):
            return self.built_ins.context_window(provider)
        return self.context_windows.find(provider, model, self.past_checks)

    @cached_property
    def clipboard(self) -> Clipboard:
        """The user's clipboard."""
        from tui.runtime.clipboard import Clipboard

        return Clipboard(self.environment, self.paths)

    @cached_property
    def clients(self) -> ClientFactory:
        """The only factory of network clients."""
        from tui.net.client import ClientFactory

        return ClientFactory(self.environment, redactor=self.redactor, observers=self.observers)

    @cached_property
    def observers(self) -> Observers:
        """Receive every exchange that may cost money; add observers before the first one."""
        from tui.core.observed import Observers

        observers = Observers(self.optional.tell)
        ledger = _LateLedger(self)
        observers.add(ledger)
        observers.add_of_sent(ledger)
        return observers

    @cached_property
    def ledger(self) -> Ledger:
        """Records the usage and cost of each exchange."""
        from tui.runtime.ledger import Ledger

        return Ledger(self.paths, self.optional)

    @cached_property
    def costs(self) -> Costs:
        """The costs."""
        from tui.runtime.costs import Costs

        settings = self.settings
        return Costs(
            self.ledger,
            self.paths,
            self.optional,
            settings.budget,
            settings.rates,
            settings.unread_budget,
            lambda: self.directory.former_names,
        )

    def check_budgets(self) -> None:
        """Add a notice for each budget of an unknown provider. Reads the disk."""
        if not self.settings.budget or not self.directory.is_whole:
            return
        known = [provider.name for provider in self.directory.providers()]
        told = []
        for name in self.costs.budgets_of_nobody(known):
            closest = closest_name(name, known, CLOSE) or ""
            text = store_texts.BUDGET_MISNAMED if closest else store_texts.BUDGET_OF_NOBODY
            path = self.paths.shown(self.paths.settings_file)
            told.append(text.format(path=path, name=safe_line(name, 40), closest=closest))
        self.settings_notices = tuple(dict.fromkeys((*self.settings_notices, *told)))

    @cached_property
    def budgets(self) -> BudgetWatch | None:
        """The state of the budgets; ``None`` without budgets."""
        if not (self.settings.budget or self.settings.unread_budget):
            return None
        watch = self.costs.watch()
        self.observers.add(watch)
        return watch

    @cached_property
    def machine(self) -> Machine:
        """This machine, for diagnosis and discovery."""
        from tui.net.machine.machine import Machine

        return Machine(self.environment)

    @cached_property
    def shared_machine(self) -> Machine:
        """The same for several checks in parallel."""
        return self.machine.shared()

    @cached_property
    def sessions(self) -> Sessions:
        """The open conversations."""
        from tui.runtime.sessions import Sessions

        return Sessions(self)

    @cached_property
    def chats(self) -> Chats:
        """The network part of all chats."""
        from tui.runtime.chats import Chats

        memory = self.endpoint_memory
        return Chats(self.endpoints, self.clients, memory, self.redactor, lambda: self.machine)

    async def endpoint_for(self, provider: Provider, key_text: str | None = None) -> Endpoint:
        """Return the endpoint of a provider; see ``Endpoints.resolve``."""
        return await self.endpoints.resolve(provider, key_text)

    def key_label(self, provider: Provider) -> str:
        """Return how a provider's key is shown; see ``Endpoints.key_label``."""
        return self.endpoints.key_label(provider)

    def proxy_label(self, provider: Provider) -> str:
        """Return the proxy for a provider and the variable that sets it; empty if there is none."""
        route = choose_route(provider.provider_url, self.environment)
        return "" if route.is_direct else route.describe()

    @cached_property
    def _looks(self) -> ProviderLooks:
        from tui.runtime.provider_looks import ProviderLooks

        return ProviderLooks(self)

    async def reach(self, provider: Provider) -> Reachability:
        """Briefly check whether a provider responds; uses no tokens and never starts the engine."""
        return await self._looks.reach(provider)

    async def look(self, provider: Provider, key_text: str | None = None) -> Reachability:
        """Do the same with unsaved values, and identify the server and its context length."""
        return await self._looks.look(provider, key_text)

    async def list_models(self, provider: Provider, key_text: str | None = None) -> ModelList:
        """Return the current models of the endpoint; see ``ProviderLooks.list_models``."""
        return await self._looks.list_models(provider, key_text)

    def check(
        self,
        provider: Provider,
        key_text: str | None = None,
        options: CheckOptions | None = None,
        *,
        on_result: Callable[[CheckResult], None],
        on_progress: Callable[[str], None],
        on_waiting: Callable[[Waiting], None] | None = None,
        on_ability: Callable[[AbilityResult], None] | None = None,
    ) -> ProviderCheck:
        """Return a diagnosis that is ready to run; see ``ProviderCheck``."""
        from tui.runtime.diagnosing import ProviderCheck

        return ProviderCheck(
            self,
            provider,
            key_text,
            options,
            on_result=on_result,
            on_progress=on_progress,
            on_waiting=on_waiting,
            on_ability=on_ability,
        )

    @cached_property
    def abilities(self) -> Abilities:
        """The costs and results of ability tests."""
        from tui.runtime.abilities import Abilities

        return Abilities(self.endpoint_memory)

    def past_checks(self, provider: Provider) -> tuple[CheckRecord, ...]:
        """Return the results of past checks of a provider's endpoint, oldest first."""
        from tui.runtime.past_checks import past_checks

        return past_checks(self.endpoint_memory, provider)

    async def discover(
        self,
        on_found: Callable[[Discovered], None] | None = None,
        on_scanned: Callable[[int, int], None] | None = None,
    ) -> Discovery:
        """Search for model servers on the ports of this machine; see ``net.discover``."""
        from tui.net.discover import discover

        return await discover(self.clients, self.machine, on_found=on_found, on_scanned=on_scanned)

    async def test(self, provider: Provider, key_text: str | None = None) -> Turn:
        """Send the provider's test prompt with unsaved values, exactly like a chat."""
        return await self.sessions.test(provider, key_text)

    async def test_vectors(
        self,
        provider: Provider,
        key_text: str | None = None,
        *,
        on_progress: Callable[[str], None],
    ) -> EmbeddingOutcome:
        """Send the test text of an embedding provider and others to compare; see ``runtime.embedding``."""
        from tui.runtime.embedding import test_vectors

        return await test_vectors(self.endpoints, self.clients, provider, key_text, on_progress=on_progress)

    async def warm(self) -> None:
        """Import the network and create the TLS context before the first request, off the event loop."""
        await asyncio.to_thread(self.clients.warm)
        # Imports only: a part requested by two threads at once would be created twice.
        await asyncio.to_thread(import_module, "tui.runtime.chats")
        await asyncio.to_thread(self.conversations.trash.purge)

    async def aclose(self) -> None:
        """Stop all streams, close all records, and end child processes."""
        if "sessions" in self.__dict__:
            await self.sessions.aclose()
        if "chats" in self.__dict__:
            await self.chats.aclose()
        if "clients" in self.__dict__:
            await self.clients.aclose()
        await self.built_ins.aclose()
        if "ledger" in self.__dict__:
            await self.ledger.aclose()
        if self.debug_log is not None:
            self.debug_log.close()

    def _require_current(self, provider: Provider) -> None:
        if "directory" in self.__dict__:
            self.directory.require_current(provider)

    def _command_refusal(self, name: str) -> str | None:
        # A provider in a file requires the list; an endpoint given by URL does not.
        return self.directory.command_refusal(name) if "directory" in self.__dict__ else None


class _LateLedger:
    """Opens the ledger with the first exchange."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def prepare(self) -> None:
        """Import the ledger; not created in a thread, where it could be created twice."""
        import_module("tui.runtime.ledger")

    def sent(self, exchange: SentExchange) -> None:
        """Pass on an exchange in progress."""
        self._runtime.ledger.sent(exchange)

    def finished(self, record: ExchangeRecord) -> None:
        """Pass on the record."""
        self._runtime.ledger.finished(record)


def open_runtime(environment: Mapping[str, str]) -> Runtime:
    """Return a runtime for this environment, without reading any file yet."""
    runtime = Runtime(resolve_paths(environment), environment)
    _OPEN.add(runtime)
    if shown_path := environment.get("LMDECK_LOG"):
        from tui.store.debug_log import start_debug_log

        runtime.debug_log = start_debug_log(shown_path, runtime.redactor, runtime.optional, runtime.observers)
    return runtime


def open_runtimes() -> list[Runtime]:
    """Return the runtimes of this process that are still referenced, for crash reports."""
    return list(_OPEN)


_OPEN: WeakSet[Runtime] = WeakSet()
