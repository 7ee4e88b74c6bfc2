"""The checks of a diagnosis: their order, their dependencies, and the report.

``net.probe`` runs the checks; ``core.report_text`` formats the report.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from tui.core.abilities import AbilityResult, abilities_json
from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.failure_report import failure_report
from tui.core.lazy_dataclass import dataclass
from tui.core.phases import Phase
from tui.core.usage import Usage
from tui.texts import checks

if TYPE_CHECKING:
    from tui.core.vector_traits import VectorTraits

SCHEMA_VERSION = 1


class CheckId(StrEnum):
    """The checks, in the order in which they run."""

    URL = "url"
    ENVIRONMENT = "environment"
    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    SERVER = "server"
    AUTH = "auth"
    MODELS = "models"
    CHAT = "chat"
    STREAM = "stream"
    USAGE = "usage"
    REASONING = "reasoning"
    VECTORS = "vectors"
    SPEED = "speed"


class CheckStatus(StrEnum):
    """The status of a check."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


DEPENDENCIES: Mapping[CheckId, tuple[CheckId, ...]] = MappingProxyType(
    {
        CheckId.URL: (),
        CheckId.ENVIRONMENT: (CheckId.URL,),
        CheckId.DNS: (CheckId.ENVIRONMENT,),
        CheckId.TCP: (CheckId.DNS,),
        CheckId.TLS: (CheckId.TCP,),
        CheckId.HTTP: (CheckId.TLS,),
        CheckId.SERVER: (CheckId.HTTP,),
        CheckId.AUTH: (CheckId.HTTP,),
        CheckId.MODELS: (CheckId.AUTH,),
        CheckId.CHAT: (CheckId.MODELS,),
        CheckId.STREAM: (CheckId.CHAT,),
        CheckId.USAGE: (CheckId.CHAT,),
        CheckId.REASONING: (CheckId.CHAT,),
        CheckId.VECTORS: (CheckId.MODELS,),
        CheckId.SPEED: (CheckId.STREAM, CheckId.VECTORS),
    }
)
"""The dependencies of each check: it is skipped if one of them failed or was itself skipped for that reason.
An endpoint is checked with either a chat or an embedding."""


CHAT_CHECKS = tuple(check for check in CheckId if check is not CheckId.VECTORS)
"""The checks of a chat endpoint."""
EMBEDDING_CHECKS = (*CHAT_CHECKS[: CHAT_CHECKS.index(CheckId.CHAT)], CheckId.VECTORS, CheckId.SPEED)
"""The checks of an embedding endpoint, to which no chat is sent."""


def checks_of(*, is_embedding: bool) -> tuple[CheckId, ...]:
    """Return the checks of an endpoint, in order; its report has no others."""
    return EMBEDDING_CHECKS if is_embedding else CHAT_CHECKS


CONFIGURED = ("url-", "key-")
"""Prefixes of causes that mean a wrong configuration; some can only be detected by a server's reply."""
_WITHOUT_REQUEST = frozenset({CheckId.URL, CheckId.ENVIRONMENT})
"""The checks before the first request."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check."""

    id: CheckId
    status: CheckStatus
    title: str = ""
    """What was found, or what is wrong, in one sentence."""
    cause: str | None = None
    """The cause in the catalogue, for a failure or a warning."""
    advice: str = ""
    milliseconds: float | None = None
    facts: tuple[str, ...] = ()
    """Observations, one per line, safe to display."""
    details: tuple[str, ...] = ()
    """Request, response, raw events and exception chain, redacted; for the details."""
    server_message: str | None = None
    """The server's own message, in full."""
    shown_facts: int = 0
    """How many of the facts are shown even if the check passed."""
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A correction that was tested, or that follows from the server's reply."""

    kind: str
    """``url``, ``model``, ``key-header`` or ``key``."""
    text: str
    """A yes-or-no question, such as ``http://localhost:8000/v1 answers. Use it?``"""
    changes: Mapping[str, str]
    """The fields of the provider to change, and their new texts."""

    @property
    def statement(self) -> str:
        """The text without the question: a command explains itself how to apply it."""
        return (self.text.rpartition(". ")[0] or self.text.removesuffix("?")) + "."


@dataclass(frozen=True, slots=True)
class ServerSummary:
    """What is known about the server."""

    kind: str
    version: str | None = None
    evidence: str = ""
    """What identified it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the program runs, if relevant to ``localhost`` or proxies."""

    proxy: str | None = None
    """The proxy used for this endpoint, without its password."""
    container: bool = False
    wsl: bool = False
    ssh: bool = False
    hostname: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosisReport:
    """All results of a diagnosis."""

    url: str
    """The URL that was used, or as given if it is invalid; without secrets."""
    model: str | None
    key_label: str | None
    """The source of the key and its last characters, such as ``env:X (…1234)``; never the key."""
    results: tuple[CheckResult, ...]
    server: ServerSummary | None = None
    models: tuple[str, ...] = ()
    context_window: int | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    surroundings: Surroundings = field(default_factory=Surroundings)
    repairs: tuple[Repair, ...] = ()
    machine: tuple[str, ...] = ()
    """Relevant programs on this machine, one fact per line."""
    changes: tuple[str, ...] = ()
    """The differences from the previous check of the same endpoint."""
    usage: Usage | None = None
    """The tokens used by the check itself; ``None`` if it sent no chat."""
    decode_rate: float | None = None
    """Tokens per second after the first token."""
    phases: tuple[Phase, ...] = ()
    """Where the time of the chat went."""
    vectors: VectorTraits | None = None
    """The properties of the model's vectors; ``None`` if none were received."""
    curl: str = ""
    """A command that repeats the decisive request, with the key in a variable."""
    abilities: tuple[AbilityResult, ...] = ()
    """The results of the ability tests; empty if none were requested."""
    build: str = ""
    """The server with its version and build."""
    model_build: str = ""
    """What the server reports about the model behind the name, if abilities were tested."""
    is_quick: bool = False
    was_interrupted: bool = False
    interrupted_by: int = 2
    """The signal that interrupted the check; SIGINT (Ctrl+C) unless known otherwise."""
    is_misconfigured: bool = False
    """No request was sent, because one of lmdeck's own files is unusable."""

    @property
    def verdict(self) -> CheckResult | None:
        """The first failed check; ``None`` if all passed."""
        return next((result for result in self.results if result.status is CheckStatus.FAILED), None)

    @property
    def warnings(self) -> tuple[CheckResult, ...]:
        """The checks that passed with a warning."""
        return tuple(result for result in self.results if result.status is CheckStatus.WARNING)

    @property
    def ok(self) -> bool:
        """Whether no check failed; warnings are ignored."""
        return self.verdict is None and not self.was_interrupted

    @property
    def exit_code(self) -> int:
        """The exit code.

        0: success; 1: a check failed; 2: the configuration is wrong, so nothing was requested; 128 + n:
        interrupted by signal n (Ctrl+C: 130).
        """
        if self.was_interrupted:
            return 128 + self.interrupted_by
        verdict = self.verdict
        if verdict is None:
            return 0
        is_seen_before = verdict.id in _WITHOUT_REQUEST and (verdict.cause or "").startswith(CONFIGURED)
        return 2 if self.is_misconfigured or is_seen_before else 1

    def result(self, check: CheckId) -> CheckResult | None:
        """Return the result of one check."""
        return next((result for result in self.results if result.id is check), None)

    def to_json(self) -> dict[str, object]:
        """Return the JSON object of ``lmdeck check --json``, schema version 1."""
        return {
            "schema_version": SCHEMA_VERSION,
            "ok": self.ok,
            "error": self.error_json(),
            "exit_code": self.exit_code,
            "endpoint": {"url": self.url, "model": self.model, "key": self.key_label},
            "verdict": _verdict_json(self.verdict),
            "server": _server_json(self.server),
            "models": list(self.models),
            "context_window": self.context_window,
            "checks": [_check_json(result) for result in self.results],
            "timings_ms": {name: round(value, 1) for name, value in self.timings_ms.items()},
            "vectors": None if self.vectors is None else self.vectors.to_json(),
            "phases": [phase.to_json() for phase in self.phases],
            "environment": {
                "proxy": self.surroundings.proxy,
                "container": self.surroundings.container,
                "wsl": self.surroundings.wsl,
                "ssh": self.surroundings.ssh,
            },
            "abilities": abilities_json(self.abilities),
        }

    def error_json(self) -> dict[str, object] | None:
        """Return why the check was not successful: the verdict, or the interruption."""
        return failure_report(explain("interrupted")) if self.was_interrupted else _verdict_json(self.verdict)


def _verdict_json(verdict: CheckResult | None) -> dict[str, object] | None:
    if verdict is None:
        return None
    return {
        "cause": verdict.cause,
        "title": verdict.title,
        "advice": verdict.advice,
        "status": verdict.http_status,
        "server_message": verdict.server_message,
    }


def _server_json(server: ServerSummary | None) -> dict[str, object] | None:
    if server is None:
        return None
    return {"kind": server.kind, "version": server.version, "evidence": server.evidence}


def _check_json(result: CheckResult) -> dict[str, object]:
    """Return the JSON object of a check; the title of a passed check is its first fact."""
    is_plain = result.cause is None and result.title
    return {
        "id": str(result.id),
        "status": str(result.status),
        "cause": result.cause,
        "ms": None if result.milliseconds is None else round(result.milliseconds, 1),
        "facts": [result.title, *result.facts] if is_plain else list(result.facts),
        "advice": result.advice or None,
        "server_message": result.server_message,
    }


def passed(check: CheckId, title: str, *facts: str, milliseconds: float | None = None) -> CheckResult:
    """Return the result of a check that passed."""
    return CheckResult(check, CheckStatus.OK, title, milliseconds=milliseconds, facts=facts)


def failed(
    check: CheckId,
    failure: Failure,
    *facts: str,
    milliseconds: float | None = None,
    details: tuple[str, ...] = (),
    as_warning: bool = False,
) -> CheckResult:
    """Return the result of a check that failed, or that passed with a warning."""
    return CheckResult(
        check,
        CheckStatus.WARNING if as_warning else CheckStatus.FAILED,
        failure.title,
        failure.cause,
        failure.advice,
        milliseconds,
        (*_status_fact(failure), *facts),
        (*details, *(checks.BECAUSE.format(link=link) for link in failure.chain)),
        failure.server_message,
        http_status=failure.status,
    )


def skipped(check: CheckId, reason: str) -> CheckResult:
    """Return the result of a check that was skipped."""
    return CheckResult(check, CheckStatus.SKIPPED, reason)


def blocker_of(check: CheckId, blocked: Collection[CheckId]) -> CheckId | None:
    """Return the blocked check that this one depends on, directly or indirectly."""
    for needed in DEPENDENCIES[check]:
        blocker = needed if needed in blocked else blocker_of(needed, blocked)
        if blocker is not None:
            return blocker
    return None


def _status_fact(failure: Failure) -> tuple[str, ...]:
    return () if failure.status is None else (checks.HTTP_STATUS.format(status=failure.status),)
