"""The locks contain versions and hashes of everything installed, and no index URL."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tui.demo.engine_install import ENGINE_REQUIREMENT, MODEL_REQUIREMENT

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def requirements(lock: Path) -> dict[str, str]:
    """Return the entry of each package in a lock, by name."""
    text = re.sub(r"^#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.strip())
    return {re.split(r"==", entry)[0].lower(): entry for entry in entries}


def direct_dependencies(*, with_development: bool) -> set[str]:
    """Return the names of the packages that the project asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"])
    if with_development:
        wanted += project["dependency-groups"]["dev"]
    return {re.split(r"[^\w.-]", requirement)[0].lower() for requirement in wanted}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_entry_is_a_version_with_hashes(lock: Path) -> None:
    entries = requirements(lock)
    assert entries
    for name, entry in entries.items():
        assert re.match(rf"{re.escape(name)}==[\w.+]+( ; .+)? \\\n", entry, re.IGNORECASE), entry
        assert entry.count("--hash=sha256:") == len(entry.splitlines()) - 1 >= 1
    assert "://" not in lock.read_text(encoding="utf-8")


def test_the_locks_cover_what_the_project_asks_for() -> None:
    runtime = requirements(ROOT / "requirements" / "runtime.txt")
    development = requirements(ROOT / "requirements" / "dev.txt")
    assert direct_dependencies(with_development=False) <= set(runtime)
    assert direct_dependencies(with_development=True) <= set(development)


def test_development_uses_the_versions_that_people_get() -> None:
    development = requirements(ROOT / "requirements" / "dev.txt")
    for lock in ("runtime.txt", "build.txt"):
        for name, entry in requirements(ROOT / "requirements" / lock).items():
            assert development[name] == entry


def test_the_command_installs_the_engine_that_is_tested_here() -> None:
    engine = requirements(ROOT / "requirements" / "engine.txt")
    pinned = {entry.split()[0] for entry in engine.values()}
    assert pinned == {ENGINE_REQUIREMENT, MODEL_REQUIREMENT}
