"""The composition root: everything a face of the program needs, in one object that is passed in.

Opening it is cheap: what reads files or imports the network does so when it is first used.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

from tui.core.causes import explain
from tui.core.chat import ChatRequest, Endpoint
from tui.core.events import EventBatch, StreamFailed
from tui.core.failure import LmdeckError, UsageError
from tui.core.key_reference import KeyKind, parse_key_reference
from tui.core.provider import Provider
from tui.core.secret import Redactor, Secret
from tui.core.turn import Turn
from tui.runtime.builtin import BuiltIns
from tui.runtime.checked_url import checked_url
from tui.runtime.directory import ProviderDirectory, is_built_in
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.store.paths import Paths, resolve_paths

if TYPE_CHECKING:
    from tui.net.chat import ChatClient, Patience
    from tui.net.client import ClientFactory
    from tui.net.reachability import Reachability
    from tui.runtime.clipboard import Clipboard
    from tui.store.conversations import ConversationStore, OpenConversation
    from tui.store.credentials import CredentialStore
    from tui.store.endpoint_memory import EndpointMemory
    from tui.store.keys import KeyResolver
    from tui.store.settings import Settings
    from tui.wire.models import ModelList


class Runtime:
    """Paths, settings, providers, client and history of one run of the program."""

    def __init__(self, paths: Paths, environment: Mapping[str, str]) -> None:
        self.paths = paths
        self.environment = environment
        self.redactor = Redactor()
        self.settings_notices: tuple[str, ...] = ()
        self._sessions: list[ChatSession] = []

    @cached_property
    def settings(self) -> Settings:
        """The person's settings; what is wrong with the file is in ``settings_notices``."""
        from tui.store.settings import load_settings

        settings, self.settings_notices = load_settings(self.paths)
        return settings

    @cached_property
    def credentials(self) -> CredentialStore:
        """The stored API keys."""
        from tui.store.credentials import CredentialStore

        return CredentialStore(self.paths)

    @cached_property
    def key_resolver(self) -> KeyResolver:
        """Turns key references into keys; remembers what a command printed for this run."""
        from tui.store.keys import KeyResolver

        return KeyResolver(self.credentials, self.environment)

    @cached_property
    def built_ins(self) -> BuiltIns:
        """The endpoints that need no set-up."""
        return BuiltIns(self.paths.state_dir)

    @cached_property
    def directory(self) -> ProviderDirectory:
        """The provider list."""
        from tui.store.providers import ProviderStore

        return ProviderDirectory(ProviderStore(self.paths), self.credentials, self.built_ins)

    @cached_property
    def conversations(self) -> ConversationStore:
        """The saved conversations."""
        from tui.store.conversations import ConversationStore

        return ConversationStore(self.paths)

    @cached_property
    def endpoint_memory(self) -> EndpointMemory:
        """What was learned of endpoints: refused parameters, past checks."""
        from tui.store.endpoint_memory import EndpointMemory

        return EndpointMemory(self.paths)

    @cached_property
    def clipboard(self) -> Clipboard:
        """The routes to the person's clipboard."""
        from tui.runtime.clipboard import Clipboard

        return Clipboard(self.environment, self.paths.state_dir)

    @cached_property
    def clients(self) -> ClientFactory:
        """The one factory of network clients."""
        from tui.net.client import ClientFactory

        return ClientFactory(self.environment)

    @cached_property
    def chat_client(self) -> ChatClient:
        """The one path of every chat."""
        from tui.net.chat import ChatClient
        from tui.runtime.adaptations import KeptAdaptations

        return ChatClient(self.clients, memory=KeptAdaptations(self.endpoint_memory), redactor=self.redactor)

    @cached_property
    def unremembering_client(self) -> ChatClient:
        """The same path for an endpoint of which nothing is kept after this run."""
        from tui.net.chat import ChatClient
        from tui.runtime.adaptations import ForgottenAdaptations

        return ChatClient(self.clients, memory=ForgottenAdaptations(), redactor=self.redactor)

    async def endpoint_for(self, provider: Provider, key_text: str | None = None) -> Endpoint:
        """Return where a provider's requests go, its key resolved; starts a built-in endpoint.

        ``key_text`` is what stands in a form's key field; ``None`` takes the provider's saved key.

        Raises:
            LmdeckError: the URL is not valid, the key cannot be had, or the engine did not start.
        """
        if is_built_in(provider):
            endpoint = await self.built_ins.endpoint(provider.provider_url.partition(":")[2])
            return self._known(endpoint)
        base_url = checked_url(provider.provider_url)
        key = await asyncio.to_thread(self._resolve_key, provider, key_text)
        return self._known(
            Endpoint(
                base_url,
                key,
                key_source=str(provider.api_key or ""),
                key_header=provider.key_header,
                extra_headers=provider.extra_headers,
                tls=provider.tls,
                allow_unencrypted_key=provider.allow_unencrypted_key,
            )
        )

    def key_label(self, provider: Provider) -> str:
        """Return how a provider's key is shown: where it comes from, or masked; empty where there is none."""
        reference = provider.api_key
        if reference is None:
            return ""
        if reference.kind is not KeyKind.STORED:
            return str(reference)
        secret = self.credentials.get(provider.name)
        return secret.hint if secret is not None else "stored, but missing"

    async def reach(self, provider: Provider) -> Reachability:
        """Look shortly whether a provider answers; spends no tokens and never starts the engine."""
        from tui.net.reachability import Reachability, reach

        if is_built_in(provider):
            return self._reach_built_in(provider)
        try:
            endpoint = await self.endpoint_for(provider)
        except LmdeckError as error:
            return Reachability(False, error.failure)
        return await reach(self.clients, endpoint)

    async def list_models(self, provider: Provider, key_text: str | None = None) -> ModelList:
        """Return what the endpoint offers right now.

        Raises:
            LmdeckError: it does not answer, or not with a list.
        """
        from tui.net.models import fetch_models

        return await fetch_models(self.clients, await self.endpoint_for(provider, key_text))

    def new_session(self, saved: bool = True) -> ChatSession:
        """Begin a conversation. Its file is made with its first prompt."""
        from tui.store.journal import MemoryJournal

        identity = uuid4().hex[:12]
        if not saved or not self.settings.save_conversations:
            return self._track(
                ChatSession(self._exchange, MemoryJournal(), identity=identity, is_saved=False)
            )
        journal = self.conversations.create()
        return self._track(ChatSession(self._exchange, journal, identity=journal.identity))

    def resolve_conversation(self, name: str) -> str:
        """Return a conversation's identity: the one given, or the newest for ``last``.

        Raises:
            UsageError: there is none.
        """
        summaries = self.conversations.list()
        known = [summary.identity for summary in summaries]
        if name == "last" and known:
            return known[0]
        matches = [identity for identity in known if identity.startswith(name)]
        if len(matches) != 1:
            raise UsageError(explain("conversation-unknown", name=name))
        return matches[0]

    def open_session(self, identity: str) -> ChatSession:
        """Reopen a conversation; where another session writes to it, it is read-only (``is_saved`` is false).

        Raises:
            LmdeckError: there is none of that identity, or it cannot be read.
        """
        return self._resumed(self.conversations.open(identity))

    def fork_session(self, identity: str) -> ChatSession:
        """Copy a conversation and go on in the copy.

        Raises:
            LmdeckError: there is none of that identity, or it cannot be read.
        """
        opened = self.conversations.fork(identity)
        return self._resumed(opened)

    def scripted_session(self, wait_seconds: float, *, saves_nothing: bool = False) -> ChatSession:
        """Begin a conversation for a command: kept nowhere, and it gives up after ``wait_seconds``.

        ``saves_nothing`` also forgets what was learned of the endpoint.
        """
        from tui.net.chat import HEADLESS
        from tui.store.journal import MemoryJournal

        patience = replace(
            HEADLESS,
            headers_seconds=wait_seconds,
            unstreamed_seconds=max(wait_seconds, HEADLESS.unstreamed_seconds or 0.0),
            idle_seconds=max(wait_seconds, HEADLESS.idle_seconds or 0.0),
            loading_seconds=wait_seconds,
        )
        client = self.unremembering_client if saves_nothing else self.chat_client

        def exchange(target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
            return self._stream(client, patience, target, request)

        return self._track(ChatSession(exchange, MemoryJournal(), identity="ask", is_saved=False))

    async def test(self, provider: Provider, key_text: str | None = None) -> Turn:
        """Send the provider's test prompt with unsaved values, by the very path a chat takes."""
        from tui.store.journal import MemoryJournal

        def exchange(target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
            return self._stream(self.chat_client, None, target, request, key_text)

        session = ChatSession(exchange, MemoryJournal(), identity="test", is_saved=False)
        return await session.send(provider.test_prompt, ChatTarget(provider))

    async def warm(self) -> None:
        """Import the network and build the TLS context ahead of the first request, off the event loop."""
        await asyncio.to_thread(self.clients.warm)

    async def aclose(self) -> None:
        """Stop what streams, close every record, end the children."""
        for session in self._sessions:
            await session.aclose()
        if "clients" in self.__dict__:
            await self.clients.aclose()
        if "built_ins" in self.__dict__:
            await self.built_ins.aclose()

    async def release(self, session: ChatSession) -> None:
        """Close one conversation: its record is complete, another session may write to it."""
        await session.aclose()
        if session in self._sessions:
            self._sessions.remove(session)

    def _track(self, session: ChatSession) -> ChatSession:
        self._sessions.append(session)
        return session

    def _resumed(self, opened: OpenConversation) -> ChatSession:
        from tui.store.journal import MemoryJournal

        journal = opened.journal
        return self._track(
            ChatSession(
                self._exchange,
                journal if journal is not None else MemoryJournal(),
                identity=opened.identity,
                title=opened.title,
                turns=opened.turns,
                is_saved=journal is not None,
            )
        )

    def _exchange(self, target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        return self._stream(self.chat_client, None, target, request)

    async def _stream(
        self,
        client: ChatClient,
        patience: Patience | None,
        target: ChatTarget,
        request: ChatRequest,
        key_text: str | None = None,
    ) -> AsyncGenerator[EventBatch]:
        """Resolve the endpoint, then chat; what keeps it from being resolved ends the stream."""
        from tui.net.chat import SCREEN

        try:
            endpoint = await self.endpoint_for(target.provider, key_text)
        except LmdeckError as error:
            yield EventBatch(time.perf_counter(), (StreamFailed(error.failure),))
            return
        async with aclosing(client.stream(endpoint, request, patience=patience or SCREEN)) as batches:
            async for batch in batches:
                yield batch

    def _resolve_key(self, provider: Provider, key_text: str | None) -> Secret | None:
        reference = provider.api_key
        if key_text is not None:
            reference = parse_key_reference(key_text)
            if reference is None:
                return Secret(key_text.strip()) if key_text.strip() else None
        return self.key_resolver.resolve(provider.name, reference)

    def _known(self, endpoint: Endpoint) -> Endpoint:
        if endpoint.key is not None:
            self.redactor.add(endpoint.key)
        return endpoint

    def _reach_built_in(self, provider: Provider) -> Reachability:
        from tui.net.reachability import Reachability

        availability = self.directory.availability(provider)
        if not availability.is_available:
            return Reachability(False, explain("engine-missing", command=availability.command))
        return Reachability(True, None)


def open_runtime(environment: Mapping[str, str]) -> Runtime:
    """Return a runtime for this environment; reads no file yet."""
    return Runtime(resolve_paths(environment), environment)
