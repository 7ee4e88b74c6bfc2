"""Describes a failure of the catalogue: a situation on loopback, and the expected cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from tests.support.fake_api import FakeApi
from tests.support.fault_server import Answer, Fault, FaultServer, Tls
from tests.support.stream_samples import http_error
from tui.core.provider import TlsSettings

KEY = "sk-canary-0123456789"


@dataclass(frozen=True)
class Situation:
    """A broken endpoint, and the program's environment."""

    url: str
    model: str = "m"
    key: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    settings: TlsSettings = field(default_factory=TlsSettings)
    headers: Mapping[str, str] = field(default_factory=dict)
    """The provider's extra headers."""


Make = Callable[[], AbstractContextManager[Situation]]


@dataclass(frozen=True)
class Case:
    """One failure: its cause, the situation in which it is expected, and where."""

    cause: str
    make: Make
    label: str
    is_verdict: bool = True
    """False: the endpoint works, or another check is the verdict; the cause stands at some check."""
    needs: str = ""
    """``ipv6``, ``limits`` (short time limits), or ``api``: the command has no option for it."""


CASES: list[Case] = []


def case(
    cause: str, label: str = "", *, is_verdict: bool = True, needs: str = ""
) -> Callable[[Callable[[], Iterator[Situation]]], Callable[[], Iterator[Situation]]]:
    """Register a situation under its cause."""

    def register(make: Callable[[], Iterator[Situation]]) -> Callable[[], Iterator[Situation]]:
        name = f"{cause}{'-' if label else ''}{label}"
        CASES.append(Case(cause, contextmanager(make), name, is_verdict, needs))
        return make

    return register


def serve(
    cause: str,
    fault: Fault | str,
    *,
    label: str = "",
    path: str = "/v1",
    scheme: str | None = None,
    tls: Tls | None = None,
    is_verdict: bool = True,
    needs: str = "",
    change: Callable[[str], str] = str,
    **situation: object,
) -> None:
    """Register a situation with one server."""

    @case(cause, label, is_verdict=is_verdict, needs=needs)
    def make() -> Iterator[Situation]:
        with FaultServer(fault, tls=tls, path=path) as server:
            url = server.base_url
            if scheme is not None:
                url = f"{scheme}://{url.partition('://')[2]}"
            yield Situation(change(url), **situation)  # type: ignore[arg-type]


def chatting(cause: str, chat: Fault | str, *, api: FakeApi | None = None, **keywords: object) -> None:
    """Register a situation in which all is well until the chat."""
    serve(cause, replace(api or FakeApi(), chat=chat), **keywords)  # type: ignore[arg-type]


def plain(
    cause: str, url: str, *, label: str = "", is_verdict: bool = True, needs: str = "", **situation: object
) -> None:
    """Register a situation that needs no server."""

    @case(cause, label, is_verdict=is_verdict, needs=needs)
    def make() -> Iterator[Situation]:
        yield Situation(url, **situation)  # type: ignore[arg-type]


def refusal(name: str) -> Answer:
    """Return one of the realistic refusals."""
    body, status, content_type, headers = http_error[name]
    return Answer(body, status, content_type, headers)


def stream(*events: bytes) -> Answer:
    """Return an event stream as it stands, without an end of its own."""
    return Answer(b"".join(events), content_type="text/event-stream", chunk=4096)
