"""Finds the model servers on this machine by requests to the ports that listen on loopback.

No key is sent. Runs only when requested by the user.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import field, replace

from tui.core.chat import Endpoint
from tui.core.endpoint_url import models_url_of
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Category, Provider
from tui.net.client import ClientFactory
from tui.net.fetch import Fetched, fetch_evidence
from tui.net.machine.known_servers import KNOWN_SERVERS
from tui.net.machine.machine import Machine
from tui.net.machine.snapshot import PortOwner, RunningServer, Snapshot
from tui.net.recognition import Look, recognise, recognise_refusal
from tui.texts.discover import UNKNOWN_KIND
from tui.texts.network import ON_PORT
from tui.wire.error_body import is_page
from tui.wire.errors import classify_error
from tui.wire.fingerprint import identify
from tui.wire.models import ModelList, read_models
from tui.wire.servers import ServerIdentity

USUAL_PORTS = frozenset(known.port for known in KNOWN_SERVERS) | {8001, 8081}
"""Requested if the system does not show the listening ports of all users."""

_NEVER_ASKED = frozenset({21, 22, 23, 25, 53, 110, 111, 139, 143, 445, 631, 2049, 3306, 5432, 6379, 27017})
"""Ports of services that are not model servers, and log every stranger."""
_AT_ONCE = 16
_SECONDS = 2.0
_UNNAMED = "server"
OWN_DEMO = "lmdeck demo"
OWN_ENGINE = "lmdeck engine"
"""The name of lmdeck's own servers."""
_DEMO_SIGNATURE = "lmdeck-demo"
_ENGINE_PROGRAM = "tui/demo/engine_child.py"
_WANTS_KEY = ("auth", "auth-scheme", "forbidden")


@dataclass(frozen=True, slots=True)
class Discovered:
    """One model server on loopback. Texts from servers and processes are unsanitised."""

    url: str
    """Its base URL."""
    port: int
    label: str
    """A label: its kind, or ``server``."""
    identity: ServerIdentity = field(default_factory=ServerIdentity)
    models: tuple[str, ...] = ()
    context_window: int | None = None
    needs_key: bool = False
    failure: Failure | None = None
    """Why it is not usable yet, such as ``loading``."""
    owner: PortOwner | None = None
    """Its process, if visible."""

    @property
    def kind(self) -> str | None:
        """The kind of server; ``None`` if unknown."""
        return None if self.label == _UNNAMED else self.label

    @property
    def shown_kind(self) -> str:
        """Server and version, for display."""
        return " ".join(filter(None, (self.kind or UNKNOWN_KIND, self.identity.version)))

    @property
    def is_engine(self) -> bool:
        """Whether it is lmdeck's own built-in model."""
        return self.label == OWN_ENGINE

    def as_provider(self, taken_names: Collection[str] = ()) -> Provider:
        """Return a provider for it, with an unused name."""
        plain = re.sub(r"[^a-z0-9.]+", "-", self.label.lower()).strip("-.") or _UNNAMED
        name = f"{plain}-{self.port}"
        number = 2
        while name in taken_names:
            name = f"{plain}-{self.port}-{number}"
            number += 1
        return Provider(
            name=name,
            display_name=ON_PORT.format(label=self.label, port=self.port),
            category=Category.MODEL,
            model=self.models[0] if self.models else "",
            provider_url=self.url,
        )


@dataclass(frozen=True, slots=True)
class Discovery:
    """The servers found on this machine."""

    servers: tuple[Discovered, ...]
    starting: tuple[RunningServer, ...]
    """Model servers that are running but not listening yet."""
    asked_ports: int
    is_complete: bool
    """False: the system does not show all ports, so the usual ones were requested as well."""


async def discover(
    factory: ClientFactory,
    machine: Machine,
    *,
    on_found: Callable[[Discovered], None] | None = None,
    on_scanned: Callable[[int, int], None] | None = None,
) -> Discovery:
    """Request every listening port of loopback in parallel, at most 16 at a time and 2 s each.

    Never raises because of a response.

    Args:
        on_found: receives each server as soon as it is known.
        on_scanned: receives how many ports have been requested, and of how many.
    """
    snapshot = await asyncio.to_thread(machine.snapshot)
    candidates = _candidates(snapshot, () if machine.is_visible else USUAL_PORTS)
    turn = asyncio.Semaphore(_AT_ONCE)
    scanned = 0

    def tell() -> None:
        if on_scanned is not None:
            on_scanned(scanned, len(candidates))

    async def ask(host: str, port: int) -> Discovered | None:
        async with turn:
            found = await _ask(factory, host, port, snapshot)
        nonlocal scanned
        scanned += 1
        if found is not None and on_found is not None:
            on_found(found)
        tell()
        return found

    tell()
    answers = await asyncio.gather(*(ask(host, port) for host, port in candidates))
    servers = sorted((found for found in answers if found is not None), key=lambda server: server.port)
    starting = tuple(server for server in snapshot.servers if server.is_starting)
    return Discovery(tuple(servers), starting, len(candidates), machine.is_visible)


def _candidates(snapshot: Snapshot, more: Collection[int]) -> list[tuple[str, int]]:
    """Return one loopback address for each port, preferably IPv4, and additional ports."""
    chosen: dict[int, str] = {}
    for owner in snapshot.owners:
        listener = owner.listener
        if listener.port in _NEVER_ASKED or not listener.is_local:
            continue
        if listener.accepts("127.0.0.1"):
            chosen[listener.port] = "127.0.0.1"
        elif listener.accepts("::1"):
            chosen.setdefault(listener.port, "[::1]")
        else:
            chosen.setdefault(listener.port, listener.address)  # another address in 127.0.0.0/8
    chosen = {**dict.fromkeys(more, "127.0.0.1"), **chosen}
    return [(host, port) for port, host in sorted(chosen.items())]


async def _ask(factory: ClientFactory, host: str, port: int, snapshot: Snapshot) -> Discovered | None:
    base = f"http://{host}:{port}/v1"
    answer = await _get(factory, base, models_url_of(base))
    if answer is None:
        return None
    models = read_models(answer.body) if answer.status < 300 else None
    failure = None if models is not None else classify_error(answer.status, answer.headers, answer.body)
    identity = identify(headers=answer.headers, owned_by=models.owners if models is not None else ())
    window = None
    if failure is not None and failure.cause in _WANTS_KEY:
        identity = await recognise_refusal(identity, _look(factory, base), answer.body)
    if models is not None or _may_be_api(failure):
        look = _look(factory, base)
        learned = await recognise(identity, look, has_list=models is not None)
        identity, window = learned.identity, learned.context_window
    if models is None and identity.kind is None and not _is_guarded_api(failure, answer.body):
        return None
    found = _describe(base, port, identity, models, failure, window, snapshot)
    return replace(found, label=OWN_DEMO) if _is_own_demo(answer) else found


def _describe(
    base: str,
    port: int,
    identity: ServerIdentity,
    models: ModelList | None,
    failure: Failure | None,
    window: int | None,
    snapshot: Snapshot,
) -> Discovered:
    owner = next(iter(snapshot.on_port(port)), None)
    needs_key = failure is not None and failure.cause in _WANTS_KEY
    chat_models = () if models is None else (models.chat_models or models.models)
    first = chat_models[0] if chat_models else None
    return Discovered(
        url=base,
        port=port,
        label=_label(identity, owner),
        identity=identity,
        models=tuple(model.identifier for model in chat_models),
        context_window=(first.context_window if first is not None else None) or window,
        needs_key=needs_key,
        failure=None if needs_key else failure,
        owner=owner,
    )


def _label(identity: ServerIdentity, owner: PortOwner | None) -> str:
    if owner is not None and owner.process is not None and _is_own_engine(owner.process.arguments):
        return OWN_ENGINE
    if owner is not None and owner.server is not None:
        return owner.server
    if identity.kind is not None:
        return str(identity.kind)
    return _UNNAMED


def _is_own_demo(answer: Fetched) -> bool:
    return answer.headers.get("server", "").startswith(_DEMO_SIGNATURE)


def _is_own_engine(arguments: Sequence[str]) -> bool:
    return any(argument.endswith(_ENGINE_PROGRAM) for argument in arguments)


def _may_be_api(failure: Failure | None) -> bool:
    """Return whether to identify the server behind a response without a model list."""
    return failure is not None and failure.cause not in ("redirect", "forbidden")


def _is_guarded_api(failure: Failure | None, body: bytes) -> bool:
    """Return whether an error is from an API that requires a key, or is loading its model.

    Any web server can refuse a request with a page.
    """
    if failure is None:
        return False
    if failure.cause == "loading":
        return True
    return failure.cause in _WANTS_KEY and bool(failure.server_message) and not is_page(body)


def _look(factory: ClientFactory, base: str) -> Look:
    root = base.removesuffix("/v1")
    return lambda path: _get(factory, base, root + path)


async def _get(factory: ClientFactory, base: str, url: str) -> Fetched | None:
    """Return ``None`` without HTTP or a timely response: not a model server."""
    return await fetch_evidence(factory, Endpoint(base), url, _SECONDS)
