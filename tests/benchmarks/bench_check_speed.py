"""The decode rate that ``lmdeck check`` measures, beside llama.cpp's own figure in the same answers.

    python tests/benchmarks/bench_check_speed.py [CHECKS]

Needs the embedded engine (``lmdeck engine``). Answers end by themselves or at the 20 tokens of a check.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.support.check_runner import run_check
from tui.core.chat import Endpoint
from tui.core.diagnosis import CheckId
from tui.demo.engine import EngineProcess
from tui.net.probe.target import ProbeLimits, ProbeTarget

PATIENT = ProbeLimits(answer_seconds=30, headers_seconds=60, idle_seconds=60, loading_seconds=60)


async def measure(checks: int, folder: Path) -> list[tuple[int, float]]:
    """Return tokens and difference in percent of each check."""
    engine = EngineProcess(folder / "engine.log")
    try:
        address = await engine.start()
        target = ProbeTarget(Endpoint(address.base_url, address.key, "engine"))
        return [await _check(target) for _ in range(checks)]
    finally:
        engine.stop()


async def _check(target: ProbeTarget) -> tuple[int, float]:
    report = await run_check(target, limits=PATIENT)
    speed = report.result(CheckId.SPEED)
    assert speed is not None, report
    assert report.usage is not None, report
    beside = next(filter(None, (re.search(r"\(([+-][\d.]+)% here\)", fact) for fact in speed.facts)))
    return report.usage.completion_tokens or 0, float(beside[1])


def main() -> None:
    """Print the differences."""
    checks = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(checks, Path(folder)))
    differences = [difference for _, difference in found]
    ended = sum(tokens < 20 for tokens, _ in found)
    print(f"{checks} checks, {ended} of them with an answer that ended by itself")
    print(f"median {median(differences):+.1f} %, worst {max(differences, key=abs):+.1f} %")


if __name__ == "__main__":
    main()
