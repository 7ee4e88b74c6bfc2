"""Runs a diagnosis for a test: in this process, with short limits, on a machine that may be made up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support import certificates
from tests.support.catalogue_cases import Situation
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckResult, DiagnosisReport
from tui.core.secret import Redactor, Secret
from tui.net.chat import ChatClient
from tui.net.client import ClientFactory
from tui.net.machine.machine import Machine
from tui.net.probe.diagnose import diagnose
from tui.net.probe.target import ProbeLimits, ProbeServices, ProbeTarget
from tui.wire.adaptation import Adaptation

SHORT = ProbeLimits(
    connect_seconds=0.5,
    lookup_seconds=2.0,
    answer_seconds=0.5,
    probe_seconds=1.0,
    headers_seconds=0.5,
    idle_seconds=0.5,
    loading_seconds=0.0,
    loading_interval_seconds=0.05,
    second_look_seconds=0.5,
)
NOWHERE = Path("/nonexistent")
"""A machine that shows nothing of itself."""


class ForgetfulMemory:
    """Learns nothing."""

    def get(self, base_url: str, model: str) -> Adaptation | None:
        return None

    def put(self, base_url: str, model: str, adaptation: Adaptation) -> None:
        pass


@asynccontextmanager
async def services(
    environment: Mapping[str, str] | None = None, limits: ProbeLimits = SHORT, root: Path = NOWHERE
) -> AsyncIterator[ProbeServices]:
    """Yield what a diagnosis works with, and close every connection in the end."""
    # One authority instead of the system's hundred: each test builds its own TLS context.
    variables = {"SSL_CERT_FILE": str(certificates.CA), **(environment or {})}
    redactor = Redactor()
    factory = ClientFactory(variables, redactor=redactor)
    chat = ChatClient(factory, memory=ForgetfulMemory(), redactor=redactor)
    try:
        yield ProbeServices(factory, chat, Machine(variables, root), variables, redactor, limits)
    finally:
        await factory.aclose()


async def run_check(
    target: ProbeTarget,
    *,
    environment: Mapping[str, str] | None = None,
    limits: ProbeLimits = SHORT,
    root: Path = NOWHERE,
    quick: bool = False,
    on_result: Callable[[CheckResult], None] | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> DiagnosisReport:
    """Diagnose one endpoint."""
    async with services(environment, limits, root) as used:
        return await diagnose(target, used, quick=quick, on_result=on_result, on_progress=on_progress)


async def check_situation(situation: Situation, *, root: Path = NOWHERE) -> DiagnosisReport:
    """Diagnose a situation of the catalogue."""
    key = Secret(situation.key) if situation.key else None
    endpoint = Endpoint(situation.url, key, "env:TEST_KEY" if key else "", tls=situation.settings)
    target = ProbeTarget(endpoint, situation.model)
    return await run_check(target, environment=situation.environment, root=root)
