"""Helpers of the assurance tests: durations, published results, a deck for one server."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TypeVar

import tomli_w

from tests.support.terminal import TerminalProgram, lmdeck, private_environment

IS_LONG = os.environ.get("LMDECK_ASSURE") == "1"
FIGURES_FILE = "LMDECK_FIGURES"
"""The environment variable that names the file for published figures; without it none are kept."""

Value = TypeVar("Value")


def by_length(short: Value, long: Value) -> Value:
    """Return the value for a short run, or with ``LMDECK_ASSURE=1`` the one for a long run."""
    return long if IS_LONG else short


def publish(promise: str, figure: str) -> None:
    """Keep a figure that was measured for a promise of ``tools/assurance.py``; a line, in one write."""
    if name := os.environ.get(FIGURES_FILE):
        line = json.dumps({"promise": promise, "figure": figure}) + "\n"
        with Path(name).open("ab", buffering=0) as stream:
            stream.write(line.encode())


def deck(home: Path, url: str, model: str = "m", **fields: object) -> dict[str, str]:
    """Write a deck with one provider, ``main``, which is the default; return the environment."""
    environment = private_environment(home)
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True, exist_ok=True)
    record = {"provider_url": url, "compatible_provider": model, **fields}
    content = {"schema": 1, "defaults": {"Model": "main"}, "providers": {"main": record}}
    (folder / "providers.toml").write_text(tomli_w.dumps(content))
    return environment


def chat(environment: dict[str, str], **options: object) -> TerminalProgram:
    """Return the chat with ``main``, to be entered as a context."""
    return TerminalProgram(lmdeck("chat", "main"), environment, **options)  # type: ignore[arg-type]


def crash_reports(home: Path) -> list[str]:
    """Return what the program wrote about its own defects."""
    return [path.read_text() for path in home.rglob("crash*")]


def kilobytes(pid: int, field: str) -> int:
    """Return a field of ``/proc/PID/status`` in kB, such as ``VmHWM``, the peak of the memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise LookupError(field)


def processor_ticks(pid: int) -> int:
    """Return how much processor time a process has used, in ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def is_alive(pid: int) -> bool:
    """Return whether a process exists and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    """Return every process below one."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]


def signal_name(number: int) -> str:
    """Return a signal's name: an id for a test."""
    return signal.Signals(number).name
