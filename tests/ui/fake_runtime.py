"""The real runtime on files of its own, its network scripted: what a server says, a test decides.

Nothing is sent and no child is started. What a screen may call is what it calls in the program; the
attributes below the constructor say what comes back, and remember what was asked.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from weakref import finalize

import tomli_w

from tui.core.api_key_reference import STORED, ApiKeyKind, ApiKeyReference
from tui.core.chat import ChatRequest
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest, Vectors
from tui.core.events import (
    AnswerDelta,
    EventBatch,
    Finished,
    Progress,
    ReasoningDelta,
    ResponseStarted,
    StreamEvent,
    StreamFailed,
    UsageReport,
)
from tui.core.failure import Failure, LmdeckError
from tui.core.provider import Category, Provider, State
from tui.core.turn import Turn
from tui.core.usage import Usage
from tui.net.discover import Discovered, Discovery
from tui.net.reachability import Reachability
from tui.runtime.builtin import AVAILABLE, Availability, BuiltIns, is_built_in
from tui.runtime.clipboard import Clipboard, CopyResult
from tui.runtime.directory import ProviderDirectory
from tui.runtime.runtime import Runtime
from tui.runtime.sessions import Sessions, SessionServices
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.store.journal_lease import lease_path
from tui.store.owner import Owner
from tui.store.paths import Paths
from tui.store.provider_records import with_default
from tui.store.provider_toml import encode_provider
from tui.store.providers import ProviderSnapshot, ProviderStore
from tui.store.settings import Settings
from tui.texts.embeddings import SENTENCES
from tui.wire.models import ModelInfo, ModelList

if TYPE_CHECKING:
    from tui.runtime.chats import Chats

Step = StreamEvent | asyncio.Event | Exception
"""An event of a reply, something to wait for, or a defect."""

REPLY: tuple[Step, ...] = (
    Progress("connecting"),
    ResponseStarted(200),
    ReasoningDelta("Let me think."),
    AnswerDelta("Hello! I am **well**."),
    UsageReport(Usage(17, 11, 7)),
    Finished("stop"),
)

UP = Reachability(True, milliseconds=12.0)


def failure(cause: str = "connection-refused", **changes: Any) -> Failure:
    """Return a failure as the catalogue would word it."""
    found = Failure(
        cause, "Nothing listens at 127.0.0.1 port 9.", "Start the server, or correct the port in the URL."
    )
    return replace(found, **changes)


def refused(**changes: Any) -> tuple[Step, ...]:
    """Return a reply that is a failure."""
    return (StreamFailed(failure(**changes)),)


class ScriptedBuiltIns(BuiltIns):
    """Built-in endpoints, available unless a test says otherwise."""

    providers = ()

    def __init__(self, log_directory: Path) -> None:
        super().__init__(log_directory)
        self.missing: dict[str, Availability] = {}
        self.window: int | None = None

    def context_window(self, provider: Provider) -> int | None:
        return self.window

    def availability(self, name: str) -> Availability:
        return self.missing.get(name, AVAILABLE)


class ListedStore(ProviderStore):
    """The real files, with the providers in a test's order; saving can be refused."""

    def __init__(self, paths: Paths) -> None:
        super().__init__(paths)
        self.paths = paths
        self.order: list[str] = []
        self.built_in: list[Provider] = []
        self.notices: tuple[str, ...] = ()
        self.save_error: Failure | None = None

    def write(self, providers: Iterable[Provider]) -> None:
        """Write the files as a person would who edits them by hand."""
        own: dict[str, object] = {}
        site: dict[str, object] = {}
        defaults: dict[str, str] = {}
        keys: dict[str, str] = {}
        self.order, self.built_in = [], []
        for provider in providers:
            self.order.append(provider.name)
            if provider.is_remote and is_built_in(provider):
                self.built_in.append(provider)
            else:
                (site if provider.is_remote else own)[provider.name] = encode_provider(provider)
            if provider.is_default:
                defaults[str(provider.category)] = provider.name
            if provider.api_key == STORED:
                keys[provider.name] = f"sk-of-{provider.name}-0123456789"
        _write(self.paths.providers_file, {"schema": 1, "defaults": defaults, "providers": own})
        _write(self.paths.site_provider_files[0], {"schema": 1, "providers": site})
        _write(self.paths.credentials_file, {"schema": 1, "keys": keys})

    def load(self) -> ProviderSnapshot:
        found = super().load()
        place = {name: index for index, name in enumerate(self.order)}
        built_in = [with_default(provider, found.defaults) for provider in self.built_in]
        providers = sorted((*found.providers, *built_in), key=lambda known: place.get(known.name, len(place)))
        return replace(found, providers=tuple(providers), notices=(*found.notices, *self.notices))

    def save(
        self,
        provider: Provider,
        previous_name: str | None = None,
        cleared: Collection[str] = (),
        base: Provider | None = None,
    ) -> Provider:
        if self.save_error is not None:
            raise LmdeckError(self.save_error)
        return super().save(provider, previous_name, cleared, base)


class WatchedSessions(Sessions):
    """The real sessions, recording which were closed."""

    def __init__(self, services: SessionServices) -> None:
        super().__init__(services)
        self.released: list[str] = []

    async def release(self, session: ChatSession) -> None:
        self.released.append(session.identity)
        await super().release(session)


class WatchedClipboard(Clipboard):
    """The real clipboard, recording what was copied, or returning a scripted result."""

    def __init__(self, environment: Mapping[str, str], paths: Paths) -> None:
        super().__init__(environment, paths)
        self.texts: list[str] = []
        self.result: CopyResult | None = None

    async def copy(self, raw: str, write_terminal: Callable[[str], None] | None = None) -> CopyResult:
        self.texts.append(raw)
        return self.result or await super().copy(raw, write_terminal)


class FakeRuntime(Runtime):
    """The object that is passed to the app; see the module."""

    def __init__(
        self,
        providers: Sequence[Provider] | None = None,
        *,
        settings: Settings | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        home = Path(mkdtemp(prefix="lmdeck-screens-"))
        finalize(self, shutil.rmtree, home, ignore_errors=True)
        paths = Paths(home / "config", home / "data", home / "state", home / "cache", (home / "site",))
        super().__init__(paths, dict(environment or {}))
        self.settings = settings or Settings(theme="dark", calm=True)
        self.built_ins: ScriptedBuiltIns = ScriptedBuiltIns(self.paths.state_dir)
        self.store = ListedStore(self.paths)
        self.store.write(example_providers() if providers is None else providers)
        self.reachability: dict[str, Reachability | asyncio.Event] = {}
        """By provider name; an event stands for a check that lasts until it is set."""
        self.models: dict[str, Sequence[str] | Failure] = {}
        """By provider URL: what ``/models`` answers."""
        self.scripts: list[Sequence[Step]] = []
        """What is replied to the next requests; ``REPLY`` to those after them."""
        self.discovery = Discovery((), (), 3, is_complete=True)
        self.discover_gate: asyncio.Event | None = None
        self.vectors = Vectors(((1.0, 0.0), (0.8, 0.6), (0.0, 1.0), (-0.6, 0.8)), Usage(500, 0))
        """Of the texts of a test."""
        self.reached: list[str] = []
        self.reaching = 0
        self.most_reaching = 0
        self.listed: list[str] = []
        self.tested: list[tuple[Provider, str | None]] = []
        self.requests: list[tuple[ChatTarget, ChatRequest]] = []
        self.is_closed = False

    @cached_property
    def directory(self) -> ProviderDirectory:
        return ProviderDirectory(self.store, self.credentials, self.built_ins, self.optional)

    @cached_property
    def clipboard(self) -> WatchedClipboard:
        return WatchedClipboard(self.environment, self.paths)

    @cached_property
    def sessions(self) -> WatchedSessions:
        return WatchedSessions(self)

    @cached_property
    def chats(self) -> Chats:
        from tests.ui.scripted_chats import ScriptedChats  # the network, when the first chat is sent

        memory = self.endpoint_memory
        scripted = ScriptedChats(self.endpoints, self.clients, memory, self.redactor, lambda: self.machine)
        scripted.play = self._play
        return scripted

    @property
    def released(self) -> list[str]:
        """The conversations that were closed."""
        return self.sessions.released

    def change(self, name: str, **fields: Any) -> None:
        """Save a provider with other values."""
        self.provider_changes.save(replace(self.directory.get(name), **fields), None, name)

    def keep(self, *turns: Turn, title: str = "kept") -> str:
        """Save a conversation; return its identity."""
        journal = self.conversations.adopt(turns, title)
        assert journal.close()
        return journal.identity

    def open_elsewhere(self, identity: str) -> None:
        """Let a conversation be open in a session on another machine."""
        path = lease_path(self.paths.conversations_dir / f"{identity}.jsonl")
        path.write_bytes(Owner("other", "another machine", 1, "token").encode())

    def close_elsewhere(self, identity: str) -> None:
        """Let that session close it."""
        lease_path(self.paths.conversations_dir / f"{identity}.jsonl").unlink()

    async def reach(self, provider: Provider) -> Reachability:
        self.reached.append(provider.name)
        self.reaching += 1
        self.most_reaching = max(self.most_reaching, self.reaching)
        try:
            result = self.reachability.get(provider.name, UP)
            if isinstance(result, asyncio.Event):
                await result.wait()
                result = UP
            await asyncio.sleep(0)
            return result
        finally:
            self.reaching -= 1

    async def look(self, provider: Provider, key_text: str | None = None) -> Reachability:
        self.listed.append(provider.provider_url)
        await asyncio.sleep(0)
        found = self.models.get(provider.provider_url, ())
        if isinstance(found, Failure):
            return Reachability(False, found)
        return Reachability(True, None, 12.0, tuple(found))

    async def discover(
        self,
        on_found: Callable[[Discovered], None] | None = None,
        on_scanned: Callable[[int, int], None] | None = None,
    ) -> Discovery:
        if on_scanned is not None:
            on_scanned(len(self.discovery.servers), self.discovery.asked_ports)
        for server in self.discovery.servers:
            if on_found is not None:
                on_found(server)
        if self.discover_gate is not None:
            await self.discover_gate.wait()
        return self.discovery

    async def list_models(self, provider: Provider, key_text: str | None = None) -> ModelList:
        self.listed.append(provider.provider_url)
        await asyncio.sleep(0)
        found = self.models.get(provider.provider_url, ())
        if isinstance(found, Failure):
            raise LmdeckError(found)
        return ModelList(tuple(ModelInfo(name) for name in found))

    async def test(self, provider: Provider, key_text: str | None = None) -> Turn:
        self.tested.append((provider, key_text))
        return await super().test(provider, key_text)

    async def test_vectors(
        self,
        provider: Provider,
        key_text: str | None = None,
        *,
        on_progress: Callable[[str], None],
    ) -> EmbeddingOutcome:
        self.tested.append((provider, key_text))
        request = EmbeddingRequest("m", (*SENTENCES, provider.test_text))
        return EmbeddingOutcome(request, self.vectors, milliseconds=14.0)

    async def warm(self) -> None:
        """Nothing is asked of a network."""

    async def aclose(self) -> None:
        await super().aclose()
        self.is_closed = True

    async def _play(self, target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
        self.requests.append((target, request))
        for step in self.scripts.pop(0) if self.scripts else REPLY:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
            else:
                yield EventBatch(time.perf_counter(), (step,))
                await asyncio.sleep(0)


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(tomli_w.dumps(content))


def example_providers() -> list[Provider]:
    """Return a deck as a person might have it: two built in, a local server, a paid service, one resting."""
    return [
        Provider(
            "smollm2",
            "SmolLM2 on this machine",
            model="smollm2-135m-instruct",
            provider_url="builtin:smollm2",
            input_price=Decimal(0),
            output_price=Decimal(0),
            is_default=True,
            is_remote=True,
        ),
        Provider(
            "demo",
            "Demo",
            model="demo-reasoner",
            provider_url="builtin:demo",
            is_remote=True,
        ),
        Provider(
            "gpu01-vllm",
            "Qwen on gpu01",
            model="Qwen/Qwen3-8B",
            provider_url="http://gpu01:8000/v1",
            api_key=ApiKeyReference(ApiKeyKind.ENVIRONMENT, "VLLM_KEY"),
            allow_unencrypted_key=True,
        ),
        Provider(
            "cloud",
            "Infini",
            model="deepseek-r1",
            provider_url="https://cloud.infini-ai.com/maas/v1",
            input_price=Decimal("0.00055"),
            output_price=Decimal("0.00219"),
            api_key=STORED,
        ),
        Provider(
            "old-embedder",
            category=Category.EMBEDDING,
            model="bge-m3",
            provider_url="http://localhost:9000/v1",
            state=State.INACTIVE,
        ),
    ]
