"""Run the long tests of the promises and write the results to docs/assurance.md.

    python tools/assurance.py              every promise, one after another
    python tools/assurance.py disk input   only these; the others keep the figures they have

The record is docs/assurance.json; the page is made from it. Ends with 1 where a test failed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs" / "assurance.json"
PAGE = ROOT / "docs" / "assurance.md"
FIGURES = "LMDECK_FIGURES"
"""The variable that tells the tests where to write what they measured."""
HEAD = """\
# Assurance: the promises, their tests and figures

Each promise of [SECURITY.md](../SECURITY.md) is tested twice: by a short run in `make test`, and by a
long one in `make assure`, which writes this page. The figures are from the machine and date shown
with them. `LMDECK_ASSURE=1` in front of a command runs its long form.
"""


@dataclass(frozen=True)
class Promise:
    """A promise, and the tests that hold it to account."""

    name: str
    words: str
    tests: tuple[str, ...]

    @property
    def command(self) -> str:
        """What runs the tests."""
        return "pytest " + " ".join(self.tests)


def _assurance(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/assurance/test_{name}.py" for name in names)


PROMISES = (
    Promise("terminal", "Nothing from outside commands your terminal", _assurance("terminal_safety")),
    Promise("prompt", "Nothing from outside types into your prompt", _assurance("prompt_safety")),
    Promise("as-sent", "Text is shown as it was sent", _assurance("shown_as_sent")),
    Promise("key", "A key stays where it belongs", _assurance("key_canary")),
    Promise("private", "Files are private from their first byte", _assurance("private_files")),
    Promise("tls", "TLS is verified", ("tests/net/test_chat_tls.py",)),
    Promise(
        "endpoints",
        "Nothing is sent anywhere but to the endpoints you named",
        _assurance("only_the_endpoint"),
    ),
    Promise(
        "crash",
        "A crash is honest",
        (
            "tests/runtime/test_last_crash.py",
            "tests/ui/shell/test_defects.py",
            "tests/ui/shell/test_terminal.py",
        ),
    ),
    Promise("sessions", "Sessions never lose each other's edits", ("tests/store/test_sessions.py",)),
    Promise("dropped", "A dropped line or a kill -9 keeps the answer", _assurance("dropped_lines")),
    Promise("signals", "Signals and closed streams end it in order", _assurance("signals")),
    Promise("hostile", "A hostile server cannot hurt", _assurance("hostile_servers")),
    Promise("disk", "Nothing is lost on a disk in trouble", _assurance("disk_trouble")),
    Promise("input", "No input and no locale crash it", _assurance("odd_input", "odd_keys")),
    Promise(
        "markup",
        "No text is markup, no import opens a socket",
        ("tests/test_no_markup.py", *_assurance("imports")),
    ),
    Promise(
        "branches",
        "Branches and queued messages survive",
        (
            "tests/session/test_branches.py",
            "tests/session/test_queued_branches.py",
            "tests/session/test_prompt_queue.py",
            "tests/e2e/test_queue.py",
        ),
    ),
    Promise(
        "drafts",
        "An unsent message survives a kill -9",
        ("tests/store/test_drafts.py", "tests/e2e/test_unsent_messages.py"),
    ),
    Promise(
        "attachments",
        "An attached file is stored once, privately, and goes with its last chat",
        (
            "tests/store/test_blobs.py",
            "tests/session/test_attachments.py",
            "tests/wired/test_attaching.py",
            "tests/cli/test_ask_files.py",
        ),
    ),
    Promise("presets", "A preset runs nothing and is yours alone", ("tests/wired/test_presets.py",)),
    Promise(
        "search",
        "A search shows no key and keeps nothing of a deleted chat",
        (
            "tests/store/test_text_cache.py",
            "tests/cli/test_history_search.py",
            "tests/ui/chat/test_full_text_search.py",
        ),
    ),
    Promise(
        "exports",
        "Every export has no key, and imports again as the same chat",
        ("tests/session/test_history_formats.py", "tests/cli/test_history_files.py"),
    ),
    Promise("store", "What is stored is read again, however it was cut", ("tests/store",)),
)


def measure(promise: Promise) -> dict[str, Any]:
    """Run the long tests of one promise and return what is to be said of it."""
    with tempfile.TemporaryDirectory() as folder:
        figures, results = Path(folder) / "figures", Path(folder) / "results.xml"
        environment = {**os.environ, "LMDECK_ASSURE": "1", FIGURES: str(figures)}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--tb=short",
            f"--junitxml={results}",
            *promise.tests,
        ]
        begun = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=environment, check=False)
        lines = figures.read_text().splitlines() if figures.exists() else []
        kept = [entry["figure"] for entry in map(json.loads, lines) if entry["promise"] == promise.name]
        return {**_counts(results), "figures": list(dict.fromkeys(kept)), **_circumstances(begun)}


def _counts(results: Path) -> dict[str, int]:
    """Return how many tests passed and failed; a run that wrote nothing failed."""
    if not results.exists():
        return {"passed": 0, "failed": 1, "skipped": 0}
    suites = ElementTree.parse(results).getroot().iter("testsuite")
    names = ("tests", "failures", "errors", "skipped")
    total = dict.fromkeys(names, 0)
    for suite in suites:
        for name in names:
            total[name] += int(suite.get(name, 0))
    failed = total["failures"] + total["errors"]
    return {
        "passed": total["tests"] - failed - total["skipped"],
        "failed": failed,
        "skipped": total["skipped"],
    }


def _circumstances(begun: float) -> dict[str, object]:
    versions = f"Python {platform.python_version()}, Textual {version('textual')}, lmdeck {version('lmdeck')}"
    return {
        "seconds": round(time.monotonic() - begun),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, {versions}",
    }


def page(record: dict[str, dict[str, Any]]) -> str:
    """Return the page for a record."""
    rows = ["| promise | tests | command | seconds | date |", "|---|---|---|---|---|"]
    sections: list[str] = []
    for promise in PROMISES:
        entry = record.get(promise.name)
        if entry is None:
            rows.append(f"| {promise.words} | not measured yet | `{promise.command}` | | |")
            continue
        cells = (promise.words, _verdict(entry), f"`{promise.command}`", entry["seconds"], entry["date"])
        rows.append("| " + " | ".join(map(str, cells)) + " |")
        if entry["figures"]:
            sections += [f"\n## {promise.words}\n", f"{entry['machine']}, {entry['date']}.\n"]
            sections += [f"- {figure}" for figure in entry["figures"]]
    return "\n".join([HEAD, *rows, *sections]) + "\n"


def _verdict(entry: dict[str, Any]) -> str:
    parts = [f"{entry['passed']} passed", f"{entry['failed']} failed"]
    return ", ".join(parts + ([f"{entry['skipped']} skipped"] if entry["skipped"] else []))


def main() -> int:
    """Measure what was asked for and write the record and the page."""
    parser = argparse.ArgumentParser(description="Run the long tests and write docs/assurance.md.")
    names = [promise.name for promise in PROMISES]
    parser.add_argument("promises", nargs="*", metavar="NAME", help=f"which ones: {', '.join(names)}")
    chosen = parser.parse_args().promises or names
    if unknown := set(chosen) - set(names):
        parser.error(f"there is no promise {', '.join(sorted(unknown))}")
    record: dict[str, dict[str, Any]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    failed = False
    for promise in PROMISES:
        if promise.name in chosen:
            print(f"── {promise.words}", flush=True)
            record[promise.name] = entry = measure(promise)
            failed = failed or entry["failed"] > 0
            RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
            PAGE.write_text(page(record))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
