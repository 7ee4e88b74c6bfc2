"""The state of a running diagnosis: the results so far, and the report at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.api_key_search import MASK
from tui.core.chat import Endpoint
from tui.core.check_history import compare_checks, record_of
from tui.core.curl import curl_command
from tui.core.diagnosis import (
    CheckId,
    CheckResult,
    CheckStatus,
    DiagnosisReport,
    Repair,
    ServerSummary,
    Surroundings,
    blocker_of,
    checks_of,
    skipped,
)
from tui.core.endpoint_url import inspect_url, models_url_of
from tui.core.lazy_dataclass import dataclass
from tui.core.phases import Phase
from tui.core.report_text import LABELS
from tui.core.secret import Secret
from tui.core.usage import Usage
from tui.net.probe.target import ProbeLimits, ProbeServices, ProbeTarget
from tui.net.proxies import Route
from tui.net.server_wait import ServerWait, Waiting
from tui.texts import abilities, checks
from tui.wire.evidence import Proof
from tui.wire.servers import ServerIdentity

if TYPE_CHECKING:
    from tui.core.turn import Turn
    from tui.core.vector_traits import VectorTraits
    from tui.net.machine.gpus import Gpu
    from tui.net.machine.snapshot import Snapshot
    from tui.wire.models import ModelList

_Result = TypeVar("_Result")
_FAILED = {
    CheckId.URL: checks.URL_FAILED,
    CheckId.DNS: checks.DNS_FAILED,
    CheckId.TCP: checks.TCP_FAILED,
    CheckId.TLS: checks.TLS_FAILED,
    CheckId.HTTP: checks.HTTP_FAILED,
    CheckId.AUTH: checks.AUTH_FAILED,
    CheckId.MODELS: checks.MODELS_FAILED,
    CheckId.CHAT: checks.CHAT_FAILED,
    CheckId.VECTORS: checks.VECTORS_FAILED,
}
_NOTICE_SECONDS = 2.0


@dataclass(slots=True)
class Findings:
    """What the checks have learned for each other."""

    shown_url: str = ""
    route: Route = field(default_factory=Route)
    surroundings: Surroundings = field(default_factory=Surroundings)
    snapshot: asyncio.Future[Snapshot] | None = None
    """The read of this machine's sockets and processes, once begun."""
    gpus: asyncio.Future[tuple[Gpu, ...]] | None = None
    models: ModelList | None = None
    model: str = ""
    identity: ServerIdentity = field(default_factory=ServerIdentity)
    context_window: int | None = None
    turn: Turn | None = None
    usage: Usage | None = None
    decode_rate: float | None = None
    phases: tuple[Phase, ...] = ()
    vectors: VectorTraits | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)
    machine: list[str] = field(default_factory=list)
    curl: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """The headers of the model list."""
    proved: set[Proof] = field(default_factory=set)
    """What the requests so far have shown about the endpoint."""
    abilities: list[AbilityResult] = field(default_factory=list)
    to_test: tuple[Ability, ...] = ()
    """The abilities to test."""
    model_build: str = ""
    """What distinguishes the model from others with the same name, if the server shows it."""


class DiagnosisContext:
    """The state shared by the checks. Later evidence may correct a result; the last one counts."""

    def __init__(
        self,
        target: ProbeTarget,
        services: ProbeServices,
        *,
        quick: bool,
        on_result: Callable[[CheckResult], None] | None,
        on_progress: Callable[[str], None] | None,
        on_waiting: Callable[[Waiting], None] | None = None,
        abilities: Collection[Ability] = (),
        on_ability: Callable[[AbilityResult], None] | None = None,
    ) -> None:
        self.target = target
        self.services = services
        self.quick = quick
        self.abilities = abilities
        """The abilities to test after the checks."""
        self._on_ability = on_ability
        self.endpoint: Endpoint = target.endpoint
        self.findings = Findings(model=target.model)
        self._on_result = on_result
        self._on_progress = on_progress
        self._on_waiting = on_waiting
        self._results: dict[CheckId, CheckResult] = {}
        self._blocked: set[CheckId] = set()
        self._has_looked = False
        self._begun: list[asyncio.Task[Any]] = []
        if target.endpoint.key:
            services.redactor.add(target.endpoint.key)

    @property
    def limits(self) -> ProbeLimits:
        """How long the checks wait."""
        return self.services.limits

    @property
    def without_key(self) -> Endpoint:
        """The endpoint for requests outside its own base URL: no key, no extra header."""
        return replace(self.endpoint, key=None, extra_headers={})

    @property
    def sends_chat(self) -> bool:
        """Whether a chat is part of this check, once earlier checks allow one."""
        return self._spends and not self.target.is_embedding

    @property
    def sends_texts(self) -> bool:
        """Whether texts are sent for their vectors, once earlier checks allow it."""
        return self._spends and self.target.is_embedding

    @property
    def _spends(self) -> bool:
        return bool(self.findings.model) and not self.quick

    @property
    def has_origin(self) -> bool:
        """Whether the URL is usable, so that there is a host to check."""
        result = self._results.get(CheckId.URL)
        return result is not None and CheckId.URL not in self._blocked

    @property
    def goes_around_proxy(self) -> bool:
        """Whether a proxy from the environment is bypassed for this endpoint."""
        return self.findings.route.is_direct and self.findings.route.variable is not None

    def settle(self, result: CheckResult, *, blocks: bool | None = None) -> None:
        """Record and report a result. A failure skips the checks that depend on it.

        All text from servers passes through here, where repeated keys are erased.
        """
        result = self._without_keys(result)
        self._results[result.id] = result
        if result.status is CheckStatus.FAILED if blocks is None else blocks:
            self._blocked.add(result.id)
        if self._on_result is not None:
            self._on_result(result)

    def _untried(self) -> Iterator[AbilityResult]:
        """Yield the abilities whose tests did not finish."""
        tested = {result.ability for result in self.findings.abilities}
        for ability in self.findings.to_test:
            if ability not in tested:
                yield AbilityResult(ability, Outcome.NOT_TRIED, abilities.TESTS_STOPPED)

    def note_ability(self, result: AbilityResult) -> None:
        """Record and report the result of an ability test, with repeated keys erased."""
        redact = self.services.redactor.redact
        evidence, model, provider = map(redact, (result.evidence, result.model, result.provider))
        clean = replace(result, evidence=evidence, model=model, provider=provider)
        self.findings.abilities.append(clean)
        if self._on_ability is not None:
            self._on_ability(clean)

    def _without_keys(self, result: CheckResult) -> CheckResult:
        redact = self.services.redactor.redact
        return replace(
            result,
            title=redact(result.title),
            advice=redact(result.advice),
            server_message=redact(result.server_message) if result.server_message else None,
            facts=tuple(map(redact, result.facts)),
            details=tuple(map(redact, result.details)),
        )

    def can_try(self, check: CheckId) -> bool:
        """Return whether to run a check; if not, it is recorded as skipped."""
        if check in self._results:
            return False
        blocker = blocker_of(check, self._blocked)
        if blocker is None:
            return True
        root = self._root_of(blocker)
        reason = _FAILED.get(root) or checks.CHECK_FAILED.format(check=LABELS[root].lower())
        self.settle(skipped(check, checks.SKIPPED_AFTER.format(reason=reason)), blocks=True)
        return False

    def skip_rest(self) -> None:
        """Record all remaining checks as skipped."""
        for check in checks_of(is_embedding=self.target.is_embedding):
            if self.can_try(check):
                self.settle(skipped(check, checks.SKIPPED), blocks=True)

    def has_failed(self) -> bool:
        """Whether any check has failed."""
        return any(result.status is CheckStatus.FAILED for result in self._results.values())

    def result(self, check: CheckId) -> CheckResult | None:
        """Return the result of a check so far."""
        return self._results.get(check)

    def progress(self, text: str) -> None:
        """Report what is being waited for."""
        if self._on_progress is not None:
            self._on_progress(text)

    @cached_property
    def wait(self) -> ServerWait:
        """The wait for a server that is starting or loading: one limit for the whole diagnosis."""
        limits = self.limits.of_request().of_waiting()
        return ServerWait(
            self.services.factory,
            self.endpoint,
            limits,
            look=self._reprobe_after_failure,
            tell=self._report_waiting,
        )

    def begin(self, work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
        """Start background work to be awaited later; it is cancelled at the end of the diagnosis."""
        task = asyncio.create_task(work)
        self._begun.append(task)
        return task

    async def aclose(self) -> None:
        """Cancel background work that is no longer needed."""
        for task in self._begun:
            task.cancel()
        await asyncio.gather(*self._begun, return_exceptions=True)

    async def _reprobe_after_failure(self, port: int) -> Snapshot:
        """Read this machine; the first time, an earlier read is sufficient."""
        if self.findings.snapshot is None or self._has_looked:
            self.findings.snapshot = self.begin(self.services.machine.look(port))
        self._has_looked = True
        return await self.findings.snapshot

    def _report_waiting(self, waiting: Waiting) -> None:
        if self._on_waiting is not None:
            self._on_waiting(waiting)
        else:
            self.progress(waiting.sentence)

    def announce(self, text: str) -> asyncio.TimerHandle:
        """Report what is being waited for if it takes more than a moment.

        Cancel the returned handle when the wait is over.
        """
        return asyncio.get_running_loop().call_later(_NOTICE_SECONDS, self.progress, text)

    def offer(self, repair: Repair) -> None:
        """Add a repair, unless it is a duplicate."""
        if all(known.changes != repair.changes for known in self.findings.repairs):
            self.findings.repairs.append(repair)

    def offer_url(self, url: str, *, was_tried: bool) -> None:
        """Offer another URL, if it is valid; ``was_tried`` means that it responds."""
        if inspect_url(url).normalised is None:
            return
        text = (checks.URL_ANSWERS if was_tried else checks.USE_URL).format(url=url)
        self.offer(Repair("url", text, {"provider_url": url}))

    def report(self, *, interrupted: bool = False) -> DiagnosisReport:
        """Return the report of the diagnosis so far."""
        found, redact = self.findings, self.services.redactor.redact
        report = DiagnosisReport(
            url=found.shown_url,
            model=redact(found.model) or None,
            key_label=key_label(self.target.endpoint.current_key, self.target.endpoint.key_source),
            results=tuple(self._results[check] for check in CheckId if check in self._results),
            server=_summary(found.identity),
            models=() if found.models is None else tuple(map(redact, found.models.identifiers)),
            context_window=found.context_window,
            timings_ms=dict(found.timings_ms),
            surroundings=found.surroundings,
            repairs=tuple(found.repairs),
            machine=tuple(map(redact, found.machine)),
            usage=found.usage,
            decode_rate=found.decode_rate,
            phases=found.phases,
            vectors=found.vectors,
            curl=found.curl or self._models_curl(),
            abilities=(*found.abilities, *(self._untried() if interrupted else ())),
            build=_build_of(found),
            model_build=found.model_build,
            is_quick=self.quick,
            was_interrupted=interrupted,
        )
        if self.target.last is None:
            return report
        return replace(report, changes=compare_checks(self.target.last, record_of(report, at="")))

    def _models_curl(self) -> str:
        if inspect_url(self.endpoint.base_url).normalised is None:
            return ""
        url = models_url_of(self.endpoint.base_url)
        return curl_command(self.endpoint, url, around_proxy=self.goes_around_proxy)

    def _root_of(self, check: CheckId) -> CheckId:
        """Return the failed check that is the reason for a skipped one."""
        while (result := self._results.get(check)) is not None and result.status is CheckStatus.SKIPPED:
            needed = blocker_of(check, self._blocked)
            if needed is None:
                break
            check = needed
        return check


def key_label(key: Secret | None, source: str) -> str | None:
    """Return the source of a key and its last characters; ``None`` without a key."""
    if not key:
        return None
    hint = key.hint.replace(MASK, "…")
    return f"{source or checks.KEY_GIVEN} ({hint})"


def _summary(identity: ServerIdentity) -> ServerSummary | None:
    if identity.kind is None:
        return None
    return ServerSummary(str(identity.kind), identity.version, identity.evidence)


def _build_of(found: Findings) -> str:
    fingerprint = found.turn.system_fingerprint if found.turn is not None else None
    parts = (str(found.identity.kind or ""), found.identity.version, fingerprint)
    return " ".join(part for part in parts if part)
