"""What ``lmdeck check`` costs beside the requests themselves: its start, and a failing check.

python tests/benchmarks/bench_check_start.py [ROUNDS]

Each figure is the median of ROUNDS (default 15) processes, taken in turns with a floor: a script that
imports httpx and ends, or one that sends the same requests with httpx and nothing else.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import Answer, FaultServer, refused_port
from tests.support.terminal import private_environment

ALLOWED = 1.5
IMPORT_HTTPX = "import httpx"
ONE_REQUEST = """
import sys, httpx
with httpx.Client(trust_env=False, timeout=5) as client:
    try:
        client.get(sys.argv[1] + "/models")
        if len(sys.argv) > 2:
            client.post(sys.argv[1] + "/chat/completions", json={"model": "m", "messages": []})
    except httpx.HTTPError:
        pass
"""
START = "import sys; sys.argv = ['lmdeck']; from tui.cli.commands.check import run; import httpx"
"""The command is ready to begin."""
READY = START + "; import tui.net.probe.diagnose, tui.net.machine.machine"
"""Everything that a check imports before it sends something over HTTP."""
_NO_MODEL = Answer(b'{"error": {"message": "The model `m` does not exist."}}', status="404 Not Found")


def milliseconds(arguments: Sequence[str], environment: dict[str, str]) -> float:
    """Return how long a process ran."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return (time.perf_counter() - started) * 1000


def compare(
    name: str, ours: Sequence[str], floor: Sequence[str], environment: dict[str, str], rounds: int
) -> float:
    """Measure both in turns, print one line, and return their ratio."""
    pairs = [(milliseconds(ours, environment), milliseconds(floor, environment)) for _ in range(rounds)]
    mine, least = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    ratio = mine / least
    print(f"{name:<34} {mine:7.0f} ms   floor {least:7.0f} ms   {ratio:5.2f} ×")
    return ratio


def main() -> int:
    """Print every comparison; return 1 where the start costs more than is allowed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        environment = private_environment(Path(folder) / "home")
        del environment["PYTHONDONTWRITEBYTECODE"]  # an installed program has its bytecode
        environment["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        compare("warm-up, not counted", ["-c", START], ["-c", IMPORT_HTTPX], environment, 2)
        start = compare("start of a check", ["-c", START], ["-c", IMPORT_HTTPX], environment, rounds)
        compare("ready for its first request", ["-c", READY], ["-c", IMPORT_HTTPX], environment, rounds)
        worst = max(_failing_checks(environment, rounds))
    print(f"start {start:.2f} × (at most {ALLOWED} ×), worst failing check {worst:.2f} ×")
    return 0 if start <= ALLOWED else 1


def _failing_checks(environment: dict[str, str], rounds: int) -> list[float]:
    ratios: list[float] = []
    check = ["-m", "tui", "check", "--json", "--model", "m"]
    with refused_port() as port:
        url = f"http://127.0.0.1:{port}/v1"
        ratios.append(compare("refused", [*check, url], ["-c", ONE_REQUEST, url], environment, rounds))
    with FaultServer(FakeApi(key="Bearer k")) as server:
        url = server.base_url
        ratios.append(compare("wrong key", [*check, url], ["-c", ONE_REQUEST, url], environment, rounds))
    with FaultServer(FakeApi(models=model_list("other"), chat=_NO_MODEL)) as server:
        url = server.base_url
        floor = ["-c", ONE_REQUEST, url, "chat"]
        ratios.append(compare("model not found", [*check, url], floor, environment, rounds))
    return ratios


if __name__ == "__main__":
    sys.exit(main())
