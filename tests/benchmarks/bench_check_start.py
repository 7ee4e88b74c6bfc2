"""What ``lmdeck check`` costs beside the requests themselves: its start, and a failing check.

python tests/benchmarks/bench_check_start.py [ROUNDS]

Each figure is the median of ROUNDS (default 15) processes, taken in turns with a floor: a script that
imports httpx and ends, or one that sends the same requests with httpx and nothing else. A program with
a screen has to be asynchronous: beside the plain script stands one with httpx's asynchronous client.

Both run as where lmdeck is installed, without click: with it ``import httpx`` also imports Rich for a
command of its own, half as long again, which makes every floor higher.
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
ASYNC_REQUEST = """
import asyncio, sys, httpx
async def ask():
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        try:
            await client.get(sys.argv[1] + "/models")
            if len(sys.argv) > 2:
                await client.post(sys.argv[1] + "/chat/completions", json={"model": "m", "messages": []})
        except httpx.HTTPError:
            pass
asyncio.run(ask())
"""
START = """
import sys
from tui.cli import running
from tui.cli.parser import build_parser
running.load_undisturbed(build_parser().parse_args(["check", "http://127.0.0.1:1/v1"]))
import httpx
"""
"""The command line is read, and the command is ready to begin."""
READY = START + "import tui.net.probe.diagnose, tui.net.machine.machine"
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
        environment["PYTHONPATH"] = _without_click(Path(folder) / "modules")
        compare("warm-up, not counted", ["-c", START], ["-c", IMPORT_HTTPX], environment, 2)
        start = compare("start of a check", ["-c", START], ["-c", IMPORT_HTTPX], environment, rounds)
        compare("ready for its first request", ["-c", READY], ["-c", IMPORT_HTTPX], environment, rounds)
        worst = max(_failing_checks(environment, rounds))
    print(f"start {start:.2f} × (at most {ALLOWED} ×), worst failing check {worst:.2f} ×")
    return 0 if start <= ALLOWED else 1


def _without_click(folder: Path) -> str:
    folder.mkdir()
    (folder / "click.py").write_text('raise ImportError("not installed")')
    return str(folder)


def _failing_checks(environment: dict[str, str], rounds: int) -> list[float]:
    with (
        refused_port() as port,
        FaultServer(FakeApi(key="Bearer k")) as guarded,
        FaultServer(FakeApi(models=model_list("other"), chat=_NO_MODEL)) as lacking,
    ):
        cases: dict[str, list[str]] = {
            "refused": [f"http://127.0.0.1:{port}/v1"],
            "wrong key": [guarded.base_url],
            "model not found": [lacking.base_url, "chat"],
        }
        return [_failing_check(name, asked, environment, rounds) for name, asked in cases.items()]


def _failing_check(name: str, asked: list[str], environment: dict[str, str], rounds: int) -> float:
    check = ["-m", "tui", "check", "--model", "m", asked[0]]
    ratio = compare(name, [*check, "--json"], ["-c", ONE_REQUEST, *asked], environment, rounds)
    compare("  as text", check, ["-c", ONE_REQUEST, *asked], environment, rounds)
    compare(
        "  beside asynchronous httpx", [*check, "--json"], ["-c", ASYNC_REQUEST, *asked], environment, rounds
    )
    return ratio


if __name__ == "__main__":
    sys.exit(main())
