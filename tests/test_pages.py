"""The generated pages in docs/: they match their records, and explain how they are generated."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from tests.support.prose import ROOT
from tools import assurance, servers

PAGES: dict[str, Any] = {"assurance": assurance.page, "servers": servers._page}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_its_record_says(name: str) -> None:
    record = json.loads((ROOT / "docs" / f"{name}.json").read_text())
    assert (ROOT / "docs" / f"{name}.md").read_text() == PAGES[name](record)


def test_a_run_that_measures_publishes_its_figures(tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/assurance/test_imports.py",
    ]
    environment = os.environ | {assurance.FIGURES: str(figures)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
    assert json.loads(figures.read_text())["promise"] == "markup"


def test_what_a_server_was_held_to_is_a_test() -> None:
    record = json.loads(servers.RECORD.read_text())
    for name, found in record.items():
        files = (ROOT / "tests" / "servers").glob(f"test_{name}*.py")
        text = "\n".join(file.read_text() for file in files)
        tests = re.findall(r"^(?:async )?def test_(\w+)\(", text, re.MULTILINE)
        said = {entry["name"].partition("[")[0].replace(" ", "_") for entry in found["tests"]}
        assert said <= set(tests), name


def test_a_server_that_is_missing_is_not_passed() -> None:
    case = ElementTree.fromstring(
        '<testcase name="test_it_works"><skipped message="not run: no disk"/></testcase>'
    )
    result = servers._result(case)
    assert result == {"name": "it works", "result": "not run", "why": "no disk"}
    page = servers._page({"vllm": {"version": "1", "date": "today", "machine": "here", "tests": [result]}})
    assert "| vLLM | 1 | 0 | 0 | 1 | today |" in page
    assert "| it works | not run: no disk |" in page


@pytest.mark.parametrize("variable", ["", "elsewhere"])
def test_the_folder_of_the_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    chosen = str(tmp_path / variable) if variable else ""
    expected = tmp_path / variable if variable else ROOT / ".servers"
    used: list[Path] = []
    run = {"version": "1", "date": "today", "machine": "here", "tests": []}

    def install(folder: Path, names: Collection[str]) -> dict[str, str]:
        assert list(names) == ["nginx"]
        used.append(folder)
        return {}

    def tried(name: str, folder: Path) -> dict[str, Any]:
        used.append(folder)
        return run

    monkeypatch.setenv("LMDECK_SERVERS", chosen)
    monkeypatch.setattr(sys, "argv", ["servers.py", "nginx"])
    monkeypatch.setattr(servers, "install", install)
    monkeypatch.setattr(servers, "_run", tried)
    monkeypatch.setattr(servers, "RECORD", tmp_path / "servers.json")
    monkeypatch.setattr(servers, "PAGE", tmp_path / "servers.md")
    assert servers.main() == 0
    assert used == [expected, expected]
    assert json.loads((tmp_path / "servers.json").read_text()) == {"nginx": run}


def test_every_file_of_the_servers_tests_is_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        files.extend(Path(part).name for part in command if part.endswith(".py"))
        report = next(part for part in command if part.startswith("--junit-xml=")).partition("=")[2]
        Path(report).write_text("<testsuites/>")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(servers, "_version", lambda *_: "1")
    monkeypatch.setattr(subprocess, "run", run)
    for name in servers.SERVERS:
        servers._run(name, tmp_path)
    assert sorted(files) == sorted(file.name for file in (ROOT / "tests" / "servers").glob("test_*.py"))


def _told(module: str, name: str, **variables: str) -> str:
    """Return a value of a module of the tests, imported with these variables set."""
    program = f"from {module} import {name}; print({name})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_without_their_folder_no_server_is_tested(tmp_path: Path) -> None:
    place = ("tests.servers.conftest", "collect_ignore_glob")
    assert _told(*place) == str(["test_*.py"])
    assert _told(*place, LMDECK_SERVERS=str(tmp_path)) == "[]"


def test_a_variable_makes_the_tests_long() -> None:
    assert _told("tests.assurance.kit", "IS_LONG", LMDECK_ASSURE="") == "False"
    assert _told("tests.assurance.kit", "IS_LONG", LMDECK_ASSURE="1") == "True"
