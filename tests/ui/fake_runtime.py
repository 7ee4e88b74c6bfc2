"""A runtime in memory for tests of the screens: nothing is read, nothing is sent, every result is scripted.

It follows the contract of ``tui.runtime.runtime.Runtime``: what a screen may call there exists here,
with the same names, and remembers how it was called.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.embedding import EmbeddingOutcome, EmbeddingRequest, Vectors
from tui.core.failure import Failure, LmdeckError, UsageError
from tui.core.key_reference import STORED, KeyKind, KeyReference, parse_key_reference
from tui.core.provider import Category, Provider, State
from tui.core.secret import Redactor, Secret
from tui.core.turn import Turn, TurnState
from tui.core.usage import Cost, Source, Usage, cost_of
from tui.net.discover import Discovered, Discovery
from tui.store.settings import Settings


@dataclass(frozen=True)
class FakePaths:
    """Where files would be."""

    config_dir: Path = Path("/dev/null/config")
    data_dir: Path = Path("/dev/null/data")
    state_dir: Path = Path("/dev/null/state")
    cache_dir: Path = Path("/dev/null/cache")
    providers_file: Path = Path("/dev/null/config/providers.toml")
    credentials_file: Path = Path("/dev/null/config/credentials.toml")
    settings_file: Path = Path("/dev/null/config/config.toml")
    conversations_dir: Path = Path("/dev/null/data/conversations")
    site_provider_files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class FakeAvailability:
    """Whether the embedded engine is there."""

    is_available: bool = True
    reason: str = ""
    command: str = ""


@dataclass(frozen=True)
class FakeReachability:
    """What a short look at an endpoint found."""

    is_reachable: bool | None = True
    failure: Failure | None = None
    milliseconds: float | None = 12.0
    models: tuple[str, ...] | None = None
    server: Any = None


@dataclass(frozen=True)
class FakeModelInfo:
    """One model of a list."""

    identifier: str
    context_window: int | None = None
    owned_by: str | None = None
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    is_embedding: bool = False


@dataclass(frozen=True)
class FakeModelList:
    """What an endpoint answers at ``/models``."""

    models: tuple[FakeModelInfo, ...] = ()
    shape: str = "openai"


@dataclass(frozen=True)
class FakeTotals:
    """Tokens and money of a session."""

    usage: Usage | None = None
    costs: tuple[Cost, ...] = ()
    has_unknown: bool = False


def failure(cause: str = "connection-refused", **changes: Any) -> Failure:
    """Return a failure as the catalogue would word it."""
    found = Failure(
        cause, "Nothing listens at 127.0.0.1 port 9.", "Start the server, or correct the port in the URL."
    )
    return replace(found, **changes)


class FakeCredentials:
    """The stored keys."""

    def __init__(self, keys: Mapping[str, Secret]) -> None:
        self._keys = keys

    def all(self) -> list[Secret]:
        return list(self._keys.values())


class FakeDirectory:
    """The provider list."""

    def __init__(self, runtime: FakeRuntime, providers: Sequence[Provider]) -> None:
        self._runtime = runtime
        self._providers = list(providers)
        self.notices: tuple[str, ...] = ()
        self.changed_by_hand: list[Provider] | None = None
        self.unavailable: dict[str, FakeAvailability] = {}
        self.save_error: Failure | None = None
        self.key_refusal: Failure | None = None

    def has_stored_key(self, name: str) -> bool:
        return name in self._runtime.keys

    def kept_key_file(self, name: str) -> str | None:
        return None

    def providers(self) -> tuple[Provider, ...]:
        return tuple(self._providers)

    def get(self, name: str) -> Provider:
        for provider in self._providers:
            if provider.name == name:
                return provider
        raise UsageError(failure("provider-unknown", title=f"There is no provider {name}."))

    def default(self) -> Provider | None:
        return next((provider for provider in self._providers if provider.is_default), None)

    def for_chat(self, name: str | None) -> Provider:
        if name is None:
            chats = [
                known for known in self._providers if known.category is Category.MODEL and known.is_active
            ]
            found = next(
                (known for known in self._providers if known.is_default), chats[0] if chats else None
            )
        else:
            found = self.get(name)
        if found is None:
            raise UsageError(explain("no-provider"))
        if found.category is not Category.MODEL:
            raise UsageError(explain("provider-embedding", name=found.name))
        if not found.is_active:
            raise UsageError(explain("provider-inactive", name=found.name))
        if not self.availability(found).is_available:
            raise UsageError(explain("engine-missing"))
        return found

    def still_for_chat(self, provider: Provider) -> Provider:
        if self.has_changed():
            self.reload()
        return self.for_chat(provider.name)

    def save(
        self, provider: Provider, key_text: str | None = None, previous_name: str | None = None
    ) -> Provider:
        if self.save_error is not None:
            raise LmdeckError(self.save_error)
        if key_text:
            reference = parse_key_reference(key_text)
            if reference is None:
                self._runtime.keys[provider.name] = Secret(key_text)
                self._runtime.redactor.add(Secret(key_text))
            provider = replace(provider, api_key=reference or STORED)
        elif key_text == "":
            provider = replace(provider, api_key=None)
        if provider.is_default:
            self._clear_default(provider.category)
        old = previous_name or provider.name
        names = [known.name for known in self._providers]
        if old in names:
            self._providers[names.index(old)] = provider
        else:
            self._providers.append(provider)
        return provider

    def delete(self, name: str) -> Callable[[], None]:
        index = [provider.name for provider in self._providers].index(name)
        removed = self._providers.pop(index)
        return lambda: self._providers.insert(index, removed)

    def clone_name(self, name: str) -> str:
        names = {provider.name for provider in self._providers}
        candidate, number = f"{name}-copy", 2
        while candidate in names:
            candidate, number = f"{name}-copy-{number}", number + 1
        return candidate

    def set_default(self, name: str) -> None:
        provider = self._existing(name)
        self._clear_default(provider.category)
        self._replace(replace(provider, is_default=True))

    def set_state(self, name: str, state: State) -> None:
        self._replace(replace(self._existing(name), state=state))

    def has_changed(self) -> bool:
        return self.changed_by_hand is not None

    def reload(self) -> None:
        if self.changed_by_hand is not None:
            self._providers, self.changed_by_hand = self.changed_by_hand, None

    def availability(self, provider: Provider) -> FakeAvailability:
        return self.unavailable.get(provider.name, FakeAvailability())

    def _existing(self, name: str) -> Provider:
        return self.get(name)

    def _replace(self, provider: Provider) -> None:
        names = [known.name for known in self._providers]
        self._providers[names.index(provider.name)] = provider

    def _clear_default(self, category: Category) -> None:
        self._providers = [
            replace(known, is_default=False) if known.category is category else known
            for known in self._providers
        ]


@dataclass
class Reply:
    """A scripted reply: pieces in their order, then how it ends.

    A piece is ``("reasoning", text)``, ``("answer", text)`` or an ``asyncio.Event`` to wait for.
    """

    pieces: Sequence[tuple[str, str] | asyncio.Event] = (
        ("reasoning", "Let me think."),
        ("answer", "Hello! I am **well**."),
    )
    usage: Usage | None = field(default_factory=lambda: Usage(17, 11, 7))
    failure: Failure | None = None
    finish_reason: str = "stop"


class FakeSession:
    """A conversation in memory whose replies come from ``runtime.replies``, one a prompt."""

    def __init__(self, runtime: FakeRuntime, saved: bool = True, turns: Sequence[Turn] = ()) -> None:
        self._runtime = runtime
        self.turns: list[Turn] = list(turns)
        self.title = ""
        self.notices: tuple[str, ...] = ()
        self.identity = "fake-session"
        self.is_saved = saved
        self.trouble: str | None = None
        self.live: Turn | None = None
        self.path_revision = 0
        self.on_change: Callable[[], None] | None = None
        self.targets: list[Any] = []
        self._stopped = asyncio.Event()

    def watch_trouble(self, changed: Callable[[], None] | None) -> None:
        """Nothing is written here, so there is no trouble."""

    async def send(self, prompt: str, target: Any) -> Turn:
        return await self.start(prompt, target)

    def start(self, prompt: str, target: Any) -> asyncio.Task[Turn]:
        turn = Turn(f"turn-{len(self.turns) + 1}", prompt)
        provider = getattr(target, "provider", None)
        turn.provider = provider.name if provider else ""
        turn.model = getattr(target, "model_name", "")
        self.turns.append(turn)
        self.path_revision += 1
        return asyncio.ensure_future(self._play(turn, target))

    async def regenerate(self, target: Any) -> Turn:
        last = self.turns.pop()
        return await self.send(last.prompt, target)

    def choose_variant(self, turn: Turn, step: int) -> Turn | None:
        """There is never another answer here."""
        return None

    def keep_choice(self) -> None:
        """There is nothing to keep."""

    async def continue_turn(self, target: Any) -> Turn:
        turn = self.turns[-1]
        turn.state = TurnState.ANSWERING
        return await self._play(turn, target)

    def stop(self) -> None:
        self._stopped.set()

    def rename(self, title: str) -> None:
        self.title = title
        self._changed()

    async def aclose(self) -> None:
        self.stop()

    @property
    def totals(self) -> FakeTotals:
        usage: Usage | None = None
        costs: dict[str, Cost] = {}
        for turn in self.turns:
            if turn.usage is not None:
                usage = turn.usage if usage is None else usage.plus(turn.usage)
            if turn.cost is not None:
                known = costs.get(turn.cost.currency)
                costs[turn.cost.currency] = turn.cost if known is None else known.plus(turn.cost)
        return FakeTotals(usage, tuple(costs.values()))

    async def _play(self, turn: Turn, target: Any) -> Turn:
        self.targets.append(target)
        self._stopped.clear()
        self.live = turn
        self._changed()
        reply = self._runtime.replies.pop(0) if self._runtime.replies else Reply()
        for piece in reply.pieces:
            await self._wait_for(piece)
            if self._stopped.is_set():
                turn.state = TurnState.STOPPED
                break
            if not isinstance(piece, asyncio.Event):
                kind, text = piece
                turn.state = TurnState.REASONING if kind == "reasoning" else TurnState.ANSWERING
                (turn.reasoning if kind == "reasoning" else turn.answer).append(text)
                self._changed()
        else:
            turn.failure = reply.failure
            turn.state = TurnState.FAILED if reply.failure else TurnState.DONE
            turn.finish_reason = reply.finish_reason
            turn.usage = reply.usage
            provider = getattr(target, "provider", None)
            turn.cost = cost_of(reply.usage, provider.price) if provider else None
        self.live = None
        self._changed()
        return turn

    async def _wait_for(self, piece: tuple[str, str] | asyncio.Event) -> None:
        if not isinstance(piece, asyncio.Event):
            await asyncio.sleep(0)
            return
        waits = [asyncio.ensure_future(piece.wait()), asyncio.ensure_future(self._stopped.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()


@dataclass(frozen=True)
class FakeSummary:
    """One line of the conversation list."""

    identity: str
    title: str
    updated_at: str = "2026-01-01T00:00:00+00:00"
    turns: int = 1
    provider: str = ""
    model: str = ""
    is_open_elsewhere: bool = False
    problem: str | None = None


class FakeConversations:
    """Saved conversations in memory."""

    def __init__(self) -> None:
        self.summaries: list[FakeSummary] = []
        self._deleted: dict[str, FakeSummary] = {}

    def list(self) -> list[FakeSummary]:
        return list(self.summaries)

    def rename(self, identity: str, title: str) -> None:
        self.summaries = [
            replace(known, title=title) if known.identity == identity else known for known in self.summaries
        ]

    def delete(self, identity: str) -> str:
        self._deleted.update(
            {known.identity: known for known in self.summaries if known.identity == identity}
        )
        self.summaries = [known for known in self.summaries if known.identity != identity]
        return identity

    def restore(self, token: str) -> None:
        self.summaries.append(self._deleted.pop(token))


@dataclass(frozen=True)
class FakeCopyResult:
    """What became of a copy."""

    sentence: str = "It is on the test's clipboard."

    def message(self, what: str) -> str:
        return f"{what} copied. {self.sentence}"


class FakeClipboard:
    """Remembers what was copied."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def copy(self, raw: str, write_terminal: Callable[[str], None] | None = None) -> FakeCopyResult:
        self.texts.append(raw)
        return FakeCopyResult()


class FakeRuntime:
    """The object that is passed to the app; see the module."""

    def __init__(
        self,
        providers: Sequence[Provider] | None = None,
        *,
        settings: Settings | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.environment = dict(environment or {})
        self.proxies: dict[str, str] = {}
        self.paths = FakePaths()
        self.settings = settings or Settings(theme="dark", calm=True)
        self.settings_notices: tuple[str, ...] = ()
        self.redactor = Redactor()
        self.keys: dict[str, Secret] = {}
        self.credentials = FakeCredentials(self.keys)
        self.directory = FakeDirectory(self, example_providers() if providers is None else providers)
        self.conversations = FakeConversations()
        self.clipboard = FakeClipboard()
        self.reachability: dict[str, FakeReachability | asyncio.Event] = {}
        """By provider name; an event stands for a check that lasts until it is set."""
        self.models: dict[str, Sequence[str] | Failure] = {}
        """By provider URL: what ``/models`` answers."""
        self.replies: list[Reply] = []
        self.test_gate: asyncio.Event | None = None
        self.reached: list[str] = []
        self.reaching = 0
        self.most_reaching = 0
        self.listed: list[str] = []
        self.discovery = Discovery((), (), 3, is_complete=True)
        self.discover_gate: asyncio.Event | None = None
        self.tested: list[tuple[Provider, str | None]] = []
        self.vectors = EmbeddingOutcome(
            EmbeddingRequest("m", ("a", "b")),
            Vectors(((0.6, 0.8), (1.0, 0.0)), Usage(500, 0)),
            milliseconds=14.0,
        )
        self.sessions: list[FakeSession] = []
        self.is_warm = False
        self.is_closed = False

    async def endpoint_for(self, provider: Provider, key_text: str | None = None) -> Endpoint:
        return Endpoint(provider.provider_url)

    async def reach(self, provider: Provider) -> FakeReachability:
        self.reached.append(provider.name)
        self.reaching += 1
        self.most_reaching = max(self.most_reaching, self.reaching)
        try:
            result = self.reachability.get(provider.name, FakeReachability())
            if isinstance(result, asyncio.Event):
                await result.wait()
                result = FakeReachability()
            await asyncio.sleep(0)
            return result
        finally:
            self.reaching -= 1

    async def discover(self, on_found: Callable[[Discovered], None] | None = None) -> Discovery:
        for server in self.discovery.servers:
            if on_found is not None:
                on_found(server)
        if self.discover_gate is not None:
            await self.discover_gate.wait()
        return self.discovery

    async def list_models(self, provider: Provider, key_text: str | None = None) -> FakeModelList:
        self.listed.append(provider.provider_url)
        await asyncio.sleep(0)
        found = self.models.get(provider.provider_url, ())
        if isinstance(found, Failure):
            raise LmdeckError(found)
        return FakeModelList(tuple(FakeModelInfo(name) for name in found))

    def proxy_label(self, provider: Provider) -> str:
        return self.proxies.get(provider.name, "")

    def key_label(self, provider: Provider) -> str:
        reference = provider.api_key
        if reference is None:
            return ""
        if reference.kind is KeyKind.STORED:
            return self.keys[provider.name].hint if provider.name in self.keys else "stored"
        return str(reference)

    def new_session(self, saved: bool = True) -> FakeSession:
        session = FakeSession(self, saved)
        self.sessions.append(session)
        return session

    def open_session(self, identity: str) -> FakeSession:
        session = self.new_session()
        session.identity = identity
        return session

    def fork_session(self, identity: str) -> FakeSession:
        return self.open_session(f"{identity}-fork")

    async def release(self, session: FakeSession) -> None:
        await session.aclose()

    async def test_vectors(
        self,
        provider: Provider,
        key_text: str | None = None,
        *,
        on_progress: Callable[[str], None],
    ) -> EmbeddingOutcome:
        self.tested.append((provider, key_text))
        return self.vectors

    async def test(self, provider: Provider, key_text: str | None = None) -> Turn:
        self.tested.append((provider, key_text))
        if self.test_gate is not None:
            await self.test_gate.wait()
        session = FakeSession(self, saved=False)

        @dataclass
        class Target:
            provider: Provider
            model: str

        return await session.send(provider.test_prompt, Target(provider, provider.compatible_provider))

    async def warm(self) -> None:
        self.is_warm = True

    async def aclose(self) -> None:
        self.is_closed = True


def example_providers() -> list[Provider]:
    """Return a deck as a person might have it: two built in, a local server, a paid service, one resting."""
    return [
        Provider(
            "smollm2",
            "SmolLM2 on this machine",
            compatible_provider="smollm2-135m-instruct",
            provider_url="builtin:smollm2",
            input_price=Decimal(0),
            output_price=Decimal(0),
            is_default=True,
            is_remote=True,
        ),
        Provider(
            "demo",
            "Demo",
            compatible_provider="demo-reasoner",
            provider_url="builtin:demo",
            is_remote=True,
        ),
        Provider(
            "gpu01-vllm",
            "Qwen on gpu01",
            compatible_provider="Qwen/Qwen3-8B",
            provider_url="http://gpu01:8000/v1",
            api_key=KeyReference(KeyKind.ENVIRONMENT, "VLLM_KEY"),
            allow_unencrypted_key=True,
        ),
        Provider(
            "cloud",
            "Infini",
            compatible_provider="deepseek-r1",
            provider_url="https://cloud.infini-ai.com/maas/v1",
            input_price=Decimal("0.00055"),
            output_price=Decimal("0.00219"),
            api_key=STORED,
        ),
        Provider(
            "old-embedder",
            category=Category.EMBEDDING,
            compatible_provider="bge-m3",
            provider_url="http://localhost:9000/v1",
            state=State.INACTIVE,
        ),
    ]


def estimated(prompt_tokens: int, completion_tokens: int) -> Usage:
    """Return usage that nobody reported."""
    return Usage(prompt_tokens, completion_tokens, source=Source.ESTIMATED)
