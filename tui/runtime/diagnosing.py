"""Diagnoses of providers: prepares the input of the probe, and stores the results."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from tui.core.abilities import AbilityResult
from tui.core.chat import Endpoint
from tui.core.check_history import CheckRecord, record_of
from tui.core.check_options import CheckOptions
from tui.core.diagnosis import CheckResult, DiagnosisReport
from tui.core.endpoint_url import inspect_url
from tui.core.failure import LmdeckError, UsageError
from tui.core.known_failure import report_of_failure
from tui.core.observed import Origin, Purpose
from tui.core.provider import Category, Provider
from tui.net.probe.target import ProbeLimits, ProbeServices, ProbeTarget
from tui.runtime.builtin import is_built_in
from tui.runtime.known_abilities import AbilityKeeper
from tui.runtime.past_checks import history_key, past_checks, remember

if TYPE_CHECKING:
    from tui.core.secret import Redactor
    from tui.net.chat import ChatClient
    from tui.net.client import ClientFactory
    from tui.net.machine.machine import Machine
    from tui.net.probe.diagnose import Diagnosis
    from tui.net.server_wait import Waiting
    from tui.runtime.chats import Chats
    from tui.runtime.endpoints import Endpoints
    from tui.store.endpoint_memory import EndpointMemory

_NETWORK = "tui.net.probe.diagnose"
"""Imported in a thread, so that the event loop is not blocked."""


class CheckServices(Protocol):
    """The parts of the runtime that a check uses, each created on first use."""

    environment: Mapping[str, str]
    redactor: Redactor
    endpoints: Endpoints

    @property
    def clients(self) -> ClientFactory:
        """The factory of network clients."""

    @property
    def chats(self) -> Chats:
        """The network part of all chats."""

    @property
    def machine(self) -> Machine:
        """This machine."""

    @property
    def shared_machine(self) -> Machine:
        """The same for several checks in parallel."""

    @property
    def endpoint_memory(self) -> EndpointMemory:
        """Past checks."""


def _ignore(_: object) -> None:
    """Ignore an event."""


class ProviderCheck:
    """One diagnosis of one provider, saved or not. ``run`` it; ``interrupted`` returns the results so far."""

    def __init__(
        self,
        services: CheckServices,
        provider: Provider,
        key_text: str | None = None,
        options: CheckOptions | None = None,
        *,
        on_result: Callable[[CheckResult], None] = _ignore,
        on_progress: Callable[[str], None] = _ignore,
        on_waiting: Callable[[Waiting], None] | None = None,
        on_ability: Callable[[AbilityResult], None] | None = None,
    ) -> None:
        """Create a diagnosis.

        Args:
            key_text: the text of a form's key field; ``None`` uses the provider's saved key.
            on_waiting: called while a server is starting or loading; by default ``on_progress``.
        """
        self._services = services
        self._provider = provider
        self._key_text = key_text
        self._options = options or CheckOptions()
        self._on_result = on_result
        self._on_progress = on_progress
        self._on_waiting = on_waiting
        self._on_ability = on_ability
        self._diagnosis: Diagnosis | None = None
        self._keeper = AbilityKeeper(services.endpoint_memory, provider)
        self._keeping: list[asyncio.Future[None]] = []
        self.history: tuple[CheckRecord, ...] = past_checks(services.endpoint_memory, provider)
        """Past checks of the same endpoint, oldest first; after ``run`` including this one."""

    async def run(self) -> DiagnosisReport:
        """Run the checks.

        Failures of the network, the server or the configuration are in the report, never raised.
        """
        if self._services.endpoints.must_start(self._provider):
            self._on_progress(f"Starting {self._provider.label}.")
        try:
            endpoint = await self._services.endpoints.as_written(self._provider, self._key_text)
        except LmdeckError as error:
            if is_built_in(self._provider) or inspect_url(self._provider.provider_url).normalised:
                return self._unresolved(error)
            endpoint = Endpoint(self._provider.provider_url)  # the URL is invalid, which is the first check
        clients = self._services.clients.branch() if self._options.is_one_of_many else self._services.clients
        if _NETWORK in sys.modules:
            self._diagnosis = self._prepare(endpoint, clients)
        else:
            self._diagnosis = await asyncio.to_thread(self._prepare, endpoint, clients)
        try:
            report = await self._diagnosis.run()
        finally:
            await asyncio.gather(*self._keeping)
            if clients is not self._services.clients:
                await clients.aclose()
        if self._options.is_remembered:
            await asyncio.to_thread(remember, self._services.endpoint_memory, [self.record(report)])
        return report

    def _report_ability(self, result: AbilityResult) -> None:
        """Pass on a result and store it, since later tests may never end."""
        is_kept = self._options.is_remembered or self._options.is_one_of_many
        if is_kept and self._diagnosis is not None and result.is_tried:
            keep = asyncio.to_thread(self._keeper.keep, self._diagnosis.report())
            self._keeping.append(asyncio.ensure_future(keep))
        if self._on_ability is not None:
            self._on_ability(result)

    def record(self, report: DiagnosisReport) -> tuple[str, CheckRecord] | None:
        """Return the record to store and its key; it is added to the history of this check."""
        key = history_key(self._provider)
        if key is None:
            return None
        record = record_of(report, datetime.now(UTC).isoformat(timespec="seconds"))
        self.history = (*self.history, record)
        return key, record

    def interrupted(self) -> DiagnosisReport:
        """Return what is known about an interrupted check."""
        if self._diagnosis is not None:
            return self._diagnosis.report(interrupted=True)
        url, model = self._provider.provider_url, self._options.model or self._provider.model
        shown = inspect_url(url).normalised or ""
        return DiagnosisReport(shown, model or None, None, (), was_interrupted=True)

    def _prepare(self, endpoint: Endpoint, clients: ClientFactory) -> Diagnosis:
        """Prepare the diagnosis; the first call imports the network."""
        from tui.net.probe.diagnose import Diagnosis

        here, options = self._services, self._options
        limits = ProbeLimits()
        if options.wait_seconds is not None:
            limits = replace(limits, loading_seconds=options.wait_seconds)
        limits = replace(limits, loading_option=options.wait_option)
        services = ProbeServices(
            clients,
            self._chat_client,
            here.shared_machine if options.is_one_of_many else here.machine,
            here.environment,
            here.redactor,
            limits,
        )
        target = _target(self._provider, endpoint, options.model, self.history)
        return Diagnosis(
            target,
            services,
            quick=options.is_quick,
            notes_machine=options.notes_machine,
            on_result=self._on_result,
            on_progress=self._on_progress,
            on_waiting=self._on_waiting,
            abilities=options.abilities,
            on_ability=self._report_ability,
        )

    def _chat_client(self) -> ChatClient:
        chats = self._services.chats
        return chats.forgetful_client if self._options.is_forgetful else chats.client

    def _unresolved(self, error: LmdeckError) -> DiagnosisReport:
        """Return the report if the key is unavailable, or the built-in endpoint cannot be started."""
        provider = self._provider
        label = self._services.endpoints.key_label(provider) if self._key_text is None else None
        report = report_of_failure(provider, error.failure, label, self._options.model)
        if is_built_in(provider):
            report = replace(report, url=provider.provider_url)
        for result in report.results:
            self._on_result(result)
        is_misconfigured = isinstance(error, UsageError)
        return replace(report, is_quick=self._options.is_quick, is_misconfigured=is_misconfigured)


def _target(
    provider: Provider, endpoint: Endpoint, model: str, history: tuple[CheckRecord, ...]
) -> ProbeTarget:
    name = model or provider.model
    return ProbeTarget(
        endpoint,
        model=name,
        sampling=provider.sampling,
        thinking=provider.thinking,
        extra_body=provider.extra_body,
        is_embedding=provider.category is Category.EMBEDDING,
        last=_comparable(history, name),
        origin=Origin(Purpose.CHECK, provider.name, provider.price),
    )


def _comparable(history: tuple[CheckRecord, ...], model: str) -> CheckRecord | None:
    """Return the last check that reached a server, with the same model if one is given."""
    for record in reversed(history):
        reached = record.server_kind is not None or record.models
        if reached and (not model or record.model == model):
            return record
    return None
