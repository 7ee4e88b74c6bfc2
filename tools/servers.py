"""Run the tests against real servers and write their result into docs/servers.md.

    python tools/servers.py            install what is missing (gigabytes), then run every test
    python tools/servers.py vllm nginx only these; the others are not installed and keep their result

The folder of the servers is .servers, or what $LMDECK_SERVERS names. A server that cannot be installed is
"not run", with the reason. The record is docs/servers.json. Ends with 1 where a test failed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.servers.install import install  # noqa: E402 - the path comes first
from tui import __version__  # noqa: E402

RECORD = ROOT / "docs" / "servers.json"
PAGE = ROOT / "docs" / "servers.md"
HEAD = """\
# Real servers

lmdeck is tested against real model servers. `make test-servers` installs them into `.servers`
(about 6 GB, a few minutes; `LMDECK_SERVERS=DIR` uses another folder), starts each on loopback and runs
`tests/servers` against it. It is not part of `make test`. nginx comes with the system (Debian: nginx-light),
llama.cpp is the engine that `make engine` installs. Everything runs on a CPU with SmolLM2-135M.

"Not run" is not a success: the server could not be installed or started there, for the reason given.
This page is written by `tools/servers.py` and shows the last result of each server.
"""
SERVERS = {
    "vllm": "vLLM",
    "litellm": "LiteLLM",
    "llama_cpp": "llama.cpp",
    "transformers": "transformers serve",
    "nginx": "nginx",
    "guidellm": "guidellm mock-server",
}


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("servers", nargs="*", choices=[*SERVERS, []], help="which servers; default: all")
    chosen = parser.parse_args().servers or list(SERVERS)
    folder = Path(os.environ.get("LMDECK_SERVERS") or ROOT / ".servers").resolve()
    for group, reason in install(folder, chosen).items():
        print(f"{group}: not installed: {reason}", file=sys.stderr)
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    code = 0
    for name in chosen:
        record[name] = _run(name, folder)
        code = code or int(any(test["result"] == "failed" for test in record[name]["tests"]))
        RECORD.write_text(json.dumps({key: record[key] for key in SERVERS if key in record}, indent=1) + "\n")
        PAGE.write_text(_page(record))
    return code


def _run(name: str, folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.xml"
        files = sorted(map(str, (ROOT / "tests" / "servers").glob(f"test_{name}*.py")))
        command = [sys.executable, "-m", "pytest", *files, f"--junit-xml={report}"]
        environment = {**os.environ, "LMDECK_SERVERS": str(folder)}
        ended = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        if not report.exists():
            raise SystemExit(f"pytest ended with {ended.returncode} and without a report")
        tests = [_result(case) for case in ElementTree.parse(report).iter("testcase")]
    return {
        "version": _version(name, folder),
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU cores, "
        f"Python {platform.python_version()}, lmdeck {__version__}",
        "tests": tests,
    }


def _result(case: ElementTree.Element) -> dict[str, str]:
    name = (case.get("name") or "").removeprefix("test_").replace("_", " ")
    skipped = case.find("skipped")
    if skipped is not None:
        return {
            "name": name,
            "result": "not run",
            "why": (skipped.get("message") or "").removeprefix("not run: "),
        }
    is_failed = case.find("failure") is not None or case.find("error") is not None
    return {"name": name, "result": "failed" if is_failed else "passed"}


def _version(name: str, folder: Path) -> str:
    if name == "llama_cpp":
        try:
            return f"xllamacpp {version('xllamacpp')}"
        except PackageNotFoundError:
            return "not installed"
    if name == "nginx":
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            return "not installed"
        done = subprocess.run([program, "-v"], capture_output=True, text=True, check=False)
        return done.stderr.strip().rpartition("/")[2]
    python = folder / ("vllm/v" if name in ("vllm", "transformers") else "gw") / "bin/python"
    code = f"from importlib.metadata import version; print(version({name!r}))"
    if not python.exists():
        return "not installed"
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "not installed"


def _page(record: dict[str, Any]) -> str:
    lines = [HEAD, "| server | version | passed | failed | not run | when |", "|---|---|---|---|---|---|"]
    known = {name: record[name] for name in SERVERS if name in record}
    for name, found in known.items():
        counts = [
            sum(test["result"] == each for test in found["tests"]) for each in ("passed", "failed", "not run")
        ]
        cells = [SERVERS[name], found["version"], *map(str, counts), found["date"]]
        lines.append(f"| {' | '.join(cells)} |")
    for name, found in known.items():
        lines += [
            "",
            f"## {SERVERS[name]} {found['version']}",
            "",
            f"{found['date']}, {found['machine']}.",
            "",
        ]
        lines += ["| test | result |", "|---|---|"]
        lines += [f"| {test['name']} | {_shown(test)} |" for test in found["tests"]]
    return "\n".join(lines) + "\n"


def _shown(test: dict[str, str]) -> str:
    return f"not run: {test['why']}" if "why" in test else test["result"]


if __name__ == "__main__":
    sys.exit(main())
