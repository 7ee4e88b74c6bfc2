"""How true the diagnosis's figures are, and how quickly it fails.

A scripted server sends its pieces at known moments; each metric is compared with the truth. Then a few
failures are timed beside the requests that they need.

    python tests/benchmarks/bench_metrics.py [ROUNDS]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

from tests.support.check_runner import services
from tests.support.fake_api import FINISH_EVENT, STREAM_END, USAGE_EVENT, FakeApi
from tests.support.fault_server import Answer, Connection, FaultServer, refused_port
from tests.support.stream_samples import delta, http_error
from tui.core.chat import Endpoint
from tui.core.diagnosis import DiagnosisReport
from tui.core.secret import Secret
from tui.net.probe.diagnose import Diagnosis
from tui.net.probe.target import ProbeLimits, ProbeTarget

ROLE_AT, THINKING_AT, ANSWER_AT, STEP, PIECES = 0.02, 0.30, 2.0, 0.05, 9
ROLE_EVENT = b'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n'
TRUTH = {
    "ttft": THINKING_AT * 1000,
    "ttfa": ANSWER_AT * 1000,
    # 10 tokens are reported; the rate counts from the first text to the last.
    "tpot": (ANSWER_AT + STEP * (PIECES - 1) - THINKING_AT) * 1000 / 9,
}


class Scripted:
    """Sends each piece at its moment after the request, whatever the ones before took."""

    def __call__(self, connection: Connection) -> None:
        connection.read_request()
        self.started = time.perf_counter()
        connection.start_stream()
        self._send_at(connection, ROLE_AT, ROLE_EVENT)
        self._send_at(connection, THINKING_AT, delta("Hm", field="reasoning_content"))
        for number in range(PIECES):
            self._send_at(connection, ANSWER_AT + STEP * number, delta(f"{number} "))
        connection.send_chunks(FINISH_EVENT, USAGE_EVENT, STREAM_END)
        connection.send(b"0\r\n\r\n")

    def _send_at(self, connection: Connection, moment: float, event: bytes) -> None:
        time.sleep(max(0.0, self.started + moment - time.perf_counter()))
        connection.send_chunks(event)


async def check(url: str, model: str = "m", key: str | None = None) -> tuple[DiagnosisReport, float]:
    """Return the report and how long it took, in milliseconds."""
    endpoint = Endpoint(url, Secret(key) if key else None, "env:KEY")
    async with services(limits=ProbeLimits()) as used:
        await asyncio.to_thread(used.factory.warm)
        started = time.perf_counter()
        report = await Diagnosis(ProbeTarget(endpoint, model), used).run()
        return report, (time.perf_counter() - started) * 1000


def measure_truth(rounds: int) -> bool:
    """Print the median error of each metric; return whether all are within 5 ms."""
    errors: dict[str, list[float]] = {name: [] for name in TRUTH}
    with FaultServer(FakeApi(chat=Scripted())) as server:
        for _ in range(rounds):
            report, _ = asyncio.run(check(server.base_url))
            for name, truth in TRUTH.items():
                errors[name].append(report.timings_ms[name] - truth)
    print(f"metrics against a known schedule, {rounds} rounds (error in ms)")
    for name, found in errors.items():
        print(f"  {name}: median {statistics.median(found):+.2f}, worst {max(found, key=abs):+.2f}")
    return all(abs(statistics.median(found)) <= 5 for found in errors.values())


def measure_failures() -> None:
    """Print how long failures take to be told."""
    body, status, content_type, headers = http_error["404-model"]
    missing = FakeApi(chat=Answer(body, status, content_type, headers))
    print("time to the verdict of a failure (ms)")
    with refused_port() as port:
        _show("connection-refused", f"http://127.0.0.1:{port}/v1")
    with FaultServer(FakeApi(key="Bearer right")) as server:
        _show("auth", server.base_url, key="sk-wrong-0123456789")
    with FaultServer(missing) as server:
        _show("model-not-found", server.base_url)


def _show(cause: str, url: str, **keywords: str) -> None:
    found = [asyncio.run(check(url, **keywords)) for _ in range(9)]
    assert all(report.verdict is not None and report.verdict.cause == cause for report, _ in found)
    print(f"  {cause}: median {statistics.median(took for _, took in found):.1f}")


if __name__ == "__main__":
    is_true = measure_truth(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    measure_failures()
    raise SystemExit(0 if is_true else 1)
