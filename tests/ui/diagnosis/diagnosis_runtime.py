"""A runtime whose checks and discoveries are scripted step by step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from tests.ui.fake_runtime import FakeRuntime
from tui.core.abilities import AbilityResult
from tui.core.causes import explain
from tui.core.check_history import CheckRecord
from tui.core.check_options import CheckOptions
from tui.core.diagnosis import (
    CHAT_CHECKS,
    CheckId,
    CheckResult,
    DiagnosisReport,
    Repair,
    ServerSummary,
    failed,
    passed,
    skipped,
)
from tui.core.provider import Provider
from tui.core.usage import Usage
from tui.net.server_wait import Waiting
from tui.runtime.diagnosing import ProviderCheck
from tui.ui.app import LmdeckApp

Step = CheckResult | AbilityResult | str | asyncio.Event


def works(check: CheckId) -> CheckResult:
    return passed(check, f"{check} is fine.", "a fact", milliseconds=float(len(check)))


ALL_WELL = DiagnosisReport(
    "http://gpu01:8000/v1",
    "Qwen/Qwen3-8B",
    "env:VLLM_KEY (…1234)",
    tuple(works(check) for check in CHAT_CHECKS),
    server=ServerSummary("vllm", "0.32.0", "owned_by"),
    models=("Qwen/Qwen3-8B",),
    context_window=32_768,
    decode_rate=42.0,
    usage=Usage(10, 20),
    curl='curl -sS -i -H "Authorization: Bearer $VLLM_KEY" http://gpu01:8000/v1/models',
)
REFUSED = failed(
    CheckId.TCP,
    explain("connection-refused", host="gpu01", port="8000", chain=("OSError: [Errno 111]",)),
    "10.0.0.1:8000: connection refused",
    milliseconds=0.4,
    details=("GET http://gpu01:8000/v1/models",),
)
NOTHING_THERE = DiagnosisReport(
    "http://gpu01:8000/v1",
    "Qwen/Qwen3-8B",
    "env:VLLM_KEY (…1234)",
    (
        *(works(check) for check in (CheckId.URL, CheckId.ENVIRONMENT, CheckId.DNS)),
        REFUSED,
        *(skipped(check, "Skipped (connection failed).") for check in tuple(CheckId)[4:]),
    ),
    repairs=(
        Repair("url", "http://gpu01:8001/v1 answers. Use it?", {"provider_url": "http://gpu01:8001/v1"}),
        Repair("model", "The server offers other. Use it?", {"compatible_provider": "other"}),
    ),
    machine=("vLLM (pid 4242) listens on port 8001",),
    changes=("version was 0.31, is now 0.32",),
    curl="curl -sS http://gpu01:8000/v1/models",
)


class ScriptedCheck(ProviderCheck):
    """A check that plays its steps, then ends with its report."""

    report: DiagnosisReport
    steps: Sequence[Step]
    was_cancelled = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._played: list[CheckResult] = []

    async def run(self) -> DiagnosisReport:
        try:
            for step in self.steps:
                await self._play(step)
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return self.report

    def interrupted(self) -> DiagnosisReport:
        return replace(self.report, results=tuple(self._played), repairs=(), was_interrupted=True)

    async def _play(self, step: Step) -> None:
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif isinstance(step, str):
            self._on_progress(step)
        elif isinstance(step, AbilityResult):
            assert self._on_ability is not None
            self._on_ability(step)
        else:
            self._played.append(step)
            self._on_result(step)
        await asyncio.sleep(0)


class DiagnosingRuntime(FakeRuntime):
    """The fake runtime with ``check``."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.report = ALL_WELL
        self.steps: Sequence[Step] | None = None
        self.history: tuple[CheckRecord, ...] = ()
        self.asked: list[tuple[Provider, str | None, CheckOptions]] = []
        self.checks: list[ScriptedCheck] = []

    def check(
        self,
        provider: Provider,
        key_text: str | None = None,
        options: CheckOptions | None = None,
        *,
        on_result: Callable[[CheckResult], None],
        on_progress: Callable[[str], None],
        on_waiting: Callable[[Waiting], None] | None = None,
        on_ability: Callable[[AbilityResult], None] | None = None,
    ) -> ScriptedCheck:
        self.asked.append((provider, key_text, options or CheckOptions()))
        made = ScriptedCheck(
            self,
            provider,
            key_text,
            options,
            on_result=on_result,
            on_progress=on_progress,
            on_ability=on_ability,
        )
        made.report = self.report
        made.steps = self.report.results if self.steps is None else self.steps
        made.history = self.history
        self.checks.append(made)
        return made


@asynccontextmanager
async def opened(
    runtime: FakeRuntime, screen: Screen[Any], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[Any], list[Any]]]:
    """The screen over the provider list, and the list that its result goes to."""
    app = LmdeckApp(runtime, environment={})
    results: list[Any] = []
    async with app.run_test(size=size) as pilot:
        await app.push_screen(screen, results.append)
        await pilot.pause()
        yield pilot, results


def text_of(pilot: Pilot[Any]) -> str:
    """What the screen shows, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def toasts(pilot: Pilot[Any]) -> str:
    return "\n".join(note.message for note in pilot.app._notifications)
