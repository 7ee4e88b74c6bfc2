"""How long ``lmdeck check --all --quick`` takes for many endpoints, beside the slowest of them.

The endpoints are served by a process of their own: each answers its model list after a pause, a few of
them after a long one.

    python tests/benchmarks/bench_check_all.py [ENDPOINTS]
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
PAUSE_SECONDS, LONG_PAUSE_SECONDS = 0.1, 3.0
SLOW = 3
"""How many endpoints pause for long."""


async def serve(count: int, owner: str) -> None:
    """Listen on ``count`` ports, print them, and answer until standard input ends."""
    body = json.dumps(
        {"object": "list", "data": [{"id": "m", "object": "model", "owned_by": owner}]}
    ).encode()
    sockets = [await _listen(body, LONG_PAUSE_SECONDS if n < SLOW else PAUSE_SECONDS) for n in range(count)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in sockets]), flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def _listen(body: bytes, pause: float) -> asyncio.Server:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                is_list = head.startswith(b"GET /v1/models ")
                await asyncio.sleep(pause if is_list else 0)
                status, content = (
                    (b"200 OK", body) if is_list else (b"404 Not Found", b'{"detail":"Not Found"}')
                )
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    % (status, len(content), content)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has left
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0, backlog=256)


def measure(count: int, owner: str) -> tuple[float, float]:
    """Return the median of seconds from start to end, and of processor seconds, of the whole command."""
    command = [sys.executable, __file__, "serve", str(count), owner]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ports = json.loads(server.stdout.readline())
        with tempfile.TemporaryDirectory() as home:
            environment = _home(Path(home), ports)
            found = [_run(environment, count) for _ in range(ROUNDS)]
        server.kill()
    return statistics.median(wall for wall, _ in found), statistics.median(cpu for _, cpu in found)


def _home(home: Path, ports: list[int]) -> dict[str, str]:
    """Write the providers into a home of their own."""
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True, mode=0o700)
    records = [f'[providers.p{port}]\nprovider_url = "http://127.0.0.1:{port}/v1"\n' for port in ports]
    (folder / "providers.toml").write_text("schema = 1\n\n" + "\n".join(records), encoding="utf-8")
    names = {"CONFIG": "config", "DATA": "data", "STATE": "state", "CACHE": "cache"}
    folders = {f"XDG_{name}_HOME": str(home / folder) for name, folder in names.items()}
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, **folders, "HOME": str(home)}


def _run(environment: dict[str, str], count: int) -> tuple[float, float]:
    before = os.times()
    started = time.perf_counter()
    command = [sys.executable, "-m", "tui", "check", "--all", "--quick", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    after = os.times()
    reports = [report for report in json.loads(done.stdout)["results"] if report["provider"].startswith("p")]
    assert len(reports) == count, done.stdout[:500]
    assert all(report["ok"] for report in reports), done.stdout[:500]
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return took, used


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    quick, slow = f"{PAUSE_SECONDS:g} s", f"{LONG_PAUSE_SECONDS:g} s"
    print(f"{count} endpoints, {count - SLOW} answer after {quick}, {SLOW} after {slow}")
    for owner in ("vllm", "somebody"):
        wall, cpu = measure(count, owner)
        print(f"  owned by {owner}: {wall:.1f} s, {cpu:.1f} s of processor")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(int(sys.argv[2]), sys.argv[3]))
    else:
        main()
