"""Runs diagnoses in tests: in this process with short limits on a fake machine, or as a command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.support import certificates
from tests.support.catalogue_cases import Situation
from tui.core.abilities import Ability
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckResult, DiagnosisReport
from tui.core.secret import Redactor, Secret
from tui.net.chat import ChatClient
from tui.net.client import ClientFactory
from tui.net.machine.machine import Machine
from tui.net.probe.diagnose import Diagnosis
from tui.net.probe.target import ProbeLimits, ProbeServices, ProbeTarget
from tui.wire.server_quirks import ServerQuirks

SHORT = ProbeLimits(
    connect_seconds=0.5,
    lookup_seconds=2.0,
    answer_seconds=0.5,
    probe_seconds=1.0,
    headers_seconds=0.5,
    idle_seconds=0.5,
    loading_seconds=0.0,
    loading_interval_seconds=0.05,
    reprobe_seconds=0.5,
    ability_seconds=10.0,
)
NOWHERE = Path("/nonexistent")
"""A machine that shows nothing of itself."""


class ForgetfulMemory:
    """Stores nothing."""

    def get(self, base_url: str, model: str) -> ServerQuirks | None:
        return None

    def put(self, base_url: str, model: str, quirks: ServerQuirks) -> None:
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
        yield ProbeServices(factory, lambda: chat, Machine(variables, root), variables, redactor, limits)
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
    abilities: Collection[Ability] = (),
) -> DiagnosisReport:
    """Diagnose one endpoint."""
    async with services(environment, limits, root) as used:
        return await Diagnosis(
            target, used, quick=quick, on_result=on_result, on_progress=on_progress, abilities=abilities
        ).run()


KEY_VARIABLE = "LMDECK_TEST_KEY"
_LEFT_OUT = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def check_as_process(situation: Situation) -> dict[str, Any]:
    """Return what ``lmdeck check --json`` prints for a situation, as people run it.

    Raises:
        RuntimeError: it printed no JSON, or its exit code is not the one of the JSON.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name.upper() not in _LEFT_OUT and not name.startswith("SSH_")
    }
    environment = {**inherited, **situation.environment, KEY_VARIABLE: situation.key or ""}
    command = [sys.executable, "-m", "tui.cli.main", "check", situation.url, "--json"]
    command += ["--model", situation.model] if situation.model else []
    command += ["--key-env", KEY_VARIABLE] if situation.key else []
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    if not done.stdout.strip():
        raise RuntimeError(done.stderr[-500:])
    report: dict[str, Any] = json.loads(done.stdout)
    if report["exit_code"] != done.returncode:
        raise RuntimeError(f"exit code {done.returncode}, JSON says {report['exit_code']}")
    return report


def endpoint_of(situation: Situation) -> Endpoint:
    """Return the endpoint of a situation, as the program makes it of a provider."""
    key = Secret(situation.key) if situation.key else None
    return Endpoint(
        situation.url,
        key,
        "env:TEST_KEY" if key else "",
        extra_headers=situation.headers,
        tls=situation.settings,
    )


async def check_situation(situation: Situation, *, root: Path = NOWHERE) -> DiagnosisReport:
    """Diagnose a situation of the catalogue."""
    endpoint = endpoint_of(situation)
    target = ProbeTarget(endpoint, situation.model)
    return await run_check(target, environment=situation.environment, root=root)
